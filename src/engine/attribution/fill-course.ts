import { MICROS_PER_DAY } from "../../base/time.ts";
import {
  absolute,
  add,
  type Decimal,
  decimal,
  decimalToNumber,
  isZero,
  negate,
  subtract,
  ZERO,
  sign,
} from "../../domain/decimal.ts";
import { heldCost, type Position } from "../../domain/ledger/average-cost.ts";
import type { LedgerEntry, LedgerFill } from "../../domain/ledger/entries.ts";
import { type LedgerPoint, NO_FILLS, nowOf, settling, withEntryBy } from "../../domain/ledger/holding.ts";
import { type Terms, tradeValue } from "../../domain/ledger/terms.ts";
import { type ClosedTrade, type Traded, trade } from "../../domain/ledger/trades.ts";
import { BatchedMean } from "../../metrics/inference/batched-mean.ts";
import { BatchedRatio } from "../../metrics/inference/batched-ratio.ts";
import type { Ledger } from "../ledgers.ts";
import { isSameAccount } from "../same-account.ts";
import { type ArrivalBook, bookArrival, EMPTY_BOOK, type PartedProfit } from "./arrival-book.ts";

/** A span of time: from its first moment up to the one before `to`. */
export interface CourseSpan {
  readonly from: number;
  readonly to: number;
}

/** What the fills of one ledger made in a span, in the currency of its profit: exact. */
export interface PartedTotals {
  fills: number;
  /** Fills of an order without a mid at arrival, and those that say no fee. */
  unarrived: number;
  feeless: number;
  realized: Decimal;
  signal: Decimal;
  unparted: Decimal;
  /** Σ slippage of the fills with a mid at arrival: > 0 is a cost. */
  slippage: Decimal;
  /** What these moved, at that mid. */
  arrived: Decimal;
  volume: Decimal;
  /** Paid less rebates, in the currency of the profit; and in others. */
  fees: Decimal;
  readonly otherFees: Map<string, Decimal>;
  funding: Decimal;
}

/** Those of the totals that add up over ledgers and spans of one currency. */
export type PartedSums = Readonly<
  Pick<
    PartedTotals,
    "fills" | "unarrived" | "realized" | "signal" | "unparted" | "slippage" | "arrived" | "volume" | "fees" | "funding"
  >
>;

/** Closed trades of a span in the order of their closing. */
interface TradeSeries {
  /** What each made after fees, in the currency of the profit. */
  readonly made: BatchedMean;
  /** 1 for a win, else 0. */
  readonly won: BatchedMean;
}

/** What is held at one end of a span. */
export interface HeldParts {
  readonly position: Position;
  readonly book: ArrivalBook;
}

const NOTHING_HELD: HeldParts = { position: NO_FILLS.open.position, book: EMPTY_BOOK };

/** One ledger on one day. */
interface DayPart {
  readonly totals: PartedTotals;
  readonly before: HeldParts;
  after: HeldParts;
}

/** One ledger in one span. */
export interface SpanPart {
  readonly totals: PartedTotals;
  /** By days since 1970-01-01, in their order. */
  readonly days: Map<number, DayPart>;
  readonly trades: TradeSeries;
  /** Of the fills that say which side of the book they were on: 1 as maker, else 0. */
  readonly makers: BatchedMean;
  /** Slippage of each fill by what it moved at its mid, and signal of each closing by what was closed. */
  readonly slippage: BatchedRatio;
  readonly signal: BatchedRatio;
  /** Fees by what their fills moved: of the fills that say one in the currency of the profit. */
  readonly fees: BatchedRatio;
  /** Before the first entry of the span, and after the last one. */
  before: HeldParts;
  after: HeldParts;
}

interface Course {
  point: LedgerPoint;
  book: ArrivalBook;
  readonly spans: SpanPart[];
}

interface CourseOptions {
  readonly spans: readonly CourseSpan[];
  /** Of a bot that makes markets each closing fill is a trade; else what goes from flat to flat. */
  readonly makesMarkets: boolean;
  readonly termsOf: (ledger: string) => Terms | undefined;
}

/**
 * The fills of a bot one after the other, each with the mid at arrival of its order: what each span of them made, parted
 * into signal and execution, for every ledger and day; and what its trades made. Entries of each ledger come in its order.
 */
export class FillCourse {
  readonly #options: CourseOptions;
  readonly #courses = new Map<string, Course>();

  constructor(options: CourseOptions) {
    this.#options = options;
  }

  /** Takes the next entry of a ledger in; `arrivalMid` of a fill. */
  take(ledger: string, entry: LedgerEntry, arrivalMid?: string): void {
    const terms = this.#options.termsOf(ledger);
    const course = this.#courseOf(ledger);
    const fill = "payout" in entry ? settling(course.point, entry) : entry;
    if (fill === undefined || terms === undefined) return;
    const traded = trade(course.point.open, fill);
    // What a settlement pays is what it is worth: it has no slippage.
    const arrival = "payout" in entry ? fill.value : arrivalValue(terms, fill, arrivalMid);
    const before = { position: course.point.open.position, book: course.book };
    const parted = bookArrival(course.book, { ...fill, arrival });
    course.book = parted.book;
    course.point = withEntryBy(() => traded, course.point, fill);
    const after = { position: course.point.open.position, book: course.book };
    const step = { fill, traded, parted, arrival, isSettled: "payout" in entry, before, after };
    for (const [index, { from, to }] of this.#options.spans.entries()) {
      const span = course.spans[index];
      if (span === undefined || fill.at >= to) continue;
      if (fill.at < from) span.before = after;
      span.after = after;
      if (fill.at >= from) this.#count(span, step);
    }
  }

  /** A ledger of the fold whose fills are others than those that were taken; undefined where there is none. */
  unlike(ledgers: Iterable<readonly [string, Ledger]>): Ledger | undefined {
    for (const [key, ledger] of ledgers)
      if (!isSameAccount(nowOf(ledger.holding), this.#courses.get(key)?.point ?? NO_FILLS)) return ledger;
    return undefined;
  }

  /** What each ledger did in a span. */
  *partsOf(span: number): Generator<readonly [ledger: string, part: SpanPart]> {
    for (const [ledger, { spans }] of this.#courses) {
      const part = spans[span];
      if (part !== undefined) yield [ledger, part];
    }
  }

  #courseOf(ledger: string): Course {
    const known = this.#courses.get(ledger);
    if (known !== undefined) return known;
    const course: Course = { point: NO_FILLS, book: EMPTY_BOOK, spans: this.#options.spans.map(emptyPart) };
    this.#courses.set(ledger, course);
    return course;
  }

  #count(span: SpanPart, step: Step): void {
    const day = Math.floor(step.fill.at / MICROS_PER_DAY);
    let ofDay = span.days.get(day);
    if (ofDay === undefined) {
      ofDay = { totals: emptyTotals(), before: step.before, after: step.after };
      span.days.set(day, ofDay);
    }
    ofDay.after = step.after;
    addStep(span.totals, step);
    addStep(ofDay.totals, step);
    const { arrival, fill, traded } = step;
    const { at } = fill;
    if (!step.isSettled && fill.isMaker !== undefined) span.makers.add(fill.isMaker ? 1 : 0, at);
    if (!step.isSettled && fill.feeless === undefined && fill.otherFee === undefined)
      span.fees.add(decimalToNumber(fill.fee), Math.abs(decimalToNumber(fill.value)), at);
    if (arrival !== undefined && !step.isSettled)
      span.slippage.add(decimalToNumber(slippageOf(fill, arrival)), Math.abs(decimalToNumber(arrival)), at);
    if (traded.closing !== undefined && step.parted.isWhole)
      span.signal.add(decimalToNumber(step.parted.signal), closedWorth(traded.closing, fill), at);
    const closed = this.#options.makesMarkets ? traded.closing : traded.roundTrip;
    if (closed !== undefined) countTrade(span.trades, closed);
  }
}

interface Step {
  readonly fill: LedgerFill;
  readonly traded: Traded;
  readonly parted: PartedProfit;
  readonly arrival: Decimal | undefined;
  readonly isSettled: boolean;
  readonly before: HeldParts;
  readonly after: HeldParts;
}

const emptyPart = (): SpanPart => ({
  totals: emptyTotals(),
  days: new Map(),
  trades: { made: new BatchedMean(), won: new BatchedMean() },
  makers: new BatchedMean(),
  slippage: new BatchedRatio(),
  signal: new BatchedRatio(),
  fees: new BatchedRatio(),
  before: NOTHING_HELD,
  after: NOTHING_HELD,
});

/** Of nothing. */
const emptyTotals = (): PartedTotals => ({
  fills: 0,
  unarrived: 0,
  feeless: 0,
  realized: ZERO,
  signal: ZERO,
  unparted: ZERO,
  slippage: ZERO,
  arrived: ZERO,
  volume: ZERO,
  fees: ZERO,
  otherFees: new Map(),
  funding: ZERO,
});

/** Some whole days of a ledger: what they did, and what was held before and after them. */
export type DaysPart = Pick<SpanPart, "totals" | "days" | "before" | "after">;

/** The days from `first` up to the one before `end` of a part; what trades and batches say is not of days. */
export function daysOfPart(part: SpanPart, first: number, end: number): DaysPart {
  const days = new Map<number, DayPart>();
  let totals = emptyTotals();
  let [before, after] = [part.before, part.before];
  for (const [day, of] of part.days) {
    if (day >= end) break;
    after = of.after;
    if (day < first) before = of.after;
    else {
      days.set(day, of);
      totals = sumOfTotals(totals, of.totals);
    }
  }
  return { totals, days, before, after };
}

/** Σ of both. */
export const sumOfSums = (a: PartedSums, b: PartedSums): PartedSums => ({
  fills: a.fills + b.fills,
  unarrived: a.unarrived + b.unarrived,
  realized: add(a.realized, b.realized),
  signal: add(a.signal, b.signal),
  unparted: add(a.unparted, b.unparted),
  slippage: add(a.slippage, b.slippage),
  arrived: add(a.arrived, b.arrived),
  volume: add(a.volume, b.volume),
  fees: add(a.fees, b.fees),
  funding: add(a.funding, b.funding),
});

/** Σ of both. */
function sumOfTotals(a: PartedTotals, b: PartedTotals): PartedTotals {
  const otherFees = new Map(a.otherFees);
  for (const [currency, amount] of b.otherFees) otherFees.set(currency, add(otherFees.get(currency) ?? ZERO, amount));
  return { ...sumOfSums(a, b), feeless: a.feeless + b.feeless, otherFees };
}

/** What the size was worth at the mid when its order was decided; undefined where nobody said that mid, or it is 0. */
function arrivalValue(terms: Terms, { size }: LedgerFill, mid: string | undefined): Decimal | undefined {
  if (mid === undefined) return undefined;
  const price = decimal(mid);
  return isZero(price) ? undefined : tradeValue(terms, price, size);
}

/** What was closed, at the price of the closing. */
const closedWorth = ({ size }: ClosedTrade, fill: LedgerFill): number =>
  (Math.abs(decimalToNumber(fill.value)) * decimalToNumber(size)) / decimalToNumber(fill.size);

/** What the fill cost more than at its mid: > 0 is a cost. */
const slippageOf = ({ side, value }: LedgerFill, arrival: Decimal): Decimal =>
  side === "buy" ? subtract(value, arrival) : subtract(arrival, value);

function addStep(totals: PartedTotals, { fill, traded, parted, arrival, isSettled }: Step): void {
  if (traded.closing !== undefined) totals.realized = add(totals.realized, traded.closing.grossPnl);
  totals.signal = add(totals.signal, parted.signal);
  totals.unparted = add(totals.unparted, parted.unparted);
  totals.fees = add(totals.fees, fill.fee);
  if (fill.funding !== undefined) totals.funding = add(totals.funding, fill.funding);
  if (fill.otherFee !== undefined) {
    const { currency, amount } = fill.otherFee;
    totals.otherFees.set(currency, add(totals.otherFees.get(currency) ?? ZERO, amount));
  }
  if (isSettled) return;
  totals.fills++;
  if (fill.feeless === true) totals.feeless++;
  totals.volume = add(totals.volume, absolute(fill.value));
  if (arrival === undefined) totals.unarrived++;
  else {
    totals.slippage = add(totals.slippage, slippageOf(fill, arrival));
    totals.arrived = add(totals.arrived, absolute(arrival));
  }
}

function countTrade({ made, won }: TradeSeries, { netPnl, closedAt }: ClosedTrade): void {
  made.add(decimalToNumber(netPnl), closedAt);
  won.add(sign(netPnl) > 0 ? 1 : 0, closedAt);
}

/** What is not realised of a holding at a mark, parted: from the mid at arrival to the mark, and before that. */
export interface PartedOpen {
  readonly unrealized: Decimal;
  readonly signal: Decimal;
  readonly execution: Decimal;
  readonly unparted: Decimal;
}

/** Nothing is held. */
export const NOTHING_OPEN: PartedOpen = { unrealized: ZERO, signal: ZERO, execution: ZERO, unparted: ZERO };

/** At the mark, in the currency of the profit; undefined where something is held and there is no mark for it. */
export function partOpen(
  terms: Terms,
  { position, book }: HeldParts,
  mark: Decimal | undefined,
): PartedOpen | undefined {
  if (isZero(position.quantity)) return NOTHING_OPEN;
  const worth = (quantity: Decimal): Decimal | undefined =>
    mark === undefined ? undefined : tradeValue(terms, mark, quantity);
  const [whole, known, unknown] = [position, book.known, book.unknown].map(({ quantity }) => worth(quantity));
  if (whole === undefined || known === undefined || unknown === undefined) return undefined;
  return {
    unrealized: subtract(whole, heldCost(position)),
    signal: subtract(known, heldCost(book.known)),
    execution: subtract(add(heldCost(book.known), heldCost(book.unknown)), heldCost(position)),
    unparted: subtract(unknown, heldCost(book.unknown)),
  };
}

/** The change from one to the other. */
export const openChange = (from: PartedOpen, to: PartedOpen): PartedOpen => ({
  unrealized: subtract(to.unrealized, from.unrealized),
  signal: subtract(to.signal, from.signal),
  execution: subtract(to.execution, from.execution),
  unparted: subtract(to.unparted, from.unparted),
});

/** Σ of both. */
export const sumOfOpen = (a: PartedOpen, b: PartedOpen): PartedOpen => ({
  unrealized: add(a.unrealized, b.unrealized),
  signal: add(a.signal, b.signal),
  execution: add(a.execution, b.execution),
  unparted: add(a.unparted, b.unparted),
});

/** What execution made of what was closed: −Σ slippage of both its ends. */
export const executionOf = ({
  realized,
  signal,
  unparted,
}: Pick<PartedTotals, "realized" | "signal" | "unparted">): Decimal => subtract(subtract(realized, signal), unparted);

/** − fees + funding. */
export const costOf = (fees: Decimal, funding: Decimal): Decimal => add(negate(fees), funding);

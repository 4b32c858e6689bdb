import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { type Decimal, add, decimal, decimalToNumber, isZero, ZERO, sign, numberOfText } from "../domain/decimal.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import { addTo, emptySum, type Sum, sumOf } from "../metrics/sum.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { Span } from "./cash.ts";
import { type FullFill, positionBefore } from "./ledgers.ts";
import type { PlacedOrder } from "./orders.ts";
import { beginPresenceSession, timeInMarketPct } from "./presence.ts";

/** Slippage of some fills in bps of the mid at arrival: > 0 is a cost. The sum keeps what rounding takes away. */
export type Slippage = { readonly n: number } & Readonly<Sum>;

interface Instrument {
  readonly venue: string;
  readonly symbol: string;
}

/** What a bot did with its orders in one span. Entry orders are those neither `reduce_only` nor exits. */
export interface OrderCounts {
  readonly ordersPlaced: number;
  /** Entry orders by the moment of their first fill. */
  readonly ordersFilled: number;
  /** Not added up any further once there are several instruments. */
  readonly sizePlaced: Decimal;
  readonly sizeFilled: Decimal;
  /** The one instrument of the sizes; undefined when there are several, whose sizes do not add up. */
  readonly instrument: Instrument | undefined;
  readonly entry: Slippage;
  readonly exit: Slippage;
}

interface GrowingSlippage extends Sum {
  n: number;
}

/** The same while it grows. */
interface GrowingCounts extends OrderCounts {
  ordersPlaced: number;
  ordersFilled: number;
  sizePlaced: Decimal;
  sizeFilled: Decimal;
  instrument: Instrument | undefined;
  readonly entry: GrowingSlippage;
  readonly exit: GrowingSlippage;
}

/**
 * The same in one mode. What comes now is counted once, in `current`; what was done before that in all time, in the
 * session and on the day is beside it, and added when somebody asks. Changed in place: it lies in a list, which copies of
 * a state copy. What lies beside `current` is put in anew.
 */
export interface ModeActivity {
  readonly mode: Mode;
  /** The newest UTC day, in days since 1970-01-01. */
  day: number;
  /** Since the session or the day began, whichever came later. */
  current: GrowingCounts;
  allBefore: OrderCounts;
  sessionBefore: OrderCounts;
  todayBefore: OrderCounts;
}

/** Days kept for each bot, all modes together. */
const DAYS_MAX = 2_000;
const NO_SLIPPAGE: Slippage = { n: 0, ...emptySum() };
/** Nothing was done. */
export const NO_COUNTS: OrderCounts = {
  ordersPlaced: 0,
  ordersFilled: 0,
  sizePlaced: ZERO,
  sizeFilled: ZERO,
  instrument: undefined,
  entry: NO_SLIPPAGE,
  exit: NO_SLIPPAGE,
};

const noCounts = (): GrowingCounts => ({ ...NO_COUNTS, entry: { ...NO_SLIPPAGE }, exit: { ...NO_SLIPPAGE } });

const isNothing = ({ ordersPlaced, ordersFilled, sizeFilled, entry, exit }: OrderCounts): boolean =>
  ordersPlaced === 0 && ordersFilled === 0 && entry.n === 0 && exit.n === 0 && isZero(sizeFilled);

/** A new session begins: what belonged to the last one stays in its days. */
export function beginActivitySession(state: BotState): void {
  for (const activity of state.activity) {
    const { current } = activity;
    activity.allBefore = sumOfCounts(activity.allBefore, current);
    activity.sessionBefore = NO_COUNTS;
    activity.todayBefore = sumOfCounts(activity.todayBefore, current);
    activity.current = noCounts();
  }
  beginPresenceSession(state);
}

/** An order was placed; exits are not counted. */
export function takePlaced(state: BotState, mode: Mode, event: EventOf<"order.placed">, recorded: Recorded): void {
  if (event.reduce_only === true || event.intent === "exit") return;
  const current = currentCounts(state, mode, recorded);
  if (current !== undefined) addPlaced(current, event);
  else placedLate(state, mode, event, recorded);
}

/** Apart from the rest, which it would cost an object for each order: so are those below. */
const placedLate = (state: BotState, mode: Mode, event: EventOf<"order.placed">, recorded: Recorded): void =>
  countLate(state, mode, recorded, (counts) => addPlaced(counts, event));

function addPlaced(counts: GrowingCounts, event: EventOf<"order.placed">): void {
  const { venue, symbol } = event;
  counts.instrument = counts.ordersPlaced === 0 ? { venue, symbol } : sameInstrument(counts.instrument, event);
  counts.ordersPlaced++;
  if (addsUp(counts)) counts.sizePlaced = add(counts.sizePlaced, decimal(event.size));
}

/** Sizes of several instruments mean nothing together. */
const addsUp = ({ instrument, ordersPlaced }: OrderCounts): boolean => instrument !== undefined || ordersPlaced === 0;

/**
 * A fill, before its ledger has taken it, with the order that it is of where that was placed here. A fill that is
 * voided later stays counted: the order was executed.
 */
export function takeFilled(state: BotState, fill: FullFill, recorded: Recorded, order: PlacedOrder | undefined): void {
  const bps = slippageBps(fill, order);
  if (bps === undefined && !isEntryOrder(order)) return;
  const side = bps === undefined ? undefined : purposeOf(state, fill, order);
  const current = currentCounts(state, fill.mode ?? "live", recorded);
  if (current === undefined) return filledLate(state, fill, recorded, { order, side, bps });
  if (isEntryOrder(order)) addFilled(current, fill, order);
  if (side !== undefined) addSlippage(current[side], bps);
}

const isEntryOrder = (order: PlacedOrder | undefined): order is PlacedOrder =>
  order !== undefined && order.purpose !== "exit";

interface Late {
  readonly order: PlacedOrder | undefined;
  readonly side: "entry" | "exit" | undefined;
  readonly bps: number | undefined;
}

const filledLate = (state: BotState, fill: FullFill, recorded: Recorded, { order, side, bps }: Late): void =>
  countLate(state, fill.mode ?? "live", recorded, (counts) => {
    if (isEntryOrder(order)) addFilled(counts, fill, order);
    if (side !== undefined) addSlippage(counts[side], bps);
  });

function addFilled(counts: GrowingCounts, { size }: FullFill, { isMet }: PlacedOrder): void {
  if (!isMet) counts.ordersFilled++;
  if (addsUp(counts)) counts.sizeFilled = add(counts.sizeFilled, decimal(size));
}

function addSlippage(slippage: GrowingSlippage, bps = 0): void {
  slippage.n++;
  addTo(slippage, bps);
}

const sameInstrument = (instrument: Instrument | undefined, other: Instrument): Instrument | undefined =>
  instrument?.venue === other.venue && instrument.symbol === other.symbol ? instrument : undefined;

/** Exactly as metrics.md §1: the side of the fill times its distance from the mid at arrival, of the mid. */
export function slippageBps(fill: FullFill, order: PlacedOrder | undefined): number | undefined {
  const said = fill.arrival_mid ?? order?.arrivalMid;
  const mid = said === undefined ? 0 : numberOfText(said);
  if (!(mid > 0)) return undefined;
  const bps = ((numberOfText(fill.price) - mid) / mid) * 10_000;
  if (!Number.isFinite(bps)) return undefined;
  return fill.side === "buy" ? bps : -bps;
}

/** What the order or the fill says; else whether it goes against what is held. */
function purposeOf(state: BotState, fill: FullFill, order: PlacedOrder | undefined): "entry" | "exit" {
  if (order?.purpose !== undefined) return order.purpose;
  if (fill.reduce_only === true) return "exit";
  return purposeAgainst(positionBefore(state, fill), fill);
}

/** Whether a fill that says nothing of it adds to what is held before it, or goes against it. */
export function purposeAgainst(held: Decimal | undefined, { side }: Pick<FullFill, "side">): "entry" | "exit" {
  if (held === undefined || isZero(held)) return "entry";
  return sign(held) > 0 === (side === "buy") ? "entry" : "exit";
}

/** With one more fill. */
export function withSlippage({ n, total, rest }: Slippage, bps = 0): Slippage {
  const next = { n, total, rest };
  addSlippage(next, bps);
  return next;
}

/** The counts that something of now is added to: of the newest day, in the session. Undefined for what comes late. */
function currentCounts(state: BotState, mode: Mode, { ts, receivedAt }: Recorded): GrowingCounts | undefined {
  const at = effectiveTs(ts, receivedAt);
  const day = Math.floor(at / MICROS_PER_DAY);
  const activity = activityIn(state, mode, day);
  if (day > activity.day) beginDay(state, activity, day);
  const isOfSession = state.startedAt === undefined || at >= state.startedAt;
  return day === activity.day && isOfSession ? activity.current : undefined;
}

/** Counts something of a day that is over, or of before the session. */
function countLate(
  state: BotState,
  mode: Mode,
  { ts, receivedAt }: Recorded,
  step: (counts: GrowingCounts) => void,
): void {
  const at = effectiveTs(ts, receivedAt);
  const day = Math.floor(at / MICROS_PER_DAY);
  const activity = activityIn(state, mode, day);
  const after = (counts: OrderCounts): OrderCounts => {
    const copy = { ...counts, entry: { ...counts.entry }, exit: { ...counts.exit } };
    step(copy);
    return copy;
  };
  if (day === activity.day) activity.todayBefore = after(activity.todayBefore);
  else keepDay(state, mode, day, after(dayCounts(state, mode, day)));
  activity.allBefore = after(activity.allBefore);
  if (state.startedAt === undefined || at >= state.startedAt) activity.sessionBefore = after(activity.sessionBefore);
}

/** The activity of a mode, begun on `day` where nothing was done in it yet. */
export function activityIn(state: BotState, mode: Mode, day: number): ModeActivity {
  for (const activity of state.activity) if (activity.mode === mode) return activity;
  const none = { allBefore: NO_COUNTS, sessionBefore: NO_COUNTS, todayBefore: NO_COUNTS };
  const activity: ModeActivity = { mode, day, current: noCounts(), ...none };
  state.activity.push(activity);
  return activity;
}

/** Puts the day away that is over. */
function beginDay(state: BotState, activity: ModeActivity, day: number): void {
  const { mode, current, allBefore, sessionBefore, todayBefore } = activity;
  keepDay(state, mode, activity.day, sumOfCounts(todayBefore, current));
  activity.day = day;
  activity.current = noCounts();
  activity.allBefore = sumOfCounts(allBefore, current);
  activity.sessionBefore = sumOfCounts(sessionBefore, current);
  activity.todayBefore = NO_COUNTS;
}

/** The counts of both: those of `a` came first. */
export function sumOfCounts(a: OrderCounts, b: OrderCounts): OrderCounts {
  if (isNothing(a)) return b;
  if (isNothing(b)) return a;
  return {
    ordersPlaced: a.ordersPlaced + b.ordersPlaced,
    ordersFilled: a.ordersFilled + b.ordersFilled,
    sizePlaced: add(a.sizePlaced, b.sizePlaced),
    sizeFilled: add(a.sizeFilled, b.sizeFilled),
    instrument: instrumentOfBoth(a, b),
    entry: sumOfSlippage(a.entry, b.entry),
    exit: sumOfSlippage(a.exit, b.exit),
  };
}

function instrumentOfBoth(a: OrderCounts, b: OrderCounts): Instrument | undefined {
  if (a.ordersPlaced === 0) return b.instrument;
  if (b.ordersPlaced === 0) return a.instrument;
  return b.instrument && sameInstrument(a.instrument, b.instrument);
}

/** The slippage of both. */
export function sumOfSlippage(a: Slippage, b: Slippage): Slippage {
  const sum = { n: a.n + b.n, total: a.total, rest: a.rest };
  addTo(sum, b.total);
  addTo(sum, b.rest);
  return sum;
}

const dayKey = (mode: Mode, day: number): string => `${mode}\t${day}`;

const keepDay = (state: BotState, mode: Mode, day: number, counts: OrderCounts): void =>
  putBounded(state.activityDays, dayKey(mode, day), counts, DAYS_MAX);

const dayCounts = (state: BotState, mode: Mode, day: number): OrderCounts =>
  state.activityDays.get(dayKey(mode, day)) ?? NO_COUNTS;

/** What a bot did with its orders in one mode and span; what it told nothing of is nothing. */
export function orderCountsOf(state: BotState, mode: Mode, span: Span): OrderCounts {
  const activity = state.activity.find((each) => each.mode === mode);
  if (activity === undefined) return NO_COUNTS;
  const { day, current, allBefore, sessionBefore, todayBefore } = activity;
  if (span === "all") return sumOfCounts(allBefore, current);
  if (span === "session") return sumOfCounts(sessionBefore, current);
  return span === day ? sumOfCounts(todayBefore, current) : dayCounts(state, mode, span);
}

/** What a bot did with its orders in one mode and span. */
export interface Activity {
  /** Entry orders placed, and those of them with a fill: each once, by the time of its placing and of its first fill. */
  readonly ordersPlaced: number;
  readonly ordersFilled: number;
  /** Filled of placed entry orders, 0–100; above 100 where orders of before the span were filled in it. */
  readonly fillRatePct: Measure;
  /** The same by size; unknown for several instruments. */
  readonly fillRateQtyPct: Measure;
  /** Mean over fills in bps of the mid at arrival, > 0 a cost; `n` fills said a mid. */
  readonly avgEntrySlippageBps: Measure;
  readonly avgExitSlippageBps: Measure;
  /** Of entry and exit fills together. */
  readonly avgSlippageBps: Measure;
  /** Percent of the span up to the moment of reading with any position open. */
  readonly timeInMarketPct: Measure;
}

/** The activity of a bot in one mode and span, at the moment `asOf`. */
export function activityOf(bot: BotState, mode: Mode, span: Span, asOf: Micros): Activity {
  return {
    ...activityOfAll([orderCountsOf(bot, mode, span)]),
    timeInMarketPct: timeInMarketPct(bot, mode, span, asOf),
  };
}

/** The same of several bots together, but for the time in market, which does not add up. */
export function activityOfAll(all: readonly OrderCounts[]): Omit<Activity, "timeInMarketPct"> {
  const total = (of: (counts: OrderCounts) => number): number => all.reduce((sum, counts) => sum + of(counts), 0);
  const ordersPlaced = total((counts) => counts.ordersPlaced);
  const ordersFilled = total((counts) => counts.ordersFilled);
  const entry = all.map((counts) => counts.entry);
  const exit = all.map((counts) => counts.exit);
  return {
    ordersPlaced,
    ordersFilled,
    fillRatePct:
      ordersPlaced === 0
        ? unknown("no entry orders were placed")
        : measured((100 * ordersFilled) / ordersPlaced, ordersPlaced),
    fillRateQtyPct: byQuantity(all),
    avgEntrySlippageBps: meanOf(entry),
    avgExitSlippageBps: meanOf(exit),
    avgSlippageBps: meanOf([...entry, ...exit]),
  };
}

function byQuantity(all: readonly OrderCounts[]): Measure {
  const placing = all.filter(({ ordersPlaced }) => ordersPlaced > 0);
  const orders = placing.reduce((sum, { ordersPlaced }) => sum + ordersPlaced, 0);
  const placed = placing.reduce((sum, { sizePlaced }) => add(sum, sizePlaced), ZERO);
  const [first] = placing;
  if (first === undefined) return unknown("no entry orders were placed");
  const { instrument } = first;
  const isOne = placing.every((counts) => counts.instrument && sameInstrument(instrument, counts.instrument));
  if (!isOne) return unknown("sizes of several instruments do not add up", orders);
  if (isZero(placed)) return unknown("no entry orders were placed");
  const filled = all.reduce((sum, { sizeFilled }) => add(sum, sizeFilled), ZERO);
  return measured((100 * decimalToNumber(filled)) / decimalToNumber(placed), orders);
}

function meanOf(parts: readonly Slippage[]): Measure {
  const n = parts.reduce((sum, part) => sum + part.n, 0);
  if (n === 0) return unknown("no fill told the mid at its arrival");
  const sum = emptySum();
  for (const part of parts) addTo(sum, sumOf(part));
  return measured(sumOf(sum) / n, n);
}

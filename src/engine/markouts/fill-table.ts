import { MICROS_PER_SECOND, parseTime } from "../../base/time.ts";
import { MARKOUT_HORIZONS_S } from "../../protocol/api-execution.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { fillKeyOf, naturalKey } from "../../protocol/natural-key.ts";
import type { FullFill } from "../ledgers.ts";
import { midOfFill, midOfMark, referencePriceOf } from "../reference-prices.ts";
import { MarkTimeline } from "./mark-timeline.ts";

/** An instrument as fills name it, with its marks. */
export interface TableInstrument {
  readonly venue: string;
  readonly symbol: string;
  readonly marks: MarkTimeline;
}

/** A fill by its place in the table. */
export interface TableFill {
  readonly seq: number;
  readonly at: number;
  readonly bot: string;
  readonly instrument: TableInstrument;
  /** 1 for a buy, −1 for a sell. */
  readonly side: 1 | -1;
  readonly price: number;
  readonly size: number;
  isMaker: boolean | undefined;
  /** Paid > 0; NaN where nobody said it. */
  fee: number;
  feeCurrency: string | undefined;
  /** As it was told first, whatever another source told later. */
  readonly saidMaker: boolean | undefined;
  /** What the bot says it is to be held against; NaN where it does not. */
  readonly reference: number;
  /** What the bot says the mid was; NaN where it does not. */
  readonly saidMid: number;
  /** What the bot says of adverse drift; NaN where it does not. */
  readonly saidDrift: number;
  isVoided: boolean;
  /** The mid at the fill, and at each horizon; NaN while nobody knows. What is known once stays. */
  readonly mids: number[];
}

/** Fills that are settled before other work has its turn. */
const PART = 5_000;
/** Seconds after a fill: 0 is the fill itself. */
const MOMENTS = [0, ...MARKOUT_HORIZONS_S].map((seconds) => seconds * MICROS_PER_SECOND);

/**
 * The fills of a bot, or of all, as the log tells them, with the marks that they are held against. It takes facts in any
 * order, each once: what it tells depends on what it was told alone.
 */
export class FillTable {
  readonly fills: TableFill[] = [];
  readonly #bySeq = new Map<number, TableFill>();
  readonly #instruments = new Map<string, TableInstrument>();
  /** Voids whose fill was not told yet. */
  readonly #voidsAhead = new Set<string>();
  /** Those of which some mid is not known. */
  #open: TableFill[] = [];
  #isSettled = true;
  #marks = 0;

  get instruments(): ReadonlyMap<string, TableInstrument> {
    return this.#instruments;
  }

  /** How many marks it holds. */
  get marks(): number {
    return this.#marks;
  }

  takeFill(event: FullFill, { seq, ts }: { readonly seq: number; readonly ts: number }): void {
    const [price, size] = [Number(event.price), Number(event.size)];
    const mids = MOMENTS.map(() => Number.NaN);
    const saidMid = midOfFill(event);
    if (saidMid !== undefined) mids[0] = saidMid;
    const fill: TableFill = {
      seq,
      at: ts,
      bot: event.bot,
      instrument: this.#instrumentOf(event),
      side: event.side === "buy" ? 1 : -1,
      price,
      size,
      isMaker: event.is_maker,
      fee: numberOf(event.fee),
      feeCurrency: event.fee_currency,
      saidMaker: event.is_maker,
      reference: referencePriceOf(event) ?? Number.NaN,
      saidMid: saidMid ?? Number.NaN,
      saidDrift: event.adverse_drift_30s ?? Number.NaN,
      isVoided: this.#voidsAhead.size > 0 && this.#voidsAhead.has(naturalKey(event) ?? ""),
      mids,
    };
    this.fills.push(fill);
    this.#open.push(fill);
    this.#bySeq.set(seq, fill);
    this.#isSettled = false;
  }

  /** More of a fill that is there: what another source knew. */
  amend(ofSeq: number, added: Partial<FullFill>): void {
    const fill = this.#bySeq.get(ofSeq);
    if (fill === undefined) return;
    fill.isMaker ??= added.is_maker;
    if (Number.isNaN(fill.fee) && added.fee !== undefined) {
      fill.fee = numberOf(added.fee);
      fill.feeCurrency = added.fee_currency ?? fill.feeCurrency;
    }
    const mid = midOfFill(added);
    if (Number.isNaN(fill.saidMid) && mid !== undefined) fill.mids[0] = mid;
  }

  takeVoid(event: EventOf<"fill.voided">, ofSeq: number | undefined): void {
    const fill = ofSeq === undefined ? undefined : this.#bySeq.get(ofSeq);
    if (fill !== undefined) fill.isVoided = true;
    else if (ofSeq === undefined) this.#voidsAhead.add(fillKeyOf(event));
  }

  /** A mark of the log; one of which it is not said until when it stood says nothing. */
  takeMark(event: EventOf<"mark">, ts: number): void {
    const until = standsUntil(event);
    const mid = midOfMark(event);
    if (until === undefined || !(mid > 0) || !Number.isFinite(mid)) return;
    const { marks } = this.#instrumentOf(event);
    const before = marks.length;
    marks.add(ts, until, mid);
    this.#marks += marks.length - before;
    this.#isSettled = false;
  }

  /** Finds what has become known since, and puts the fills in order of time; in parts, so that other work has its turn. */
  *settling(): Generator<void> {
    if (this.#isSettled) return;
    const open: TableFill[] = [];
    for (const [index, fill] of this.#open.entries()) {
      if (!isWhole(fill)) open.push(fill);
      if (index % PART === PART - 1) yield;
    }
    this.#open = open;
    this.fills.sort((a, b) => a.at - b.at || a.seq - b.seq);
    this.#isSettled = true;
  }

  /** The same at once; nothing where nothing was told since. */
  settle(): void {
    for (const _ of this.settling());
  }

  #instrumentOf({ venue, symbol }: { readonly venue: string; readonly symbol: string }): TableInstrument {
    const key = tableKey(venue, symbol);
    let instrument = this.#instruments.get(key);
    if (instrument === undefined) {
      instrument = { venue, symbol, marks: new MarkTimeline() };
      this.#instruments.set(key, instrument);
    }
    return instrument;
  }
}

/** The moment before which a mark of the log is known to have stood, in µs; undefined where it does not say that. */
function standsUntil(event: EventOf<"mark">): number | undefined {
  const until = parseTime(event["stood_until"]);
  return until === undefined || event["stood_through"] !== true ? until : until + 1;
}

/** Finds what is known of a fill; whether that is all. */
function isWhole({ mids, at, instrument: { marks } }: TableFill): boolean {
  let whole = true;
  for (let place = 0; place < MOMENTS.length; place++) {
    if (Number.isNaN(mids[place])) mids[place] = marks.midAt(at + (MOMENTS[place] as number));
    whole &&= !Number.isNaN(mids[place]);
  }
  return whole;
}

/** Of an instrument among those of a table. */
export const tableKey = (venue: string, symbol: string): string => `${venue}\t${symbol}`;

const numberOf = (text: string | undefined): number => (text === undefined ? Number.NaN : Number(text));

/** Why a mid of a fill is not known. */
export type Missing = "pending" | "expired" | "unmarked";

/** How long the mark of a moment is awaited that is over. */
const AWAITED_MICROS = 3_600 * MICROS_PER_SECOND;

/** Why the mid at a place of `mids` is not known at the moment `now`; undefined where it is. */
export function missingOf({ mids, at, instrument }: TableFill, place: number, now: number): Missing | undefined {
  if (!Number.isNaN(mids[place])) return undefined;
  const moment = at + (MOMENTS[place] ?? 0);
  if (instrument.marks.isEmpty) return "unmarked";
  if (instrument.marks.knownUntil > moment || now - moment > AWAITED_MICROS) return "expired";
  return "pending";
}

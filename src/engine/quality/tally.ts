import { putBounded } from "../../base/bounded-map.ts";
import { MICROS_PER_DAY, type Micros } from "../../base/time.ts";
import type { MoneyWindow } from "../../protocol/api-money.ts";
import { effectiveTs, type Recorded } from "../../protocol/recorded.ts";
import type { BotState, Mode } from "../bot-state.ts";
import { firstDayOf } from "../made.ts";

/** What is added up of the quotes and fills of one instrument, by its place. Money is before a multiplier. */
export const SUMS = [
  "makerQuotes",
  "makerHits",
  "takerQuotes",
  "takerHits",
  "otherQuotes",
  "otherHits",
  "rejectedQuotes",
  // Of quotes that said how much traded at their price.
  "eligibleQuotes",
  "eligible",
  "filledOfEligible",
  // Fills with a price to be held against: s · (reference − price) · size and price · size; as an inverse contract has it
  // s · (1 ÷ price − 1 ÷ reference) · size and size ÷ price, as that may be told later; fees, and fills without one.
  "makerFills",
  "makerGain",
  "makerNotional",
  "makerInverseGain",
  "makerInverseNotional",
  "makerFees",
  "makerFeeless",
  "takerFills",
  "takerGain",
  "takerNotional",
  "takerInverseGain",
  "takerInverseNotional",
  "takerFees",
  "takerFeeless",
  // Fills whose bot said the mid.
  "captureFills",
  "captureBps",
  // Fills that said their adverse drift.
  "driftFills",
  "drift",
] as const;
export type SumName = (typeof SUMS)[number];

/** Where each is in a list of them. */
export const PLACE = Object.fromEntries(SUMS.map((name, place) => [name, place])) as Readonly<Record<SumName, number>>;

/** Sums, by `PLACE`. */
export type Sums = readonly number[];

/** All quotes and fills of one instrument in one mode since the beginning. Changed in place: it lies in a list, which copies of a state copy. */
export interface InstrumentQuality {
  readonly mode: Mode;
  readonly venue: string;
  readonly symbol: string;
  /** The place of the instrument before this one of the same symbol; −1 for the first. */
  readonly before: number;
  /** Days since 1970-01-01, of the newest that was counted. */
  day: number;
  readonly sums: number[];
  /** What they were when the session began; undefined where that was nothing. */
  session: number[] | undefined;
}

/** Instruments of a bot that are told apart: what is traded beyond them is not counted, and said. */
export const INSTRUMENTS_MAX = 300;
/** A window reaches so many days back; what was when a day before it began is not asked for. */
const DAYS_BACK = 30;
const MARKS_MAX = INSTRUMENTS_MAX * (DAYS_BACK + 2);

const NOWHERE = -1;
const nothing = (): number[] => SUMS.map(() => 0);
const markKey = (place: number, day: number): string => `${place}\t${day}`;

/** The session begins for every instrument. */
export function beginQualitySession(state: BotState): void {
  for (const tally of state.quality) tally.session = [...tally.sums];
}

/** What a fact adds to some sums. */
export type Step = (sums: number[]) => void;

interface Where {
  readonly mode?: Mode | undefined;
  readonly venue: string;
  readonly symbol: string;
}

/**
 * The sums that a fact of now is added to: of the newest day, in the session. Undefined where it is late, or of an
 * instrument beyond those that are told apart: then `countLate` has it.
 */
export function sumsNow(state: BotState, where: Where, { ts, receivedAt }: Recorded): number[] | undefined {
  const place = placeOf(state, where);
  const tally = place === undefined ? undefined : state.quality[place];
  if (tally === undefined || place === undefined) return undefined;
  const at = effectiveTs(ts, receivedAt);
  if (state.startedAt !== undefined && at < state.startedAt) return undefined;
  const day = Math.floor(at / MICROS_PER_DAY);
  if (day < tally.day) return undefined;
  if (day > tally.day) beginDay(state, place, { tally, day });
  return tally.sums;
}

/** Counts a fact on its day, and in its session: what comes late is found in the windows that it belongs to. */
export function countLate(state: BotState, where: Where, { ts, receivedAt }: Recorded, step: Step): void {
  const place = placeOf(state, where);
  const tally = place === undefined ? undefined : state.quality[place];
  if (tally === undefined || place === undefined) {
    state.uncounted++;
    return;
  }
  const at = effectiveTs(ts, receivedAt);
  const day = Math.floor(at / MICROS_PER_DAY);
  if (day > tally.day) beginDay(state, place, { tally, day });
  else if (day < tally.day) stepDays(state, place, { day, newest: tally.day, step });
  if (state.startedAt !== undefined && at < state.startedAt) {
    tally.session ??= nothing();
    step(tally.session);
  }
  step(tally.sums);
}

function beginDay(
  state: BotState,
  place: number,
  { tally, day }: { readonly tally: InstrumentQuality; readonly day: number },
): void {
  mark(state, place, day, tally.sums);
  tally.day = day;
}

function placeOf(state: BotState, { mode = "live", venue, symbol }: Where): number | undefined {
  const { quality, qualityPlaces } = state;
  const newest = qualityPlaces.get(symbol) ?? NOWHERE;
  for (let place = newest; place !== NOWHERE; ) {
    const tally = quality[place] as InstrumentQuality;
    if (tally.venue === venue && tally.mode === mode) return place;
    place = tally.before;
  }
  const place = quality.length;
  if (place >= INSTRUMENTS_MAX) return undefined;
  quality.push({ mode, venue, symbol, before: newest, day: 0, sums: nothing(), session: undefined });
  qualityPlaces.set(symbol, place);
  return place;
}

const mark = (state: BotState, place: number, day: number, sums: Sums): void =>
  putBounded(state.qualityMarks, markKey(place, day), [...sums], MARKS_MAX);

interface Late {
  readonly day: number;
  readonly newest: number;
  readonly step: Step;
}

/** A fact of a day that is over: every later day began with it. */
function stepDays(state: BotState, place: number, { day, newest, step }: Late): void {
  const first = Math.max(day, newest - DAYS_BACK - 1);
  const own = state.qualityMarks.get(markKey(place, first));
  const next = own ?? nextMark(state, place, { from: first + 1, to: newest });
  if (own === undefined && next !== undefined) mark(state, place, first, next);
  for (let later = day === first ? first + 1 : first; later <= newest; later++) {
    const before = state.qualityMarks.get(markKey(place, later));
    if (before === undefined) continue;
    const after = [...before];
    step(after);
    mark(state, place, later, after);
  }
}

/** What was when the first marked day of some began. */
function nextMark(
  { qualityMarks }: BotState,
  place: number,
  { from, to }: { readonly from: number; readonly to: number },
): Sums | undefined {
  for (let day = from; day <= to; day++) {
    const found = qualityMarks.get(markKey(place, day));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The sums of one instrument in a window up to a moment. */
export function sumsIn(state: BotState, place: number, window: MoneyWindow, asOf: Micros): Sums {
  const tally = state.quality[place];
  if (tally === undefined) return nothing();
  const before = beforeWindow(state, { place, tally, window, asOf });
  return before === undefined ? tally.sums : tally.sums.map((sum, index) => sum - (before[index] ?? 0));
}

interface Window {
  readonly place: number;
  readonly tally: InstrumentQuality;
  readonly window: MoneyWindow;
  readonly asOf: Micros;
}

function beforeWindow(state: BotState, { place, tally, window, asOf }: Window): Sums | undefined {
  if (window === "all") return undefined;
  if (window === "session") return tally.session;
  const from = firstDayOf(window, asOf) ?? tally.day;
  // Where no day of the window was counted all of it came before.
  return nextMark(state, place, { from, to: tally.day }) ?? tally.sums;
}

import { putBounded } from "../../base/bounded-map.ts";
import { MICROS_PER_DAY, type Micros } from "../../base/time.ts";
import type { MoneyWindow } from "../../protocol/api-money.ts";
import { effectiveTs, type Recorded } from "../../protocol/recorded.ts";
import type { BotState, Mode } from "../bot-state.ts";
import { firstDayOf } from "../made.ts";

/**
 * What is added up of the quotes and fills of one instrument, by its place. Money is before a multiplier. What one fill
 * adds to lies close together: an instrument is seldom still at hand when its next fill comes.
 */
export const SUMS = [
  // Fills with a price to be held against: s · (reference − price) · size and price · size; as an inverse contract has it
  // s · (1 ÷ price − 1 ÷ reference) · size and size ÷ price, as that may be told later; fees, and fills without one.
  "makerFills",
  "makerGain",
  "makerNotional",
  "makerInverseGain",
  "makerInverseNotional",
  "makerFees",
  "makerFeeless",
  // Fills whose bot said the mid.
  "captureFills",
  "captureBps",
  "takerFills",
  "takerGain",
  "takerNotional",
  "takerInverseGain",
  "takerInverseNotional",
  "takerFees",
  "takerFeeless",
  // Fills that said their adverse drift.
  "driftFills",
  "drift",
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
] as const;
export type SumName = (typeof SUMS)[number];

/** Where each is in a list of them. */
export const PLACE = Object.fromEntries(SUMS.map((name, place) => [name, place])) as Readonly<Record<SumName, number>>;

/** Sums, by `PLACE`. */
export type Sums = readonly number[];

/** An instrument of a bot in one mode. Changed in place: it lies in a list, which copies of a state copy. */
export interface InstrumentQuality {
  readonly mode: Mode;
  readonly venue: string;
  readonly symbol: string;
  /** What the sums were when the session began; undefined where that was nothing. */
  session: Sums | undefined;
}

/** Where a bot trades in one mode. */
export type QualityVenue = Pick<InstrumentQuality, "mode" | "venue">;

/** Instruments of a bot that are told apart: what is traded beyond them is not counted, and said. */
export const INSTRUMENTS_MAX = 300;
/** A window reaches so many days back; what was when a day before it began is not asked for. */
const DAYS_BACK = 30;
const MARKS_MAX = INSTRUMENTS_MAX * (DAYS_BACK + 2);

const NOWHERE = -1;
const NOTHING: Sums = SUMS.map(() => 0);
const markKey = (place: number, day: number): string => `${place}\t${day}`;

/**
 * What is asked of an instrument for each of its facts, three numbers for each place: the newest day that was counted, in
 * days since 1970-01-01; the place before this one of the same symbol; its venue and mode.
 */
const DAY = 0;
const BEFORE = 1;
const VENUE = 2;
const HEAD = 3;
const NEVER = 0;

/** All that was counted of a place since the beginning. */
const sumsOf = ({ qualitySums }: BotState, place: number): number[] =>
  qualitySums.slice(place * SUMS.length, (place + 1) * SUMS.length);

const dayOf = ({ qualityHeads }: BotState, place: number): number => qualityHeads[place * HEAD + DAY] as number;

/** The session begins for every instrument. */
export function beginQualitySession(state: BotState): void {
  for (const [place, tally] of state.quality.entries()) tally.session = sumsOf(state, place);
}

/** What a fact adds to some sums, whose first is at a place of a list. */
export type Step = (sums: number[], first: number) => void;

interface Where {
  readonly mode?: Mode | undefined;
  readonly venue: string;
  readonly symbol: string;
}

/**
 * Where in `qualitySums` the sums begin that a fact of now is added to: of the newest day, in the session. Undefined where
 * it is late, or of an instrument beyond those that are told apart: then `countLate` has it.
 */
export function sumsNow(state: BotState, where: Where, { ts, receivedAt }: Recorded): number | undefined {
  const place = placeOf(state, where);
  if (place === undefined) return undefined;
  const at = effectiveTs(ts, receivedAt);
  if (state.startedAt !== undefined && at < state.startedAt) return undefined;
  const day = Math.floor(at / MICROS_PER_DAY);
  const newest = dayOf(state, place);
  if (day < newest) return undefined;
  if (day > newest) beginDay(state, place, day);
  return place * SUMS.length;
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
  const newest = dayOf(state, place);
  if (day > newest) beginDay(state, place, day);
  else if (day < newest) stepDays(state, place, { day, newest, step });
  if (state.startedAt !== undefined && at < state.startedAt) {
    const session = [...(tally.session ?? NOTHING)];
    step(session, 0);
    tally.session = session;
  }
  step(state.qualitySums, place * SUMS.length);
}

function beginDay(state: BotState, place: number, day: number): void {
  mark(state, place, day, dayOf(state, place) === NEVER ? NOTHING : sumsOf(state, place));
  state.qualityHeads[place * HEAD + DAY] = day;
}

function placeOf(state: BotState, { mode = "live", venue, symbol }: Where): number | undefined {
  const { qualityHeads: heads, qualityVenues: venues } = state;
  const newest = state.qualityPlaces.get(symbol) ?? NOWHERE;
  for (let place = newest; place !== NOWHERE; place = heads[place * HEAD + BEFORE] as number) {
    const known = venues[heads[place * HEAD + VENUE] as number] as QualityVenue;
    if (known.venue === venue && known.mode === mode) return place;
  }
  const place = state.quality.length;
  if (place >= INSTRUMENTS_MAX) return undefined;
  state.quality.push({ mode, venue, symbol, session: undefined });
  for (const none of NOTHING) state.qualitySums.push(none);
  heads.push(NEVER, newest, venuePlace(venues, { mode, venue }));
  state.qualityPlaces.set(symbol, place);
  return place;
}

function venuePlace(venues: QualityVenue[], { mode, venue }: QualityVenue): number {
  const known = venues.findIndex((each) => each.venue === venue && each.mode === mode);
  return known === NOWHERE ? venues.push({ mode, venue }) - 1 : known;
}

const mark = (state: BotState, place: number, day: number, sums: Sums): void =>
  putBounded(state.qualityMarks, markKey(place, day), sums, MARKS_MAX);

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
    step(after, 0);
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
  const sums = sumsOf(state, place);
  const before = beforeWindow(state, place, window, asOf);
  return before === undefined ? sums : sums.map((sum, index) => sum - (before[index] ?? 0));
}

function beforeWindow(state: BotState, place: number, window: MoneyWindow, asOf: Micros): Sums | undefined {
  if (window === "all") return undefined;
  if (window === "session") return state.quality[place]?.session;
  const newest = dayOf(state, place);
  const from = firstDayOf(window, asOf) ?? newest;
  // Where no day of the window was counted all of it came before.
  return nextMark(state, place, { from, to: newest }) ?? sumsOf(state, place);
}

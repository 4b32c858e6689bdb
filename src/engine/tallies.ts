import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_DAY, type Micros, parseTime } from "../base/time.ts";
import {
  addLatencies,
  countLatency,
  emptyLatencies,
  type LatencySketch,
  packedLatencies,
} from "../metrics/latency-sketch.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode } from "./bot-state.ts";
import { firstDayOf } from "./made.ts";

/** The way of an order: from the decision until it was sent, from there until the venue acknowledged it, and until its first fill. */
const ORDER_LEGS = ["sent", "acknowledged", "filled"] as const;
export type OrderLeg = (typeof ORDER_LEGS)[number];

/** What a bot did in one mode, counted since the beginning. Changed in place: it lies in a list, which copies of a state copy. */
export interface ModeTally {
  readonly mode: Mode;
  /** Days since 1970-01-01, of the newest that was counted. */
  day: number;
  /** What it was when the session began; undefined where that was the beginning. */
  session: TallyMark | undefined;
  readonly sent: LatencySketch;
  readonly acknowledged: LatencySketch;
  readonly filled: LatencySketch;
  /** Opportunities that risk checks approved, that were executed, and that were rejected. */
  approved: number;
  executed: number;
  rejected: number;
}

type Opportunities = Readonly<Pick<ModeTally, "approved" | "executed" | "rejected">>;

/** What a tally was when a day, or the session, began. Never changed. */
export interface TallyMark extends Opportunities {
  /** Packed, one for each leg. */
  readonly legs: readonly (readonly number[])[];
}

/** Days of which a mark is kept, all modes together. */
const MARKS_MAX = 140;

/** The session begins for every mode. */
export function beginTallySession(state: BotState): void {
  for (const tally of state.tallies) tally.session = markOf(tally);
}

/** An order was placed: how long after it was decided upon it was sent. Returns when that was. */
export function noteSent(state: BotState, event: EventOf<"order.placed">, recorded: Recorded): Micros | undefined {
  const sent = event.sent_at === undefined ? undefined : parseTime(event.sent_at);
  if (sent === undefined) return undefined;
  const decided = event.decided_at === undefined ? undefined : parseTime(event.decided_at);
  if (decided !== undefined) count(state, { mode: event.mode, recorded, leg: "sent", micros: sent - decided });
  return sent;
}

/** The venue acknowledged an order that was sent at a moment. */
export const noteAcknowledged = (state: BotState, mode: Mode, sentAt: Micros, recorded: Recorded): void =>
  count(state, { mode, recorded, leg: "acknowledged", micros: recorded.ts - sentAt });

/** An order that was acknowledged at a moment was filled for the first time. */
export const noteFilled = (state: BotState, mode: Mode, acknowledgedAt: Micros, recorded: Recorded): void =>
  count(state, { mode, recorded, leg: "filled", micros: recorded.ts - acknowledgedAt });

/** What became of an opportunity. */
export function noteOpportunity(state: BotState, { mode, action }: EventOf<"opportunity">, recorded: Recorded): void {
  if (action !== "detected") tallyOf(state, mode, recorded)[action]++;
}

interface Counted {
  readonly mode: Mode | undefined;
  readonly recorded: Recorded;
  readonly leg: OrderLeg;
  readonly micros: number;
}

/** A step that is said to be before the one before it tells nothing. */
function count(state: BotState, { mode, recorded, leg, micros }: Counted): void {
  if (micros >= 0) countLatency(tallyOf(state, mode, recorded)[leg], micros);
}

/** The tally of a mode, with the day of a fact begun; what comes late is counted on the newest day. */
function tallyOf(state: BotState, mode: Mode = "live", { ts, receivedAt }: Recorded): ModeTally {
  const day = Math.floor(effectiveTs(ts, receivedAt) / MICROS_PER_DAY);
  const tally = tallyIn(state, mode);
  if (day > tally.day) {
    putBounded(state.tallyMarks, `${mode}\t${day}`, markOf(tally), MARKS_MAX);
    tally.day = day;
  }
  return tally;
}

function tallyIn({ tallies }: BotState, mode: Mode): ModeTally {
  for (const tally of tallies) if (tally.mode === mode) return tally;
  const tally = emptyTally(mode);
  tallies.push(tally);
  return tally;
}

const emptyTally = (mode: Mode): ModeTally => ({
  mode,
  day: 0,
  session: undefined,
  sent: emptyLatencies(),
  acknowledged: emptyLatencies(),
  filled: emptyLatencies(),
  approved: 0,
  executed: 0,
  rejected: 0,
});

const markOf = (tally: ModeTally): TallyMark => ({
  legs: ORDER_LEGS.map((leg) => packedLatencies(tally[leg])),
  approved: tally.approved,
  executed: tally.executed,
  rejected: tally.rejected,
});

/** A window up to a moment. */
interface When {
  readonly window: MoneyWindow;
  readonly asOf: Micros;
}

/** How long a leg of the orders of some bots took in a window, together; undefined where nothing was counted. */
export function readLeg(
  bots: readonly BotState[],
  mode: Mode,
  leg: OrderLeg,
  when: When,
): Readonly<LatencySketch> | undefined {
  const tallies = [...talliesIn(bots, mode, when)];
  const [first] = tallies;
  if (tallies.length <= 1 && first?.before === undefined) return first?.tally[leg];
  const sum = emptyLatencies();
  for (const { tally, before } of tallies) {
    addLatencies(sum, packedLatencies(tally[leg]));
    if (before !== undefined) addLatencies(sum, before.legs[ORDER_LEGS.indexOf(leg)] ?? [], -1);
  }
  return sum;
}

/** What became of the opportunities of some bots in a window, together. */
export function readOpportunities(bots: readonly BotState[], mode: Mode, when: When): Opportunities {
  let [approved, executed, rejected] = [0, 0, 0];
  for (const { tally, before } of talliesIn(bots, mode, when)) {
    approved += tally.approved - (before?.approved ?? 0);
    executed += tally.executed - (before?.executed ?? 0);
    rejected += tally.rejected - (before?.rejected ?? 0);
  }
  return { approved, executed, rejected };
}

function* talliesIn(
  bots: readonly BotState[],
  mode: Mode,
  { window, asOf }: When,
): Generator<{ readonly tally: ModeTally; readonly before: TallyMark | undefined }> {
  for (const bot of bots) {
    const tally = bot.tallies.find((each) => each.mode === mode);
    const before = tally && markBefore(bot, tally, window, asOf);
    if (tally !== undefined && before !== "nothing since") yield { tally, before };
  }
}

/** What the tally was when a window began; undefined where that was the beginning of all. */
function markBefore(
  { tallyMarks }: BotState,
  { mode, day: newest, session }: ModeTally,
  window: MoneyWindow,
  asOf: Micros,
): TallyMark | "nothing since" | undefined {
  if (window === "all") return undefined;
  if (window === "session") return session;
  for (let day = firstDayOf(window, asOf) ?? newest; day <= newest; day++) {
    const mark = tallyMarks.get(`${mode}\t${day}`);
    if (mark !== undefined) return mark;
  }
  return "nothing since";
}

import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_DAY, type Micros, micros } from "../base/time.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { Span } from "./cash.ts";

/** Whether a bot holds anything in one mode. */
export interface Presence {
  /** Ledgers that are not flat. */
  readonly held: number;
  /** Since when at least one is not flat; undefined while all are flat. */
  readonly since: Micros | undefined;
  /** Until when it is counted in `marketTime`: nothing before it counts again. */
  readonly counted: Micros;
  /** The first fill of the mode. */
  readonly firstAt: Micros;
}

/** Time with any position open in one mode and span, as far as it is over. */
export interface MarketTime {
  readonly mode: Mode;
  readonly span: Span;
  readonly micros: number;
}

const ENTRIES_MAX = 2_000;
/** Days kept for each bot: more than a year. A position held for longer is counted in the newest of them. */
const DAYS_MAX = 400;

/** How a ledger changed, and when by event time. */
interface Change {
  readonly mode: Mode;
  readonly was: boolean;
  readonly is: boolean;
  readonly at: Micros;
}

/**
 * Notes that a ledger is held or flat from `at` on. Fills that come late change the time in market from the newest fill
 * of their instrument on, not before it.
 */
export function notePresence(state: BotState, { mode, was, is, at }: Change): void {
  const before = state.presence.get(mode);
  if (was === is && before !== undefined) return;
  const { held, since, counted, firstAt } = before ?? { held: 0, since: undefined, counted: at, firstAt: at };
  const holds = held + Number(is) - Number(was);
  const begun = since ?? micros(Math.max(at, counted));
  if (holds > 0) {
    state.presence.set(mode, { held: holds, since: begun, counted, firstAt });
    return;
  }
  const end = micros(Math.max(at, begun));
  if (end > begun) countInterval(state, mode, begun, end);
  state.presence.set(mode, { held: 0, since: undefined, counted: end, firstAt });
}

export function beginPresenceSession(state: BotState): void {
  for (const [key, { span }] of state.marketTime) if (span === "session") state.marketTime.delete(key);
}

function countInterval(state: BotState, mode: Mode, from: Micros, to: Micros): void {
  const { startedAt } = state;
  addTime(state, mode, "all", to - from);
  if (startedAt !== undefined && to > startedAt) addTime(state, mode, "session", to - Math.max(from, startedAt));
  const last = dayOf(to - 1);
  for (let day = Math.max(dayOf(from), last - DAYS_MAX + 1); day <= last; day++)
    addTime(state, mode, day, overlap({ from, to }, dayWindow(day)));
}

function addTime(state: BotState, mode: Mode, span: Span, more: number): void {
  const key = `${mode}\t${span}`;
  const before = state.marketTime.get(key)?.micros ?? 0;
  putBounded(state.marketTime, key, { mode, span, micros: before + more }, ENTRIES_MAX);
}

interface Window {
  readonly from: number;
  readonly to: number;
}

const dayOf = (at: number): number => Math.floor(at / MICROS_PER_DAY);

const dayWindow = (day: number): Window => ({ from: day * MICROS_PER_DAY, to: (day + 1) * MICROS_PER_DAY });

const overlap = (a: Window, b: Window): number => Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

/** The time that a span covers up to `asOf`; undefined where it has not begun. */
function windowOf(state: BotState, { firstAt }: Presence, span: Span, asOf: Micros): Window | undefined {
  if (span === "session") return state.startedAt === undefined ? undefined : { from: state.startedAt, to: asOf };
  if (span === "all") return { from: firstAt, to: asOf };
  const day = dayWindow(span);
  return { from: day.from, to: Math.min(day.to, asOf) };
}

/**
 * Percent of a span, up to `asOf`, in which any position of the mode was open: the union over instruments, by event time.
 * `all` begins with the first fill, `session` with the bot's start, a day at 00:00 UTC. What is open counts up to `asOf`.
 */
export function timeInMarketPct(state: BotState, mode: Mode, span: Span, asOf: Micros): Measure {
  const presence = state.presence.get(mode);
  if (presence === undefined) return unknown("no fills were reported");
  const window = windowOf(state, presence, span, asOf);
  if (window === undefined || window.to <= window.from) return unknown("the span has not begun");
  const { since } = presence;
  const open = since === undefined ? 0 : overlap({ from: since, to: asOf }, window);
  const closed = state.marketTime.get(`${mode}\t${span}`)?.micros ?? 0;
  return measured((100 * (closed + open)) / (window.to - window.from), 1);
}

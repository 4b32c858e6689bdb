import { isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../../base/time.ts";
import type { Mode } from "../../engine/bot-state.ts";
import { type DayEquityReading, readDayEquity } from "../../engine/read-day-equity.ts";
import { pastState } from "../../engine/rollup/past-state.ts";
import type { RolledKind } from "../../engine/rollup/rolled.ts";
import { type DayReturn, STATISTICS_DAYS_MAX } from "../../protocol/api-statistics.ts";
import { momentOfEnd, type PastParts, type PastReading, readPast } from "../past.ts";

/** Whose equity, and of when. */
export interface DailyScope {
  /** The whole desk when undefined. */
  readonly bot: string | undefined;
  readonly mode: Mode;
  /** Days since 1970-01-01: the first, and the one after the last. */
  readonly firstDay: number;
  readonly endDay: number;
}

/** The equity and the return of each day, as the facts that are known now tell them. */
export interface DailyReturns {
  readonly days: readonly DayReturn[];
  /** Of the equity. */
  readonly currency: string | undefined;
  /** The equity before the first return. */
  readonly startEquity: number | undefined;
  /** Of the days with a return: theirs, and the days themselves. */
  readonly returns: Float64Array;
  readonly at: Float64Array;
  readonly notes: readonly string[];
  readonly seq: number;
}

/** The whole UTC days of a range that are over; no more than an answer may hold, the newest of them. */
export function wholeDays(from: Micros, to: Micros): Pick<DailyScope, "firstDay" | "endDay"> {
  const endDay = Math.floor(to / MICROS_PER_DAY);
  const firstDay = Math.max(Math.ceil(from / MICROS_PER_DAY), endDay - STATISTICS_DAYS_MAX);
  return { firstDay: Math.min(firstDay, endDay), endDay };
}

/** Equity and what came in say all of it: fills are not read, however many there are. */
const KINDS: readonly RolledKind[] = ["equity", "cash"];

/** Days read before other work has its turn. */
const DAYS_AT_ONCE = 8;

/**
 * Returns of whole UTC days from the equity that was reported, what came in taken out (metrics.md §0):
 * (equity − what came in) ÷ equity of the day before − 1. A bot that reports for the first time joins the desk: that is
 * no profit. A day has no return where no equity is known at both its ends.
 */
export async function readDailyReturns(parts: PastParts, scope: DailyScope): Promise<DailyReturns> {
  const { bot, mode, firstDay, endDay } = scope;
  const now = parts.clock.now();
  const moments = Array.from({ length: endDay - firstDay + 1 }, (_, index) =>
    momentOfEnd(micros((firstDay + index) * MICROS_PER_DAY), now),
  );
  const reading = await readPast(parts, { bot, mode, kinds: KINDS }, moments);
  const told: DayEquityReading[] = [];
  for (const index of moments.keys()) {
    const known = told.at(-1)?.bots ?? new Set<string>();
    told.push(dayOf(parts, { scope, reading, moments, index, known }));
    if (index % DAYS_AT_ONCE === DAYS_AT_ONCE - 1) await parts.timers.breathe();
  }
  return { ...returnsOf(told, firstDay), seq: reading.seq };
}

interface DayPlace {
  readonly scope: DailyScope;
  readonly reading: PastReading;
  readonly moments: readonly Micros[];
  readonly index: number;
  readonly known: ReadonlySet<string>;
}

function dayOf({ state }: PastParts, { scope, reading, moments, index, known }: DayPlace): DayEquityReading {
  const end = moments[index] ?? micros(0);
  const past = pastState(state, reading.between(index === 0 ? undefined : index - 1, index), { end, isNow: false });
  return readDayEquity(past, state, { scope, known, asOf: micros(end - 1) });
}

const MILLIS_PER_DAY = 86_400_000;

function returnsOf(told: readonly DayEquityReading[], firstDay: number): Omit<DailyReturns, "seq"> {
  const days: DayReturn[] = [];
  const [returns, at]: [number[], number[]] = [[], []];
  let startEquity: number | undefined;
  let silent = 0;
  for (const [index, day] of told.entries()) {
    const before = told[index - 1];
    if (before === undefined) continue;
    const begin = (firstDay + index - 1) * MICROS_PER_DAY;
    const made = dayReturn(before, day);
    days.push({ date: isoFromMicros(micros(begin)).slice(0, 10), ...made });
    if (made.return === null) continue;
    startEquity ??= Number(before.equity.value);
    if (day.reportedAt < begin) silent++;
    returns.push(made.return);
    at.push((firstDay + index) * MILLIS_PER_DAY);
  }
  const missing = days.length - returns.length;
  return {
    days,
    currency: told.find(({ equity }) => equity.currency !== undefined)?.equity.currency,
    startEquity,
    returns: Float64Array.from(returns),
    at: Float64Array.from(at),
    notes: [
      ...(missing > 0
        ? [`${missing} of ${days.length} days have no return: no equity is known at both their ends`]
        : []),
      ...(silent > 0 ? [`on ${silent} days no equity was reported: their return counts as 0`] : []),
    ],
  };
}

function dayReturn(before: DayEquityReading, day: DayEquityReading): Omit<DayReturn, "date"> {
  const equity = typeof day.equity.value === "number" ? day.equity.value : null;
  const joined = equity === null ? 0 : equity - (typeof day.ofKnown.value === "number" ? day.ofKnown.value : equity);
  const moved = typeof day.flow === "number" ? day.flow : 0;
  const shown = { equity, flow: round(moved + joined) };
  const none = (reason: string) => ({ ...shown, return: null, reason });
  if (day.equity.value === undefined) return none(day.equity.reason);
  if (before.equity.value === undefined) return none(`the day before: ${before.equity.reason}`);
  if (typeof day.flow !== "number") return none(day.flow.reason);
  const [from, to] = [Number(before.equity.value), day.ofKnown.value];
  if (typeof to !== "number" || before.equity.currency !== day.ofKnown.currency)
    return none("the equity of the day before is in another currency");
  if (!(from > 0)) return none("the equity of the day before is not above 0");
  return { ...shown, return: Math.max(-1, (to - day.flow) / from - 1) };
}

/** Differences of doubles are shown without what only doubles add to them. */
const round = (value: number): number => Number(value.toPrecision(12)) + 0;

import { Cron } from "croner";
import { type Clock, isoFromMicros, MICROS_PER_DAY, MICROS_PER_SECOND, micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { State } from "../engine/fold.ts";
import { HUB_BOT } from "../engine/read-bots.ts";
import { dateOfDay, dayOfDate, dayTerms, readDay, readDays } from "../engine/read-day.ts";
import type { DaySummary } from "../protocol/api-summaries.ts";
import { digestOf } from "./day-summaries.ts";
import type { Ingest } from "./ingest.ts";
import { StoreUnavailable } from "./ports.ts";
import type { Timers } from "./timers.ts";

/** Where the summary of a day goes when the day is over; a day whose summary could not be kept is tried again. */
export type KeepSummary = (summary: DaySummary) => Promise<void>;

export interface DayCloseParts {
  readonly state: State;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ingest: Pick<Ingest, "submit">;
  readonly mode: Mode;
  readonly keep: KeepSummary;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** 00:00 UTC, and as long after it as the last facts of the day may take to come. */
const GRACE_S = 5;
const MIDNIGHT = new Cron(`${GRACE_S} 0 0 * * *`, { timezone: "UTC", paused: true });
const MISSED_DAYS_MAX = 31;
/** The clock is looked at as often at least: it may be set, and a machine may sleep. */
const LOOK_EVERY_MS = 60_000;

/**
 * Closes each UTC day once it is over: its summary is kept and `day.closed` says so in the log. Days that ended while no
 * hub ran are closed at the start, the newest 31 at most. Returns the end of it, which waits for the day at hand.
 */
export function startDayClose(parts: DayCloseParts): () => Promise<void> {
  const { clock, timers } = parts;
  let ended = false;
  let cancel = (): void => undefined;
  let work = Promise.resolve();
  const look = (): void => {
    work = closeDays(parts, () => ended).catch((error: unknown) => parts.onProblem("closing a day", error));
    void work.then(() => {
      if (!ended) cancel = timers.after(look, waitMs(clock));
    });
  };
  cancel = timers.after(look, 0);
  return async () => {
    ended = true;
    cancel();
    await work;
  };
}

function waitMs(clock: Clock): number {
  const nowMs = clock.now() / 1_000;
  const next = MIDNIGHT.nextRun(new Date(nowMs));
  return next === null ? LOOK_EVERY_MS : Math.min(LOOK_EVERY_MS, Math.max(1, Math.ceil(next.getTime() - nowMs)));
}

async function closeDays(parts: DayCloseParts, isEnded: () => boolean): Promise<void> {
  for (const day of daysDue(parts)) {
    if (isEnded()) return;
    await closeDay(parts, dateOfDay(day));
  }
}

/** From the day after the newest that was closed; without one, from the first of which there is anything to tell. */
function daysDue({ state, clock }: DayCloseParts): number[] {
  const today = Math.floor((clock.now() - GRACE_S * MICROS_PER_SECOND) / MICROS_PER_DAY);
  const closed = [...state.desk.closedDays.keys()].map((date) => dayOfDate(date) ?? 0);
  const earliest = today - MISSED_DAYS_MAX;
  const first = closed.length === 0 ? firstToldSince(state, earliest) : Math.max(...closed) + 1;
  const due: number[] = [];
  for (let day = Math.max(first ?? today, earliest); day < today; day++) due.push(day);
  return due;
}

const firstToldSince = (state: State, earliest: number): number | undefined =>
  readDays(state, Number.POSITIVE_INFINITY)
    .map(({ date }) => dayOfDate(date) ?? 0)
    .findLast((day) => day >= earliest);

async function closeDay({ state, clock, ingest, mode, keep }: DayCloseParts, date: string): Promise<void> {
  const now = micros(clock.now());
  const { usdRates, marketMakers } = dayTerms(state, date);
  const summary = readDay(state, { date, asOf: now, mode });
  if (summary === undefined) return;
  await keep(summary);
  const closed = {
    type: "day.closed",
    bot: HUB_BOT,
    id: `day.closed:${date}`,
    ts: isoFromMicros(now),
    mode,
    date,
    digest: digestOf(summary),
    usd_rates: usdRates,
    market_makers: marketMakers,
  };
  const done = await ingest.submit([{ value: closed }], { speaker: "hub" });
  if (!done.ok) throw new StoreUnavailable(done.error.message);
}

import { putBounded } from "../base/bounded-map.ts";
import type { Micros } from "../base/time.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { isLate } from "../protocol/recorded.ts";
import type { Mode } from "./bot-state.ts";

const NAMES = ["hbot_bot_fills_total", "hbot_bot_ws_reconnect_total"] as const;

/** A counter that a bot may report itself, and that is counted here where it does not. */
export type ReportedCounter = (typeof NAMES)[number];

/** `bot\tmode\tname` → labels as JSON → the newest value: a counter may have a series for each side or venue. */
export type ReportedCounters = Map<string, Map<string, { readonly value: number; readonly ts: Micros }>>;

const COUNTERS_MAX = 20_000;
const SERIES_MAX = 50;

const isReported = (name: string): boolean => NAMES.some((known) => known === name);

/** Takes a metric of a bot in, in place, where it is one of these counters. */
export function takeCounter(
  counters: ReportedCounters,
  event: EventOf<"metric">,
  { ts, receivedAt }: { readonly ts: Micros; readonly receivedAt: Micros },
): void {
  if (!isReported(event.name)) return;
  const key = `${event.bot}\t${event.mode ?? "live"}\t${event.name}`;
  const series = counters.get(key) ?? new Map<string, { readonly value: number; readonly ts: Micros }>();
  const labels = JSON.stringify(event.labels ?? {});
  if (isLate(ts, series.get(labels)?.ts, receivedAt)) return;
  putBounded(series, labels, { value: event.value, ts }, SERIES_MAX);
  putBounded(counters, key, series, COUNTERS_MAX);
}

/** What a bot reports of a counter in a mode, all its series together; undefined where it does not. */
export function reportedCounter(
  counters: ReportedCounters,
  { bot, mode, name }: { readonly bot: string; readonly mode: Mode; readonly name: ReportedCounter },
): number | undefined {
  const series = counters.get(`${bot}\t${mode}\t${name}`);
  if (series === undefined) return undefined;
  let sum = 0;
  for (const { value } of series.values()) sum += value;
  return sum;
}

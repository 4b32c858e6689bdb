import { isoFromMicros, MICROS_PER_DAY, type Micros, micros } from "../../base/time.ts";
import type { Mode } from "../../engine/bot-state.ts";
import { wireMeasure } from "../../engine/read-metrics.ts";
import { stepsOf } from "../../engine/rollup/read-past.ts";
import { metricNamed } from "../../metrics/catalogue.ts";
import { DAILY_CONFIDENCE } from "../../metrics/catalogue/daily.ts";
import { unknown } from "../../metrics/measure.ts";
import type { DailyReading, Reading } from "../../metrics/scope-reading.ts";
import { DAYS_MIN, DAYS_PER_YEAR, dailyStatistics, readDaily } from "../../metrics/returns/daily-statistics.ts";
import { ReturnReading } from "../../metrics/returns/reading.ts";
import type { ReturnInterval } from "../../metrics/returns/return-intervals.ts";
import { type MetricSeries, SERIES_POINTS_MAX } from "../../protocol/api-metrics.ts";
import { STATISTICS_DAYS_MAX } from "../../protocol/api-statistics.ts";
import type { AsOf } from "../query.ts";
import type { SeriesFilter, SeriesRefusal } from "../series.ts";
import { wholeDays } from "./daily-returns.ts";
import type { Statistics } from "./statistics.ts";

/** Whose days, in which window. */
export interface DailyMetricQuery {
  readonly bot?: string | undefined;
  readonly mode: Mode;
  readonly window: "all" | "30d";
  readonly now: Micros;
}

const STATISTICS = new Map(
  dailyStatistics({ confidence: DAILY_CONFIDENCE, trials: undefined }).map((statistic) => [statistic.name, statistic]),
);
/** Days of a window, and of each point of a series. */
const WINDOW_DAYS = 30;

/** What the days of a window say, and the moment that it speaks of. Rejects with `Overloaded`. */
export async function readDailyMetrics(
  statistics: Statistics,
  { bot, mode, window, now }: DailyMetricQuery,
): Promise<{ readonly daily: DailyReading; readonly asOf: AsOf }> {
  const days = window === "30d" ? WINDOW_DAYS : STATISTICS_DAYS_MAX;
  const span = wholeDays(micros(now - (now % MICROS_PER_DAY) - days * MICROS_PER_DAY), now);
  const { returns, seq } = await statistics.daily({ bot, mode, ...span });
  const reading = new ReturnReading(returns, DAYS_PER_YEAR);
  const isEnough = reading.n >= DAYS_MIN;
  const intervals = isEnough ? await statistics.intervals(reading, DAILY_CONFIDENCE) : new Map<string, never>();
  return { daily: dailyReading(reading, intervals), asOf: { as_of: isoFromMicros(now), as_of_seq: seq } };
}

const dailyReading =
  (reading: ReturnReading, intervals: ReadonlyMap<string, ReturnInterval>): DailyReading =>
  (name) => {
    const statistic = STATISTICS.get(name);
    if (statistic === undefined) return unknown("no such statistic");
    const measure = readDaily(statistic, reading);
    const found = statistic.interval === undefined ? undefined : intervals.get(statistic.interval);
    return { ...measure, ...intervalOf(found) };
  };

function intervalOf(found: ReturnInterval | undefined): Pick<Reading, "interval"> {
  if (found === undefined || "reason" in found || !Number.isFinite(found.low) || !Number.isFinite(found.high))
    return {};
  return { interval: { low: found.low, high: found.high, level: found.confidence } };
}

/** The same over time: each point is of the 30 whole days that end with its step. */
export async function readDailySeries(
  statistics: Statistics,
  name: string,
  {
    bot,
    mode,
    from,
    to: asked,
    step = MICROS_PER_DAY,
    now,
  }: Omit<SeriesFilter, "mode"> & {
    readonly mode: Mode;
    readonly now: Micros;
  },
): Promise<MetricSeries | SeriesRefusal> {
  const definition = metricNamed(name);
  if (definition === undefined) return "no such metric";
  const to = micros(Math.min(asked ?? now, now));
  if (to <= from) return "no time";
  const moments = stepsOf({ from, to, step }, SERIES_POINTS_MAX);
  if (moments === undefined) return "too many points";
  const { firstDay, endDay } = wholeDays(micros(from - WINDOW_DAYS * MICROS_PER_DAY), to);
  const { days, seq } = await statistics.daily({ bot, mode, firstDay, endDay });
  const pointOf = (end: Micros): Reading => {
    const last = Math.floor(end / MICROS_PER_DAY) - firstDay;
    const window = days.slice(Math.max(0, last - WINDOW_DAYS), Math.max(0, last));
    const returns = Float64Array.from(window.flatMap((day) => (day.return === null ? [] : [day.return])));
    return dailyReading(new ReturnReading(returns, DAYS_PER_YEAR), new Map())(definition.name);
  };
  return {
    name: definition.name,
    bot: bot ?? null,
    mode,
    unit: definition.unit,
    from: isoFromMicros(from),
    to: isoFromMicros(to),
    step_s: step / 1_000_000,
    says: "end",
    points: moments.slice(1).map((end, index) => ({
      from: isoFromMicros(moments[index] ?? from),
      to: isoFromMicros(end),
      ...wireMeasure(definition.name, pointOf(end)),
    })),
    as_of: isoFromMicros(now),
    as_of_seq: seq,
  };
}

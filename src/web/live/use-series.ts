import type { BotView } from "../../protocol/api.ts";
import type { MetricSeries } from "../../protocol/api-metrics.ts";
import { annotationMarks, type ChartMark } from "../../view/chart-model.ts";
import { isEventsPage, isMetricSeries } from "./frames.ts";
import { readsAt } from "./hub-api.ts";
import { useDesk } from "./use-desk.ts";
import { useMovingRead } from "./use-moving-read.ts";
import type { Reading } from "./use-read.ts";

/** What is read over time. Mount anew to ask for something else. */
export interface SeriesWanted {
  /** The first moment (ms) for a now (ms); undefined while it is not known. */
  readonly startAt: (nowMs: number) => number | undefined;
  readonly mode: BotView["mode"];
  /** The whole desk when absent. */
  readonly bot: string | undefined;
  /** How often it is read anew, ms. */
  readonly everyMs: number;
}

const isoOf = (ms: number): string => new Date(ms).toISOString();

/** A metric from a moment until now, in as many steps as the hub thinks right; nothing without a name. */
export function useSeries(name: string | undefined, wanted: SeriesWanted): Reading<MetricSeries> {
  const { startAt, mode, bot, everyMs } = wanted;
  const base = readsAt(useDesk().source);
  return useMovingRead({
    pathAt: (nowMs) => {
      const from = startAt(nowMs);
      if (name === undefined || from === undefined || from >= nowMs) return undefined;
      const query = { from: isoOf(from), to: isoOf(nowMs), mode, ...(bot === undefined ? {} : { bot }) };
      return `${base}/metrics/${name}?${new URLSearchParams(query)}`;
    },
    is: isMetricSeries,
    everyMs,
  });
}

/** Notes on a chart are so many at most. */
const NOTES_MOST = 200;

/** What was noted in the same time, as marks; none while they could not be read. */
export function useNotes({ startAt, mode, bot, everyMs }: SeriesWanted): readonly ChartMark[] {
  const base = readsAt(useDesk().source);
  const { data } = useMovingRead({
    pathAt: (nowMs) => {
      const from = startAt(nowMs);
      if (from === undefined) return undefined;
      const query = { type: "annotation", from: isoOf(from), mode, limit: String(NOTES_MOST) };
      return `${base}/events?${new URLSearchParams({ ...query, ...(bot === undefined ? {} : { bot }) })}`;
    },
    is: isEventsPage,
    everyMs,
  });
  return data === undefined ? [] : annotationMarks(data.events);
}

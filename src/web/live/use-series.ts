import { useMemo } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { MetricSeries } from "../../protocol/api-metrics.ts";
import { type ChartMark, chartMarks } from "../../view/chart-model.ts";
import { stepFor } from "../../view/time-range.ts";
import { isMarks, isMetricSeries } from "./frames.ts";
import { readsAt } from "./hub-api.ts";
import { useDesk } from "./use-desk.ts";
import { useLiveRead } from "./use-live-read.ts";
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

/** A chart has about as many points at most: each of them costs the hub some milliseconds. */
const POINTS = 150;

/** A metric from a moment until now, step by step; nothing without a name. Absent in a replay. */
export function useSeries(name: string | undefined, wanted: SeriesWanted): Reading<MetricSeries> {
  const { startAt, mode, bot, everyMs } = wanted;
  return useLiveRead({
    pathAt: (nowMs) => {
      const from = startAt(nowMs);
      if (name === undefined || from === undefined || from >= nowMs) return undefined;
      const step = String(stepFor(nowMs - from, POINTS));
      const query = { from: isoOf(from), step, mode, ...(bot === undefined ? {} : { bot }) };
      return `${readsAt(undefined)}/metrics/${name}?${new URLSearchParams(query)}`;
    },
    is: isMetricSeries,
    everyMs,
  });
}

/** What happened in the same time, as marks; none while that could not be read. */
export function useNotes({ startAt, mode, bot, everyMs }: SeriesWanted): readonly ChartMark[] {
  const base = readsAt(useDesk().source);
  const { data } = useMovingRead({
    pathAt: (nowMs) => {
      const from = startAt(nowMs);
      if (from === undefined) return undefined;
      const query = { from: isoOf(from), mode, ...(bot === undefined ? {} : { bot }) };
      return `${base}/marks?${new URLSearchParams(query)}`;
    },
    is: isMarks,
    everyMs,
  });
  return useMemo(() => (data === undefined ? [] : chartMarks(data)), [data]);
}

import { useCallback, useRef } from "react";
import type { BotView } from "../../protocol/api.ts";
import type { MetricAnswer, MetricSeries } from "../../protocol/api-metrics.ts";
import { metricKey } from "../../view/metric-list.ts";
import { isMetric, isMetricSeries } from "./frames.ts";
import { HubError, read, readsAt } from "./hub-api.ts";
import type { KeyedReads } from "./keyed-reads.ts";
import { useDesk, useDeskNowMs } from "./use-desk.ts";
import { useKeyedReads } from "./use-keyed.ts";

/** Values on the screen are read so often, ms. */
const EVERY_MS = 10_000;

/** Reads of one scope, a metric at a time. */
export function useMetricReads(bot: string | undefined, mode: BotView["mode"]): KeyedReads<MetricAnswer> {
  const base = readsAt(useDesk().source);
  const readOne = useCallback(
    (key: string) => {
      const { name, window } = metricKey.parts(key);
      const query = new URLSearchParams({ window, mode, ...(bot === undefined ? {} : { bot }) });
      return read(`${base}/metrics/${name}?${query}`, isMetric);
    },
    [base, bot, mode],
  );
  return useKeyedReads(readOne, EVERY_MS);
}

const DAY_MS = 86_400_000;
/** A small line needs few points, and seldom new ones: each of them costs the hub some milliseconds. */
const PAST_STEP_S = 3_600;
const PASTS_EVERY_MS = 600_000;

/** The last day of each metric of one scope; a replay has none, and nothing is asked. */
export function useMetricPasts(bot: string | undefined, mode: BotView["mode"]): KeyedReads<MetricSeries> {
  const isReplay = useDesk().source !== undefined;
  const now = useRef(0);
  now.current = useDeskNowMs();
  const readOne = useCallback(
    (name: string) => {
      if (isReplay) return Promise.reject(new HubError(0, "A replay has no past of a metric."));
      const [from = "", to = ""] = [now.current - DAY_MS, now.current].map((ms) => new Date(ms).toISOString());
      const query = new URLSearchParams({ from, to, step: String(PAST_STEP_S), mode });
      if (bot !== undefined) query.set("bot", bot);
      return read(`${readsAt(undefined)}/metrics/${name}?${query}`, isMetricSeries);
    },
    [isReplay, bot, mode],
  );
  return useKeyedReads(readOne, PASTS_EVERY_MS);
}

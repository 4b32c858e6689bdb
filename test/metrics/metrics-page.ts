import type { Micros } from "../../src/base/time.ts";
import type { State } from "../../src/engine/fold.ts";
import { readEachBot, readOwnMetrics } from "../../src/engine/read-scope.ts";
import { parseExposition, type SeriesSample } from "../../src/imports/scrape/exposition.ts";
import { createHubMetrics, type HubMetrics } from "../../src/prometheus/hub-metrics.ts";

/** The page for Prometheus over a state, as of a moment. */
export const metricsOver = (state: State, asOf: () => Micros): HubMetrics =>
  createHubMetrics({
    version: "test",
    events: () => ({
      ...{ accepted: 0, duplicate: 0, merged: 0, contradiction: 0, sampled: 0, rejected: 0, refused_full: 0 },
    }),
    queue: () => ({ events: 0, limit: 1 }),
    store: () => ({ kind: "sqlite", ok: true }),
    fold: () => ({ seq: state.desk.seq, facts: state.desk.facts, bots: state.bots.size }),
    subscribers: () => 0,
    subscribersGivenUp: () => 0,
    desk: { bots: () => readEachBot(state, asOf()), ownMetrics: () => readOwnMetrics(state) },
  });

/** A page read strictly: a line that is not of the format fails the test. */
export function seriesOf(text: string): SeriesSample[] {
  const { samples, refused, firstRefusal } = parseExposition(text, false);
  if (refused > 0) throw new Error(`line ${firstRefusal?.line}: ${firstRefusal?.reason}`);
  return [...samples];
}

/** The value of a series by its name and labels; undefined where it is absent. */
export const seriesValue = (
  series: readonly SeriesSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined =>
  series.find(
    (sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
  )?.value;

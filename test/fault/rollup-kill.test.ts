import { expect, test } from "vitest";
import { Workload } from "../../bench/workload.ts";
import { type MetricSeries, metricSeries } from "../../src/protocol/api-metrics.ts";
import { type PerformanceAnswer, performanceAnswer } from "../../src/protocol/api-money.ts";
import { callRaw, postLines } from "../support/raw-http.ts";
import { scratchDesk, scratchDirectory } from "../support/scratch.ts";

const ROUNDS = 3;
const EVENTS = 3_000;
/** More than a day apart from round to round: rollups of several grains. */
const ROUND_MS = 30 * 3_600_000;
const BEGIN_MS = Date.UTC(2026, 1, 24);
const FROM = new Date(BEGIN_MS).toISOString();
const TO = new Date(BEGIN_MS + ROUNDS * ROUND_MS).toISOString();

const performance = async (url: string, query: string): Promise<PerformanceAnswer> =>
  performanceAnswer.parse(JSON.parse((await callRaw(url, { path: `/api/v1/performance?${query}` })).text));

const fillsOver = async (url: string, step: string): Promise<MetricSeries> => {
  const path = `/api/v1/metrics/fills?from=${FROM}&to=${TO}&step=${step}`;
  return metricSeries.parse(JSON.parse((await callRaw(url, { path })).text));
};

/** The figures of each bot and currency. */
const figures = ({ rows }: PerformanceAnswer) =>
  rows
    .map(({ bot, currency, realized, fees, net, volume, fills }) => [
      `${bot} ${currency}`,
      ...[realized, fees, net, volume, fills],
    ])
    .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));

test("rollups of a hub that is killed while it makes them tell, after a restart, what the fold tells", async () => {
  const dataDir = scratchDirectory();
  const workload = new Workload(17, "rolled");
  for (let round = 0; round < ROUNDS; round++) {
    const desk = await scratchDesk({ dataDir });
    const answer = await postLines(desk.url, workload.batch(EVENTS, BEGIN_MS + round * ROUND_MS));
    expect(answer.status).toBe(200);
    // Reads that wait for rollups set them going; the hub is killed before, while and after they are made.
    const asked = performance(desk.url, `from=${FROM}`).catch(() => undefined);
    for (let looked = 0; looked < round * 3; looked++) await callRaw(desk.url, { path: "/healthz" });
    await desk.end("SIGKILL");
    await asked;
  }
  const desk = await scratchDesk({ dataDir });
  const [folded, rolled] = [await performance(desk.url, "window=all"), await performance(desk.url, `from=${FROM}`)];
  expect(figures(rolled)).toEqual(figures(folded));
  const fills = folded.rows.reduce((sum, row) => sum + row.fills, 0);
  expect(fills).toBeGreaterThan(500);
  for (const step of ["1h", "1d"]) {
    const { points } = await fillsOver(desk.url, step);
    expect(points.reduce((sum, { value }) => sum + Number(value), 0)).toBe(fills);
  }
}, 240_000);

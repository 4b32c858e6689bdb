import { setTimeout as delay } from "node:timers/promises";
import { benchDirectory, prepareLoad, startHub } from "./processes.ts";
import { type Measure, median, quantile } from "./report.ts";
import { fill } from "./start.ts";

const RATE_PER_S = 500;
const WINDOW_S = 5;
const WINDOWS = 5;
const QUERY_EVERY_MS = 1_000;

/** Single events at 500 a second, without and with a query a second that reads 100,000 rows beside them. */
export async function query(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    await fill(directory.path, 100_000);
    const hub = await startHub(directory.path);
    const alone: number[] = [];
    const beside: number[] = [];
    let rows = 0;
    await (await prepareLoad({ ...planOf(hub.address), seed: 99, prefix: "warm" })).go();
    for (let window = 0; window < WINDOWS; window++) {
      alone.push(await p99Of(hub.address, `a${window}`));
      let done = false;
      const reading = (async () => {
        while (!done) {
          rows = await readAll(hub.address);
          await delay(QUERY_EVERY_MS);
        }
      })();
      beside.push(await p99Of(hub.address, `b${window}`));
      done = true;
      await reading;
    }
    await hub.end("SIGTERM");
    const moved = median(beside) - median(alone);
    return [
      { name: "p99 of single events at 500/s, alone", actual: median(alone), unit: "ms" },
      { name: "the same beside queries", actual: median(beside), unit: "ms", note: `${rows} rows a query` },
      { name: "moved by", actual: moved, unit: "ms", target: { max: 5 } },
    ];
  } finally {
    directory.remove();
  }
}

const planOf = (url: string) => ({
  url,
  batchSize: 1,
  connections: 16,
  ratePerS: RATE_PER_S,
  batches: RATE_PER_S * WINDOW_S,
});

async function p99Of(url: string, prefix: string): Promise<number> {
  const load = await prepareLoad({ ...planOf(url), seed: prefix.charCodeAt(1), prefix });
  return quantile((await load.go()).tookMs, 0.99);
}

/** Reads every event that the workload's first 100,000 rows hold, as NDJSON; returns how many lines came. */
async function readAll(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/events?format=ndjson&to=2026-02-24T12:32:00Z`);
  let lines = 0;
  for await (const chunk of answer.body ?? []) {
    const buffer = Buffer.from(chunk);
    for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, at + 1)) lines++;
  }
  return lines;
}

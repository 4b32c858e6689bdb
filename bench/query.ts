import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { benchDirectory, prepareLoad, startHub } from "./processes.ts";
import { type Measure, median, quantile } from "./report.ts";
import { fill } from "./start.ts";

const RATE_PER_S = 500;
/** Many, and turn by turn: a disk that stalls now and then does in some of them, alone or not. */
const WINDOW_S = 4;
const WINDOWS = 9;
/** What a hub has left to do after a start, its rollups, is over then. */
const SETTLE_MS = 10_000;
const READER = fileURLToPath(new URL("export-reader.ts", import.meta.url));

/** Single events at 500 a second, without and with a query a second that reads 100,000 rows beside them. */
export async function query(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    await fill(directory.path, 100_000);
    const hub = await startHub(directory.path);
    const alone: number[] = [];
    const beside: number[] = [];
    const reads: string[] = [];
    await (await prepareLoad({ ...planOf(hub.address), seed: 99, prefix: "warm" })).go();
    await delay(SETTLE_MS);
    for (let window = 0; window < WINDOWS; window++) {
      alone.push(await p99Of(hub.address, `a${window}`));
      const reader = exportReader(hub.address);
      await once(reader.lines, "line");
      reader.lines.on("line", (line: string) => reads.push(line));
      beside.push(await p99Of(hub.address, `b${window}`));
      await reader.end();
    }
    await hub.end("SIGTERM");
    const moved = median(beside) - median(alone);
    const rows = Math.min(...reads.map((read) => Number(read.split(" ")[0])));
    const tookMs = median(reads.map((read) => Number(read.split(" ")[1])));
    return [
      { name: "p99 of single events at 500/s, alone", actual: median(alone), unit: "ms" },
      {
        name: "the same beside queries",
        actual: median(beside),
        unit: "ms",
        note: `${reads.length} queries of ${rows} rows, ${tookMs} ms each`,
      },
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

/** Reads every event that the workload's first 100,000 rows hold, as NDJSON, once a second in a process of its own. */
function exportReader(hub: string) {
  const url = `${hub}/api/v1/events?format=ndjson&to=2026-02-24T12:32:00Z`;
  const child = spawn(process.execPath, [READER, url], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  return {
    lines: createInterface(child.stdout),
    end: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

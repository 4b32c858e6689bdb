import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, createReadStream, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setImmediate as breathe } from "node:timers/promises";
import { NODE_FLAGS } from "../src/app/node-flags.ts";
import { seededRandom } from "../src/base/random.ts";
import { microsFromMs } from "../src/base/time.ts";
import { bareDesk } from "../src/hub/bare-desk.ts";
import type { Store } from "../src/hub/ports.ts";
import { openReplays } from "../src/hub/replay/open-replays.ts";
import type { Replay } from "../src/hub/replay/replay.ts";
import { openSqliteStore } from "../src/store/sqlite/open-sqlite-store.ts";
import { directRate } from "./ingest.ts";
import { benchDirectory, MAIN, startHub } from "./processes.ts";
import { type Measure, median, quantile } from "./report.ts";
import { Workload } from "./workload.ts";

const FILE_EVENTS = 1_000_000;
const FACTS = 1_000_000;
const SEEKS = 20;
const START_MS = 1_771_936_213_000;
const clock = { now: () => microsFromMs(Date.now()) };

/**
 * From NDJSON to a hub and to a replay, each a process of its own: orders and fills, all facts; then what a simulated desk
 * says, mostly books, edges and marks. And a replay of a million stored facts.
 */
export async function replay(): Promise<Measure[]> {
  return [...(await fromFile()), ...simulated(), ...(await fromLog())];
}

function simulated(): Measure[] {
  const directory = benchDirectory();
  try {
    const file = join(directory.path, "simulated.ndjson");
    run(["simulate", "--events", String(FILE_EVENTS), "--seed", "7", "--from", "2026-03-01T00:00:00Z", "--out", file]);
    const imported = median([1, 2, 3].map((round) => offlineRate(file, join(directory.path, `simulated-${round}`))));
    const replayed = rateOf(["replay", file, "--speed", "max"]);
    const target = { min: 100_000 };
    return [
      {
        name: "import --data-dir of a simulated desk",
        actual: imported,
        unit: "events/s",
        target,
        note: "median of three",
      },
      { name: "replay of that file", actual: replayed, unit: "events/s", target, note: "whole process" },
    ];
  } finally {
    directory.remove();
  }
}

async function fromFile(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    const file = join(directory.path, "events.ndjson");
    writeEvents(file);
    const parsed = await parseRate(file);
    const offline = median([1, 2, 3].map((round) => offlineRate(file, join(directory.path, `offline-${round}`))));
    const hub = await startHub(join(directory.path, "data"));
    const imported = rateOf(["import", file, "--url", hub.address]);
    await hub.end("SIGTERM");
    const replayed = rateOf(["replay", file, "--speed", "max"]);
    const direct = await directRate(join(directory.path, "data"));
    const target = { min: 100_000 };
    const note = "whole process";
    const ofThree = { note: `${note}, median of three` };
    return [
      { name: "deskwatch import FILE --data-dir", actual: offline, unit: "events/s", target, ...ofThree },
      { name: "deskwatch import FILE, to a hub", actual: imported, unit: "events/s", note },
      { name: "same rows straight into SQLite", actual: direct, unit: "rows/s" },
      { name: "ratio of the first to that", actual: offline / direct, unit: "×" },
      { name: "deskwatch replay FILE --speed max", actual: replayed, unit: "events/s", target, note },
      { name: "JSON.parse of the same lines", actual: parsed, unit: "events/s" },
      { name: "ratio of the replay to that", actual: replayed / parsed, unit: "×" },
    ];
  } finally {
    directory.remove();
  }
}

const BATCH = 10_000;

function writeEvents(file: string): void {
  const workload = new Workload(1, "replay");
  writeFileSync(file, "");
  for (let done = 0; done < FILE_EVENTS; done += BATCH)
    appendFileSync(file, workload.batch(BATCH, START_MS + done * 50));
}

/** Each into a store of its own: the first finds the machine's memory and disk in other states than those that follow. */
function offlineRate(file: string, dataDir: string): number {
  const rate = rateOf(["import", file, "--data-dir", dataDir]);
  rmSync(dataDir, { recursive: true });
  return rate;
}

/** Reading the file and parsing its lines, and nothing else. */
async function parseRate(file: string): Promise<number> {
  const begin = performance.now();
  for await (const line of createInterface({ input: createReadStream(file) })) JSON.parse(line);
  return (FILE_EVENTS * 1000) / (performance.now() - begin);
}

function rateOf(args: readonly string[]): number {
  // What others wrote is on the disk, and not written meanwhile.
  execFileSync("sync");
  const begin = performance.now();
  run(args);
  return (FILE_EVENTS * 1000) / (performance.now() - begin);
}

function run(args: readonly string[]): void {
  execFileSync(process.execPath, [...NODE_FLAGS, MAIN, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

async function fromLog(): Promise<Measure[]> {
  const directory = benchDirectory();
  const store = await openSqliteStore({ dataDir: directory.path, durability: "never" });
  try {
    const ingested = await fill(store);
    const playing = preparedReplay(store);
    let begin = performance.now();
    await playing.settled();
    const prepared = performance.now() - begin;
    begin = performance.now();
    await playing.control({ action: "play" });
    while (playing.view.state === "playing") await breathe();
    const played = performance.now() - begin;
    if (playing.view.played !== FACTS) throw new Error(`played ${playing.view.played} of ${FACTS} facts`);
    const parsed = await readOnly(store);
    const seeks = await seekTimes(playing);
    playing.close();
    return [
      { name: "the hub's ingest in this process, no sync", actual: ingested, unit: "events/s" },
      {
        name: "replay of 1,000,000 facts, full speed",
        actual: rate(prepared + played),
        unit: "facts/s",
        target: { min: 100_000 },
        note: "preparation and all",
      },
      { name: "the same facts read from the store and parsed", actual: rate(parsed), unit: "facts/s" },
      { name: "ratio of the replay to that", actual: parsed / (prepared + played), unit: "×" },
      { name: "slowest of 20 seeks in it", actual: Math.max(...seeks), unit: "ms", target: { max: 1_000 } },
      { name: "median of them", actual: quantile(seeks, 0.5), unit: "ms" },
    ];
  } finally {
    await store.close();
    directory.remove();
  }
}

/** How long reading the log takes when nothing is done with it. */
async function readOnly(store: Store): Promise<number> {
  const begin = performance.now();
  await store.replay(0, () => undefined);
  return performance.now() - begin;
}

const rate = (ms: number): number => (FACTS * 1000) / ms;

async function fill(store: Store): Promise<number> {
  const { ingest } = bareDesk(store, clock);
  const workload = new Workload(2, "log");
  let ms = 0;
  for (let done = 0; done < FACTS; done += 1_000) {
    const lines = Array.from({ length: 1_000 }, (_, index) => ({
      line: workload.next(START_MS + (done + index) * 50),
    }));
    const begin = performance.now();
    await ingest.submit(lines);
    ms += performance.now() - begin;
  }
  return rate(ms);
}

function preparedReplay(store: Store): Replay {
  const replays = openReplays({
    store,
    clock,
    timers: {
      every: () => () => undefined,
      after: (run, ms) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      breathe: () => breathe(),
    },
    version: "bench",
    newId: randomUUID,
    lastSeq: () => Number.MAX_SAFE_INTEGER,
    desk: { defaultMode: "live", exposureLimits: { low_usd: 20, high_usd: 50 } },
    onProblem: (what, error) => console.error(what, error),
  });
  const begun = replays.create({ speed: "max", paused: true });
  if (!begun.ok) throw new Error(begun.error.message);
  return begun.value;
}

async function seekTimes(playing: Replay): Promise<number[]> {
  const random = seededRandom(3);
  const times: number[] = [];
  for (let seek = 0; seek < SEEKS; seek++) {
    const begin = performance.now();
    await playing.control({ action: "seek_seq", seq: 1 + random.below(FACTS) });
    times.push(performance.now() - begin);
  }
  return times;
}

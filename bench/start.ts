import { packRows } from "../src/hub/packed-rows.ts";
import { micros } from "../src/base/time.ts";
import type { AppendRow } from "../src/hub/ports.ts";
import { naturalKey } from "../src/protocol/natural-key.ts";
import { parseEvent } from "../src/protocol/parse-event.ts";
import { openSqliteStore } from "../src/store/sqlite/open-sqlite-store.ts";
import { benchDirectory, startHub } from "./processes.ts";
import { type Measure, median } from "./report.ts";
import { Workload } from "./workload.ts";

const FACTS = 1_000_000;
const BATCH = 2_000;
const ROUNDS = 3;

/** From the start of the process to the line that says ready: never run before, a million facts to fold, and from a snapshot. */
export async function start(): Promise<Measure[]> {
  const first: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const empty = benchDirectory();
    first.push(await startOnce(empty.path, "SIGTERM"));
    empty.remove();
  }
  const directory = benchDirectory();
  try {
    await fill(directory.path);
    const refold: number[] = [];
    for (let round = 0; round < ROUNDS; round++) refold.push(await startOnce(directory.path, "SIGKILL"));
    await startOnce(directory.path, "SIGTERM");
    const snapshot: number[] = [];
    for (let round = 0; round < ROUNDS; round++) snapshot.push(await startOnce(directory.path, "SIGKILL"));
    return [
      { name: "first start ever", actual: median(first), unit: "s", target: { max: 1 } },
      { name: "start with 1,000,000 facts, refolding all", actual: median(refold), unit: "s", target: { max: 5 } },
      {
        name: "start with 1,000,000 facts, from a snapshot",
        actual: median(snapshot),
        unit: "s",
        target: { max: 1.5 },
      },
    ];
  } finally {
    directory.remove();
  }
}

async function startOnce(dataDir: string, end: "SIGTERM" | "SIGKILL"): Promise<number> {
  const begin = performance.now();
  const hub = await startHub(dataDir);
  const seconds = (performance.now() - begin) / 1000;
  await hub.end(end);
  return seconds;
}

/** Puts the canonical workload into a store, without a hub and so without a snapshot. */
export async function fill(dataDir: string, facts = FACTS): Promise<void> {
  const store = await openSqliteStore({ dataDir });
  const workload = new Workload(7, "start");
  const beginMs = 1_771_936_213_000;
  for (let done = 0; done < facts; done += BATCH)
    await store.append(packRows(Array.from({ length: BATCH }, (_, index) => rowOf(workload, beginMs + done + index))));
  await store.close();
}

function rowOf(workload: Workload, tsMs: number): AppendRow {
  const parsed = parseEvent(workload.nextEvent(tsMs));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const event = { ...parsed.value, mode: "live" as const };
  const at = micros(tsMs * 1000);
  return { event, body: JSON.stringify(event), key: naturalKey(event), refersTo: undefined, ts: at, receivedAt: at };
}

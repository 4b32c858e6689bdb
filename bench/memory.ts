import { benchDirectory, hubPid, prepareLoad, residentMb, startHub } from "./processes.ts";
import type { Measure } from "./report.ts";

const ROUNDS = 10;
const EVENTS_PER_ROUND = 500_000;
const BATCH = 500;

/** Resident memory of the hub while five million events come in as fast as it takes them. */
export async function memory(): Promise<Measure[]> {
  const directory = benchDirectory();
  try {
    const hub = await startHub(directory.path);
    const pid = await hubPid(directory.path);
    const idleMb = residentMb(pid);
    const residentsMb: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const batches = EVENTS_PER_ROUND / BATCH;
      const load = await prepareLoad({
        url: hub.address,
        seed: round,
        prefix: `m${round}`,
        batches,
        batchSize: BATCH,
        connections: 4,
      });
      await load.go();
      residentsMb.push(residentMb(pid));
    }
    await hub.end("SIGTERM");
    const [last = Number.NaN] = residentsMb.slice(-1);
    const half = residentsMb[ROUNDS / 2 - 1] ?? Number.NaN;
    return [
      { name: "resident when idle", actual: idleMb, unit: "MB" },
      { name: "resident after 2,500,000 events", actual: half, unit: "MB" },
      { name: "resident after 5,000,000 events", actual: last, unit: "MB", target: { max: 400 } },
      { name: "growth over the second half", actual: last / half - 1, unit: "ratio", target: { max: 0.1 } },
    ];
  } finally {
    directory.remove();
  }
}

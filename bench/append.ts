import { packRows } from "../src/hub/packed-rows.ts";
import type { AppendRow, Store } from "../src/hub/ports.ts";
import { row } from "../test/contract/rows.ts";
import { Workload } from "./workload.ts";

const BATCH = 500;
const CALLERS = 4;

/** Batches of the canonical workload as ingest hands them to the store. */
export function batchesOf(rows: number, seed = 1): AppendRow[][] {
  const workload = new Workload(seed, `store-${seed}`);
  return Array.from({ length: Math.ceil(rows / BATCH) }, (_, batch) =>
    Array.from({ length: BATCH }, (_, index) => row(workload.nextEvent(1_771_936_213_000 + batch * BATCH + index))),
  );
}

/** Rows a second that four callers append through the port. */
export async function appendRate(store: Store, batches: readonly AppendRow[][]): Promise<number> {
  let next = 0;
  const caller = async () => {
    for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) await store.append(packRows(batch));
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return (batches.length * BATCH * 1000) / (performance.now() - begin);
}

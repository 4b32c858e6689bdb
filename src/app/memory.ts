import { setFlagsFromString } from "node:v8";

/**
 * Keeps the process small: V8 would rather let a heap of 80 MB live grow past 400 MB before it collects. Here it collects
 * at a third above what is live, which costs the hub little that `npm run bench ingest` shows and keeps `npm run bench
 * memory` level; a desk that truly needs more gets it.
 * What is made of an event never begins in the old generation, as V8 would soon decide for places whose first objects
 * lived long: each such object that is dead keeps all the young ones that it names, and a sixth of all that is made would
 * grow old, where a twentieth has to.
 * (The young generation is bounded in the first line of `main.ts`: it cannot be once Node runs. One thread beside it is
 * enough to collect so little; four of them fight the hub, its writer and the bots for the machine's cores.)
 */
export function keepMemorySmall(): void {
  setFlagsFromString("--heap-growing-percent=33");
  setFlagsFromString("--no-allocation-site-pretenuring");
}

/**
 * For a process that has begun again roomily: its other threads, which V8 gives what these flags say when they begin,
 * need no such room, and each would fill it before it collects.
 */
export function keepThreadsSmall(): void {
  setFlagsFromString("--initial-old-space-size=0");
}

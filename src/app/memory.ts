import { setFlagsFromString } from "node:v8";

/**
 * Keeps the process small: V8 would rather let a heap of 80 MB live grow past 400 MB before it collects. Here it
 * collects at twice what is live (`npm run bench memory ingest` shows both sides). No cap: a desk that truly needs more gets it.
 * (The young generation is bounded in the first line of `main.ts`: it cannot be once Node runs. One thread beside it is
 * enough to collect so little; four of them fight the hub, its writer and the bots for the machine's cores.)
 */
export function keepMemorySmall(): void {
  setFlagsFromString("--heap-growing-percent=" + (process.env["HG"] ?? "100")); if (process.env["MS"]) setFlagsFromString("--memory-saver-mode");
}

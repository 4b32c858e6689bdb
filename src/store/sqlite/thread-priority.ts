import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { platform } from "node:process";

/**
 * Lets the processor's other threads go before the calling one: a long read then takes no time from ingest. Linux gives
 * each thread a priority of its own; elsewhere, or where it is forbidden, nothing changes.
 */
export function yieldToOthers(): void {
  if (platform !== "linux") return;
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Without /proc, or in a sandbox that forbids it: reads and writes then share the processor evenly.
  }
}

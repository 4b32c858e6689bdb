import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const LOCK_FILE = "recorder.lock";

/** What this process records into. A lock with our own number that is not in here was left by a process of before. */
const held = new Set<string>();

/**
 * Makes this process the only recorder of a directory; gives what ends that. The lock of a process that is no more (it
 * was killed) is taken over. Throws when another one records there.
 */
export function lockRecording(directory: string): () => void {
  const path = resolve(directory, LOCK_FILE);
  const holder = held.has(path) ? process.pid : holderOf(path);
  if (holder !== undefined) {
    throw new Error(`process ${holder} records into ${directory} already: give another directory, or end it`);
  }
  rmSync(path, { force: true });
  writeFileSync(path, `${process.pid}\n`, { flag: "wx" });
  held.add(path);
  return () => {
    held.delete(path);
    rmSync(path, { force: true });
  };
}

/** The living process that holds a lock; undefined when none does. */
function holderOf(path: string): number | string | undefined {
  try {
    const holder = Number(readFileSync(path, "utf8"));
    if (!Number.isSafeInteger(holder) || holder <= 0 || holder === process.pid) return undefined;
    process.kill(holder, 0);
    return holder;
  } catch (error) {
    // Signals to a process of somebody else are refused: it lives.
    return error instanceof Error && "code" in error && error.code === "EPERM" ? "of somebody else" : undefined;
  }
}

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where Debian, like most of Linux, has a file system in memory. */
const MEMORY = "/dev/shm";

/** What all suites together may need at once, many times over; a container often has 64 MiB. */
const LEAST_FREE_BYTES = 4 * 2 ** 30;

/**
 * A new folder in memory for what the suites write, for its maker to remove; undefined where there is no room for it.
 * Syncs stay what they are to the hub and to those who watch its system calls, but they wait for no disk. The suites
 * kill processes, never the machine, so what was written is there afterwards all the same.
 */
export function scratchInMemory(): string | undefined {
  removeLeftovers();
  if (Math.min(freeBytes(MEMORY), process.availableMemory()) < LEAST_FREE_BYTES) return undefined;
  const folder = mkdtempSync(join(MEMORY, `deskwatch-tests-${process.pid}-`));
  // PostgreSQL runs as another user than root, in a folder of its own within this one.
  chmodSync(folder, 0o711);
  if (runsPrograms(folder)) return folder;
  rmSync(folder, { recursive: true });
  return undefined;
}

/** What runs that were interrupted have left: nothing else gives that memory back. */
function removeLeftovers(): void {
  for (const name of existsSync(MEMORY) ? readdirSync(MEMORY) : []) {
    const pid = /^deskwatch-tests-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(MEMORY, name), { recursive: true, force: true });
  }
}

/** 0 where there is no such file system. */
function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** Containers may mount it so that nothing there can be executed. */
function runsPrograms(folder: string): boolean {
  const program = join(folder, "true");
  writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
  const { status } = spawnSync(program);
  rmSync(program);
  return status === 0;
}

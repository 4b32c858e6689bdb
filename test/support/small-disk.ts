import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import type { Suite } from "./tools.ts";

/** A file system of its own that can be filled up. */
export interface SmallDisk {
  readonly directory: string;
  /** Leaves `freeKib` of it free. */
  readonly fill: (freeKib: number) => void;
  /** Gives the space back that `fill` took. */
  readonly free: () => void;
  readonly unmount: () => void;
}

/** Mounts a file system in memory. Throws where that is not allowed: guard the suite with `requireMount`. */
export function mountSmallDisk(mib: number): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), "deskwatch-disk-"));
  const done = mount(directory, mib);
  if (done !== undefined) {
    rmSync(directory, { recursive: true });
    throw new Error(done);
  }
  const filler = join(directory, "filler");
  return {
    directory,
    fill: (freeKib) => {
      const { bavail, bsize } = statfsSync(directory);
      try {
        writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - freeKib * 1024)), { flag: "a" });
      } catch (error) {
        // Somebody else took the rest meanwhile.
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      }
    },
    free: () => rmSync(filler),
    unmount: () => {
      spawnSync("umount", ["-l", directory]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A `describe` for suites that mount; where that is not allowed, which no installation changes, it is skipped visibly. */
export function requireMount(): Suite {
  let reason: string;
  try {
    mountSmallDisk(1).unmount();
    return describe;
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
  }
  return (name, body) => {
    process.stderr.write(`SKIPPED ${name}: ${reason}\n`);
    describe.skipIf(true)(`${name} [skipped: ${reason}]`, body);
  };
}

/** Undefined when it is mounted, else why not. */
function mount(directory: string, mib: number): string | undefined {
  const { status, stderr, error } = spawnSync(
    "mount",
    ["-t", "tmpfs", "-o", `size=${mib}m,mode=0700`, "tmpfs", directory],
    { encoding: "utf8" },
  );
  if (error !== undefined) return "there is no mount";
  return status === 0 ? undefined : `a file system cannot be mounted here: ${stderr.trim()}`;
}

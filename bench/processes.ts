import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type HubProcess, startHubProcess } from "../scripts/hub-process.ts";
import { NODE_ENVIRONMENT, NODE_FLAGS } from "../src/app/node-flags.ts";
import type { LoadPlan, LoadResult } from "./load.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** The built program. */
export const MAIN = join(root, "dist", "app", "main.js");
const LOAD = join(root, "bench", "load.ts");

/** A directory for one bench, on the disk that holds temporary files; removed by `remove`. */
export function benchDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "deskwatch-bench-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The built hub in a process of its own, with what `npm start` gives it. */
export const startHub = (dataDir: string, args: readonly string[] = []): Promise<HubProcess> =>
  startHubProcess({
    command: process.execPath,
    args: [...NODE_FLAGS, MAIN, "start", "--port", "0", "--data-dir", dataDir, ...args],
    cwd: root,
    env: { ...process.env, ...NODE_ENVIRONMENT },
  });

/** Resident memory of a process in MB; 0 when it is gone. */
export function residentMb(pid: number): number {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(match?.[1] ?? 0) / 1024;
}

/** The process that runs with this data directory. */
export async function hubPid(dataDir: string): Promise<number> {
  const { readdirSync } = await import("node:fs");
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const command = commandOf(pid);
    if (command.includes(MAIN) && command.includes(dataDir)) return Number(pid);
  }
  throw new Error(`no hub runs on ${dataDir}`);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // The process ended while we looked.
    return "";
  }
}

/** A load generator that has made its bodies and waits to be let go. */
export interface Load {
  readonly go: () => Promise<LoadResult>;
}

export async function prepareLoad(plan: LoadPlan): Promise<Load> {
  const child: ChildProcess = spawn(process.execPath, [LOAD, JSON.stringify(plan)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  if (child.stdout === null || child.stdin === null) throw new Error("the load generator has no pipes");
  const { stdin } = child;
  const lines = createInterface(child.stdout);
  await once(lines, "line");
  return {
    go: async () => {
      const answered = once(lines, "line");
      stdin.write("go\n");
      const [line] = (await answered) as [string];
      await once(child, "exit");
      return JSON.parse(line) as LoadResult;
    },
  };
}

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startHubProcess } from "../scripts/hub-process.ts";
import { NODE_FLAGS } from "../src/app/node-flags.ts";
import { deskAnswer } from "../src/protocol/api-sessions.ts";
import { benchDirectory } from "./processes.ts";
import type { Measure } from "./report.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const MAIN = join(root, "dist", "app", "main.js");
const WATCH_S = 20;
/** What Linux counts the time of processes in. */
const TICKS_PER_S = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const EVENTS = 1_000_000;

/** The demo desk: from its start to a page full of the past, what it costs in real time, and the simulator alone. */
export async function demo(): Promise<Measure[]> {
  const directory = benchDirectory();
  const begin = performance.now();
  const hub = await startHubProcess({
    command: process.execPath,
    args: [...NODE_FLAGS, MAIN, "demo", "--port", "0", "--data-dir", directory.path],
    cwd: root,
  });
  try {
    const readyS = (performance.now() - begin) / 1000;
    while ((await stateOf(hub.address)) !== "live") await delay(100);
    const fullS = (performance.now() - begin) / 1000;
    await delay(5_000);
    const share = await cpuShare(hub.pid);
    return [
      { name: "demo: ready", actual: readyS, unit: "s" },
      { name: "demo: past of a day told", actual: fullS, unit: "s", target: { max: 15 } },
      { name: "demo: hub and generator in real time", actual: share * 100, unit: "% of a core", target: { max: 10 } },
      {
        name: "simulate to a file",
        actual: await simulated(directory.path),
        unit: "events/s",
        target: { min: 150_000 },
      },
    ];
  } finally {
    await hub.end("SIGTERM");
    directory.remove();
  }
}

const stateOf = async (url: string): Promise<string | undefined> =>
  deskAnswer.parse(await (await fetch(`${url}/api/v1/desk`)).json()).demo?.state;

async function cpuShare(pid: number): Promise<number> {
  const pids = [pid, ...childrenOf(pid)];
  const before = pids.reduce((sum, one) => sum + ticksOf(one), 0);
  await delay(WATCH_S * 1000);
  return (pids.reduce((sum, one) => sum + ticksOf(one), 0) - before) / TICKS_PER_S / WATCH_S;
}

/** User and system time of a process, all threads; they stand after its name, which ends with a bracket. */
function ticksOf(pid: number): number {
  const fields = statOf(pid);
  return Number(fields[11]) + Number(fields[12]);
}

const statOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(statOf(pid)[1]) === parent;
      } catch {
        // It ended while we looked.
        return false;
      }
    });
}

async function simulated(directory: string): Promise<number> {
  const begin = performance.now();
  const args = ["simulate", "--events", String(EVENTS), "--out", join(directory, "desk.ndjson")];
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN, ...args], {
    cwd: root,
    stdio: "ignore",
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`deskwatch simulate ended with ${String(code)}`);
  return EVENTS / ((performance.now() - begin) / 1000);
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type DeskOptions, type DeskProcess, startDeskProcess } from "./desk-process.ts";
import { Traffic, type TrafficOptions } from "./traffic.ts";

/** An empty directory that goes away when the test ends. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "deskwatch-fault-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A hub in a process of its own that is killed, at the latest, when the test ends. */
export async function scratchDesk(options: Partial<DeskOptions> = {}): Promise<DeskProcess & { dataDir: string }> {
  const dataDir = options.dataDir ?? scratchDirectory();
  const desk = await startDeskProcess({ ...options, dataDir });
  onTestFinished(() => desk.end("SIGKILL"));
  return { ...desk, dataDir };
}

/** Traffic that goes on, at the longest, until the test ends. */
export function scratchTraffic(options: TrafficOptions): Traffic {
  const traffic = new Traffic(options);
  onTestFinished(() => traffic.abandon());
  return traffic;
}

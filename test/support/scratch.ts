import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type DeskOptions, type DeskProcess, startDeskProcess } from "./desk-process.ts";

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

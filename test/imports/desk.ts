import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { z } from "zod";
import { loadConfig } from "../../src/app/config.ts";
import { type Desk, startDesk } from "../../src/app/wiring.ts";
import { ensure } from "../../src/base/assert.ts";
import { importFiles } from "../../src/imports/import-files.ts";
import type { ImportReport } from "../../src/imports/import-report.ts";

const pageShape = z.object({ events: z.array(z.looseObject({ type: z.string() })), next_cursor: z.string().nullish() });

type Stored = z.infer<typeof pageShape>["events"][number];

/** A whole desk of its own for each test, and what to do with it. */
export interface ImportDesk {
  readonly importAll: (...files: readonly string[]) => Promise<ImportReport>;
  /** Every event of a type that stands in the log as a first statement. */
  readonly stored: (type: string) => Promise<readonly Stored[]>;
  /** What a read answers. */
  readonly read: (path: string) => Promise<unknown>;
}

export function importDesk(): ImportDesk {
  let directory: string;
  let desk: Desk;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "deskwatch-imports-"));
    const config = loadConfig({ port: "0", dataDir: join(directory, "data") }, { DESKWATCH_LOG_LEVEL: "silent" });
    desk = await startDesk(ensure(config.ok ? config.value : undefined, "a configuration"));
  });
  afterEach(async () => {
    await desk.close();
    await rm(directory, { recursive: true });
  });
  return {
    importAll: (...files) =>
      importFiles({
        files,
        format: undefined,
        options: { bot: undefined, mode: undefined },
        hub: { url: desk.url, fetch, random: Math.random, sleep: () => Promise.resolve() },
        onBytes: () => undefined,
      }),
    stored: (type) => storedOf(desk.url, type),
    read: async (path) => {
      const response = await fetch(`${desk.url}${path}`);
      expect(response.status).toBe(200);
      return response.json();
    },
  };
}

async function storedOf(url: string, type: string): Promise<Stored[]> {
  const events: Stored[] = [];
  let cursor = "";
  do {
    const response = await fetch(`${url}/api/v1/events?type=${type}&mode=all&limit=1000${cursor}`);
    expect(response.status).toBe(200);
    const page = pageShape.parse(await response.json());
    events.push(...page.events.filter((event) => event["standing"] === undefined));
    cursor = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : "";
  } while (cursor !== "");
  return events;
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { loadConfig } from "../../src/app/config.ts";
import { startDesk } from "../../src/app/wiring.ts";
import { ensure } from "../../src/base/assert.ts";
import { importFiles } from "../../src/imports/import-files.ts";
import type { ImportReport } from "../../src/imports/import-report.ts";

const pageShape = z.object({
  events: z.array(z.looseObject({ type: z.string(), id: z.string(), ts: z.string() })),
  next_cursor: z.string().nullish(),
});

export type Stored = z.output<typeof pageShape>["events"][number];

/** A hub with a store of its own, into which files are imported as `deskwatch import` does. */
export interface ImportDesk {
  readonly directory: string;
  readonly url: string;
  readonly importAll: (files: readonly string[]) => Promise<ImportReport>;
  /** Every event of a type in the log, merges and contradictions included. */
  readonly logged: (type: string) => Promise<Stored[]>;
  /** Those that stand as first statements. */
  readonly facts: (type: string) => Promise<Stored[]>;
  readonly close: () => Promise<void>;
}

export async function startImportDesk(): Promise<ImportDesk> {
  const directory = await mkdtemp(join(tmpdir(), "deskwatch-import-desk-"));
  const config = loadConfig({ port: "0", dataDir: join(directory, "data") }, { DESKWATCH_LOG_LEVEL: "silent" });
  const desk = await startDesk(ensure(config.ok ? config.value : undefined, "a configuration"));
  const logged = async (type: string): Promise<Stored[]> => {
    const events: Stored[] = [];
    let cursor = "";
    do {
      const response = await fetch(`${desk.url}/api/v1/events?type=${type}&mode=all&limit=1000${cursor}`);
      const page = pageShape.parse(await response.json());
      events.push(...page.events);
      cursor = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : "";
    } while (cursor !== "");
    return events;
  };
  return {
    directory,
    url: desk.url,
    logged,
    facts: async (type) => (await logged(type)).filter((event) => event["standing"] === undefined),
    importAll: (files) =>
      importFiles({
        files,
        format: undefined,
        options: { bot: undefined, mode: undefined },
        hub: { url: desk.url, fetch, sleep: () => Promise.resolve(), random: () => 0 },
        onBytes: () => undefined,
      }),
    close: async () => {
      await desk.close();
      await rm(directory, { recursive: true });
    },
  };
}

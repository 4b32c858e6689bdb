import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareDesk } from "../../hub/bare-desk.ts";
import type { Store } from "../../hub/ports.ts";
import { importFiles } from "../../imports/import-files.ts";
import type { ImportReport } from "../../imports/import-report.ts";
import { openPostgresForReading } from "../../store/postgres/open-postgres-store.ts";
import { openSqliteForReading, openSqliteStore } from "../../store/sqlite/open-sqlite-store.ts";
import { systemClock } from "../clock.ts";
import { senderParts } from "../commands/command-io.ts";
import type { Config } from "../config.ts";
import { deskFetch } from "./desk-fetch.ts";

/** A log to be replayed. */
export interface ReplaySource {
  readonly store: Store;
  /** Of the file that was imported for it; undefined for the log of a hub. */
  readonly report?: ImportReport;
  readonly close: () => Promise<void>;
}

/** The log of a hub, which may run meanwhile: it is only read. */
export async function hubSource({ databaseUrl, dataDir }: Config): Promise<ReplaySource> {
  const store =
    databaseUrl === undefined ? await openSqliteForReading(dataDir) : await openPostgresForReading(databaseUrl);
  return { store, close: () => store.close() };
}

/** Batches under way at once: they reach the log in their order. */
const BATCHES_AT_ONCE = 3;

/** What a file tells, taken in as a hub would, in a store of its own that is deleted on `close`. */
export async function fileSource(file: string, onBytes: (count: number) => void): Promise<ReplaySource> {
  const directory = await mkdtemp(join(tmpdir(), "deskwatch-replay-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const store = await openSqliteStore({ dataDir: directory, clock: systemClock, throwAway: true });
    const close = async (): Promise<void> => {
      await store.close();
      await remove();
    };
    const report = await importFiles({
      files: [file],
      format: undefined,
      options: { bot: undefined, mode: undefined },
      hub: {
        ...senderParts,
        url: "http://localhost",
        fetch: deskFetch(bareDesk(store, systemClock)),
        inFlightMax: BATCHES_AT_ONCE,
      },
      onBytes,
    }).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    return { store, report, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

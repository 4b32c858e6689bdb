import { bareDesk } from "../../hub/bare-desk.ts";
import type { Store } from "../../hub/ports.ts";
import { recover, Snapshotter } from "../../hub/recovery.ts";
import type { DeskInProcess } from "../../imports/import-files.ts";
import type { ImportReportBody } from "../../protocol/api-sessions.ts";
import { openPostgresStore } from "../../store/postgres/open-postgres-store.ts";
import { openSqliteStore } from "../../store/sqlite/open-sqlite-store.ts";
import { systemClock, systemTimers } from "../clock.ts";
import type { Config } from "../config.ts";

/** A store on which no hub runs, and what is imported into it. */
export interface OfflineDesk extends DeskInProcess {
  /** Keeps the report as a hub would. */
  readonly keepReport: (report: ImportReportBody) => Promise<void>;
  /** Keeps the newest samples, and a snapshot for the next start. Rejects with `StoreUnavailable` as the store does. */
  readonly finish: () => Promise<void>;
  /** Resolves once all that was taken in is on disk. */
  readonly close: () => Promise<void>;
}

const SAMPLES_EVERY_BATCHES = 50;

/**
 * Opens the store that the configuration names for an import without a hub: by the hub's own way in, but nothing crosses
 * a network, nobody listens, and the disk is synced at the end. Rejects with `StoreRefused` while a hub runs on it.
 */
export async function openOfflineDesk(config: Pick<Config, "databaseUrl" | "dataDir">): Promise<OfflineDesk> {
  const store = await openStore(config);
  try {
    const { state } = await recover(store);
    const { ingest, keepSamples } = bareDesk(store, systemClock, { state });
    let batches = 0;
    return {
      submit: async (events) => {
        const done = await ingest.submit(events);
        if (++batches % SAMPLES_EVERY_BATCHES === 0) await keepSamples();
        return done;
      },
      keepReport: (report) =>
        store.saveImport({
          importId: report.import_id,
          receivedAt: systemClock.now(),
          body: JSON.stringify(report),
        }),
      finish: async () => {
        await keepSamples();
        await new Snapshotter(state, store, systemTimers).round();
      },
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

const openStore = ({ databaseUrl, dataDir }: Pick<Config, "databaseUrl" | "dataDir">): Promise<Store> =>
  databaseUrl === undefined
    ? openSqliteStore({ dataDir, clock: systemClock, durability: "close" })
    : openPostgresStore({ databaseUrl, clock: systemClock });

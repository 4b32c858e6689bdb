import { bareDesk } from "../../hub/bare-desk.ts";
import { importRow } from "../../hub/import-row.ts";
import { recover, Snapshotter } from "../../hub/recovery.ts";
import type { DeskInProcess } from "../../imports/import-files.ts";
import type { ImportReportBody } from "../../protocol/api-sessions.ts";
import { systemClock, systemTimers } from "../clock.ts";
import type { Config } from "../config.ts";
import { openStore } from "../open-store.ts";

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
  const store = await openStore(config, "close");
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
      keepReport: (report) => store.saveImport(importRow(report, systemClock.now())),
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

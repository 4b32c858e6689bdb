import { DirectIntake } from "../../hub/direct/direct-intake.ts";
import { StoreLog } from "../../hub/direct/store-log.ts";
import { importRow } from "../../hub/import-row.ts";
import { type Store, StoreUnavailable } from "../../hub/ports.ts";
import { foldedSeq } from "../../engine/fold.ts";
import { recover } from "../../hub/recovery.ts";
import { Snapshotter } from "../../hub/snapshotter.ts";
import type { DeskInProcess } from "../../imports/import-files.ts";
import type { ImportReportBody } from "../../protocol/api-sessions.ts";
import { systemClock, systemTimers } from "../clock.ts";
import type { Config } from "../config.ts";
import { openStore } from "../open-store.ts";
import { namesIn } from "./stored-names.ts";

/** A store on which no hub runs, and what is imported into it. */
export interface OfflineDesk extends DeskInProcess {
  /** Keeps the report as a hub would. */
  readonly keepReport: (report: ImportReportBody) => Promise<void>;
  /** Keeps the newest samples, and a snapshot for the next start. Rejects with `StoreUnavailable` as the store does. */
  readonly finish: () => Promise<void>;
  /** Resolves once all that was taken in is on disk. */
  readonly close: () => Promise<void>;
}

const SAMPLES_EVERY_EVENTS = 50_000;

/**
 * Opens the store that the configuration names for an import without a hub: with the rules of a hub's own way in, but
 * nothing crosses a network, nobody listens, and the disk is synced at the end. `events`: about how many will come.
 * Rejects with `StoreRefused` while a hub runs on it.
 */
export async function openOfflineDesk(
  config: Pick<Config, "databaseUrl" | "dataDir">,
  events: number,
): Promise<OfflineDesk> {
  const store = await openStore(config, "close");
  try {
    return await deskOn(store, config, events);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function deskOn(
  store: Store,
  config: Pick<Config, "databaseUrl" | "dataDir">,
  events: number,
): Promise<OfflineDesk> {
  const { state } = await recover(store);
  const lastSeq = await store.lastSeq();
  const names = namesIn(config, { rows: lastSeq, events });
  const log: StoreLog = new StoreLog({ store, lastSeq, names, onLate: (...answer) => intake.onLate(...answer) });
  const intake = new DirectIntake({ state, log, clock: systemClock });
  let unsaved = 0;
  const keepSamples = async (): Promise<void> => {
    unsaved = 0;
    const samples = intake.takeSamples();
    if (samples.length > 0) await store.saveSamples(samples);
  };
  return {
    take: (event, text) => {
      unsaved++;
      return intake.take(event, text);
    },
    room: () => (unsaved < SAMPLES_EVERY_EVENTS ? log.room() : keepSamples()),
    end: async () => {
      await log.end();
      // Commits what the store has at hand: what is reported is stored.
      await store.check();
      if (!log.hasFailed && (await store.lastSeq()) !== foldedSeq(state))
        throw new StoreUnavailable("The store lost a part of what it had taken: import it again.");
    },
    counts: () => intake.counts,
    keepReport: (report) => store.saveImport(importRow(report, systemClock.now())),
    finish: async () => {
      // What was folded is not what is stored: the next start folds the log anew.
      if (log.hasFailed) return;
      await keepSamples();
      await new Snapshotter(state, store, systemTimers).round();
    },
    close: () => store.close(),
  };
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareDesk } from "../../hub/bare-desk.ts";
import { type Clock, type Micros, micros } from "../../base/time.ts";
import type { Mode } from "../../engine/bot-state.ts";
import type { State } from "../../engine/fold.ts";
import { onlyMode } from "../../engine/read-sessions.ts";
import type { Store } from "../../hub/ports.ts";
import { type RebaseParts, rebaseStale } from "../../hub/rebase.ts";
import { importFiles } from "../../imports/import-files.ts";
import type { ImportReport } from "../../imports/import-report.ts";
import { openPostgresForReading } from "../../store/postgres/open-postgres-store.ts";
import { openSqliteForReading, openSqliteStore } from "../../store/sqlite/open-sqlite-store.ts";
import { systemClock } from "../clock.ts";
import { senderParts } from "../commands/command-io.ts";
import type { Config } from "../config.ts";
import { isDemoStore } from "../demo/demo-store.ts";
import { deskFetch } from "./desk-fetch.ts";

/** A log to be replayed. */
export interface ReplaySource {
  readonly store: Store;
  /** What its sums are of where nobody names another mode. */
  readonly mode: Mode;
  /** Of the file that was imported for it; undefined for the log of a hub. */
  readonly report?: ImportReport;
  readonly close: () => Promise<void>;
}

/** The log of a hub, which may run meanwhile: it is only read. Its mode is the hub's. */
export async function hubSource({ databaseUrl, dataDir }: Config): Promise<ReplaySource> {
  const store =
    databaseUrl === undefined ? await openSqliteForReading(dataDir) : await openPostgresForReading(databaseUrl);
  const isDemo = databaseUrl === undefined && isDemoStore(dataDir);
  return { store, mode: isDemo ? "demo" : "live", close: () => store.close() };
}

/**
 * What a file tells, taken in as a hub would, in a store of its own that is deleted on `close`. Its mode is that of all its
 * events, live when they are of several.
 */
export async function fileSource(
  file: string,
  onBytes: (count: number) => void,
  clock: Clock = systemClock,
): Promise<ReplaySource> {
  const directory = await mkdtemp(join(tmpdir(), "deskwatch-replay-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const store = await openSqliteStore({ dataDir: directory, clock, durability: "never" });
    const desk = bareDesk(store, strictlyLater(clock));
    const close = async (): Promise<void> => {
      await store.close();
      await remove();
    };
    const report = await importFiles({
      files: [file],
      format: undefined,
      options: { bot: undefined, mode: undefined },
      // One batch at a time: of several under way the samples would be conflated together or apart, as it happens.
      hub: { ...senderParts, url: "http://localhost", fetch: deskFetch(desk) },
      onBytes,
    })
      .then(async (done) => {
        await makeLedgersAgain({ store, ingest: desk.ingest, state: desk.state });
        return done;
      })
      .catch(async (error: unknown) => {
        await close();
        throw error;
      });
    return { store, mode: onlyMode(desk.state) ?? "live", report, close };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A clock that never says the same twice: what of two batches came first is then known by their receipts. */
function strictlyLater(clock: Clock): Clock {
  let last = micros(0);
  return {
    now: () => {
      last = micros(Math.max(clock.now(), last + 1));
      return last;
    },
  };
}

/** As a hub does it on its own: the ledgers that facts came too late for are told anew, each by a fact of its own. */
async function makeLedgersAgain(file: Omit<RebaseParts, "clock" | "goesOn">): Promise<void> {
  // Said at the end of what the file tells, not today.
  const parts: RebaseParts = { ...file, goesOn: () => true, clock: { now: () => lastTsOf(file.state) } };
  let before = Number.POSITIVE_INFINITY;
  for (let stale = staleLedgers(parts.state); stale > 0 && stale < before; stale = staleLedgers(parts.state)) {
    before = stale;
    await rebaseStale(parts);
  }
}

/** How many ledgers of a state are not what their facts say, as these came too late. */
export function staleLedgers({ bots }: State): number {
  let count = 0;
  for (const bot of bots.values()) count += bot.staleLedgers.size;
  return count;
}

function lastTsOf({ bots }: State): Micros {
  let last = micros(0);
  for (const bot of bots.values()) if (bot.lastTs > last) last = bot.lastTs;
  return last;
}

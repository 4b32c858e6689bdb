import { existsSync } from "node:fs";
import { ensure } from "../../base/assert.ts";
import type { Clock } from "../../base/time.ts";
import { type ByTimePage, type EventFilter, type EventPage, type Store, StoreUnavailable } from "../../hub/ports.ts";
import { GroupCommit } from "../group-commit.ts";
import { ROW_SEPARATOR } from "../wire-text.ts";
import { StoreRefused } from "../migration.ts";
import { readOnly } from "../read-only.ts";
import { recordedRows, replayChunks } from "../replay-chunks.ts";
import { systemClock } from "../system-clock.ts";
import { commitThrough } from "./commit-through.ts";
import { databaseFile, type Durability } from "./database.ts";
import { lockDirectory } from "./directory-lock.ts";
import { migrateLocked, pendingSqliteMigrations } from "./migrate-sqlite.ts";
import { wholePage } from "../whole-page.ts";
import type { ReaderCalls } from "./reader-worker.ts";
import type { PackedPage, PackedTimedPage } from "./reader.ts";
import { Remote } from "./remote.ts";
import type { WriterCalls } from "./writer-worker.ts";

export interface SqliteStoreOptions {
  /** The directory of the store; made when absent. One process at a time may have it open. */
  readonly dataDir: string;
  readonly clock?: Clock;
  /**
   * `commit`, the default and a hub's: what `append` answers for is on disk. `close`: it is once `close` has resolved,
   * for an import that reports at its end and can be run again. `never`: for a store that is deleted after its use.
   */
  readonly durability?: Durability;
}

const READERS = 2;

/**
 * Opens the embedded store: SQLite in `dataDir`, one writer thread and two reader threads. Takes the schema to the
 * newest version. Rejects with `StoreRefused` when another process has the directory or its data is of a newer version.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { dataDir, clock = systemClock, durability = "commit" } = options;
  const lock = lockDirectory(dataDir);
  try {
    migrateLocked(dataDir, clock);
    return storeOn({ dataDir, durability, release: lock.release });
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Place {
  readonly dataDir: string;
  readonly durability: Durability;
  readonly release: () => void;
}

/**
 * Opens the embedded store in `dataDir` for reading, also while a hub runs on it: nothing is written, locked or migrated,
 * and every write is refused. Rejects with `StoreRefused` when there is no store, or its schema is not this program's.
 */
export async function openSqliteForReading(dataDir: string): Promise<Store> {
  if (!existsSync(databaseFile(dataDir)))
    throw new StoreRefused(`There is no store in ${dataDir}; name its directory with --data-dir.`);
  if (pendingSqliteMigrations(dataDir).length > 0)
    throw new StoreRefused(
      `The store in ${dataDir} has an older schema: run deskwatch migrate, or start its hub, first.`,
    );
  return readOnly(storeOn({ dataDir, durability: "commit", release: () => undefined }));
}

function storeOn({ dataDir, durability, release }: Place): Store {
  const writer = new Remote<WriterCalls>({ file: "writer-worker", dataDir, durability });
  const readers = Array.from({ length: READERS }, () => new Remote<ReaderCalls>({ file: "reader-worker", dataDir }));
  /** One of them makes rollups too, and remembers how far it came: a thread more would cost more than it is worth. */
  const roller = ensure(readers.at(-1), "a store has readers");
  const group = new GroupCommit(commitThrough(writer));
  /** The reader with the least to do: a long read holds up no other. */
  const reader = (): Remote<ReaderCalls> => readers.reduce((a, b) => (b.load < a.load ? b : a));
  let closing: Promise<void> | undefined;

  return {
    kind: "sqlite",
    append: (rows) =>
      closing === undefined ? group.append(rows) : Promise.reject(new StoreUnavailable("The store is closed.")),
    lastSeq: () => reader().call("lastSeq"),
    replay: (afterSeq, onBatch) => replayChunks((seq) => reader().call("replay", seq), afterSeq, onBatch),
    events: async (filter) => unpacked(await reader().call("events", filter)),
    fills: async (filter: EventFilter) => unpacked(await reader().call("fills", filter)),
    fillsByTime: async (filter) => timedPage(await reader().call("fillsByTime", filter)),
    orders: (filter) => wholePage(filter, async (part) => unpacked(await reader().call("orders", part))),
    opportunities: (filter) => wholePage(filter, async (part) => unpacked(await reader().call("opportunities", part))),
    saveImport: (row) => writer.call("saveImport", row),
    imports: (limit) => reader().call("imports", limit),
    saveSamples: (samples) => writer.call("saveSamples", samples),
    latestSamples: () => reader().call("latestSamples"),
    samples: (from) => reader().call("samples", from),
    statementsOf: async (seqs) => recordedRows(await reader().call("statementsOf", seqs)),
    saveSlices: (slices) => writer.call("saveSlices", slices),
    loadSlices: (foldVersion) => reader().call("loadSlices", foldVersion),
    saveRejections: (rows) => writer.call("saveRejections", rows),
    rejections: (limit) => reader().call("rejections", limit),
    forgetSamples: async (before) => {
      for (let total = 0; ; ) {
        const { deleted, more } = await writer.call("forgetSamples", before);
        total += deleted;
        if (!more) return total;
      }
    },
    keys: {
      add: (row) => writer.call("addKey", row),
      byPrefix: (prefix) => reader().call("keyByPrefix", prefix),
      list: () => reader().call("keys"),
      revoke: (prefix, at) => writer.call("revokeKey", prefix, at),
      touch: (prefix, at) => writer.call("touchKey", prefix, at),
    },
    audit: {
      add: (rows) => writer.call("addAudit", rows),
      page: (filter) => reader().call("audit", filter),
      lastSeq: () => reader().call("auditLastSeq"),
      forget: (before) => writer.call("forgetAudit", before),
    },
    rollups: {
      advance: async (grain) => {
        const { writes, progress } = await roller.call("rollUp", grain);
        if (writes !== undefined) await writer.call("saveRollups", writes);
        return progress;
      },
      read: (filter) => reader().call("rollups", filter),
    },
    check: () => writer.call("check"),
    close: () => {
      closing ??= group.drained().then(async () => {
        await Promise.all([writer.close(), ...readers.map((each) => each.close())]);
        release();
      });
      return closing;
    },
  };
}

const unpacked = ({ packed, lastSeq, complete }: PackedPage): EventPage => ({
  events: textsIn(packed),
  lastSeq,
  complete,
});

const timedPage = ({ packed, last }: PackedTimedPage): ByTimePage => ({ events: textsIn(packed), last });

const textsIn = (packed: string): string[] => (packed === "" ? [] : packed.split(ROW_SEPARATOR));

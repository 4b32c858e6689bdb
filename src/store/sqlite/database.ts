import { chmodSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Micros } from "../../base/time.ts";
import { type Migration, pendingMigrations } from "../migration.ts";
import { log } from "./migrations/0001-log.ts";
import { ordersAndImports } from "./migrations/0002-orders-and-imports.ts";
import { rollups } from "./migrations/0003-rollups.ts";
import { keysAndAudit } from "./migrations/0004-keys-and-audit.ts";
import { keysById } from "./migrations/0005-keys-by-id.ts";
import { timesThatAreHeld } from "./migrations/0006-times-that-are-held.ts";
import { fillsByTime } from "./migrations/0007-fills-by-time.ts";

/** Every step of the schema, oldest first. */
export const sqliteMigrations: readonly Migration[] = [
  log,
  ordersAndImports,
  rollups,
  keysAndAudit,
  keysById,
  timesThatAreHeld,
  fillsByTime,
];

export const databaseFile = (dataDir: string): string => join(dataDir, "deskwatch.sqlite");

/** Of a new database: rows of some 400 bytes come one after another, and a page is written at once, with a checksum. */
const PAGE_BYTES = 8_192;
const WRITER_CACHE_KIB = 16_384;
const CHECKPOINT_BYTES = 32 * 1024 * 1024;
/**
 * Of a writer that syncs at its end: it makes long transactions, and each page of an index is written once in one, if the
 * cache holds them all.
 */
const BULK_CACHE_KIB = 65_536;
const WAL_KEPT_BYTES = 64 * 1024 * 1024;
const BUSY_WAIT_MS = 5_000;

/**
 * When what was written is synced to disk: before each commit returns; before the store is closed, so that a crash of the
 * machine loses the newest commits and damages nothing; or never, so that it may be damaged.
 */
export type Durability = "commit" | "close" | "never";

const SYNCHRONOUS: Record<Durability, string> = { commit: "FULL", close: "NORMAL", never: "OFF" };

/** The connection of the one writer. */
export function openForWriting(dataDir: string, durability: Durability = "commit"): DatabaseSync {
  const file = databaseFile(dataDir);
  const isBulk = durability === "close";
  const database = new DatabaseSync(file);
  chmodSync(file, 0o600);
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  const checkpointPages = CHECKPOINT_BYTES / pageBytesOf(database);
  database.exec(`
    PRAGMA busy_timeout = ${BUSY_WAIT_MS};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${SYNCHRONOUS[durability]};
    PRAGMA cache_size = -${isBulk ? BULK_CACHE_KIB : WRITER_CACHE_KIB};
    PRAGMA wal_autocheckpoint = ${checkpointPages};
    PRAGMA journal_size_limit = ${WAL_KEPT_BYTES};
    PRAGMA temp_store = MEMORY;
  `);
  return database;
}

/** A database keeps the size of page that it was made with. */
const pageBytesOf = (database: DatabaseSync): number =>
  Number(database.prepare("PRAGMA page_size").get()?.["page_size"]);

/**
 * A connection that can only read; it never waits for the writer. It keeps the 2 MB of pages that SQLite gives it: it
 * mostly reads on through the log, and what it comes back to is with the operating system. Without automatic indexes: for
 * a page of a thousand rows SQLite would index the whole log by mode, at every page.
 */
export function openForReading(dataDir: string): DatabaseSync {
  const database = new DatabaseSync(databaseFile(dataDir), { readOnly: true });
  database.exec(`
    PRAGMA busy_timeout = ${BUSY_WAIT_MS};
    PRAGMA temp_store = MEMORY;
    PRAGMA automatic_index = OFF;
  `);
  return database;
}

/** The steps that this database still needs. Throws `StoreRefused` when it is newer than the program. */
export const pendingIn = (database: DatabaseSync, where: string): readonly Migration[] =>
  pendingMigrations(sqliteMigrations, versionOf(database), where);

/** Takes the database to the newest schema, each step in a transaction of its own; the steps that it took. */
export function migrate(database: DatabaseSync, where: string, now: Micros): readonly Migration[] {
  const pending = pendingIn(database, where);
  // A step may change every row, and what it needs to undo that is as large.
  database.exec("PRAGMA temp_store = FILE");
  for (const { version, name, sql } of pending) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(`CREATE TABLE IF NOT EXISTS migrations (
        version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT`);
      database.exec(sql);
      database.prepare("INSERT INTO migrations VALUES (?, ?, ?)").run(version, name, now);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
  return pending;
}

function versionOf(database: DatabaseSync): number {
  const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  if (table === undefined) return 0;
  return Number(database.prepare("SELECT coalesce(max(version), 0) AS version FROM migrations").get()?.["version"]);
}

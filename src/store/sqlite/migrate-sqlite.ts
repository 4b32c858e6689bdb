import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../base/time.ts";
import { StoreUnavailable } from "../../hub/ports.ts";
import type { Migration } from "../migration.ts";
import { systemClock } from "../system-clock.ts";
import { databaseFile, migrate, openForReading, openForWriting, pendingIn, sqliteMigrations } from "./database.ts";
import { lockDirectory } from "./directory-lock.ts";
import { reasonAway, sqliteCode } from "./sqlite-error.ts";

/**
 * The steps that the store in this directory still needs; nothing is written, and a running hub is not disturbed.
 * Throws `StoreRefused` when its data is of a newer version.
 */
export function pendingSqliteMigrations(dataDir: string): readonly Migration[] {
  if (!existsSync(databaseFile(dataDir))) return sqliteMigrations;
  return opened(dataDir, openForReading, (database) => pendingIn(database, databaseFile(dataDir)));
}

/**
 * Takes the store in this directory to the newest schema; the steps that it took. Throws `StoreRefused` when a hub runs
 * on the directory or its data is of a newer version.
 */
export function migrateSqlite(dataDir: string, clock: Clock = systemClock): readonly Migration[] {
  const lock = lockDirectory(dataDir);
  try {
    return migrateLocked(dataDir, clock);
  } finally {
    lock.release();
  }
}

/** The same for whoever holds the lock of the directory. */
export function migrateLocked(dataDir: string, clock: Clock): readonly Migration[] {
  return opened(dataDir, openForWriting, (database) => migrate(database, databaseFile(dataDir), clock.now()));
}

function opened<T>(dataDir: string, open: (dataDir: string) => DatabaseSync, work: (database: DatabaseSync) => T): T {
  let database: DatabaseSync | undefined;
  try {
    database = open(dataDir);
    return work(database);
  } catch (error) {
    const reason = reasonAway(sqliteCode(error));
    if (reason === undefined) throw error;
    throw new StoreUnavailable(`The store in ${dataDir} cannot be opened: ${reason}.`, { cause: error });
  } finally {
    database?.close();
  }
}

import { chmodSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreRefused } from "../migration.ts";
import { isSqliteError, reasonAway, SQLITE_BUSY, sqliteCode } from "./sqlite-error.ts";

/** The one right to write in a data directory, held until released or until the process ends, however it ends. */
export interface DirectoryLock {
  readonly release: () => void;
}

/**
 * Locks a data directory, and makes it if need be. An exclusive transaction on a second small database is left open:
 * the operating system takes the lock back when the process dies. Throws `StoreRefused` when another process has it, or
 * the directory cannot be used.
 */
export function lockDirectory(dataDir: string): DirectoryLock {
  makeDataDirectory(dataDir);
  let lock: DatabaseSync | undefined;
  try {
    lock = lockedDatabase(join(dataDir, "lock.sqlite"));
  } catch (error) {
    if (isSqliteError(error, SQLITE_BUSY))
      throw new StoreRefused(
        `The data directory ${dataDir} is in use by another Deskwatch process. ` +
          "Stop that one, or give this one another directory with --data-dir.",
        { cause: error },
      );
    throw unusable(dataDir, error);
  }
  return { release: () => lock.close() };
}

function lockedDatabase(file: string): DatabaseSync {
  const lock = new DatabaseSync(file);
  try {
    chmodSync(file, 0o600);
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Makes a data directory where there is none. Throws `StoreRefused` when it cannot be one. */
export function makeDataDirectory(dataDir: string): void {
  try {
    makeDirectory(dataDir);
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

/** Step by step: where nobody may make directories, as in `/proc`, `recursive` of Node 24 never comes back. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = dirname(path);
  if (above !== path) makeDirectory(above);
  mkdirSync(path, { mode: 0o700 });
}

function unusable(dataDir: string, error: unknown): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const reason = reasonAway(sqliteCode(error)) ?? error.message;
  return new StoreRefused(`The data directory ${dataDir} cannot be used: ${reason}. Give another with --data-dir.`, {
    cause: error,
  });
}

import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreRefused } from "../migration.ts";
import { isSqliteError, SQLITE_BUSY } from "./sqlite-error.ts";

/** The one right to write in a data directory, held until released or until the process ends, however it ends. */
export interface DirectoryLock {
  readonly release: () => void;
}

/**
 * Locks a data directory, and makes it if need be. An exclusive transaction on a second small database is left open:
 * the operating system takes the lock back when the process dies. Throws `StoreRefused` when another process has it.
 */
export function lockDirectory(dataDir: string): DirectoryLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, "lock.sqlite");
  const lock = new DatabaseSync(file);
  chmodSync(file, 0o600);
  try {
    lock.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (isSqliteError(error, SQLITE_BUSY))
      throw new StoreRefused(
        `The data directory ${dataDir} is in use by another Deskwatch process. ` +
          "Stop that one, or give this one another directory with --data-dir.",
        { cause: error },
      );
    throw error;
  }
  return { release: () => lock.close() };
}

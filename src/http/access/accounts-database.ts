import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Pool } from "pg";

/** Names of the tables that hold people: prefixed, because the PostgreSQL database may be shared. */
export const accountTables = {
  user: "auth_user",
  session: "auth_session",
  account: "auth_account",
  verification: "auth_verification",
  twoFactor: "auth_two_factor",
} as const;

/** Where people and their sessions are kept: a SQLite file of its own, or the hub's PostgreSQL. */
export interface AccountsDatabase {
  /** What better-auth takes as its `database`. */
  readonly handle: DatabaseSync | Pool;
  /** Whether anybody is registered. False, too, before the first migration. */
  readonly hasPeople: () => Promise<boolean>;
  readonly close: () => void;
}

/** Opens the file, mode 0600; throws when it cannot. */
export function openSqliteAccounts(path: string): AccountsDatabase {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: 5_000 });
  chmodSync(path, 0o600);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  const hasTable = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  return {
    handle: database,
    hasPeople: async () => {
      if (hasTable.get(accountTables.user) === undefined) return false;
      return database.prepare(`SELECT 1 FROM ${accountTables.user} LIMIT 1`).get() !== undefined;
    },
    close: () => database.close(),
  };
}

/** Uses the hub's own pool, which stays its owner's to close. */
export function openPostgresAccounts(pool: Pool): AccountsDatabase {
  return {
    handle: pool,
    hasPeople: async () => {
      const table = await pool.query("SELECT to_regclass($1) IS NOT NULL AS there", [accountTables.user]);
      if (table.rows[0]?.there !== true) return false;
      const people = await pool.query(`SELECT 1 FROM ${accountTables.user} LIMIT 1`);
      return people.rows.length > 0;
    },
    close: () => undefined,
  };
}

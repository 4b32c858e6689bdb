import type { Client } from "pg";
import type { Micros } from "../../base/time.ts";
import { type Migration, pendingMigrations } from "../migration.ts";
import { log } from "./migrations/0001-log.ts";
import { ordersAndImports } from "./migrations/0002-orders-and-imports.ts";
import { rollups } from "./migrations/0003-rollups.ts";
import { keysAndAudit } from "./migrations/0004-keys-and-audit.ts";
import { keysById } from "./migrations/0005-keys-by-id.ts";
import { fillsByTime } from "./migrations/0006-fills-by-time.ts";

/** Every step of the schema, oldest first. */
const postgresMigrations: readonly Migration[] = [log, ordersAndImports, rollups, keysAndAudit, keysById, fillsByTime];

const SAMPLES_CHUNK_MICROS = 86_400_000_000;

/** The server and database of an address, without user and password. */
export function addressOf(databaseUrl: string): string {
  const { hostname, port, pathname } = new URL(databaseUrl);
  return `${hostname === "" ? "localhost" : hostname}:${port === "" ? "5432" : port}${pathname}`;
}

/** The steps that this database still needs. Throws `StoreRefused` when it is newer than the program. */
export const pendingIn = async (client: Client, where: string): Promise<readonly Migration[]> =>
  pendingMigrations(postgresMigrations, await versionOf(client), where);

/** Takes the database to the newest schema, each step in a transaction of its own; the steps that it took. */
export async function migrate(client: Client, where: string, now: Micros): Promise<readonly Migration[]> {
  const pending = await pendingIn(client, where);
  for (const { version, name, sql } of pending) {
    await client.query("BEGIN");
    try {
      await client.query(
        "CREATE TABLE IF NOT EXISTS migrations (version integer PRIMARY KEY, name text NOT NULL, applied_at bigint NOT NULL)",
      );
      await client.query(unhurried(sql));
      await client.query("INSERT INTO migrations VALUES ($1, $2, $3)", [version, name, now]);
      await client.query("COMMIT");
    } catch (error) {
      // Where the connection is lost the server rolls back by itself, and what lost it is what matters.
      await client.query("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }
  await applyTimescale(client);
  return pending;
}

/** A step may have every row to write: it is waited for, however soon other answers are due on a connection. */
const unhurried = (text: string) => ({ text, query_timeout: 2 ** 31 - 1 });

/** With TimescaleDB the samples lie in chunks by day: a range is read and forgotten within its chunks. */
async function applyTimescale(client: Client): Promise<void> {
  const { rowCount } = await client.query("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'");
  if (rowCount === 0) return;
  await client.query(
    "SELECT create_hypertable('samples', 'received_at', chunk_time_interval => $1::bigint, if_not_exists => true, migrate_data => true)",
    [SAMPLES_CHUNK_MICROS],
  );
}

async function versionOf(client: Client): Promise<number> {
  const { rows } = await client.query("SELECT to_regclass('migrations') IS NOT NULL AS present");
  if (rows[0]?.["present"] !== true) return 0;
  const newest = await client.query("SELECT coalesce(max(version), 0) AS version FROM migrations");
  return Number(newest.rows[0]?.["version"]);
}

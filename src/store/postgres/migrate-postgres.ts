import { Client } from "pg";
import type { Clock } from "../../base/time.ts";
import type { Migration } from "../migration.ts";
import { systemClock } from "../system-clock.ts";
import { addressOf, migrate, pendingIn } from "./database.ts";
import { unavailable } from "./postgres-error.ts";
import { WriterConnection } from "./writer-connection.ts";

/**
 * The steps that this database still needs; nothing is written. Rejects with `StoreRefused` when its data is of a newer
 * version, with `StoreUnavailable` when the server cannot be reached.
 */
export async function pendingPostgresMigrations(databaseUrl: string): Promise<readonly Migration[]> {
  const where = addressOf(databaseUrl);
  const client = new Client({ connectionString: databaseUrl, application_name: "deskwatch" });
  // The query under way fails by itself; without a listener the process would end.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await pendingIn(client, where);
  } catch (error) {
    throw unavailable(error, where);
  } finally {
    await client.end();
  }
}

/**
 * Takes the database to the newest schema; the steps that it took. Rejects with `StoreRefused` when a hub writes to it
 * or its data is of a newer version.
 */
export async function migratePostgres(databaseUrl: string, clock: Clock = systemClock): Promise<readonly Migration[]> {
  const where = addressOf(databaseUrl);
  let applied: readonly Migration[] = [];
  const connection = await WriterConnection.open({
    databaseUrl,
    where,
    prepare: async (client) => {
      applied = await migrate(client, where, clock.now());
    },
  });
  await connection.close();
  return applied;
}

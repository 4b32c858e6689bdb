import type { Store } from "../hub/ports.ts";
import { openSqliteStore } from "../store/sqlite/open-sqlite-store.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";

/**
 * Opens the store that the configuration names: its database, else its data directory. `close`: the disk of the embedded
 * store is synced at the end only. Rejects with `StoreRefused` while another process writes there.
 */
export async function openStore(
  { databaseUrl, dataDir }: Pick<Config, "databaseUrl" | "dataDir">,
  durability: "commit" | "close" = "commit",
): Promise<Store> {
  if (databaseUrl === undefined) return openSqliteStore({ dataDir, clock: systemClock, durability });
  const { openPostgresStore } = await import("../store/postgres/open-postgres-store.ts");
  return openPostgresStore({ databaseUrl, clock: systemClock });
}

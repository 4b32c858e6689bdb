import { KnownNames } from "../../hub/direct/known-names.ts";
import { storedNames } from "../../store/sqlite/stored-names.ts";
import type { Config } from "../config.ts";

/** Rows that are told apart in memory: it takes about 40 bytes a row. */
const ROWS_MAX = 10_000_000;
/** To read the names of so many stored rows pays where one event comes for them. */
const ROWS_AN_EVENT = 4;

/**
 * The names of all rows in a store; undefined where they are better not read: there are too many of them, or few events
 * come, or the store is not the embedded one.
 */
export function namesIn(
  { databaseUrl, dataDir }: Pick<Config, "databaseUrl" | "dataDir">,
  { rows, events }: { readonly rows: number; readonly events: number },
): KnownNames | undefined {
  if (databaseUrl !== undefined || rows > ROWS_MAX || rows > events * ROWS_AN_EVENT) return undefined;
  const names = new KnownNames(ROWS_MAX);
  if (rows > 0) for (const name of storedNames(dataDir)) names.add(name);
  return names;
}

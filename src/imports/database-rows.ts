import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

export type SqlRow = Readonly<Record<string, SQLOutputValue>>;

/** The rows that a query answers, one at a time; every integer is a `bigint`, so that no digit is lost. */
export function* rowsOf(database: DatabaseSync, sql: string): Generator<SqlRow, void> {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  yield* statement.iterate();
}

/** The declared type of each column of a table, in upper case; empty when there is no such table. */
export function columnTypes(database: DatabaseSync, table: string): ReadonlyMap<string, string> {
  const columns = database.prepare("SELECT name, type FROM pragma_table_info(?)").all(table);
  return new Map(columns.map(({ name, type }) => [String(name), String(type).toUpperCase()]));
}

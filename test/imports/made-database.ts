import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { afterAll } from "vitest";

/** Invented databases, in a directory that is removed when the tests of the file have run. */
export function databaseMaker(): (sql: string, rows?: Readonly<Record<string, readonly Rows[]>>) => string {
  const directory = mkdtempSync(join(tmpdir(), "deskwatch-made-"));
  afterAll(() => rmSync(directory, { recursive: true }));
  let count = 0;
  return (sql, rows = {}) => {
    const path = join(directory, `${++count}.sqlite`);
    const database = new DatabaseSync(path);
    // One transaction that is never synced: what is invented need not survive the machine.
    database.exec(`PRAGMA synchronous = OFF; BEGIN; ${sql}`);
    for (const [table, all] of Object.entries(rows)) for (const row of all) insert(database, table, row);
    database.exec("COMMIT");
    database.close();
    return path;
  };
}

type Rows = Readonly<Record<string, SQLInputValue>>;

function insert(database: DatabaseSync, table: string, row: Rows): void {
  const names = Object.keys(row).map((name) => `"${name}"`);
  const marks = names.map(() => "?").join(", ");
  database.prepare(`INSERT INTO "${table}" (${names.join(", ")}) VALUES (${marks})`).run(...Object.values(row));
}

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sqliteMigrations } from "../../store/sqlite/database.ts";
import { openSqliteStore } from "../../store/sqlite/open-sqlite-store.ts";
import { registerMigrate } from "./migrate.ts";

describe("migrate", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "deskwatch-migrate-"));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const run = async (...flags: string[]) => {
    const said = { out: "", err: "", code: 0 };
    const program = new Command().exitOverride();
    registerMigrate(program, {
      environment: {},
      stdin: (async function* () {})(),
      stdout: { write: (text) => (said.out += text) },
      stderr: { write: (text) => (said.err += text) },
      exitCode: (code) => {
        said.code = code;
      },
    });
    await program.parseAsync(["node", "deskwatch", "migrate", "--data-dir", dataDir, ...flags]);
    return said;
  };
  const file = () => join(dataDir, "deskwatch.sqlite");

  test("prints SQL that makes the schema, and makes no file, when it is a dry run", async () => {
    const { out, code } = await run("--dry-run");
    expect(code).toBe(0);
    expect(existsSync(file())).toBe(false);
    const database = new DatabaseSync(":memory:");
    database.exec(out);
    expect(database.prepare("SELECT count(*) AS n FROM events").get()).toEqual({ n: 0 });
  });

  test("applies what is missing, and nothing the second time, when it is run", async () => {
    expect((await run()).out).toBe(appliedFrom(1));
    expect((await run()).out).toBe("The schema is up to date.\n");
    expect((await run("--dry-run")).out).toBe("-- The schema is up to date.\n");
    expect(JSON.parse((await run("--json")).out)).toEqual({ dry_run: false, migrations: [] });
  });

  test("goes on with what an older version stored when it takes its schema further", async () => {
    await (await openSqliteStore({ dataDir })).close();
    const database = new DatabaseSync(file());
    database.exec("DROP TABLE imports; DROP INDEX fills_order; DROP INDEX events_ahead");
    database.exec("DROP TABLE rollups; DROP TABLE rollup_keys; DROP TABLE rollup_progress");
    database.exec("DROP INDEX events_id; CREATE UNIQUE INDEX events_bot_id ON events (bot, id)");
    database.exec("DROP TABLE audit; ALTER TABLE api_keys DROP COLUMN expires_at");
    database.exec("DROP INDEX fills_time; ALTER TABLE fills DROP COLUMN correction; DROP TABLE corrections_ahead");
    database.exec("DELETE FROM migrations WHERE version > 1");
    const body = '{"type":"order.placed","bot":"b","order_id":"o","venue":"v","symbol":"S","side":"buy","size":"1"}';
    database
      .prepare("INSERT INTO events VALUES (1, 0, 0, 'b', NULL, 'order.placed', 'live', ?, 'fact', NULL, ?)")
      .run("live\torder.placed\tb\tv\to", body);
    database.exec("INSERT INTO block_values VALUES ('type', 'order.placed', 0)");
    database.close();
    expect((await run()).out).toBe(appliedFrom(2));
    const store = await openSqliteStore({ dataDir });
    const page = await store.orders({ upTo: 1, open: [], limit: 10 });
    expect(page.events.map((text) => JSON.parse(text))).toMatchObject([{ order_id: "o", filled_size: "0" }]);
    await store.close();
  });

  test("refuses with the reason when the data is of a newer version", async () => {
    await run();
    const database = new DatabaseSync(file());
    database.exec("INSERT INTO migrations VALUES (999, 'from tomorrow', 0)");
    database.close();
    for (const flags of [[], ["--dry-run"]]) {
      const { err, code } = await run(...flags);
      expect(code).toBe(1);
      expect(err).toMatch(/newer Deskwatch \(schema 999; this program knows up to \d+\)/);
    }
    await expect(openSqliteStore({ dataDir })).rejects.toThrow("newer Deskwatch");
  });

  test("refuses with the reason when a hub runs on the directory", async () => {
    const store = await openSqliteStore({ dataDir });
    expect(await run()).toMatchObject({ code: 1, err: expect.stringContaining("in use by another Deskwatch process") });
    expect((await run("--dry-run")).code).toBe(0);
    await store.close();
  });
});

/** What is printed when the steps from this one on are taken. */
const appliedFrom = (first: number): string =>
  sqliteMigrations
    .filter(({ version }) => version >= first)
    .map(({ version, name }) => `Applied ${version}: ${name}\n`)
    .join("");

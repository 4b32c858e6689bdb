import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/open-postgres-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";
import { type KillResult, killRounds } from "./kill-rounds.ts";

const KILLS = 5;
const TIMEOUT_MS = 120_000;

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "deskwatch-kill-"));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function expectAllThere({ audits, final, oddities }: KillResult): void {
  expect([...audits, final].map(({ problems }) => problems)).toEqual(Array(KILLS + 1).fill([]));
  expect(oddities).toEqual([]);
  expect(final.facts).toBeGreaterThan(500);
  expect(audits.map(({ fromSnapshot }) => fromSnapshot)).toEqual([false, true, true, true, true]);
}

describe("a hub on SQLite", () => {
  test(
    "has every acknowledged fact once, and the same state, when it is killed again and again under load",
    async () => {
      const result = await killRounds({
        seed: 1,
        rounds: KILLS,
        desk: { dataDir },
        open: () => openSqliteStore({ dataDir }),
      });
      expectAllThere(result);
    },
    TIMEOUT_MS,
  );
});

requireTool("postgres")("a hub on PostgreSQL", () => {
  let postgres: PostgresServer;

  beforeAll(async () => {
    postgres = await startPostgres();
  });

  afterAll(() => postgres.stop());

  test(
    "has every acknowledged fact once, and the same state, when it is killed again and again under load",
    async () => {
      const databaseUrl = await postgres.createDatabase();
      const result = await killRounds({
        seed: 2,
        rounds: KILLS,
        desk: { dataDir, databaseUrl },
        open: () => openPostgresStore({ databaseUrl }),
      });
      expectAllThere(result);
    },
    TIMEOUT_MS,
  );
});

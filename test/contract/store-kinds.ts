import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import type { Store } from "../../src/hub/ports.ts";
import { openPostgresStore } from "../../src/store/postgres/open-postgres-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool, type Suite } from "../support/tools.ts";

/** One place where a store keeps its data: it can be opened, closed and opened again. */
export interface StorePlace {
  readonly open: () => Promise<Store>;
  /** What a reader of the database itself gets for one statement of SQL. */
  readonly read: (sql: string) => Promise<readonly Record<string, unknown>[]>;
}

/** An implementation of the port, and how a suite gets places for it. */
export interface StoreKind {
  readonly name: "sqlite" | "postgres";
  readonly suite: Suite;
  /** Starts what the kind needs; resolves with a maker of empty places. */
  readonly start: () => Promise<() => Promise<StorePlace>>;
  readonly stop: () => Promise<void>;
}

/** What a suite has at hand of the store that it tests. */
interface HeldStore {
  /** Given before each test: an empty place with its store open. */
  readonly take: (store: Store, place: StorePlace) => void;
  /** The store that is open when the test ends. */
  readonly current: () => Store;
}

/** Opens a store in an empty place before each test of a suite, and closes what is open after it; gives more places. */
export function storeForEach(kind: StoreKind, { take, current }: HeldStore): () => Promise<StorePlace> {
  let newPlace: () => Promise<StorePlace>;
  beforeAll(async () => {
    newPlace = await kind.start();
  });
  afterAll(() => kind.stop());
  beforeEach(async () => {
    const place = await newPlace();
    take(await place.open(), place);
  });
  afterEach(() => current().close());
  return () => newPlace();
}

/** Every implementation that must keep the contract. */
export const storeKinds = (): readonly StoreKind[] => [sqliteKind(), postgresKind()];

function sqliteKind(): StoreKind {
  const directories: string[] = [];
  return {
    name: "sqlite",
    suite: describe,
    start: async () => async () => {
      const dataDir = mkdtempSync(join(tmpdir(), "deskwatch-store-"));
      directories.push(dataDir);
      return { open: () => openSqliteStore({ dataDir }), read: (sql) => readSqlite(dataDir, sql) };
    },
    stop: async () => {
      for (const directory of directories) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function postgresKind(): StoreKind {
  let server: PostgresServer | undefined;
  return {
    name: "postgres",
    suite: requireTool("postgres"),
    start: async () => {
      const started = await startPostgres();
      server = started;
      return async () => {
        const databaseUrl = await started.createDatabase();
        return { open: () => openPostgresStore({ databaseUrl }), read: (sql) => readPostgres(databaseUrl, sql) };
      };
    },
    stop: async () => server?.stop(),
  };
}

async function readSqlite(dataDir: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const database = new DatabaseSync(join(dataDir, "deskwatch.sqlite"), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

async function readPostgres(databaseUrl: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

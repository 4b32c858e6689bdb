import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { log as postgresLog } from "../../src/store/postgres/migrations/0001-log.ts";
import { fillsByTime as postgresFillsByTime } from "../../src/store/postgres/migrations/0006-fills-by-time.ts";
import { log as sqliteLog } from "../../src/store/sqlite/migrations/0001-log.ts";
import { keysById } from "../../src/store/sqlite/migrations/0005-keys-by-id.ts";
import { fillsByTime as sqliteFillsByTime } from "../../src/store/sqlite/migrations/0007-fills-by-time.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";

type Row = readonly (string | number | null)[];

const said = (body: object): string => JSON.stringify(body);
/** Of each event its `seq`, bot, id, type, standing, `of_seq` and body. */
const EVENTS: readonly Row[] = [
  [1, "b", "a", "fill", "fact", null, "{}"],
  [2, "b", "m", "fill", "merge", 1, "{}"],
  [3, "b", null, "fill", "fact", null, "{}"],
  [4, "b", null, "correction", "fact", 3, said({ reason: "old" })],
  [5, "b", null, "correction", "fact", 3, said({ reason: "the\nnewest" })],
  [6, "b", null, "correction", "fact", null, said({ corrects: "m", reason: " " })],
  [7, "b", null, "correction", "fact", null, said({ corrects: "later", reason: "r" })],
  [8, "other", null, "correction", "fact", null, said({ corrects: "a", reason: "not of this bot" })],
  [9, "b", "later", "error", "fact", null, "{}"],
];

/** The values of columns of a table, as SQL. */
const inserted = (table: string, columns: string, values: Row): string =>
  `INSERT INTO ${table} (${columns}) VALUES (${values
    .map((value) => (typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : (value ?? "NULL")))
    .join(", ")});`;

/** What the log and the fills held; `no` is how the database says it. */
const before = (no: string): string =>
  [
    ...EVENTS.map((values) =>
      inserted("events", "seq, bot, id, type, standing, of_seq, body, ts, received_at, mode", [
        ...values,
        0,
        0,
        "live",
      ]),
    ),
    `INSERT INTO fills (seq, ts, received_at, effective_ts, bot, type, mode, fill_id, voided, contradicted)
     VALUES (1, 0, 0, 0, 'b', 'fill', 'live', 'f', ${no}, ${no}), (3, 0, 0, 0, 'b', 'fill', 'live', 'g', ${no}, ${no})`,
  ].join("\n");

const CORRECTED = "SELECT seq, correction FROM fills ORDER BY seq";
const TIED = "SELECT seq, of_seq FROM events WHERE type = 'correction' ORDER BY seq";
const corrected = [
  { seq: 1, correction: "no reason given" },
  { seq: 3, correction: "the newest" },
];
const tied = [
  [4, 3],
  [5, 3],
  [6, 1],
  [7, null],
  [8, null],
];

describe("corrections of a store from before they were shown", () => {
  test("are at their fills when SQLite has been taken further", () => {
    const database = new DatabaseSync(":memory:");
    database.exec(sqliteLog.sql);
    database.exec(keysById.sql);
    database.exec(before("0"));
    database.exec("INSERT INTO block_values VALUES ('type', 'correction', 0)");
    database.exec(sqliteFillsByTime.sql);
    expect(database.prepare(CORRECTED).all()).toEqual(corrected);
    expect(database.prepare(TIED).all().map(Object.values)).toEqual(tied);
  });
});

requireTool("postgres")("corrections of a PostgreSQL database from before they were shown", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test("are at their fills when it has been taken further", async () => {
    const client = new Client({ connectionString: await server.createDatabase() });
    await client.connect();
    try {
      await client.query(postgresLog.sql);
      await client.query(before("false"));
      await client.query(postgresFillsByTime.sql);
      const { rows } = await client.query<{ seq: string; correction: string }>(CORRECTED);
      expect(rows.map(({ seq, correction }) => ({ seq: Number(seq), correction }))).toEqual(corrected);
      const of = (await client.query<{ seq: string; of_seq: string | null }>(TIED)).rows;
      expect(of.map((row) => [Number(row.seq), row.of_seq === null ? null : Number(row.of_seq)])).toEqual(tied);
    } finally {
      await client.end();
    }
  });
});

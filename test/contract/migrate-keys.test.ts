import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventTypes } from "../../src/protocol/event-types.ts";
import { log as postgresLog } from "../../src/store/postgres/migrations/0001-log.ts";
import { keysById as postgresKeysById } from "../../src/store/postgres/migrations/0005-keys-by-id.ts";
import { fillsByTime as postgresFillsByTime } from "../../src/store/postgres/migrations/0006-fills-by-time.ts";
import { log as sqliteLog } from "../../src/store/sqlite/migrations/0001-log.ts";
import { keysById as sqliteKeysById } from "../../src/store/sqlite/migrations/0005-keys-by-id.ts";
import { migrate } from "../../src/store/postgres/database.ts";
import { voidKeyOf } from "../../src/protocol/void-key.ts";
import { type PostgresServer, startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";
import { RECEIVED_AT, row, type Said } from "./rows.ts";

const order = { bot: "b", account: "a", venue: "v", order_id: 'o"1' };
const fill = { ...order, symbol: "S", side: "buy", price: "1", size: "1", fill_id: "C:\\temp\\new", mode: "paper" };
const pairFill = { pair_id: "p1", fill_id: "f2", realized_edge_cents: 1, size_usd: 5 };
const position = { venue: "v", symbol: "S", position_id: "p", side: "long", size: "1", entry_price: "2" };
const income = { venue: "v", income_type: "fee", amount: "1", currency: "USD", transaction_id: "t" };

/** What is said, and the key that was stored of it before ids came first: mode, type, whose, id. */
const saidBefore: readonly (readonly [Said, readonly string[]])[] = [
  ...(["acknowledged", "cancelled", "rejected", "expired"] as const).map(
    (end) => [{ ...order, type: `order.${end}`, reason: "r" }, ["live", `order.${end}`, "a", "v", 'o"1']] as const,
  ),
  [
    { ...order, type: "order.placed", symbol: "S", side: "buy", size: "1", order_type: "limit", price: "1" },
    ["live", "order.placed", "a", "v", 'o"1'],
  ],
  [{ ...fill, type: "fill" }, ["paper", "fill", "a", "v", "C:\\temp\\new"]],
  [{ ...fill, fill_id: "f3", type: "order.filled" }, ["paper", "fill", "a", "v", "f3"]],
  [{ ...pairFill, type: "fill" }, ["live", "fill", "alpha", "", "f2"]],
  [{ ...position, type: "position.opened" }, ["live", "position.opened", "alpha", "v", "p"]],
  [{ ...position, type: "position.closed" }, ["live", "position.closed", "alpha", "v", "p"]],
  [
    { type: "opportunity", opportunity_id: "Ø 1", action: "rejected", edge_bps: 1 },
    ["live", "opportunity", "alpha", "Ø 1", "rejected"],
  ],
  [{ ...income, type: "income", account: "a", symbol: "S" }, ["live", "income", "a", "v", "fee", "t", "USD", "S"]],
  [{ ...income, type: "income" }, ["live", "income", "alpha", "v", "fee", "t", "USD", ""]],
  [{ type: "instrument", venue: "v", symbol: "S", kind: "spot" }, ["live", "instrument", "v", "S"]],
  [
    {
      type: "pair",
      pair_id: "p",
      legs: [
        { venue: "v", symbol: "S" },
        { venue: "w", symbol: "S" },
      ],
    },
    ["live", "pair", "p"],
  ],
  [
    { type: "edge", pair_id: "p", primary_market: "m", hedge_market: "h", net_edge_cents: 1 },
    ["live", "edge", "p", "2026-03-01T12:00:00.000Z"],
  ],
  [{ type: "settlement", venue: "v", symbol: "S", payout_per_unit: "1" }, ["live", "settlement", "v", "S"]],
];

const before = saidBefore.map(([said, key]) => ({ ...row(said), old: key.join("\t") }));
/** What nobody ever stored: it is left as it is. */
const ODD = ["odd", "live\tfill\ta"];
const [aFill] = before.filter(({ event }) => event.type === "fill");
const oldKeys = [...before.map(({ old }) => old), voidKeyOf(aFill?.old ?? ""), ...ODD];
const newKeys = [...before.map(({ key }) => key), voidKeyOf(aFill?.key ?? ""), ...ODD];
/** Of fills that were taken back before they were told; what the first becomes is what the second was. */
const oldAhead = ["live\tfill\ta\tv\tpaper", "paper\tfill\ta\tv\tlive", aFill?.old ?? ""];
const newAhead = ["paper\tfill\ta\tv\tlive", "live\tfill\ta\tv\tpaper", aFill?.key ?? ""];

const insertion = (n: number, key: string | null): readonly (string | number | null)[] => [
  ...[n, 0, 0, "b", `id-${n}`, "t", "live"],
  key,
];

describe("keys of a store from before ids came first", () => {
  test("are of every type that has one", () => {
    const keyed = Object.entries(eventTypes).flatMap(([type, entry]) => ("key" in entry ? [type] : []));
    expect(new Set(before.map(({ event }) => event.type))).toEqual(new Set(keyed));
  });

  test("are those of now when SQLite has been taken further", () => {
    const database = new DatabaseSync(":memory:");
    database.exec(sqliteLog.sql);
    const insert = database.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'fact', NULL, '{}')");
    for (const [index, key] of [...oldKeys, null].entries()) insert.run(...insertion(index + 1, key));
    for (const key of oldAhead) database.prepare("INSERT INTO voids_ahead VALUES (?)").run(key);
    database.exec(sqliteKeysById.sql);
    const keys = database.prepare("SELECT key FROM events ORDER BY seq").all();
    expect(keys.map(({ key }) => key)).toEqual([...newKeys, null]);
    const ahead = database.prepare("SELECT fill_key FROM voids_ahead").all();
    expect(new Set(ahead.map(({ fill_key }) => fill_key))).toEqual(new Set(newAhead));
    expect(() => insert.run(...insertion(102, newKeys[0] ?? ""))).toThrow("UNIQUE");
    expect(() => insert.run(...insertion(1, "another"))).toThrow("UNIQUE");
  });
});

requireTool("postgres")("keys of a PostgreSQL database from before ids came first", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  const withClients = async (
    settings: readonly object[],
    use: (...clients: readonly Client[]) => Promise<void>,
  ): Promise<void> => {
    const connectionString = await server.createDatabase();
    const clients = settings.map((each) => new Client({ connectionString, ...each }));
    try {
      for (const client of clients) await client.connect();
      await use(...clients);
    } finally {
      for (const client of clients) await client.end();
    }
  };

  test("are those of now when it has been taken further", () =>
    withClients([{}], async (client) => {
      if (client === undefined) throw new Error("no client");
      await client.query(postgresLog.sql);
      const insert = (values: readonly (string | number | null)[]) =>
        client.query(`INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'fact', NULL, '{}')`, [...values]);
      for (const [index, key] of [...oldKeys, null].entries()) await insert(insertion(index + 1, key));
      for (const key of oldAhead) await client.query("INSERT INTO voids_ahead VALUES ($1)", [key]);
      await client.query(postgresKeysById.sql);
      const { rows } = await client.query<{ key: string }>("SELECT key FROM events ORDER BY seq");
      expect(rows.map(({ key }) => key)).toEqual([...newKeys, null]);
      const ahead = await client.query<{ fill_key: string }>("SELECT fill_key FROM voids_ahead");
      expect(new Set(ahead.rows.map(({ fill_key }) => fill_key))).toEqual(new Set(newAhead));
      await expect(insert(insertion(102, newKeys[0] ?? ""))).rejects.toThrow("unique");
      await expect(insert(insertion(1, "another"))).rejects.toThrow("unique");
    }));

  test("are waited for longer than any other answer of the server", () =>
    withClients([{}, { query_timeout: 500 }], async (holder, hurried) => {
      if (holder === undefined || hurried === undefined) throw new Error("no clients");
      await migrate(holder, "test", RECEIVED_AT);
      await holder.query("DROP INDEX fills_time; ALTER TABLE fills DROP COLUMN correction");
      await holder.query("DROP TABLE corrections_ahead; DELETE FROM migrations WHERE version = 6");
      await holder.query("BEGIN; LOCK TABLE fills");
      const taken = migrate(hurried, "test", RECEIVED_AT);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await holder.query("COMMIT");
      expect(await taken).toEqual([postgresFillsByTime]);
    }));
});

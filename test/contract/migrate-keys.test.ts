import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { eventTypes } from "../../src/protocol/event-types.ts";
import { log as postgresLog } from "../../src/store/postgres/migrations/0001-log.ts";
import { keysById as postgresKeysById } from "../../src/store/postgres/migrations/0005-keys-by-id.ts";
import { log as sqliteLog } from "../../src/store/sqlite/migrations/0001-log.ts";
import { keysById as sqliteKeysById } from "../../src/store/sqlite/migrations/0005-keys-by-id.ts";
import { voidKeyOf } from "../../src/protocol/void-key.ts";
import { startPostgres } from "../support/servers.ts";
import { requireTool } from "../support/tools.ts";
import { row, type Said } from "./rows.ts";

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
const now = before.map(({ key }) => key);
const [aFill] = before.filter(({ event }) => event.type === "fill");
/** A fill that was taken back before it was told. */
const ahead = { old: aFill?.old ?? "", now: aFill?.key };

const insertion = (n: number, key: string): readonly (string | number)[] => [n, 0, 0, "b", `id-${n}`, "t", "live", key];

describe("keys of a store from before ids came first", () => {
  test("are of every type that has one", () => {
    const keyed = Object.entries(eventTypes).flatMap(([type, entry]) => ("key" in entry ? [type] : []));
    expect(new Set(before.map(({ event }) => event.type))).toEqual(new Set(keyed));
  });

  test("are those of now when SQLite has been taken further", () => {
    const database = new DatabaseSync(":memory:");
    database.exec(sqliteLog.sql);
    const insert = database.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'fact', NULL, '{}')");
    for (const [index, { old }] of before.entries()) insert.run(...insertion(index + 1, old));
    insert.run(...insertion(100, voidKeyOf(ahead.old)));
    database.exec("INSERT INTO events VALUES (101, 0, 0, 'b', NULL, 'error', 'live', NULL, 'fact', NULL, '{}')");
    database.prepare("INSERT INTO voids_ahead VALUES (?)").run(ahead.old);
    database.exec(sqliteKeysById.sql);
    const keys = database.prepare("SELECT key FROM events ORDER BY seq").all();
    expect(keys.map(({ key }) => key)).toEqual([...now, voidKeyOf(ahead.now ?? ""), null]);
    expect(database.prepare("SELECT fill_key FROM voids_ahead").all()).toEqual([{ fill_key: ahead.now }]);
    expect(() => insert.run(...insertion(102, now[0] ?? ""))).toThrow("UNIQUE");
    expect(() => insert.run(...insertion(1, "another"))).toThrow("UNIQUE");
  });
});

requireTool("postgres")("keys of a PostgreSQL database from before ids came first", () => {
  test("are those of now when it has been taken further", async () => {
    const server = await startPostgres();
    const client = new Client({ connectionString: await server.createDatabase() });
    try {
      await client.connect();
      await client.query(postgresLog.sql);
      const insert = (values: readonly (string | number)[]) =>
        client.query(`INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'fact', NULL, '{}')`, [...values]);
      for (const [index, { old }] of before.entries()) await insert(insertion(index + 1, old));
      await insert(insertion(100, voidKeyOf(ahead.old)));
      await client.query("INSERT INTO voids_ahead VALUES ($1)", [ahead.old]);
      await client.query(postgresKeysById.sql);
      const { rows } = await client.query<{ key: string }>("SELECT key FROM events ORDER BY seq");
      expect(rows.map(({ key }) => key)).toEqual([...now, voidKeyOf(ahead.now ?? "")]);
      expect((await client.query("SELECT fill_key FROM voids_ahead")).rows).toEqual([{ fill_key: ahead.now }]);
      await expect(insert(insertion(102, now[0] ?? ""))).rejects.toThrow("unique");
      await expect(insert(insertion(1, "another"))).rejects.toThrow("unique");
    } finally {
      await client.end();
      await server.stop();
    }
  });
});

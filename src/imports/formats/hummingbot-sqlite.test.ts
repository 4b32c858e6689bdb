import type { SQLInputValue } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { countTypes, importDatabase, importText, inChunks } from "../../../test/imports/items-of.ts";
import { databaseMaker } from "../../../test/imports/made-database.ts";
import { naturalKey } from "../../protocol/natural-key.ts";
import { hummingbotSqlite } from "./hummingbot-sqlite.ts";
import { hummingbotTrades } from "./hummingbot-trades.ts";

const make = databaseMaker();

const COMMON = "config_file_path TEXT, strategy TEXT, market TEXT, symbol TEXT, base_asset TEXT, quote_asset TEXT";
const tables = (number: string) => `
  CREATE TABLE "Order" (id TEXT PRIMARY KEY, ${COMMON}, creation_timestamp BIGINT, order_type TEXT, amount ${number},
    leverage INTEGER, price ${number}, last_status TEXT, exchange_order_id TEXT, position TEXT);
  CREATE TABLE OrderStatus (id INTEGER PRIMARY KEY, order_id TEXT, timestamp BIGINT, status TEXT);
  CREATE TABLE TradeFill (${COMMON}, timestamp BIGINT, order_id TEXT, trade_type TEXT, order_type TEXT, price ${number},
    amount ${number}, leverage INTEGER, trade_fee JSON, exchange_trade_id TEXT, position TEXT,
    PRIMARY KEY (market, order_id, exchange_trade_id));`;
const FUNDING =
  "CREATE TABLE FundingPayment (timestamp BIGINT PRIMARY KEY, config_file_path TEXT, market TEXT, rate FLOAT, symbol TEXT, amount FLOAT);";
const T = 1_700_000_000_000;
const MARKET = {
  config_file_path: "conf_perp.yml",
  strategy: "perpetual",
  market: "some_perpetual",
  symbol: "ABC-USDT",
  base_asset: "ABC",
  quote_asset: "USDT",
};
type Rows = Record<string, SQLInputValue>;
const order = (id: string, change: Rows = {}): Rows => ({
  id,
  ...MARKET,
  creation_timestamp: T,
  order_type: "LIMIT",
  amount: 150_000,
  leverage: 10,
  price: 2_321_849_999,
  last_status: "BuyOrderCreated",
  exchange_order_id: "v-1",
  position: "NIL",
  ...change,
});
const fill = (order_id: string, exchange_trade_id: string, change: Rows = {}): Rows => ({
  ...MARKET,
  timestamp: T + 10,
  order_id,
  trade_type: "BUY",
  order_type: "LIMIT",
  price: 2_321_849_999,
  amount: 50_000,
  leverage: 10,
  trade_fee: '{"percent": "0", "flat_fees": [{"token": "USDT", "amount": "0.05"}]}',
  exchange_trade_id,
  position: "CLOSE",
  ...change,
});
const status = (order_id: string, name: string, after = 0): Rows => ({ order_id, timestamp: T + after, status: name });

describe("hummingbotSqlite", () => {
  test("tells orders, fills and ends in order of time", async () => {
    const path = make(tables("BIGINT"), {
      Order: [order("o1"), order("o2", { creation_timestamp: T + 5 })],
      OrderStatus: [
        status("o1", "BuyOrderCreated", 1),
        status("o1", "OrderFilled", 10),
        status("o1", "OrderCancelled", 20),
        status("o2", "SellOrderCreated", 6),
        status("o2", "OrderFailure", 7),
      ],
      TradeFill: [fill("o1", "t1")],
    });
    const all = await importDatabase(hummingbotSqlite, path);
    expect([all.rows, all.invalid, all.refused]).toEqual([8, [], []]);
    expect(all.events.map(({ event }) => [event.type, "order_id" in event ? event.order_id : ""])).toEqual([
      ["order.placed", "o1"],
      ["order.acknowledged", "o1"],
      ["order.placed", "o2"],
      ["order.acknowledged", "o2"],
      ["order.rejected", "o2"],
      ["instrument", ""],
      ["fill", "o1"],
      ["order.cancelled", "o1"],
    ]);
    expect(all.leftOut).toEqual(["a status that the order's fills tell already"]);
    expect(all.events.at(-1)?.event).toMatchObject({ filled_size: "0.05", venue: "some_perpetual" });
    expect(all.events[2]?.event).toMatchObject({ side: "sell", exchange_order_id: "v-1" });
  });

  test("reads integers of a millionth exactly, also beyond 2^53", async () => {
    const large = 9_007_199_254_740_993n;
    const path = make(tables("BIGINT"), {
      Order: [order("o1", { amount: large })],
      OrderStatus: [status("o1", "BuyOrderCreated")],
      TradeFill: [fill("o1", "t1", { amount: large, price: 30n })],
    });
    const { events } = await importDatabase(hummingbotSqlite, path);
    expect(events.find(({ event }) => event.type === "order.placed")?.event).toMatchObject({
      size: "9007199254.740993",
      price: "2321.849999",
    });
    expect(events.find(({ event }) => event.type === "fill")?.event).toMatchObject({
      size: "9007199254.740993",
      price: "0.00003",
    });
  });

  test("reads the older generation, whose amounts are floats", async () => {
    const path = make(tables("FLOAT"), {
      Order: [order("o1", { amount: 5, price: 2.99e-8 })],
      OrderStatus: [status("o1", "OrderCancelled")],
      TradeFill: [fill("o1", "t1", { amount: 3, price: 2.99e-8 })],
    });
    const { events, invalid } = await importDatabase(hummingbotSqlite, path);
    expect(invalid).toEqual([]);
    expect(events.find(({ event }) => event.type === "fill")?.event).toMatchObject({
      size: "3",
      price: "0.0000000299",
    });
    expect(events.find(({ event }) => event.type === "order.cancelled")?.event).not.toHaveProperty("filled_size");
  });

  test("takes an order's OPEN or CLOSE, else that of its fills", async () => {
    const path = make(tables("BIGINT"), {
      Order: [order("own", { position: "OPEN" }), order("of-fills"), order("plain")],
      OrderStatus: ["own", "of-fills", "plain"].map((id) => status(id, "BuyOrderCreated")),
      TradeFill: [fill("of-fills", "t1")],
    });
    const { events } = await importDatabase(hummingbotSqlite, path);
    const placed = events.flatMap(({ event }) => (event.type === "order.placed" ? [event] : []));
    expect(placed.map(({ order_id, intent, reduce_only }) => [order_id, intent, reduce_only])).toEqual([
      ["of-fills", "exit", true],
      ["own", "entry", false],
      ["plain", undefined, undefined],
    ]);
  });

  test("tells a funding payment as income in the quote currency, paid below 0", async () => {
    const payment = { timestamp: T, config_file_path: "c.yml", market: "some_perpetual", symbol: "ABC-USDT" };
    const path = make(tables("BIGINT") + FUNDING, { FundingPayment: [{ ...payment, rate: 0.0001, amount: -0.25 }] });
    const { events, rows } = await importDatabase(hummingbotSqlite, path);
    expect(rows).toBe(1);
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        type: "income",
        income_type: "FUNDING_FEE",
        amount: "-0.25",
        currency: "USDT",
        transaction_id: String(T),
        bot: "c",
        funding_rate: 0.0001,
      },
    ]);
  });

  test("has the same natural key, and says the same, for a fill that its CSV tells too", async () => {
    const path = make(tables("BIGINT"), { TradeFill: [fill("o1", "t1")] });
    const row = { ...fill("o1", "t1"), price: "2321.849999", amount: "0.05" };
    const fee = String(fill("o1", "t1")["trade_fee"]).replaceAll('"', "'");
    const csv = Object.entries({ ...row, trade_fee: `"${fee}"` });
    const text = `${csv.map(([name]) => name).join(",")}\n${csv.map(([, value]) => value).join(",")}\n`;
    const [ofTable, ofFile] = [
      await importDatabase(hummingbotSqlite, path),
      await importText(hummingbotTrades, inChunks(text)),
    ].map(({ events }) => events.map(({ event }) => event).find(({ type }) => type === "fill"));
    expect(ofFile && naturalKey(ofFile)).toBeTruthy();
    expect(ofTable).toEqual(ofFile);
  });

  test.each([
    ["nothing says its side", { Order: [order("o1")] }, "neither status nor fill says whether the order buys or sells"],
    [
      "its order is not there",
      { OrderStatus: [status("o9", "OrderCancelled")] },
      "the order of the status is not in the database",
    ],
    [
      "its status is unknown",
      { Order: [order("o1")], OrderStatus: [status("o1", "BuyOrderDoubted")] },
      "the status is unknown",
    ],
  ])("refuses a row with its reason when %s", async (_, rows, reason) => {
    const { refused, rows: read } = await importDatabase(hummingbotSqlite, make(tables("BIGINT"), rows));
    expect(refused.map(({ refused: why }) => why)).toContain(reason);
    expect(read).toBeGreaterThan(0);
  });

  test("counts every row once when there are many", async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `o${index}`);
    const path = make(tables("BIGINT"), {
      Order: ids.map((id) => order(id)),
      OrderStatus: ids.map((id) => status(id, "BuyOrderCreated", 1)),
      TradeFill: ids.map((id) => fill(id, `t-${id}`)),
    });
    const { events, rows, items } = await importDatabase(hummingbotSqlite, path);
    expect(rows).toBe(900);
    expect(new Set(items.map(({ line }) => line)).size).toBe(900);
    expect(countTypes(events)).toEqual({ "order.placed": 300, "order.acknowledged": 300, fill: 300, instrument: 1 });
  });
});

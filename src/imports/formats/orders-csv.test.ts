import { describe, expect, test } from "vitest";
import { importText, inChunks } from "../../../test/imports/items-of.ts";
import { ordersCsv } from "./orders-csv.ts";

const HEADER =
  "orderId,clientOrderId,Pair,side,type,price,origQty,executedQty,avgPrice,status,time,updateTime,reduceOnly,exchange,fee";
const ROW = {
  id: "9007199254740993",
  client: "c1",
  pair: "ABCUSDT",
  side: "BUY",
  type: "LIMIT",
  price: "100",
  size: "0.5",
  filled: "0.5",
  average: "99.5",
  status: "FILLED",
  time: "1777888800000",
  updated: "1777888801500",
  reduceOnly: "false",
  venue: "some",
  fee: "0.02",
};
const line = (change: Partial<typeof ROW> = {}) => Object.values({ ...ROW, ...change }).join(",");
const orders = (...changes: Partial<typeof ROW>[]) =>
  importText(ordersCsv, inChunks(`${[HEADER, ...changes.map(line)].join("\n")}\n`));
const typesOf = async (change: Partial<typeof ROW>) => (await orders(change)).events.map(({ event }) => event.type);

describe("ordersCsv", () => {
  test("tells that an order was placed and filled, the id whole", async () => {
    const { events, invalid } = await orders({});
    expect(invalid).toEqual([]);
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        type: "order.placed",
        order_id: "9007199254740993",
        venue: "some",
        symbol: "ABCUSDT",
        side: "buy",
        price: "100",
        size: "0.5",
        order_type: "limit",
        intent: "entry",
        reduce_only: false,
        ts: "2026-05-04T10:00:00.000Z",
      },
      {
        type: "order.filled",
        fill_id: "9007199254740993",
        price: "99.5",
        size: "0.5",
        fee: "0.02",
        ts: "2026-05-04T10:00:01.500Z",
      },
    ]);
  });

  test("fills at the order's own price when no other is said, and has no price of 0", async () => {
    const { events } = await orders({ average: "0" });
    expect(events.at(-1)?.event).toMatchObject({ price: "100" });
    const market = await orders({ type: "MARKET", price: "0", average: "0", reduceOnly: "true", side: "sell" });
    expect(market.events.map(({ event }) => event.type)).toEqual(["order.placed"]);
    expect(market.events[0]?.event).toMatchObject({ order_type: "market", intent: "exit", side: "sell" });
    expect(market.events[0]?.event).not.toHaveProperty("price");
    expect(market.leftOut).toEqual(["a fill without a price"]);
  });

  test.each([
    ["NEW", "0", ["order.placed"]],
    ["canceled", "0", ["order.placed", "order.cancelled"]],
    ["Cancelled", "0.2", ["order.placed", "order.filled", "order.cancelled"]],
    ["REJECTED", "", ["order.placed", "order.rejected"]],
    ["expired", "", ["order.placed", "order.expired"]],
    ["closed", "", ["order.placed", "order.filled"]],
  ])("tells of %s with %s filled: %j", async (status, filled, types) => {
    expect(await typesOf({ status, filled })).toEqual(types);
  });

  test("leaves out what an order that goes on has filled so far", async () => {
    const { leftOut, events } = await orders({ status: "PARTIALLY_FILLED", filled: "0.1" });
    expect(events).toHaveLength(1);
    expect(leftOut).toEqual(["what an open order has filled so far: it still changes"]);
  });

  test("takes long for buy, but not of an order that only reduces", async () => {
    const { events } = await orders({ side: "long" });
    expect(events[0]?.event).toMatchObject({ side: "buy" });
    const { refused } = await orders({ side: "long", reduceOnly: "true" });
    expect(refused[0]?.refused).toContain('pass --columns "side=…"');
  });

  test("knows an order by its client's id when there is no other", async () => {
    const text = `clientOrderId,pair,side,qty,status,time\nc1,ABC,buy,1,new,1777888800\n`;
    const { events } = await importText(ordersCsv, inChunks(text));
    expect(events[0]?.event).toMatchObject({ order_id: "c1", venue: "unknown" });
  });

  test.each([
    ["the status is unknown", { status: "odd" }, "the status is unknown"],
    ["the side is none", { side: "both" }, "the side is none of buy, sell, long, short"],
    ["there is no id", { id: "" }, "no order_id"],
    ["the size is no decimal", { size: "1.5.5" }, "size is not a decimal"],
    ["reduce-only is neither", { reduceOnly: "maybe" }, "reduce_only is neither true nor false"],
  ])("refuses the row alone when %s", async (_, change, reason) => {
    const { refused, events } = await orders(change, { id: "2" });
    expect(refused.map(({ line: at, refused: why }) => [at, why])).toEqual([[2, reason]]);
    expect(events).toHaveLength(2);
  });
});

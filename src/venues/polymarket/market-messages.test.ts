import { describe, expect, test } from "vitest";
import { parseMarketMessage, restBookOf } from "./market-messages.ts";
import { openFrame } from "./messages.ts";

const AT = "1757908892351";

describe("price changes of every generation become the same change", () => {
  const change = { token: "71", side: "ask", price: "0.4", size: "3300" };
  const told = { market: "0x5f", at: 1_757_908_892_351 };

  test("A: flat", () => {
    const event = {
      event_type: "price_change",
      asset_id: "71",
      market: "0x5f",
      price: "0.4",
      side: "sell",
      size: "3300",
    };
    expect(parseMarketMessage({ ...event, timestamp: AT })).toMatchObject({
      generation: "A",
      ...told,
      changes: [change],
    });
  });

  test("B: a list under one token", () => {
    const changes = [{ price: "0.4", side: "SELL", size: "3300" }];
    const event = { event_type: "price_change", asset_id: "71", changes, hash: "3cd4", market: "0x5f", timestamp: AT };
    expect(parseMarketMessage(event)).toMatchObject({ generation: "B", ...told, changes: [change] });
  });

  test("C: a list with a token and the best prices in each entry", () => {
    const entry = {
      asset_id: "71",
      price: "0.4",
      size: "3300",
      side: "SELL",
      hash: "56",
      best_bid: ".39",
      best_ask: "0.4",
    };
    const price_changes = [
      entry,
      { ...entry, asset_id: "52", side: "BUY", price: "0.6", best_bid: "", best_ask: "0.61" },
    ];
    expect(parseMarketMessage({ event_type: "price_change", market: "0x5f", timestamp: AT, price_changes })).toEqual({
      kind: "changes",
      generation: "C",
      ...told,
      changes: [
        { ...change, bestBid: ".39", bestAsk: "0.4" },
        { token: "52", side: "bid", price: "0.6", size: "3300", bestBid: undefined, bestAsk: "0.61" },
      ],
    });
  });
});

test("a book has its sides under either of their names", () => {
  const [bids, asks] = [[{ price: ".48", size: "30" }], [{ price: ".52", size: "25" }]];
  const event = { event_type: "book", asset_id: "65", market: "0xbd", timestamp: AT, hash: "0xabc" };
  const book = {
    kind: "book",
    token: "65",
    market: "0xbd",
    at: 1_757_908_892_351,
    hash: "0xabc",
    bids,
    asks,
    tick: undefined,
  };
  expect(parseMarketMessage({ ...event, bids, asks })).toEqual(book);
  expect(parseMarketMessage({ ...event, buys: bids, sells: asks })).toEqual(book);
  expect(restBookOf({ ...event, bids, asks, tick_size: "0.001" })).toEqual({ ...book, tick: "0.001" });
});

test.each([
  [
    { event_type: "tick_size_change", asset_id: "65", old_tick_size: "0.01", new_tick_size: "0.001" },
    { kind: "tick", tick: "0.001" },
  ],
  [
    { event_type: "last_trade_price", asset_id: "11", price: "0.456", size: "219.217767", side: "BUY" },
    { kind: "trade", side: "buy" },
  ],
  [
    { event_type: "best_bid_ask", asset_id: "85", best_bid: "0.73", best_ask: "" },
    { kind: "best", bestBid: "0.73", bestAsk: undefined },
  ],
  [
    { event_type: "market_resolved", market: "0x31", winning_asset_id: "76" },
    { kind: "resolved", winner: "76" },
  ],
  [
    { event_type: "new_market", market: "0x31" },
    { kind: "other", event: "new_market" },
  ],
])("%j is read", (event, expected) => {
  expect(parseMarketMessage(event)).toMatchObject(expected);
});

test.each([
  [null, "not an object"],
  [[], "not an object"],
  [{}, "no event_type"],
  [{ event_type: "book", asset_id: "1", market: "0x", bids: [{ price: "", size: "1" }], asks: [] }, "book without"],
  [{ event_type: "book", asset_id: "1", market: "0x", bids: {}, asks: [] }, "book without"],
  [{ event_type: "price_change", price_changes: [{ asset_id: "1", price: "0.5", size: "", side: "BUY" }] }, "(C)"],
  [{ event_type: "price_change", asset_id: "1", changes: [{ price: "0.5", size: "1", side: "HOLD" }] }, "(B)"],
  [{ event_type: "price_change", asset_id: "1", price: null, size: "1", side: "BUY" }, "(A)"],
  [{ event_type: "tick_size_change", asset_id: "1" }, "tick_size_change without"],
  [{ event_type: "last_trade_price", asset_id: "1" }, "last_trade_price without"],
  [{ event_type: "best_bid_ask" }, "best_bid_ask without"],
  [{ event_type: "market_resolved" }, "market_resolved without"],
])("%j is malformed and says why", (event, reason) => {
  const message = parseMarketMessage(event);
  expect(message.kind === "malformed" ? message.reason : message.kind).toContain(reason);
});

test("what cannot be read of a market's book names the market, so that the book is not relied on", () => {
  const changes = [{ price: "0.5" }];
  const event = { event_type: "price_change", asset_id: "1", market: "0x5f", changes };
  expect(parseMarketMessage(event)).toMatchObject({ kind: "malformed", market: "0x5f" });
});

test.each([
  ["PONG", { kind: "pong" }],
  [" PONG\n", { kind: "pong" }],
  ["NO NEW ASSETS", { kind: "words", text: "NO NEW ASSETS" }],
  ["{not json", { kind: "words", text: "{not json" }],
  ["", { kind: "words", text: "" }],
  ['{"a":1}', { kind: "messages", events: [{ a: 1 }] }],
  ['[{"a":1},{"b":2}]', { kind: "messages", events: [{ a: 1 }, { b: 2 }] }],
  ["[]", { kind: "messages", events: [] }],
])("the frame %j is opened", (text, frame) => {
  expect(openFrame(text)).toEqual(frame);
});

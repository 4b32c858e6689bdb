import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseKalshiFrame } from "./frames.ts";

const read = (frame: object) => parseKalshiFrame(JSON.stringify(frame));
const message = (type: string, msg: object, more: object = { sid: 2, seq: 3 }) => read({ type, ...more, msg });

const AT = { ts: "2026-11-20T20:44:01Z", ts_ms: 1_795_207_441_000 };
const MARKET = { market_ticker: "KXA-27APR-T4.25", market_id: "an-id" };

describe("snapshots of every generation", () => {
  test("fixed-point texts stay as they came", () => {
    const msg = { ...MARKET, yes_dollars_fp: [["0.0800", "300.00"]], no_dollars_fp: [["0.5400", "20.50"]] };
    expect(message("orderbook_snapshot", msg)).toEqual({
      kind: "message",
      sid: 2,
      seq: 3,
      generation: "G3",
      message: {
        kind: "snapshot",
        ticker: "KXA-27APR-T4.25",
        yes: [["0.0800", "300.00"]],
        no: [["0.5400", "20.50"]],
      },
    });
  });

  test("a side that is absent, or null, is empty, and so is a market with neither", () => {
    for (const sides of [{}, { yes_dollars_fp: null }, { no_dollars_fp: [] }]) {
      expect(message("orderbook_snapshot", { ...MARKET, ...sides })).toMatchObject({
        generation: "G3",
        message: { yes: [], no: [] },
      });
    }
  });

  test("of the mixed ones the finest is read: fixed-point, else dollars, else cents", () => {
    const msg = {
      ...MARKET,
      yes: [[8, 300]],
      yes_dollars: [["0.080", 300]],
      yes_dollars_fp: [["0.0805", "300.25"]],
      no: [[54, 20]],
      no_dollars: [["0.545", 20]],
    };
    expect(message("orderbook_snapshot", msg)).toMatchObject({
      generation: "G2",
      message: { yes: [["0.0805", "300.25"]], no: [["0.545", "20"]] },
    });
  });

  test("whole cents become dollars", () => {
    const msg = {
      ...MARKET,
      yes: [
        [8, 300],
        [99, 1],
      ],
      no: [[54, 20]],
    };
    expect(message("orderbook_snapshot", msg)).toMatchObject({
      generation: "G1",
      message: {
        yes: [
          ["0.08", "300"],
          ["0.99", "1"],
        ],
        no: [["0.54", "20"]],
      },
    });
  });

  test.each([
    { ...MARKET, yes_dollars_fp: [[8, 300]] },
    { ...MARKET, yes_dollars_fp: "0.08" },
    { ...MARKET, yes: [[8.5, 300]] },
    { ...MARKET, yes: [["8", "300"]] },
    { yes_dollars_fp: [] },
  ])("one that cannot be read is malformed: %j", (msg) => {
    expect(message("orderbook_snapshot", msg)).toMatchObject({ kind: "malformed", sid: 2, seq: 3 });
  });
});

describe("deltas of every generation", () => {
  test.each([
    ["G3", { price_dollars: "0.9600", delta_fp: "-54.00" }, "0.9600", "-54.00"],
    ["G2", { price: 96, price_dollars: "0.960", delta: -54, delta_fp: "-54.25" }, "0.960", "-54.25"],
    ["G2", { price: 96, price_dollars: "0.9605", delta: -54 }, "0.9605", "-54"],
    ["G1", { price: 96, delta: -54 }, "0.96", "-54"],
  ])("%s: a signed change at a price", (generation, msg, price, change) => {
    expect(message("orderbook_delta", { ...MARKET, ...msg, side: "yes", ...AT })).toMatchObject({
      generation,
      message: { kind: "delta", side: "yes", price, change, atMs: 1_795_207_441_000 },
    });
  });

  test("the time is that in ms, else that in seconds or words", () => {
    const at = (times: object) =>
      message("orderbook_delta", { ...MARKET, side: "no", price_dollars: "0.5", delta_fp: "1", ...times });
    expect(at({ ts: "2026-11-20T20:44:01Z" })).toMatchObject({ message: { atMs: 1_795_207_441_000 } });
    expect(at({ ts: 1_795_207_441 })).toMatchObject({ message: { atMs: 1_795_207_441_000 } });
    expect(at({})).toMatchObject({ message: { atMs: undefined } });
  });

  test("one without its side or its change is malformed", () => {
    for (const msg of [
      { price_dollars: "0.5", delta_fp: "1" },
      { side: "yes", price_dollars: "0.5" },
      { side: "maybe", delta: 1 },
    ])
      expect(message("orderbook_delta", { ...MARKET, ...msg })).toMatchObject({ kind: "malformed" });
  });
});

describe("tickers", () => {
  test("0 and 1 say that nobody quotes", () => {
    const msg = { ...MARKET, price_dollars: "0.4800", yes_bid_dollars: "0.0000", yes_ask_dollars: "1.0000", ts_ms: 5 };
    expect(message("ticker", msg, { sid: 11 })).toMatchObject({
      seq: undefined,
      message: { kind: "ticker", last: "0.48", bid: undefined, ask: undefined, atMs: 5 },
    });
  });

  test("cents are read when there is nothing finer", () => {
    const older = message("ticker", { ...MARKET, price: 48, yes_bid: 45, yes_ask: 53 });
    expect(older).toMatchObject({ generation: "G1", message: { last: "0.48", bid: "0.45", ask: "0.53" } });
    const mixed = message("ticker", { ...MARKET, yes_bid: 45, yes_ask: 53, yes_bid_dollars: "0.4525" });
    expect(mixed).toMatchObject({ generation: "G2", message: { bid: "0.4525", ask: "0.53" } });
  });
});

describe("directions", () => {
  const fill = (more: object) =>
    message("fill", {
      market_ticker: "A",
      trade_id: "t",
      order_id: "o",
      yes_price_dollars: "0.7500",
      count_fp: "2.00",
      ...more,
    });

  test.each([
    [{ side: "yes", action: "buy" }, "yes"],
    [{ side: "no", action: "sell" }, "yes"],
    [{ side: "no", action: "buy" }, "no"],
    [{ side: "yes", action: "sell" }, "no"],
    [{ outcome_side: "no", side: "yes", action: "buy" }, "no"],
    [{ book_side: "bid" }, "yes"],
    [{ book_side: "ask" }, "no"],
  ])("a fill of %j is %s, at the same price of YES", (said, side) => {
    expect(fill(said)).toMatchObject({ message: { kind: "fill", side, yesPrice: "0.75", size: "2" } });
  });

  test("a fill that does not say its direction is malformed rather than guessed", () => {
    for (const said of [{}, { side: "yes" }, { action: "buy" }])
      expect(fill(said)).toMatchObject({ kind: "malformed" });
  });

  test("a trade without the taker's side is a trade all the same", () => {
    const msg = { market_ticker: "A", yes_price_dollars: "0.3600", count_fp: "136.00" };
    expect(message("trade", msg)).toMatchObject({ message: { side: undefined } });
    expect(message("trade", { ...msg, taker_side: "no" })).toMatchObject({ message: { side: "no" } });
  });

  test("fills and trades in cents are read by the older names", () => {
    const older = { market_ticker: "A", trade_id: "t", order_id: "o", yes_price: 75, count: 278, is_taker: true };
    expect(message("fill", { ...older, side: "no", action: "buy", ts: 1_795_207_441 })).toMatchObject({
      generation: "G1",
      message: { side: "no", yesPrice: "0.75", size: "278", fee: undefined, isTaker: true },
    });
    expect(message("trade", { ...older, taker_side: "yes" })).toMatchObject({
      message: { yesPrice: "0.75", size: "278" },
    });
    expect(message("market_position", { market_ticker: "A", position: -5, position_cost: 50_000 })).toMatchObject({
      generation: "G1",
      message: { size: "-5" },
    });
  });
});

describe("what else is said", () => {
  test("a subscription's number comes in the message or beside it", () => {
    expect(read({ id: 1, type: "subscribed", msg: { channel: "ticker", sid: 4 } })).toEqual({
      kind: "reply",
      id: 1,
      sid: 4,
      seq: undefined,
      channel: "ticker",
    });
    expect(read({ id: 3, sid: 1, seq: 222, type: "ok", msg: { market_tickers: ["A"] } })).toMatchObject({
      kind: "reply",
      sid: 1,
      seq: 222,
    });
  });

  test("an error has its code, its words, and the markets that it is about", () => {
    const msg = { code: 25, msg: "buffer overflow", market_ticker: "A", market_tickers: ["B", 7] };
    expect(read({ type: "error", sid: 3, seq: 9, msg })).toEqual({
      kind: "error",
      id: undefined,
      sid: 3,
      seq: 9,
      code: 25,
      text: "buffer overflow",
      tickers: ["A", "B"],
    });
    expect(read({ type: "error" })).toMatchObject({ kind: "error", code: 0 });
  });

  test("no text makes the parser throw", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .record({
              type: fc.constantFrom(
                "ticker",
                "fill",
                "orderbook_delta",
                "orderbook_snapshot",
                "error",
                "ok",
                "subscribed",
                "trade",
                "market_position",
                "market_lifecycle_v2",
              ),
              msg: fc.jsonValue(),
              sid: fc.jsonValue(),
            })
            .map((frame) => JSON.stringify(frame)),
        ),
        (text) => {
          expect(typeof parseKalshiFrame(text).kind).toBe("string");
        },
      ),
    );
  });
});

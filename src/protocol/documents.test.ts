import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { micros } from "../base/time.ts";
import { type DocumentReader, readDocument2Edge, readDocument2Fill, readTradeEvent } from "./documents.ts";
import { naturalKey } from "./natural-key.ts";

const now = micros(Date.UTC(2026, 0, 1) * 1000);

const read = (reader: DocumentReader, body: unknown) => {
  const event = reader(body, now);
  if (!event.ok) throw new Error(JSON.stringify(event.error));
  return event.value;
};
const refused = (reader: DocumentReader, body: unknown) => {
  const event = reader(body, now);
  if (event.ok) throw new Error("accepted");
  return event.error;
};

const edge = {
  pair_id: "pm:k",
  primary_market: "A",
  hedge_market: "B",
  net_edge_cents: 3.2,
  confidence: 0.88,
  timestamp: "2024-01-01T00:00:00Z",
};

const trade = {
  timestamp: 1771936213,
  symbol: "BTC",
  side: "BUY",
  quantity: 0.1,
  price: 50000,
  trade_type: "MAKER",
  fees_paid: 5,
  funding_paid: 2,
  position_after: 0.1,
};

describe("document 2", () => {
  test("its edge and its fill become events", () => {
    expect(read(readDocument2Edge, edge)).toMatchObject({
      type: "edge",
      bot: "default",
      ts: "2024-01-01T00:00:00.000Z",
      net_edge_cents: 3.2,
    });
    const pair = { fill_id: "fill-001", pair_id: "pm:k", entry_edge_cents: 3.2, size_usd: "100.0", pnl_cents: 150 };
    expect(read(readDocument2Fill, pair)).toMatchObject({
      type: "fill",
      ts: "2026-01-01T00:00:00.000Z",
      size_usd: 100,
    });
  });

  test.each([
    [{ ...edge, timestamp: "soon" }, "timestamp"],
    [{ ...edge, ts: "soon" }, "ts"],
    [{ ...edge, ts: null, timestamp: "soon" }, "timestamp"],
    [{ ...edge, tags: { a: 1 } }, "tags.a"],
    [{ ...edge, net_edge_cents: undefined }, "net_edge_cents"],
    ["edge", ""],
  ])("a field that is refused has the name that the body gives it: %j", (body, path) => {
    expect(refused(readDocument2Edge, body).path).toBe(path);
    if (path.endsWith("s")) return;
    expect(refused(readDocument2Fill, typeof body === "object" ? { fill_id: "f", ...body } : body).path).toBe(path);
  });
});

describe("the trade of document 5", () => {
  test("becomes a fill with the sign of funding turned", () => {
    expect(read(readTradeEvent, trade)).toMatchObject({
      type: "fill",
      side: "buy",
      size: "0.1",
      is_maker: true,
      fee: "5",
      funding: "-2",
    });
    for (const [paid, funding] of [
      ["-2.50", "2.5"],
      ["+2", "-2"],
      [0, "0"],
      ["0.0", "0"],
    ] as const)
      expect(read(readTradeEvent, { ...trade, funding_paid: paid })).toMatchObject({ funding });
  });

  test("is the same one however its time and its decimals are written", () => {
    const times = [
      "2026-02-24T12:30:13Z",
      "2026-02-24T12:30:13.000Z",
      "2026-02-24T12:30:13+00:00",
      "2026-02-24T14:30:13+02:00",
      "20260224T123013Z",
      "2026-02-24 12:30:13",
      1771936213,
      1771936213000,
      "1771936213",
    ];
    const tenth = [0.1, "0.1", "0.10", "1e-1", ".1"];
    const written = fc.record({
      timestamp: fc.constantFrom<unknown>(...times),
      quantity: fc.constantFrom<unknown>(...tenth),
      position_after: fc.constantFrom<unknown>(...tenth),
      price: fc.constantFrom<unknown>(50000, "50000", "50000.00", "5e4"),
      side: fc.constantFrom("buy", "BUY", "Buy"),
    });
    const key = naturalKey(read(readTradeEvent, trade));
    fc.assert(fc.property(written, (as) => naturalKey(read(readTradeEvent, { ...trade, ...as })) === key));
  });

  test.each([
    { timestamp: 1771936213.5 },
    { symbol: "ETH" },
    { side: "sell" },
    { quantity: 0.2 },
    { price: 50000.1 },
    { position_after: 0.2 },
    { position_after: undefined },
  ])("is another one when its content is another: %j", (more) => {
    expect(naturalKey(read(readTradeEvent, { ...trade, ...more }))).not.toBe(naturalKey(read(readTradeEvent, trade)));
  });

  test("is another one when only the end of a long content is", () => {
    const symbol = "7".repeat(200);
    const keys = [1, 2, 3].map((quantity) => naturalKey(read(readTradeEvent, { ...trade, symbol, quantity })));
    expect(new Set(keys).size).toBe(3);
  });

  test("goes by the id that the bot gives it", () => {
    const idOf = (more: object) => {
      const event = read(readTradeEvent, { ...trade, ...more });
      return [event.type === "fill" ? event.fill_id : undefined, event.id];
    };
    expect(idOf({ trade_id: "t1" })).toEqual(["t1", undefined]);
    expect(idOf({ trade_id: 17, id: "e" })).toEqual(["17", "e"]);
    expect(idOf({ id: "e" })).toEqual(["e", "e"]);
    expect(idOf({ id: 17 })).toEqual(["17", "17"]);
    expect(idOf({ fill_id: "f", trade_id: "t1", id: "e" })).toEqual(["f", "e"]);
    expect(read(readTradeEvent, { ...trade, trade_id: 17 })).toEqual(
      read(readTradeEvent, { ...trade, trade_id: "17" }),
    );
    for (const nothing of [null, ""]) expect(idOf({ trade_id: nothing, id: nothing })).toEqual(idOf({}));
  });

  test.each(["maker", "Maker", "TAKER", null, undefined])("takes the trade type %s", (type) => {
    const event = read(readTradeEvent, { ...trade, trade_type: type });
    expect(event.type === "fill" ? event.is_maker : "no fill").toBe(type ? type.toLowerCase() === "maker" : undefined);
  });

  test.each(["banana", " maker", 1, true, {}])("refuses the trade type %j", (type) => {
    expect(refused(readTradeEvent, { ...trade, trade_type: type })).toEqual({
      code: "invalid_event",
      path: "trade_type",
      message: `expected maker or taker, found ${JSON.stringify(type)}`,
    });
  });

  test.each([
    [{ timestamp: "soon" }, "timestamp", 'expected ISO-8601 or an epoch in s, ms, µs or ns, found "soon"'],
    [{ quantity: "much" }, "quantity", 'expected a decimal above 0, found "much"'],
    [{ quantity: undefined }, "quantity", "expected a decimal above 0, found nothing"],
    [{ size: 0 }, "size", "expected a decimal above 0, found 0"],
    [{ fees_paid: "x" }, "fees_paid", 'expected a decimal, found "x"'],
    [{ funding_paid: "x" }, "funding_paid", 'expected a decimal, found "x"'],
    [{ trade_id: {} }, "trade_id", "expected an id of 1 to 128 printable characters, found {}"],
    [{ symbol: undefined }, "symbol", "Invalid input: expected string, found nothing"],
    [{ symbol: "a\tb" }, "symbol", "control characters"],
  ])("says what is wrong in the names of the body: %j", (more, path, message) => {
    expect(refused(readTradeEvent, { ...trade, ...more })).toMatchObject({
      path,
      message: expect.stringContaining(message),
    });
  });
});

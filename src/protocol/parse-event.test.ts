import { describe, expect, test } from "vitest";
import { eventTypes } from "./event-types.ts";
import { naturalKey, sampleKey } from "./natural-key.ts";
import { parseEvent } from "./parse-event.ts";

const envelope = { bot: "mm-1", ts: "2026-02-24T12:30:13Z" };
const fill = {
  ...envelope,
  type: "fill",
  fill_id: 7,
  venue: "kraken",
  symbol: "BTC-USD",
  side: "buy",
  price: 50000.1,
  size: "0.250",
};

const accepted = (input: unknown) => {
  const parsed = parseEvent(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  return parsed.value;
};
const refused = (input: unknown) => {
  const parsed = parseEvent(input);
  if (parsed.ok) throw new Error("accepted");
  return parsed.error;
};

describe("parseEvent", () => {
  test("says where a level of a book is none, however deep what stands there goes", () => {
    const book = { ...envelope, type: "book", venue: "kraken", symbol: "BTC-USD", asks: [] };
    const deep = JSON.parse("[".repeat(5_000) + "]".repeat(5_000));
    for (const bids of [deep, [[deep, 1]], [[1, 2, 3]], [[1, -2]], [1], {}])
      expect(refused({ ...book, bids })).toMatchObject({ path: expect.stringMatching(/^bids/) });
    expect(refused({ ...book, bids: [], note: deep }).message).toContain("levels of objects and arrays");
    expect(
      accepted({
        ...book,
        bids: [
          [0.5, 1e-7],
          ["2.50", -0],
        ],
      }),
    ).toMatchObject({
      bids: [
        ["0.5", "0.0000001"],
        ["2.5", "0"],
      ],
    });
  });

  test("brings decimals, times and ids into one form", () => {
    expect(accepted({ ...fill, ts: 1771936213250, fee: -1e-7 })).toMatchObject({
      ts: "2026-02-24T12:30:13.250Z",
      fill_id: "7",
      price: "50000.1",
      size: "0.25",
      fee: "-0.0000001",
    });
  });

  test("does so inside lists too", () => {
    const book = { ...envelope, type: "book", venue: "k", symbol: "A", bids: [[0.5, "10.0"]], asks: [] };
    expect(accepted(book)).toMatchObject({ bids: [["0.5", "10"]] });
    const snapshot = {
      ...envelope,
      type: "position.snapshot",
      positions: [{ venue: "k", symbol: "A", size: "-1.50" }],
    };
    expect(accepted(snapshot)).toMatchObject({ positions: [{ size: "-1.5" }] });
  });

  test.each([
    ["fill", { ...fill, size_usd: "100.50", pnl_cents: "-1.5e2" }, { size_usd: 100.5, pnl_cents: -150 }],
    ["fill", { ...envelope, fill_id: "f", size_usd: "100", fees_cents: "0.30" }, { size_usd: 100, fees_cents: 0.3 }],
    ["fill", { ...envelope, fill_id: "f", size_usd: "9007199254740993" }, { size_usd: 9007199254740992 }],
    ["opportunity", { opportunity_id: "o", action: "detected", edge_cents: "1.20" }, { edge_cents: 1.2 }],
    ["risk", { equity_quote: "1000.00", funding_rate: ".0001" }, { equity_quote: 1000, funding_rate: 0.0001 }],
    ["threshold_breach", { metric: "daily_loss", value: "-50", limit: 40 }, { value: -50, limit: 40 }],
    ["bot.state", { status: "running", counters: { trades: "5" } }, { counters: { trades: 5 } }],
    ["bot.state", { status: "running", risk_stats: { daily_pnl: "1.5" } }, { risk_stats: { daily_pnl: 1.5 } }],
  ])("makes a number of one that is written as text: %s", (type, said, read) => {
    expect(accepted({ ...envelope, ...said, type })).toMatchObject(read);
  });

  test.each([
    ["edge", { pair_id: "p", primary_market: "a", hedge_market: "b", net_edge_cents: "1", confidence: "1.5" }],
    ["fill", { fill_id: "f", size_usd: "-1" }],
    ["tick", { duration_s: "" }],
    ["tick", { duration_s: "0x10" }],
    ["metric", { name: "m", value: "NaN" }],
  ])("refuses such a text as it would the number, and what is none: %s", (type, said) => {
    expect(refused({ ...envelope, ...said, type })).toMatchObject({ code: "invalid_event" });
  });

  test("keeps unknown fields and forgets nulls", () => {
    const parsed = accepted({ ...fill, mood: "calm", fee: null });
    expect(parsed).toMatchObject({ mood: "calm" });
    expect(parsed).not.toHaveProperty("fee");
  });

  test.each(["ORDER_FILLED", "Order.Filled", "order_filled"])("knows document 3's name %s", (type) => {
    expect(accepted({ ...fill, type, order_id: "o" }).type).toBe("order.filled");
  });

  test.each([
    [undefined, "invalid_event", ""],
    [[], "invalid_event", ""],
    ["fill", "invalid_event", ""],
    [{}, "invalid_event", "type"],
    [{ type: "nonsense" }, "unknown_type", "type"],
    [{ type: "__proto__" }, "unknown_type", "type"],
    [{ ...fill, bot: "a b" }, "invalid_event", "bot"],
    [{ ...fill, ts: "soon" }, "invalid_event", "ts"],
    [{ ...fill, price: "abc" }, "invalid_event", "price"],
    [{ ...fill, price: -1 }, "invalid_event", "price"],
    [{ ...fill, size: 0 }, "invalid_event", "size"],
    [{ ...fill, side: "long" }, "invalid_event", "side"],
    [{ ...fill, fill_id: "a\tb" }, "invalid_event", "fill_id"],
    [{ ...fill, fill_id: "\ud800" }, "invalid_event", "fill_id"],
    [{ ...fill, id: "x".repeat(129) }, "invalid_event", "id"],
    [
      { ...fill, tags: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`t${i}`, ""])) },
      "invalid_event",
      "tags",
    ],
    [{ ...envelope, type: "orders.snapshot", orders: [{ order_id: "1" }] }, "invalid_event", "orders.0.venue"],
    [
      { ...envelope, type: "opportunity", opportunity_id: "1", action: "detected", confidence: "high" },
      "invalid_event",
      "edge_bps",
    ],
    [{ ...envelope, type: "alert.raised" }, "invalid_event", "type"],
  ])("refuses with code and path: %j", (input, code, path) => {
    const error = refused(input);
    expect([error.code, error.path]).toEqual([code, path]);
    expect(error.message).toMatch(/expected|said by the hub/);
  });

  test("says what was expected and what was found", () => {
    expect(refused({ ...fill, price: "abc" }).message).toContain('expected a decimal of 0 or more, found "abc"');
    expect(refused({ ...fill, side: "long" }).message).toContain('found "long"');
    expect(refused({ ...fill, venue: undefined }).message).toBe("Invalid input: expected string, found nothing");
    expect(refused({ ...fill, is_maker: 1 }).message).toBe("Invalid input: expected boolean, found 1");
  });

  test("takes the hub's own types from the hub alone", () => {
    const event = { ...envelope, type: "day.closed", date: "2026-02-24" };
    expect(parseEvent(structuredClone(event), "hub").ok).toBe(true);
    expect(parseEvent(event, "bot").ok).toBe(false);
  });
});

describe("naturalKey", () => {
  test("is the same for a fill and for order.filled", () => {
    expect(naturalKey(accepted({ ...fill }))).toBe(
      naturalKey(accepted({ ...fill, type: "ORDER_FILLED", order_id: "o" })),
    );
  });

  test("tells modes and accounts apart", () => {
    const keys = [{}, { mode: "paper" }, { account: "b" }, { bot: "mm-2" }].map((more) =>
      naturalKey(accepted({ ...fill, ...more })),
    );
    expect(new Set(keys).size).toBe(4);
  });

  test("is the account's when another bot tells of the same account", () => {
    expect(naturalKey(accepted({ ...fill, bot: "mm-2", account: "mm-1" }))).toBe(naturalKey(accepted({ ...fill })));
  });

  test("begins with the id of what it names, and ends with the mode", () => {
    expect(naturalKey(accepted({ ...fill, mode: "paper" }))).toBe(`${fill.fill_id}\tfill\tmm-1\t${fill.venue}\tpaper`);
  });

  test("every sample has a stream, whose name starts with its mode", () => {
    for (const [type, entry] of Object.entries(eventTypes))
      expect("sampleKey" in entry, type).toBe(entry.class !== "fact");
    expect(sampleKey(accepted({ ...envelope, type: "heartbeat" }))).toBe("live\theartbeat\tmm-1");
  });
});

import { describe, expect, test } from "vitest";
import type { OrderbookView, OrderView, PositionView } from "../protocol/api-trading.ts";
import { bookLatency, bookRow, facingBooks, ladder, sortedBooks } from "./book-rows.ts";
import { exposureLevel, USUAL_LIMITS } from "./exposure-level.ts";
import { orderRow } from "./order-row.ts";
import { eventTable, positionRow } from "./position-rows.ts";

const position = (changes: Partial<PositionView> = {}): PositionView => ({
  bot: "arb",
  mode: "live",
  account: "main",
  venue: "kalshi",
  symbol: "KX",
  basis: "fills",
  size: "200",
  entry_price: "0.54",
  mark_price: "0.56",
  mark_age_s: 2,
  currency: "USD",
  notional: 108,
  unrealized_pnl: 4,
  ...changes,
});

test("a position that its bot reports says so, and what the report leaves out", () => {
  const row = positionRow(position({ basis: "reported", entry_price: null, notional: null }));
  expect(row.market.text).toBe("KX · reported");
  expect([row.entry.reason, row.notional.reason]).toEqual(Array(2).fill("the bot reports no entry price"));
});

const event = (id: string, sizes: Readonly<Record<string, number>>, gross: number | null) => ({
  event_id: id,
  mode: "live" as const,
  venues: Object.entries(sizes).map(([venue, size]) => ({ venue, size })),
  net_size: Object.values(sizes).reduce((sum, size) => sum + size, 0),
  gross_usd: gross,
  net_usd: gross,
  unrealized_pnl_usd: gross === null ? null : 1,
});

const book = (changes: Partial<OrderbookView> = {}): OrderbookView => ({
  venue: "kalshi",
  symbol: "KX",
  bot: "arb",
  mode: "live",
  event_id: "E",
  outcome: "Yes",
  bids: [
    ["0.5", "100"],
    ["0.49", "400"],
  ],
  asks: [["0.525", "200"]],
  depth: { bids: 5, asks: 1 },
  mid: 0.5125,
  spread_bps: 487.8,
  crossed: false,
  age_ms: 10,
  stale: false,
  ...changes,
});

describe("exposureLevel", () => {
  test.each([
    [0.01, "low", "ok"],
    [19.99, "low", "ok"],
    [20, "medium", "stale"],
    [50, "medium", "stale"],
    [50.01, "high", "bad"],
  ] as const)("calls %d USD %s, in words and in colour", (gross, word, tone) => {
    expect(exposureLevel(gross, USUAL_LIMITS)).toMatchObject({ word, tone });
  });

  test("follows the limits of the answer, and says nothing of what is unknown or not held", () => {
    expect(exposureLevel(60, { low_usd: 100, high_usd: 500 })?.word).toBe("low");
    expect(exposureLevel(null, USUAL_LIMITS)).toBeUndefined();
    expect(exposureLevel(0, USUAL_LIMITS)).toBeUndefined();
  });
});

describe("eventTable", () => {
  const limits = USUAL_LIMITS;

  test("puts Kalshi and Polymarket first and the largest gross on top, what is unknown last", () => {
    const table = eventTable({
      by_event: [
        event("small", { polymarket: 5, kalshi: -5 }, 4),
        event("unknown", { binance: 1 }, null),
        event("large", { binance: 2 }, 900),
      ],
      positions: [],
      limits,
    });
    expect(table.venues).toEqual(["kalshi", "polymarket", "binance"]);
    expect(table.rows.map(({ key }) => key)).toEqual(["live large", "live small", "live unknown"]);
    expect(table.rows[1]?.sizes.map((size) => size?.text)).toEqual(["−5", "+5", undefined]);
    expect(table.rows[2]?.gross).toMatchObject({ text: "—", reason: "its value in USD is not known" });
  });

  test("sums the venues that have no column, and names them on hover", () => {
    const by_event = [event("e", { kalshi: 1, polymarket: 1, bybit: 2, kucoin: -5 }, 9)];
    const table = eventTable({ by_event, positions: [], limits });
    expect(table.venues).toEqual(["kalshi", "polymarket", "elsewhere"]);
    expect(table.rows[0]?.sizes[2]).toMatchObject({ text: "−3", full: "+2 on bybit, −5 on kucoin" });
  });

  test("calls a leg open only where two legs face each other and do not cancel out", () => {
    const by_event = [
      event("open", { kalshi: 20, polymarket: -18 }, 9),
      event("closed", { kalshi: 20, polymarket: -20 }, 8),
      event("one way", { bybit: 1, bitget: 2 }, 7),
    ];
    const open = eventTable({ by_event, positions: [], limits }).rows.map(({ unhedged }) => unhedged);
    expect(open).toEqual([true, false, false]);
  });

  test("tells events of the same title apart by their ids, and only these", () => {
    const by_event = [
      { ...event("a", { kalshi: 1 }, 9), title: "Bitcoin up" },
      { ...event("b", { kalshi: 1 }, 8), title: "Bitcoin up" },
      { ...event("c", { kalshi: 1 }, 7), title: "Ether up" },
      event("d", { kalshi: 1 }, 6),
    ];
    const { rows } = eventTable({ by_event, positions: [], limits });
    expect(rows.map(({ title, id }) => [title.text, id])).toEqual([
      ["Bitcoin up", "a"],
      ["Bitcoin up", "b"],
      ["Ether up", undefined],
      ["d", undefined],
    ]);
  });

  test("shows the age of the oldest mark among its positions", () => {
    const positions = [
      position({ event_id: "e", mark_age_s: 2 }),
      position({ event_id: "e", mark_age_s: 70 }),
      position({ event_id: "other", mark_age_s: 900 }),
    ];
    expect(eventTable({ by_event: [event("e", { kalshi: 1 }, 1)], positions, limits }).rows[0]?.markAgeS).toBe(70);
  });
});

describe("positionRow", () => {
  test.each([
    ["200", "+200", "long 200"],
    ["-0.0534", "−0.0534", "short −0.0534"],
    ["8081.246371", "+8,081.25", "long 8,081.246371"],
    ["-2139974.25", "−2.14M", "short −2,139,974.25"],
    ["0.00000012", "+0.00000012", "long 0.00000012"],
  ])("shows a size of %s so that no column cuts its digits, all of them on hover", (size, text, full) => {
    expect(positionRow(position({ size })).size).toMatchObject({ text, full });
  });

  test("says why a profit is unknown, and never shows 0 for it", () => {
    const row = positionRow(position({ unrealized_pnl: null, unrealized_reason: "no mark came", mark_price: null }));
    expect(row.unrealised).toMatchObject({ text: "—", reason: "no mark came" });
    expect(row.mark.text).toBe("—");
  });

  test("says so when the bot holds something else than its fills add up to", () => {
    expect(positionRow(position({ reported_size: "180" })).differs).toContain("the bot reports 180");
    expect(positionRow(position({ reported_size: "200.0" })).differs).toBeUndefined();
  });
});

describe("ladder", () => {
  test("measures its bars against the largest size and aligns its prices", () => {
    const { bids, asks, beyond, mid } = ladder(book());
    expect(bids.map(({ price, share }) => [price.text, share])).toEqual([
      ["0.500", 0.25],
      ["0.490", 1],
    ]);
    expect(asks[0]?.share).toBe(0.5);
    expect(beyond).toBe("3 levels more beyond");
    expect(mid.text).toBe("0.51");
  });

  test("keeps a side empty when nobody is on it", () => {
    const row = bookRow(book({ asks: [], mid: null, spread_bps: null }));
    expect(row.ask).toMatchObject({ text: "—", reason: "nobody asks" });
    expect(row.spread.reason).toBe("needs a bid and an ask");
  });

  test("says when a book is crossed", () => {
    expect(bookRow(book({ crossed: true, spread_bps: -12 })).spread).toMatchObject({ text: "⚠ −12.0", tone: "stale" });
  });
});

describe("bookLatency", () => {
  test("is the way to the hub and on to the page, as far as it is known", () => {
    expect(bookLatency(book({}))).toBeUndefined();
    expect(bookLatency(book({ latency_ms: 38, age_ms: 50 }))).toMatchObject({
      text: "50 ms",
      full: expect.stringContaining("received it: 38 ms; and until it was sent to this page: 12 ms more"),
    });
  });

  test("leaves out the wait of a book that nobody looked at", () => {
    expect(bookLatency(book({ latency_ms: 38, age_ms: 1_039 }))?.text).toBe("38 ms to the hub");
  });
});

describe("books face to face", () => {
  const no = book({ venue: "polymarket", symbol: "0x2", outcome: "No" });
  const yes = book({ venue: "polymarket", symbol: "0x1" });
  const other = book({ venue: "polymarket", symbol: "0x3", event_id: "F" });

  test("are those of the same event on another venue, the same outcome first", () => {
    expect(facingBooks(book(), [book(), no, other, yes])).toEqual([yes, no]);
    expect(facingBooks({ ...book(), event_id: undefined }, [yes])).toEqual([]);
  });

  test("stand together in the list", () => {
    const list = sortedBooks([other, no, book(), yes], (each) => each).map(({ symbol }) => symbol);
    expect(list).toEqual(["0x2", "KX", "0x1", "0x3"]);
  });
});

describe("orderRow", () => {
  const order = (changes: Partial<OrderView> = {}): OrderView => ({
    seq: 1,
    order_id: "o",
    bot: "mm",
    mode: "live",
    venue: "binance",
    symbol: "BTC",
    side: "buy",
    size: "0.25",
    filled_size: "0",
    status: "open",
    placed_at: "2026-11-21T14:03:20.000Z",
    ...changes,
  });

  test("never rounds a part up to all, nor something down to nothing", () => {
    expect(orderRow(order({ filled_size: "0.2499" })).filled.text).toBe("99 %");
    expect(orderRow(order({ filled_size: "0.0001" })).filled.text).toBe("1 %");
    expect(orderRow(order({ filled_size: "0.25" })).filled.text).toBe("100 %");
    expect(orderRow(order()).filled.text).toBe("0 %");
  });

  test("measures the acknowledgement, and says when its times contradict each other", () => {
    expect(orderRow(order({ acknowledged_at: "2026-11-21T14:03:20.031Z" })).acknowledgedMs.text).toBe("31");
    expect(orderRow(order({ acknowledged_at: "2026-11-21T14:03:19.000Z" })).acknowledgedMs.reason).toContain(
      "contradict",
    );
    expect(orderRow(order()).acknowledgedMs.reason).toBe("no acknowledgement came");
  });
});

import { describe, expect, test } from "vitest";
import { type Micros, parseTime } from "../../base/time.ts";
import { naturalKey } from "../../protocol/natural-key.ts";
import { importText, inChunks } from "../../../test/imports/items-of.ts";
import type { ImportFormat, ImportOptions } from "../format.ts";
import { arbBotOpportunities } from "./arb-bot-opportunities.ts";
import { arbBotOrderbooks } from "./arb-bot-orderbooks.ts";
import { arbBotPositions } from "./arb-bot-positions.ts";
import { arbBotState } from "./arb-bot-state.ts";

const AT = "2026-05-04T10:00:00.000Z";
const CHANGED = parseTime("2026-05-04T12:00:00Z");

const read = (format: ImportFormat, value: unknown, options: Partial<ImportOptions> = {}, modifiedAt?: Micros) =>
  importText(format, inChunks(JSON.stringify(value, null, 2)), options, modifiedAt ?? CHANGED);
const eventsOf = async (...given: Parameters<typeof read>) => {
  const { events, invalid, refused } = await read(...given);
  expect([invalid, refused]).toEqual([[], []]);
  return events.map(({ event }) => event);
};

describe("arbBotOpportunities", () => {
  const SEEN = { timestamp: AT, event_id: "E1", edge_bps: 120, confidence: "High", action: "detected" };

  test("tells an opportunity with its edge, its confidence and why it was rejected", async () => {
    const rejected = { ...SEEN, action: "REJECTED", reason: "max_exposure" };
    expect(await eventsOf(arbBotOpportunities, [rejected])).toMatchObject([
      {
        type: "opportunity",
        bot: "arb-bot",
        ts: AT,
        event_id: "E1",
        action: "detected",
        edge_bps: 120,
        confidence: "high",
      },
      { action: "rejected", edge_bps: 120, reason: "max_exposure" },
    ]);
  });

  test("counts an entry once for each action when it stands in 50 versions of the file", async () => {
    const said = new Set<string | undefined>();
    const course = [..."d".repeat(10), ..."a".repeat(10), ..."e".repeat(30)];
    for (const [version, step] of course.entries()) {
      const action = { d: "detected", a: "approved", e: "executed" }[step];
      const others = Array.from({ length: version }, (_, n) => ({ ...SEEN, timestamp: 1_777_890_000 + n }));
      const events = await eventsOf(arbBotOpportunities, { opportunities: [...others, { ...SEEN, action }] });
      for (const event of events) if (event.ts === AT) said.add(naturalKey(event));
    }
    expect([...said].map((key) => key?.split("\t").at(-2))).toEqual(["detected", "approved", "executed"]);
  });

  test("says the same of an entry when the file is read again, also without a time of its own", async () => {
    const timeless = { event_id: "E1", edge_bps: 120, action: "approved" };
    const ids = async (modifiedAt: Micros | undefined) =>
      (await eventsOf(arbBotOpportunities, [timeless], {}, modifiedAt)).map(({ id }) => id);
    expect(await ids(parseTime("2026-05-05T00:00:00Z"))).toEqual(await ids(CHANGED));
  });

  test("tells two opportunities of one moment apart by their direction", async () => {
    const both = ["kalshi_to_poly", "poly_to_kalshi"].map((direction) => ({ ...SEEN, direction }));
    expect(new Set((await eventsOf(arbBotOpportunities, both)).map(naturalKey)).size).toBe(2);
  });

  test.each([
    [{ edge_bp: 35 }, { edge_bps: 35 }],
    [{ edge: 0.0125 }, { edge_bps: 125 }],
    [{ edge: 42.5 }, { edge_bps: 42.5 }],
    [{ net_edge_cents: 1.5 }, { edge_cents: 1.5 }],
  ])("reads the edge %j as %j", async (edge, expected) => {
    const { edge_bps: _, ...rest } = SEEN;
    expect(await eventsOf(arbBotOpportunities, [{ ...rest, ...edge }])).toMatchObject([expected]);
  });

  test("refuses an entry with its reason, and tells the others", async () => {
    const { edge_bps: _, ...edgeless } = SEEN;
    const imported = await read(arbBotOpportunities, [{ ...SEEN, action: "dreamt" }, edgeless, 7, SEEN]);
    expect(imported.refused.map(({ line, refused }) => [line, refused])).toEqual([
      [1, "the action is none of detected, approved, executed, rejected"],
      [2, "no edge"],
      [3, "not a JSON object"],
    ]);
    expect([imported.rows, imported.events.length]).toEqual([4, 1]);
  });
});

describe("arbBotPositions", () => {
  const FILE = {
    timestamp: AT,
    positions: {
      E1: { kalshi_size: 10, poly_size: -9.5, net_exposure: 0.5, unrealized_pnl: 1.25 },
      E2: { kalshi_size: 0 },
    },
    total_exposure: 12.5,
  };

  test("tells the whole book as signed sizes on both venues, with what the bot says of each event", async () => {
    const market = { type: "instrument", symbol: "E1", kind: "binary", quote: "USD", event_id: "E1" };
    expect(await eventsOf(arbBotPositions, FILE)).toMatchObject([
      { ...market, venue: "kalshi" },
      { ...market, venue: "polymarket" },
      {
        type: "position.snapshot",
        ts: AT,
        source: "bot",
        positions: [
          { venue: "kalshi", symbol: "E1", size: "10" },
          { venue: "polymarket", symbol: "E1", size: "-9.5" },
        ],
        events: [{ event_id: "E1", net_exposure: 0.5, unrealized_pnl: 1.25 }, { event_id: "E2" }],
        total_exposure: 12.5,
      },
    ]);
  });

  test("reads a list, and legs with a price and a market of their own", async () => {
    const leg = { size: "3", ticker: "KX-1", avg_price: 0.4 };
    const events = await eventsOf(arbBotPositions, [{ event_id: "E1", kalshi: leg, polymarket: 2 }]);
    expect(events).toMatchObject([
      { type: "instrument", venue: "polymarket", symbol: "E1" },
      {
        ts: "2026-05-04T12:00:00.000Z",
        positions: [
          { venue: "kalshi", symbol: "KX-1", size: "3", entry_price: "0.4" },
          { venue: "polymarket", symbol: "E1", size: "2" },
        ],
      },
    ]);
  });

  test("tells an empty book, for it says that nothing is held", async () => {
    expect(await eventsOf(arbBotPositions, { timestamp: AT, positions: {} })).toMatchObject([{ positions: [] }]);
  });

  test("refuses the whole book when one entry cannot be read, since the rest is not all", async () => {
    const { refused, events } = await read(arbBotPositions, { ...FILE, positions: { E1: { kalshi_size: "many" } } });
    expect([events, refused.map(({ refused: why }) => why)]).toEqual([[], ["kalshi_size is not a decimal"]]);
  });
});

describe("arbBotState", () => {
  const STATE = {
    timestamp: AT,
    status: "RUNNING",
    execution_mode: "maker_hedge",
    uptime_seconds: 3600.5,
    performance: { opportunities_detected: 12, trades_executed: 3, total_pnl: 1.5 },
    risk_stats: { approval_rate: 0.25, daily_pnl: -1.5, consecutive_losses: 2, note: "x" },
    websockets: {
      kalshi: { connected: true, subscriptions: 5 },
      polymarket: { connected: false, subscriptions: ["a", "b"] },
    },
  };

  test("tells status, mode, uptime, totals, risk and both connections", async () => {
    expect(await eventsOf(arbBotState, STATE)).toMatchObject([
      {
        type: "bot.state",
        ts: AT,
        status: "running",
        execution_mode: "maker_hedge",
        uptime_s: 3600.5,
        counters: { opportunities: 12, trades: 3, total_pnl: 1.5 },
        risk_stats: { approval_rate: 0.25, daily_pnl: -1.5, consecutive_losses: 2 },
        venues: [
          { venue: "kalshi", connected: true, subscriptions: 5 },
          { venue: "polymarket", connected: false, subscriptions: 2 },
        ],
      },
    ]);
  });

  test("reads the same said flat, and a dry run as paper", async () => {
    const flat = {
      is_running: false,
      mode: "taker",
      uptime: 5,
      opportunities: 1,
      trades: 0,
      kalshi_connected: true,
      poly_ws_connected: false,
      dry_run: true,
    };
    expect(await eventsOf(arbBotState, flat)).toMatchObject([
      {
        mode: "paper",
        status: "stopped",
        execution_mode: "taker",
        counters: { opportunities: 1, trades: 0 },
        venues: [
          { venue: "kalshi", connected: true },
          { venue: "polymarket", connected: false },
        ],
      },
    ]);
  });

  test.each([
    [{ ...STATE, status: "dreaming" }, "the status has no mapping"],
    [{ uptime: 5 }, "no status"],
    [[1], "not a JSON object"],
  ])("refuses %j with its reason", async (value, reason) => {
    expect((await read(arbBotState, value)).refused.map(({ refused }) => refused)).toEqual([reason]);
  });
});

describe("arbBotOrderbooks", () => {
  test("tells a book whose best prices stand under its venue, in cents, as old as it is", async () => {
    const file = {
      timestamp: AT,
      kalshi: { "KX-1": { best_bid: 45, best_ask: 47, bid_size: 100, ask_size: 50, levels: 3, staleness_ms: 1500 } },
    };
    expect(await eventsOf(arbBotOrderbooks, file)).toMatchObject([
      {
        type: "book",
        ts: "2026-05-04T09:59:58.500Z",
        venue: "kalshi",
        symbol: "KX-1",
        bids: [["0.45", "100"]],
        asks: [["0.47", "50"]],
        depth: 3,
        staleness_ms: 1500,
      },
      { type: "mark", price: "0.46", bid: "0.45", ask: "0.47" },
    ]);
  });

  test("says that the file has no time only where a book needs it", async () => {
    const book = { best_bid: 0.4, best_ask: 0.5, bid_size: 1, ask_size: 1 };
    const notes = async (more: object) => {
      const file = { kalshi: { K: { ...book, last_update: AT }, L: { ...book, ...more } } };
      return (await read(arbBotOrderbooks, file)).leftOut.length;
    };
    expect([await notes({ last_update: AT }), await notes({})]).toEqual([0, 1]);
  });

  test.each([
    ["a list", { orderbooks: [{ venue: "Poly", market_id: "77", bids: [["0.4", "5"]], asks: [] }] }],
    ["a key with both", { orderbooks: { "polymarket:77": { bids: [{ price: 0.4, size: 5 }], asks: [] } } }],
  ])("finds venue and market in %s", async (_, file) => {
    expect(await eventsOf(arbBotOrderbooks, file)).toMatchObject([
      {
        type: "book",
        venue: "polymarket",
        symbol: "77",
        bids: [["0.4", "5"]],
        asks: [],
        ts: "2026-05-04T12:00:00.000Z",
      },
    ]);
  });

  test("tells a mark alone, and that it does, when no size is said", async () => {
    const file = { kalshi: { K: { best_bid: 0.4, best_ask: 0.5 } } };
    expect(await eventsOf(arbBotOrderbooks, file)).toMatchObject([{ type: "mark", price: "0.45" }]);
    expect((await read(arbBotOrderbooks, file)).leftOut).toContain("a book whose sizes are not said: its mid is told");
  });

  test("refuses a book alone when it says no venue, or a price that is none", async () => {
    const file = {
      "KX-1": { best_bid: 0.4, best_ask: 0.5 },
      kalshi: { K: { best_bid: "much" }, L: { bids: [], asks: [] } },
    };
    const { refused, events, rows } = await read(arbBotOrderbooks, file);
    expect(refused.map(({ refused: why }) => why)).toEqual(["a book has no venue", "best_bid is not a decimal"]);
    expect([rows, events.length]).toEqual([3, 1]);
  });
});

test("one bot tells all four files, and the caller may name it", async () => {
  const names = await Promise.all(
    [
      [arbBotState, { status: "running" }],
      [arbBotPositions, { positions: {} }],
      [arbBotOrderbooks, { kalshi: { K: { bids: [], asks: [] } } }],
      [arbBotOpportunities, [{ edge_bps: 1, event_id: "E" }]],
    ].map(async ([format, value]) => {
      const events = await eventsOf(format as ImportFormat, value, { bot: "mine" });
      return events.map(({ bot }) => bot);
    }),
  );
  expect(names.flat()).toEqual(["mine", "mine", "mine", "mine"]);
});

test("a document that is cut off is refused as a whole", async () => {
  await expect(importText(arbBotState, inChunks('{"status":"run'))).rejects.toThrow("not JSON");
});

import { describe, expect, test } from "vitest";
import type { EdgeView, ExposureAnswer, FillView, HealthAnswer, VenueHealth } from "../protocol/api.ts";
import { edgeRow } from "./edge-row.ts";
import { currencyLines, exposureGroups } from "./exposure-rows.ts";
import { fillRow } from "./fill-row.ts";
import { countFeeds, hubTroubles, venueMark, venueSentence } from "./health-lines.ts";
import { newestFills, withOlderPage } from "./newest-fills.ts";
import { explanation } from "./shown.ts";

const fill = (seq: number, changes: Partial<FillView> = {}): FillView => ({
  seq,
  id: `e-${seq}`,
  fill_id: `f-${seq}`,
  bot: "mm-btc",
  mode: "live",
  timestamp: "2026-11-21T14:03:20.000Z",
  received_at: "2026-11-21T14:03:20.010Z",
  voided: false,
  contradicted: false,
  ...changes,
});

describe("fillRow", () => {
  test("shows price, size and fee exactly when it is an ordinary fill", () => {
    const row = fillRow(
      fill(1, {
        symbol: "BTCUSDT",
        venue: "binance",
        side: "buy",
        price: "64000.5",
        size: "0.01",
        fee: "-0.02",
        fee_currency: "USDT",
      }),
    );
    expect([row.market.text, row.side.text, row.price.text, row.size.text]).toEqual([
      "BTCUSDT",
      "buy ▲",
      "64,000.5",
      "0.01",
    ]);
    expect(row.fee).toEqual({ text: "−0.02 USDT", tone: "up", full: "−0.02 USDT, a rebate" });
    expect(row.pnl.reason).toBe("the bot did not report it");
  });
  test("shows cents and USD, and says why the rest is missing, when it is a pair trade", () => {
    const row = fillRow(
      fill(1, {
        pair_id: "pm-1:ka-1",
        entry_edge_cents: 3.2,
        realized_edge_cents: 2.5,
        fees_cents: 0.3,
        size_usd: 100,
        pnl_cents: 150,
      }),
    );
    expect(row.edge.text).toBe("+3.2 → +2.5");
    expect(row.edge.full).toBe("entry +3.2 ¢, realised +2.5 ¢, 0.70 ¢ lost on the way");
    expect([row.size.text, row.fee.text, row.pnl.text]).toEqual(["100.00 USD", "0.30 ¢", "+1.50"]);
    expect(explanation(row.price)).toBe("Unknown: a pair trade has none");
  });
  test("says so when it was taken back or is in dispute", () => {
    const { flags } = fillRow(fill(1, { voided: true, contradicted: true, correction: "the fee was another" }));
    expect(flags.map(({ name }) => name)).toEqual(["voided", "contradicted", "corrected"]);
    expect(flags.at(-1)?.meaning).toBe("the fee was another");
    expect(fillRow(fill(1)).flags).toEqual([]);
  });
});

describe("newestFills", () => {
  const seqs = (fills: readonly FillView[]): number[] => fills.map((each) => each.seq);
  test("keeps the newest and lets the oldest go when there are too many", () => {
    expect(seqs(newestFills([fill(3), fill(2)], [fill(4), fill(6), fill(5)], 4))).toEqual([6, 5, 4, 3]);
  });
  test("replaces what was held when a fill is said again", () => {
    const fills = newestFills([fill(3), fill(2), fill(1)], [fill(2, { voided: true })], 5);
    expect(fills.map((each) => each.voided)).toEqual([false, true, false]);
  });
  test("puts a fill into its place when an older one comes later", () => {
    const at = (seq: number, second: number, more: Partial<FillView> = {}): FillView =>
      fill(seq, { timestamp: `2026-03-01T12:00:0${second}.000Z`, received_at: "2026-03-01T12:00:09.000Z", ...more });
    const held = newestFills([], [at(1, 3), at(2, 5), at(3, 5)], 5);
    expect(seqs(held)).toEqual([3, 2, 1]);
    expect(seqs(newestFills(held, [at(9, 4), at(10, 1)], 5))).toEqual([3, 2, 9, 1, 10]);
    expect(seqs(newestFills(held, [at(9, 1)], 3))).toEqual([3, 2, 1]);
    const ahead = at(4, 9, { received_at: "2026-03-01T11:59:59.500Z" });
    expect(seqs(newestFills(held, [ahead], 5)), "a fast clock").toEqual([3, 2, 4, 1]);
    expect(seqs(withOlderPage(held, [at(9, 4)], 5).fills)).toEqual([3, 2, 9, 1]);
  });
  test("returns what it was given when nothing came", () => {
    const held = [fill(1)];
    expect(newestFills(held, [], 5)).toBe(held);
  });
  test("lets the newest go when an older page needs the room", () => {
    const older = withOlderPage([fill(5), fill(4)], [fill(4), fill(3), fill(2)], 3);
    expect(seqs(older.fills)).toEqual([4, 3, 2]);
    expect(older.letGo).toBe(1);
  });
});

describe("edgeRow", () => {
  const edge: EdgeView = {
    pair_id: "p",
    primary_market: "Market A",
    hedge_market: "Market B",
    net_edge_cents: 3.2,
    timestamp: "2026-11-21T14:03:20.000Z",
    id: "e",
    bot: "default",
    mode: "live",
    age_s: 1,
  };
  test("takes the slippage off when the bot expects one", () => {
    const row = edgeRow({ ...edge, expected_slippage_cents: 0.4, confidence: 0.88, leader: "polymarket" });
    expect([row.market, row.net.text, row.slippage.text, row.afterSlippage.text]).toEqual([
      "Market A ↔ Market B",
      "+3.20",
      "0.40",
      "+2.80",
    ]);
  });
  test("shows no number when the bot expects none", () => {
    expect(edgeRow(edge).afterSlippage.text).toBe("—");
  });
});

describe("exposureGroups", () => {
  const asOf = { as_of: "2026-11-21T14:03:20.000Z", as_of_seq: 1 };
  const row = (gross: number | null, reason?: string) => ({
    gross_usd: gross,
    net_usd: gross === null ? null : -gross / 2,
    positions: 1,
    ...(reason === undefined ? {} : { reason }),
  });
  const exposure: ExposureAnswer = {
    by_venue: [
      { venue: "kalshi", ...row(100) },
      { venue: "edgex", ...row(null, "no rate from EDG to USD") },
      { venue: "binance", ...row(400) },
    ],
    by_category: [],
    by_asset: [],
    by_bot: [],
    by_currency: [
      { currency: "EDG", gross: 5, net: 5, positions: 1 },
      { currency: "EUR", gross: 50, net: -50, positions: 2 },
    ],
    total: row(500),
    ...asOf,
  };
  test("puts the largest first with its share when they are compared", () => {
    const { venues } = exposureGroups(exposure);
    expect(venues.map(({ name, share }) => [name, share])).toEqual([
      ["binance", 1],
      ["kalshi", 0.25],
      ["edgex", undefined],
    ]);
    expect(venues[0]?.net).toEqual({ text: "−200.00", tone: "neutral" });
  });
  test("says why when a value is not known in USD", () => {
    expect(exposureGroups(exposure).venues[2]?.gross.reason).toBe("no rate from EDG to USD");
  });
  test("says why when the gross is known and the net is not", () => {
    const sideless = { ...exposure, total: { gross_usd: 100, net_usd: null, positions: 1 } };
    const { gross, net } = exposureGroups(sideless).total;
    expect([gross.text, net.text, net.reason]).toEqual(["100.00", "—", "pair trades say how much, and not which way"]);
  });
  test("sums a currency only with itself when it is not USD", () => {
    expect(currencyLines(exposure).map(({ name, gross, share }) => [name, gross.text, share])).toEqual([
      ["EDG", "5.00", undefined],
      ["EUR", "50.00", undefined],
    ]);
  });
});

describe("health", () => {
  const venue = (changes: Partial<VenueHealth> = {}): VenueHealth => ({
    venue: "kalshi",
    status: "healthy",
    latency_p50_ms: 84,
    latency_p95_ms: 120,
    error_rate: 0,
    last_message_age_s: 2,
    halted: false,
    connected: true,
    ...changes,
  });
  const hub: HealthAnswer["hub"] = {
    version: "0.1.0",
    uptime_s: 10,
    store: "sqlite",
    store_ok: true,
    queue_events: 0,
    queue_limit: 100,
    facts: 1,
    samples: 1,
    rejected: 0,
    last_append_ms: 1,
  };
  test("counts what is known when feeds are counted", () => {
    const venues = [venue(), venue({ status: "down" }), venue({ status: "unknown" })];
    expect(countFeeds(venues)).toEqual({ well: 1, all: 2 });
  });
  test("says halted before healthy when both are so", () => {
    expect(venueMark(venue({ halted: true })).word).toBe("halted");
  });
  test("says what is wrong in a sentence when a feed is silent", () => {
    expect(venueSentence(venue({ status: "down", last_message_age_s: 10 }), 4)).toBe(
      "kalshi feed is down, last message 14 s ago",
    );
    expect(venueSentence(venue({ connected: false, last_message_age_s: null }))).toBe(
      "kalshi feed is disconnected, no message yet",
    );
  });
  test("says what to do when the hub is in trouble, and nothing when it is not", () => {
    expect(hubTroubles(hub)).toEqual([]);
    expect(hubTroubles({ ...hub, store_ok: false, store_reason: "disk full", queue_events: 90 })).toEqual([
      "The store does not take events: disk full. Bots keep theirs until it does; check the disk and the database.",
      "The queue is 90 % full. Above 100 % bots are asked to wait.",
    ]);
  });
});

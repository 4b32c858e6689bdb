import type { DeskAnswer, ImportView, SessionView } from "../../../src/protocol/api-sessions.ts";
import type {
  EventPosition,
  OpportunityView,
  OrderbookView,
  OrderView,
  PositionsAnswer,
  PositionView,
} from "../../../src/protocol/api-trading.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

const events = [
  ["PRES-TRUMP", "US Election, Trump wins", 200, -180, 0.54, 0.56, 3.1],
  ["CPI-24DEC", "CPI at or above 3.0 % in December", -120, 120, 0.31, 0.3, 1.42],
  ["FED-24DEC", "Fed cuts in December", 40, -40, 0.72, 0.715, -0.6],
  ["SHUTDOWN-24", "Government shutdown before January", 25, 0, 0.22, 0.19, -0.75],
  ["OSCAR-PIC", "Best Picture: the long title of a film that nobody can fit in a column", 12, -12, 0.41, 0.44, 0],
] as const;

const position = (changes: Partial<PositionView>): PositionView => ({
  bot: "arb-1",
  mode: "live",
  account: "main",
  venue: "kalshi",
  symbol: "KX",
  basis: "fills",
  size: "1",
  entry_price: "0.54",
  mark_price: "0.56",
  mark_age_s: 2,
  currency: "USD",
  notional: 54,
  unrealized_pnl: 1,
  ...changes,
});

function legs([event, title, kalshi, poly, entry, mark, pnl]: (typeof events)[number], index: number): PositionView[] {
  const leg = (venue: string, symbol: string, size: number): PositionView =>
    position({
      venue,
      symbol,
      size: String(size),
      title,
      event_id: event,
      outcome: "Yes",
      category: index === 0 ? "politics" : "economics",
      entry_price: String(entry),
      mark_price: String(mark),
      mark_age_s: index === 2 ? 340 : 2 + index,
      notional: Math.abs(size) * entry,
      unrealized_pnl: pnl / 2,
    });
  const both = [leg("kalshi", `KX${event}`, kalshi), leg("polymarket", `0x${(4660 + index).toString(16)}a7`, poly)];
  return both.filter(({ size }) => size !== "0");
}

function eventPositions(): EventPosition[] {
  const pairs = events.map(([event, title, kalshi, poly, entry, , pnl], index) => ({
    event_id: event,
    title,
    mode: "live" as const,
    venues: [{ venue: "kalshi", size: kalshi }, ...(poly === 0 ? [] : [{ venue: "polymarket", size: poly }])],
    net_size: kalshi + poly,
    gross_usd: (Math.abs(kalshi) + Math.abs(poly)) * entry,
    net_usd: (kalshi + poly) * entry,
    unrealized_pnl_usd: index === 4 ? null : pnl,
    ...(index === 4 ? { reason: "no mark price came for its Polymarket leg" } : {}),
  }));
  return [
    ...pairs,
    {
      event_id: "BTCUSDT",
      mode: "live",
      venues: [{ venue: "binance", size: 0.0412 }],
      net_size: 0.0412,
      gross_usd: 2636.8,
      net_usd: 2636.8,
      unrealized_pnl_usd: 18.22,
    },
    {
      event_id: "EDG-PERP",
      mode: "live",
      venues: [{ venue: "edgex", size: -310 }],
      net_size: -310,
      gross_usd: null,
      net_usd: null,
      unrealized_pnl_usd: null,
      reason: "no rate from EDG to USD",
    },
  ];
}

/** Positions of a desk that trades events on two venues and two coins besides; `more` adds small ones. */
export function samplePositions(nowMs: number, more = 0): PositionsAnswer {
  const small = Array.from({ length: more }, (_, index) =>
    position({ bot: "grid-doge", venue: "bybit", symbol: `ALT${index}USDT`, notional: 10 - index / 1000 }),
  );
  return {
    positions: [
      ...events.flatMap(legs),
      position({
        bot: "mm-btc",
        venue: "binance",
        symbol: "BTCUSDT",
        size: "0.0412",
        entry_price: "64000",
        mark_price: "64442.5",
        currency: "USDT",
        notional: 2636.8,
        unrealized_pnl: 18.22,
        reported_size: "0.0512",
      }),
      position({
        bot: "perp-eth",
        venue: "edgex",
        symbol: "EDG-PERP",
        size: "-310",
        entry_price: null,
        mark_price: null,
        mark_age_s: null,
        currency: null,
        notional: null,
        unrealized_pnl: null,
        unrealized_reason: "no mark price came for it",
      }),
      ...small,
    ],
    by_event: eventPositions(),
    limits: { low_usd: 20, high_usd: 50 },
    as_of: iso(nowMs),
    as_of_seq: 90_000,
  };
}

const reasons = ["edge_too_small", "stale_data", "insufficient_liquidity", "edge_too_small", "max_exposure"] as const;
const actions = ["executed", "rejected", "rejected", "detected", "rejected", "approved", "rejected"] as const;

/** The opportunity that was spoken of as number `seq`. */
export function sampleOpportunity(seq: number, atMs: number): OpportunityView {
  const action = actions[seq % actions.length] ?? "detected";
  const [event, title] = events[seq % events.length] ?? events[0];
  const reason = action === "rejected" ? { reason: reasons[seq % reasons.length] ?? "edge_too_small" } : {};
  const step = (each: OpportunityView["action"], ms: number) => ({ action: each, at: iso(atMs + ms) });
  return {
    seq,
    opportunity_id: `opp-${seq}`,
    bot: seq % 6 === 0 ? "scan-elections" : "arb-1",
    mode: "live",
    timestamp: iso(atMs),
    event_id: event,
    pair_id: `pm-0x${seq.toString(16)}:kalshi-${event}`,
    title,
    ...(seq % 4 === 0 ? { edge_cents: 1.8 - (seq % 5) * 0.6 } : { edge_bps: 32 - (seq % 9) * 5 }),
    confidence: (["high", "medium", "low"] as const)[seq % 3] ?? "low",
    action,
    ...reason,
    ...(seq % 5 === 2 ? { detail: "the other leg was 14 s old" } : {}),
    steps: [
      step("detected", 0),
      ...(action === "executed" || action === "approved" ? [step("approved", 12)] : []),
      ...(action === "executed" ? [step("executed", 240)] : []),
      ...(action === "rejected" ? [{ ...step("rejected", 9), ...reason }] : []),
    ],
  };
}

export const sampleOpportunities = (nowMs: number): OpportunityView[] =>
  Array.from({ length: 80 }, (_, index) => sampleOpportunity(80 - index, nowMs - index * 9_300));

function book(
  nowMs: number,
  changes: Partial<OrderbookView> & { readonly best: number; readonly tick: number },
): OrderbookView {
  const { best, tick, ...rest } = changes;
  const decimals = tick < 1 ? 2 : 1;
  const levels = (sign: 1 | -1): [string, string][] =>
    Array.from({ length: 14 }, (_, index) => [
      (best + sign * tick * (index + 1)).toFixed(decimals),
      String(((index * 37 + (sign > 0 ? 11 : 3)) % 9) * 130 + 90),
    ]);
  return {
    venue: "kalshi",
    symbol: "KX",
    bot: "arb-1",
    mode: "live",
    bids: levels(-1),
    asks: levels(1),
    depth: { bids: 31, asks: 28 },
    mid: best,
    spread_bps: ((2 * tick) / best) * 10_000,
    crossed: false,
    age_ms: 90,
    stale: false,
    venue_ts: iso(nowMs - 90),
    latency_ms: 6,
    ...rest,
  };
}

/** Books of events on two venues, one of them stale, one empty on a side, and a coin. */
export function sampleBooks(nowMs: number): OrderbookView[] {
  const pairs = events.flatMap(([event, title, , , entry], index) =>
    ["kalshi", "polymarket"].map((venue) =>
      book(nowMs, {
        venue,
        symbol: venue === "kalshi" ? `KX${event}` : `0x${(4660 + index).toString(16)}a7`,
        title,
        event_id: event,
        outcome: "Yes",
        best: venue === "kalshi" ? entry : entry + 0.01,
        tick: 0.01,
        ...(venue === "polymarket" && index < 2 ? { age_ms: 14_000 + index * 3000, stale: true } : {}),
      }),
    ),
  );
  const coin = book(nowMs, { venue: "binance", symbol: "BTCUSDT", bot: "mm-btc", best: 64_000, tick: 0.5 });
  const oneSided = book(nowMs, {
    venue: "bybit",
    symbol: "SOLUSDT",
    bot: "paper-sol",
    mode: "paper",
    best: 143,
    tick: 0.5,
  });
  return [
    ...pairs,
    coin,
    { ...oneSided, asks: [], depth: { bids: 14, asks: 0 }, mid: null, spread_bps: null, age_ms: 900 },
  ];
}

const statuses = [
  "open",
  "filled",
  "cancelled",
  "partially_filled",
  "filled",
  "rejected",
  "expired",
  "unknown",
] as const;

const ordinary = { bot: "mm-btc", venue: "binance", symbol: "BTCUSDT" };
const onKalshi = { bot: "arb-1", venue: "kalshi", symbol: "KXPRES-TRUMP" };

const ends: Record<(typeof statuses)[number], Partial<OrderView>> = {
  open: {},
  filled: { filled_size: "0.250", avg_price: "64001.25" },
  cancelled: {},
  partially_filled: { filled_size: "0.110" },
  rejected: { reason: "post-only would cross the book" },
  expired: {},
  unknown: {},
};

/** Orders of every status, newest first. */
export const sampleOrders = (nowMs: number, length = 640): OrderView[] =>
  Array.from({ length }, (_, index) => {
    const seq = length - index;
    const status = statuses[seq % statuses.length] ?? "open";
    const placed = nowMs - index * 4_100;
    return {
      seq,
      order_id: `o-${seq}`,
      mode: "live",
      ...(seq % 3 === 0 ? onKalshi : ordinary),
      side: seq % 2 === 0 ? "buy" : "sell",
      ...(seq % 5 === 0
        ? { order_type: "market" as const }
        : { order_type: "limit_maker" as const, price: (64_000 + seq * 0.5).toFixed(1) }),
      size: "0.250",
      filled_size: "0",
      status,
      ...ends[status],
      placed_at: iso(placed),
      ...(seq % 7 === 0 ? {} : { acknowledged_at: iso(placed + 31) }),
    };
  });

/** Sessions: one that goes on, one that crashed, some from files. */
export const sampleSessions = (nowMs: number): SessionView[] =>
  Array.from({ length: 14 }, (_, index) => {
    const from = nowMs - (index + 1) * 5_400_000;
    return {
      session_id: `mm-btc:${9000 - index * 100}`,
      bot: index % 3 === 1 ? "arb-1" : index % 3 === 2 ? "perp-eth" : "mm-btc",
      mode: index === 5 ? "paper" : "live",
      from: iso(from),
      to: index === 0 ? null : iso(from + 5_200_000),
      from_seq: 9000 - index * 100,
      to_seq: 9099 - index * 100,
      facts: 12_400 - index * 311,
      fills: 310 - index * 7,
      imported: index > 8,
      version: "2.4.1",
      ...(index === 3 ? { reason: "unhandled exception" } : {}),
    };
  });

/** Reports: one complete, one with refusals, one whose file could not be read. */
export function sampleImports(nowMs: number): ImportView[] {
  const report = (name: string, agoS: number, changes: Partial<ImportView>): ImportView => ({
    import_id: name,
    via: "import",
    started_at: iso(nowMs - agoS * 1000),
    received_at: iso(nowMs - agoS * 1000 + 900),
    took_s: 0.8,
    files: [{ file: "trades.csv", format: "hbot trades", rows: 1_204 }],
    events: { fill: 1_204 },
    accepted: 1_204,
    sampled: 0,
    duplicates: 0,
    merged: 0,
    contradictions: 0,
    refused: 0,
    reasons: [],
    refusals: [],
    ...changes,
  });
  return [
    report("imp-3", 40, {
      took_s: 12.4,
      files: [
        { file: "orders.csv", format: "hbot orders", rows: 48_120 },
        { file: "trades.csv", format: "hbot trades", rows: 18_044 },
        {
          file: "minute.parquet",
          format: "unknown",
          rows: 0,
          error: "no format knows this file: give one with --format",
        },
      ],
      events: { "order.placed": 22_010, "order.cancelled": 20_400, fill: 18_031, bar: 5_710 },
      accepted: 60_441,
      sampled: 5_710,
      duplicates: 13,
      contradictions: 2,
      refused: 13,
      reasons: [
        { reason: "price is not a decimal above 0", count: 9 },
        { reason: "the line has 7 fields, the head 12", count: 4 },
      ],
      refusals: [
        { file: "trades.csv", line: 812, reason: "price is not a decimal above 0", detail: 'found "nan"' },
        { file: "trades.csv", line: 18_045, reason: "the line has 7 fields, the head 12" },
      ],
    }),
    report("imp-2", 4_000, { via: "follow", files: [{ file: "fills.ndjson", format: "Deskwatch NDJSON", rows: 88 }] }),
    report("imp-1", 90_000, {}),
  ];
}

/** Which desk the fake hub is. */
export const sampleAbout = (nowMs: number, kind: DeskAnswer["kind"] = "live"): DeskAnswer => ({
  kind,
  mode: kind,
  version: "0.1.0",
  ...(kind === "demo" ? { demo: { state: "live" as const, seed: 7 } } : {}),
  as_of: iso(nowMs),
  as_of_seq: 90_000,
});

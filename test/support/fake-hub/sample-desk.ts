import type {
  BotView,
  EdgeView,
  ExposureAnswer,
  FillView,
  HealthAnswer,
  RejectedRow,
  VenueHealth,
} from "../../../src/protocol/api.ts";

import type { ControlsAnswer } from "../../../src/protocol/api-control.ts";
import type { PerformanceAnswer } from "../../../src/protocol/api-money.ts";
import type { DeskAnswer, ImportView, SessionView } from "../../../src/protocol/api-sessions.ts";
import type { OpportunityView, OrderbookView, OrderView, PositionsAnswer } from "../../../src/protocol/api-trading.ts";
import type { ReconciliationAnswer } from "../../../src/protocol/api-reconciliation.ts";
import type { HaltRuleView } from "../../../src/protocol/api-rules.ts";
import { sampleHaltRules } from "./sample-halt-rules.ts";
import { noReconciliation, sampleReconciliation } from "./sample-reconciliation.ts";
import { noAnalysis, type SampleAnalysis, sampleAnalysis } from "./sample-analysis.ts";
import { noControls, sampleControls } from "./sample-controls.ts";
import { noMoney, sampleMoney, type SampleMoney } from "./sample-money.ts";
import { sampleRejected } from "./sample-rejected.ts";
import { samplePerformance } from "./sample-performance.ts";
import {
  sampleAbout,
  sampleBooks,
  sampleImports,
  sampleOpportunities,
  sampleOrders,
  samplePositions,
  sampleSessions,
} from "./sample-trading.ts";

/** All that a hub shows of a desk. */
export interface SampleDesk {
  readonly bots: readonly BotView[];
  readonly edges: readonly EdgeView[];
  /** Newest first; the stream's snapshot has the first hundred. */
  readonly fills: readonly FillView[];
  readonly exposure: ExposureAnswer;
  readonly health: HealthAnswer;
  readonly rejected: readonly RejectedRow[];
  readonly rejectedCounts: readonly { readonly bot: string | null; readonly code: string; readonly count: number }[];
  readonly positions: PositionsAnswer;
  readonly performance: PerformanceAnswer;
  readonly money: SampleMoney;
  /** Newest first. */
  readonly opportunities: readonly OpportunityView[];
  readonly orderbooks: readonly OrderbookView[];
  readonly orders: readonly OrderView[];
  readonly sessions: readonly SessionView[];
  readonly imports: readonly ImportView[];
  readonly about: DeskAnswer;
  readonly controls: ControlsAnswer;
  readonly analysis: SampleAnalysis;
  readonly reconciliation: ReconciliationAnswer;
  readonly haltRules: readonly HaltRuleView[];
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** A bot that is well at `nowMs`, with what `changes` says otherwise. */
export function sampleBot(name: string, nowMs: number, changes: Partial<BotView> = {}): BotView {
  return {
    bot: name,
    mode: "live",
    status: "running",
    liveness: "alive",
    stuck: false,
    last_seen_at: iso(nowMs - 2000),
    last_seen_age_s: 2,
    expected_interval_s: 5,
    progress: 18_240,
    progress_age_s: 2,
    uptime_s: 11_520,
    venues: [],
    counters: {},
    risk_stats: {},
    risk: {},
    contacts_per_minute: Array.from({ length: 30 }, (_, minute) => 11 + (minute % 3)),
    facts: 12_400,
    fills: 310,
    open_orders: 4,
    rejected: 0,
    contradictions: 0,
    odd_times: 0,
    client: { sent: 48_000, dropped: 0, spooled: 0 },
    ...changes,
  };
}

function sampleFill(seq: number, atMs: number, changes: Partial<FillView> = {}): FillView {
  const buys = seq % 3 !== 0;
  return {
    seq,
    id: `e-${seq}`,
    fill_id: `f-${seq}`,
    bot: "mm-btc",
    mode: "live",
    timestamp: iso(atMs),
    received_at: iso(atMs + 3),
    venue: "binance",
    symbol: "BTCUSDT",
    side: buys ? "buy" : "sell",
    price: (64_000 + (seq % 97) * 1.5).toFixed(1),
    size: (0.01 + (seq % 7) * 0.015).toFixed(3),
    is_maker: true,
    fee: seq % 4 === 0 ? "-0.00328495" : "0.01287902",
    fee_currency: "USDT",
    pnl_cents: ((seq * 37) % 900) - 310,
    voided: false,
    contradicted: false,
    ...changes,
  };
}

function pairFill(seq: number, atMs: number): FillView {
  const {
    side: _side,
    price: _price,
    size: _size,
    symbol: _symbol,
    venue: _venue,
    fee: _fee,
    ...rest
  } = sampleFill(seq, atMs);
  return {
    ...rest,
    bot: "arb-1",
    pair_id: "pm-0x1234:kalshi-PRES-TRUMP-YES",
    entry_edge_cents: 3.2,
    realized_edge_cents: seq % 2 === 0 ? 2.5 : -0.4,
    slippage_cents: 0.4,
    fees_cents: 0.3,
    size_usd: 100,
    pnl_cents: seq % 2 === 0 ? 150 : -24,
  };
}

const others = [
  { bot: "perp-eth", venue: "hyperliquid", symbol: "ETH-PERP", price: "2512.45", size: "1.25" },
  { bot: "arb-1", venue: "kalshi", symbol: "KXINFLATION-24DEC-B3.0", price: "0.54", size: "200" },
  { bot: "paper-sol", venue: "bybit", symbol: "SOLUSDT", price: "143.118", size: "12.5", mode: "paper" },
] as const;

/** The fill with this `seq`: most of the market maker, some of the others, pair trades among them. */
export function variedFill(seq: number, atMs: number): FillView {
  if (seq % 5 === 0) return pairFill(seq, atMs);
  const other = seq % 4 === 0 ? others[(seq / 4) % others.length] : undefined;
  const { pnl_cents: pnl, ...fill } = sampleFill(seq, atMs, other ?? {});
  const known = seq % 7 === 0 || pnl === undefined ? fill : { ...fill, pnl_cents: pnl };
  return seq % 23 === 0 ? { ...known, voided: true } : seq % 19 === 0 ? { ...known, contradicted: true } : known;
}

const pairs = [
  ["US Election, Trump Yes", "PRES-TRUMP-YES", 3.2, 0.4, "polymarket"],
  ["CPI ≥ 3.0 % Dec", "KXINFLATION-24DEC-B3.0", 2.8, 0.3, "kalshi"],
  ["Fed cuts in December", "KXFED-24DEC-T4.25", 1.9, 0.5, "kalshi"],
  ["BTC above 100k by year end", "KXBTC-24DEC31-B100000", 1.2, undefined, undefined],
  ["Government shutdown before January", "KXSHUTDOWN-24", 0.6, 0.2, "polymarket"],
  ["Best Picture: Anora", "KXOSCAR-PIC-ANO", -0.4, 0.2, "polymarket"],
] as const;

function sampleEdges(nowMs: number): EdgeView[] {
  return pairs.map(([primary, hedge, net, slippage, leader], index) => ({
    pair_id: `pm-0x${(4660 + index).toString(16)}:kalshi-${hedge}`,
    primary_market: primary,
    hedge_market: hedge,
    net_edge_cents: net,
    confidence: 0.88 - index * 0.07,
    ...(slippage === undefined ? {} : { expected_slippage_cents: slippage }),
    ...(leader === undefined ? {} : { leader }),
    direction: index % 2 === 0 ? "buy primary" : "buy hedge",
    timestamp: iso(nowMs - index * 3500),
    id: `edge-${index}`,
    bot: "arb-1",
    mode: "live",
    age_s: index * 3.5,
  }));
}

const venue = (name: string, changes: Partial<VenueHealth> = {}): VenueHealth => ({
  venue: name,
  status: "healthy",
  latency_p50_ms: 84,
  latency_p95_ms: 212,
  error_rate: 0.001,
  last_message_age_s: 0.4,
  halted: false,
  connected: true,
  ...changes,
});

function sampleVenues(): VenueHealth[] {
  return [
    venue("polymarket", {
      status: "degraded",
      latency_p50_ms: 320,
      latency_p95_ms: 1850,
      error_rate: 0.042,
      last_message_age_s: 14,
      detail: "no message for 14 s, expected every 2 s",
    }),
    venue("kalshi"),
    venue("binance", { latency_p50_ms: 6.4, latency_p95_ms: 18 }),
    venue("hyperliquid", { latency_p50_ms: 41, latency_p95_ms: 96 }),
    venue("bybit", {
      status: "unknown",
      latency_p50_ms: null,
      latency_p95_ms: null,
      error_rate: null,
      last_message_age_s: null,
      connected: null,
    }),
  ];
}

const exposed = (gross: number, net: number, positions: number) => ({ gross_usd: gross, net_usd: net, positions });

function sampleExposure(nowMs: number): ExposureAnswer {
  return {
    by_venue: [
      { venue: "binance", ...exposed(4120.5, 1240.25, 3) },
      { venue: "kalshi", ...exposed(2310, -1180, 7) },
      { venue: "polymarket", ...exposed(1980, 1150, 6) },
      { venue: "edgex", gross_usd: null, net_usd: null, positions: 1, reason: "no rate from EDG to USD" },
    ],
    by_category: [
      { category: "crypto", ...exposed(4120.5, 1240.25, 3) },
      { category: "politics", ...exposed(3190, -140, 9) },
      { category: "economy", ...exposed(1100, 110, 4) },
    ],
    by_asset: [],
    by_bot: [
      { bot: "mm-btc", ...exposed(4120.5, 1240.25, 3) },
      { bot: "arb-1", ...exposed(4290, -30, 13) },
    ],
    by_currency: [
      { currency: "USDT", gross: 4120.5, net: 1240.25, positions: 3 },
      { currency: "EDG", gross: 152_340.5, net: -152_340.5, positions: 1 },
    ],
    total: exposed(8410.5, 1210.25, 17),
    as_of: iso(nowMs),
    as_of_seq: 90_000,
  };
}

const health = (nowMs: number, changes: Partial<HealthAnswer> = {}): HealthAnswer => ({
  status: "healthy",
  halted: { bots: 0, venues: 0 },
  venues: [],
  bots: [],
  hub: {
    version: "0.1.0",
    uptime_s: 11_700,
    store: "sqlite",
    store_ok: true,
    queue_events: 12,
    queue_limit: 20_000,
    facts: 1_284_410,
    samples: 9_411_020,
    rejected: 0,
    last_append_ms: 1.3,
  },
  as_of: iso(nowMs),
  as_of_seq: 90_000,
  ...changes,
});

function sampleBots(nowMs: number): BotView[] {
  const quiet = Array.from({ length: 30 }, (_, minute) => (minute < 24 ? 12 : minute === 24 ? 3 : 0));
  return [
    sampleBot("mm-btc", nowMs, {
      strategy: "market making",
      execution_mode: "maker_hedge",
      version: "2.4.1",
      venues: [{ venue: "binance", connected: true, subscriptions: 3 }],
      counters: { opportunities: 1204, trades: 310 },
      risk_stats: { approval_rate: 0.93, daily_pnl: 412.8, consecutive_losses: 0 },
    }),
    sampleBot("arb-1", nowMs, {
      strategy: "prediction arbitrage",
      execution_mode: "taker",
      rejected: 3,
      venues: [
        { venue: "kalshi", connected: true, subscriptions: 14 },
        { venue: "polymarket", connected: false, subscriptions: 12 },
      ],
    }),
    sampleBot("perp-eth", nowMs, {
      liveness: "stale",
      last_seen_age_s: 31,
      contacts_per_minute: quiet,
      strategy: "funding carry",
    }),
    sampleBot("paper-sol", nowMs, { mode: "paper", uptime_s: null, progress: null, progress_age_s: null }),
    sampleBot("grid-doge", nowMs, {
      status: "halted",
      reason: "daily loss limit",
      open_orders: 0,
      client: { sent: 10_200, dropped: 41, spooled: 0 },
    }),
    sampleBot("scan-elections", nowMs, { stuck: true, progress_age_s: 340, status: "running" }),
  ];
}

/** A desk in the middle of its day: bots well and unwell, live and on paper, two venues in trouble. */
export function busyDesk(nowMs: number, fillCount = 1400): SampleDesk {
  const fills = Array.from({ length: fillCount }, (_, index) => variedFill(fillCount - index, nowMs - index * 7300));
  const venues = sampleVenues();
  const calm = health(nowMs);
  return {
    bots: sampleBots(nowMs),
    edges: sampleEdges(nowMs),
    fills,
    exposure: sampleExposure(nowMs),
    health: { ...calm, status: "degraded", venues, hub: { ...calm.hub, rejected: 4 } },
    rejected: sampleRejected(nowMs),
    rejectedCounts: [
      { bot: "arb-1", code: "invalid_event", count: 1204 },
      { bot: "perp-eth", code: "unknown_type", count: 3 },
      { bot: null, code: "invalid_event", count: 1 },
    ],
    positions: samplePositions(nowMs),
    performance: samplePerformance(nowMs),
    money: sampleMoney(nowMs),
    opportunities: sampleOpportunities(nowMs),
    orderbooks: sampleBooks(nowMs),
    orders: sampleOrders(nowMs),
    sessions: sampleSessions(nowMs),
    imports: sampleImports(nowMs),
    about: sampleAbout(nowMs),
    controls: sampleControls(nowMs),
    analysis: sampleAnalysis(nowMs),
    reconciliation: sampleReconciliation(nowMs),
    haltRules: sampleHaltRules(nowMs),
  };
}

/** A hub that has just been started for the first time. */
export function emptyDesk(nowMs: number): SampleDesk {
  const calm = health(nowMs);
  return {
    bots: [],
    edges: [],
    fills: [],
    exposure: {
      by_venue: [],
      by_category: [],
      by_asset: [],
      by_bot: [],
      by_currency: [],
      total: exposed(0, 0, 0),
      as_of: iso(nowMs),
      as_of_seq: 0,
    },
    health: { ...calm, hub: { ...calm.hub, facts: 0, samples: 0, last_append_ms: null, queue_events: 0, uptime_s: 4 } },
    rejected: [],
    rejectedCounts: [],
    money: noMoney,
    performance: {
      ...samplePerformance(nowMs),
      ...{ rows: [], equity: [] },
      total: { realized: 0, fees: 0, funding: 0, net: 0, unrealized: 0, bots: 0 },
    },
    positions: {
      positions: [],
      by_event: [],
      limits: { low_usd: 20, high_usd: 50 },
      as_of: iso(nowMs),
      as_of_seq: 0,
    },
    opportunities: [],
    orderbooks: [],
    orders: [],
    sessions: [],
    imports: [],
    about: sampleAbout(nowMs),
    controls: noControls(nowMs),
    analysis: noAnalysis(nowMs),
    reconciliation: noReconciliation(nowMs),
    haltRules: [],
  };
}

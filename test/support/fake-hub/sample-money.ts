import { catalogueEntries } from "../../../src/engine/read-metrics.ts";
import type { ExplainedRow, WireMeasure } from "../../../src/protocol/api-money.ts";
import type { CatalogueEntry, MetricAnswer } from "../../../src/protocol/api-metrics.ts";
import type { BotSummary, DaySummary, SummarySection } from "../../../src/protocol/api-summaries.ts";

/** What a hub says of money besides its performance. */
export interface SampleMoney {
  readonly explained: readonly ExplainedRow[];
  readonly catalogue: readonly CatalogueEntry[];
  /** What it says of a metric, by name; of the others that no fact came. */
  readonly metrics: Readonly<Record<string, Partial<MetricAnswer>>>;
  /** Equity at an hour of the day before now, counted back from it; null where nothing was told. */
  readonly equity: (hoursAgo: number) => number | null;
  /** Newest first. */
  readonly days: readonly DaySummary[];
  /** Oldest first. */
  readonly events: readonly SampleEvent[];
}

type SampleEvent = Readonly<Record<string, unknown>> & {
  readonly seq: number;
  readonly type: string;
  readonly bot: string;
  readonly ts: string;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Why a bot's equity changed by 412.80 USD, with what `changes` says otherwise. */
export function sampleExplainedRow(bot: string, nowMs: number, changes: Partial<ExplainedRow> = {}): ExplainedRow {
  const at = { accounts: 1, at: iso(nowMs - 60_000) };
  return {
    bot,
    mode: "live",
    currency: "USD",
    realized: 611,
    unrealized: -120,
    fees: 78,
    funding: -2.2,
    transfers: 0,
    adjustments: 0,
    explained: 410.8,
    equity_from: { ...at, equity: 20_000 },
    equity_to: { ...at, equity: 20_412.8 },
    equity_change: 412.8,
    residual: 2,
    ...changes,
  };
}

const noEquity = { equity_from: null, equity_to: null, equity_change: null, residual: null } as const;

const known = (value: number, n: number): WireMeasure => ({ value, n });
const none = (reason: string): WireMeasure => ({ value: null, reason, n: 0 });

/** A day on which 12 trades were made, with what `changes` says otherwise. */
function sampleSection(changes: Partial<SummarySection> = {}): SummarySection {
  return {
    mode: "live",
    currency: "USD",
    costs: {
      fees_paid: 31.5,
      rebates: 2.5,
      funding_received: 1,
      funding_paid: 4,
      net_funding: -3,
      total_costs: 32,
    },
    trades: {
      total_trades: 12,
      wins: 8,
      losses: 4,
      breakeven: 0,
      win_rate_pct: known(66.666, 12),
      expectancy: known(4.25, 12),
      profit_factor: known(1.5, 12),
      avg_holding_hours: known(2.5, 12),
      avg_entry_slippage_bps: known(1.25, 40),
      avg_exit_slippage_bps: none("no fill told the mid at its arrival"),
    },
    execution: { orders_placed: 80, orders_filled: 40, fill_rate_pct: known(50, 80) },
    time_in_market_pct: known(71.4, 2),
    avg_slippage_bps: known(1.25, 40),
    ...changes,
  };
}

function sampleDay(date: string, changes: Partial<DaySummary> = {}): DaySummary {
  const bots: BotSummary[] = ["arb-1", "mm-btc"].map((bot) => ({ ...sampleSection({ currency: "USDT" }), bot }));
  return { date, is_over: true, restated: false, desk: sampleSection(), bots, ...changes };
}

/** The money of a busy desk. */
export function sampleMoney(nowMs: number): SampleMoney {
  const dates = [0, 1, 2].map((ago) => iso(nowMs - ago * DAY_MS).slice(0, 10));
  const [today = "", yesterday = "", before = ""] = dates;
  return {
    explained: [
      sampleExplainedRow("arb-1", nowMs),
      sampleExplainedRow("mm-btc", nowMs, {
        ...noEquity,
        currency: "USDT",
        residual_reason: "no external equity",
      }),
    ],
    catalogue: catalogueEntries(),
    metrics: {
      win_rate_pct: { value: 57.5, n: 146 },
      profit_factor: { value: "unbounded", n: 5 },
      realized_pnl: { value: 611, n: 42, currency: "USD" },
      margin_ratio: { value: null, reason: "the bot does not report margin_ratio", n: 0 },
    },
    equity: (hoursAgo) => (hoursAgo === 6 ? null : 20_000 + Math.round(100 * Math.sin(hoursAgo))),
    days: [
      sampleDay(today, { is_over: false }),
      sampleDay(yesterday, { restated: true }),
      sampleDay(before, {
        desk: sampleSection({ trades: { ...sampleSection().trades, profit_factor: none("no trades") } }),
      }),
    ],
    events: [
      event(1, "annotation", nowMs - 5 * HOUR_MS, { bot: "mm-btc", title: "2.4.1", text: "wider quotes" }),
      event(2, "fill", nowMs - 4 * HOUR_MS, {
        side: "buy",
        size: "0.5",
        price: "71000",
        fee: "0.2",
        fee_currency: "USD",
      }),
      event(3, "income", nowMs - 3 * HOUR_MS, { income_type: "FUNDING_FEE", amount: "-2.2", currency: "USD" }),
      event(4, "balance", nowMs - 2 * HOUR_MS, { equity: "20412.8", equity_currency: "USD" }),
    ],
  };
}

const event = (seq: number, type: string, atMs: number, fields: Readonly<Record<string, string>>): SampleEvent => ({
  ...{ seq, type, bot: "arb-1", ts: iso(atMs), effective_ts: iso(atMs), mode: "live", venue: "kalshi", symbol: "PRES" },
  ...fields,
});

/** The money of a desk of which nothing is known. */
export const noMoney: SampleMoney = {
  explained: [],
  catalogue: catalogueEntries(),
  metrics: {},
  equity: () => null,
  days: [],
  events: [],
};

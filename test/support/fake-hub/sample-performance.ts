import type { EquityRow, PerformanceAnswer, PerformanceRow, WireMeasure } from "../../../src/protocol/api-money.ts";

const known = (value: number | "unbounded", n: number): WireMeasure => ({ value, n });
const unknown = (reason: string, n = 0): WireMeasure => ({ value: null, reason, n });

/** A row that made 210.40 USDT today, with what `changes` says otherwise. */
export function samplePerformanceRow(bot: string, changes: Partial<PerformanceRow> = {}): PerformanceRow {
  return {
    bot,
    mode: "live",
    currency: "USDT",
    realized: 262.9,
    fees: 48.1,
    funding: -4.4,
    net: 210.4,
    unrealized: 12.3,
    transfers: 0,
    adjustments: 0,
    volume: 182_400,
    fills: 310,
    maker_ratio: known(0.94, 310),
    trades: {
      basis: "closing_fill",
      closed: 148,
      wins: 84,
      losses: 62,
      breakeven: 2,
      win_rate_pct: known(57.53, 146),
      expectancy: known(1.42, 148),
      profit_factor: known(1.61, 148),
      payoff: known(1.19, 146),
      avg_holding_hours: known(0.21, 148),
    },
    ...changes,
  };
}

const noTrades: PerformanceRow["trades"] = {
  basis: "round_trip",
  closed: 0,
  wins: 0,
  losses: 0,
  breakeven: 0,
  win_rate_pct: unknown("no trades"),
  expectancy: unknown("no trades"),
  profit_factor: unknown("no trades"),
  payoff: unknown("no trades"),
  avg_holding_hours: unknown("no trades"),
};

const onlyWins: PerformanceRow["trades"] = {
  ...noTrades,
  closed: 5,
  wins: 5,
  win_rate_pct: known(100, 5),
  expectancy: known(36, 5),
  profit_factor: known("unbounded", 5),
  payoff: unknown("no losses", 5),
  avg_holding_hours: known(3.4, 5),
};

const rows: readonly PerformanceRow[] = [
  samplePerformanceRow("mm-btc"),
  samplePerformanceRow("arb-1", {
    currency: "USD",
    ...{ realized: 186.5, fees: 6.5, funding: 0, net: 180 },
    ...{ maker_ratio: known(0, 61), trades: onlyWins },
  }),
  samplePerformanceRow("grid-doge", { currency: "BTC", realized: 0.0042, fees: 0.0001, funding: 0, net: 0.0041 }),
  samplePerformanceRow("perp-eth", {
    ...{ realized: -1_212.4, fees: 25_301.77, funding: -12.6, net: -26_526.77 },
    ...{ unrealized: null, unrealized_reason: "no mark and no book of ETH-PERP", trades: noTrades },
    maker_ratio: unknown("no fill said which side of the book"),
  }),
  samplePerformanceRow("paper-sol", { mode: "paper", net: 9_999_999.99 }),
];

function sampleEquity(nowMs: number): EquityRow[] {
  const equity = (bot: string, drawdown: number, dailyLoss: WireMeasure): EquityRow => ({
    ...{
      bot,
      mode: "live",
      venue: "binance",
      currency: "USDT",
      equity: 40_210.4,
      at: new Date(nowMs - 4_000).toISOString(),
    },
    ...{ drawdown: known(drawdown, 412), max_drawdown: known(drawdown * 1.5, 412), daily_loss: dailyLoss },
    ...{ drawdown_limit: 0.05, daily_loss_limit: 0.03 },
  });
  return [
    equity("mm-btc", 0.003, known(0, 412)),
    equity("perp-eth", 0.0712, known(0.0254, 412)),
    { ...equity("arb-1", 0, unknown("no equity was reported today")), venue: null, currency: null },
  ];
}

/** What the busy desk made today, in every mode; the total is of what is live. */
export const samplePerformance = (nowMs: number): PerformanceAnswer => ({
  window: "today",
  from: new Date(Math.floor(nowMs / 86_400_000) * 86_400_000).toISOString(),
  rows: [...rows],
  equity: sampleEquity(nowMs),
  total: { realized: 471.8, fees: 54.6, funding: -4.4, net: 412.8, unrealized: 24.6, bots: 4 },
  as_of: new Date(nowMs).toISOString(),
  as_of_seq: 90_000,
});

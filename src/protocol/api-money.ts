import { z } from "zod";
import { asOf, iso, tradingMode } from "./api.ts";

/** Bodies of what trading made. */

export const moneyWindow = z.enum(["session", "today", "7d", "30d", "all"]);
export type MoneyWindow = z.infer<typeof moneyWindow>;

/** A number that may be unknown, or without a bound; `reason` says why there is none. */
export const measure = z.object({
  value: z.union([z.number(), z.literal("unbounded")]).nullable(),
  reason: z.string().optional(),
  n: z.number().int(),
});
export type WireMeasure = z.infer<typeof measure>;

const money = {
  realized: z.number().nullable().describe("gross, of what was closed, before fees"),
  fees: z.number().nullable().describe("paid less rebates"),
  funding: z.number().nullable().describe("received less paid"),
  net: z.number().nullable().describe("realized − fees + funding; what is not realised is not in it"),
  reason: z.string().optional().describe("why the above is not known"),
};

const tradeStatistics = z.object({
  basis: z
    .enum(["round_trip", "closing_fill", "reported"])
    .describe("from flat to flat; each closing fill, for bots that say they make markets; closed as the bot reported"),
  closed: z.number().int(),
  wins: z.number().int(),
  losses: z.number().int(),
  breakeven: z.number().int(),
  win_rate_pct: measure,
  expectancy: measure.describe("net profit a trade, in the row's currency"),
  profit_factor: measure,
  payoff: measure,
  avg_holding_hours: measure,
});
export type TradeStatisticsView = z.infer<typeof tradeStatistics>;

const performanceRow = z.object({
  bot: z.string(),
  mode: tradingMode,
  currency: z.string(),
  ...money,
  unrealized: z.number().nullable(),
  unrealized_reason: z.string().optional(),
  transfers: z.number().describe("deposits less withdrawals"),
  adjustments: z.number().describe("made by hand, and income of other kinds than fees and funding"),
  volume: z.number().describe("value of all fills"),
  fills: z.number().int(),
  maker_ratio: measure,
  trades: tradeStatistics,
});
export type PerformanceRow = z.infer<typeof performanceRow>;

const equityRow = z.object({
  bot: z.string(),
  mode: tradingMode,
  venue: z.string().nullable().describe("null where the bot reports its equity as a whole"),
  currency: z.string().nullable().describe("null where the report names none: the bot's quote currency"),
  equity: z.number(),
  at: iso,
  drawdown: measure.describe("below the peak now, a ratio ≥ 0"),
  max_drawdown: measure.describe("the largest of them, a ratio ≥ 0"),
  daily_loss: measure.describe("of the equity at 00:00 UTC, a ratio ≥ 0"),
  drawdown_limit: z.number().describe("of the configuration file, else of source document 1; a ratio"),
  daily_loss_limit: z.number(),
});
export type EquityRow = z.infer<typeof equityRow>;

const performanceTotal = z.object({
  ...money,
  unrealized: z.number().nullable(),
  unrealized_reason: z.string().optional(),
  bots: z.number().int(),
});
export type PerformanceTotal = z.infer<typeof performanceTotal>;

export const performanceAnswer = z.object({
  window: z
    .enum([...moneyWindow.options, "range"])
    .describe("`range` where it was asked for from one moment to another"),
  from: iso.nullable().describe("its first moment: 00:00 UTC of a day; null for a session or all"),
  to: iso.optional().describe("the moment that a range ends before"),
  venue: z.string().optional().describe("of what was traded there alone"),
  asset: z.string().optional().describe("of what was traded of it alone"),
  rows: z.array(performanceRow).describe("one for each bot, mode and currency, largest net first"),
  equity: z.array(equityRow).describe("as the bots or their venues reported it, and what follows from it"),
  total: performanceTotal.describe("of all rows, in USD through recorded rates"),
  ...asOf,
});
export type PerformanceAnswer = z.infer<typeof performanceAnswer>;

const equityAt = z.object({
  equity: z.number().describe("of all accounts that reported"),
  at: iso.describe("of the oldest of these reports"),
  accounts: z.number().int(),
});

const explainedRow = z.object({
  bot: z.string(),
  mode: tradingMode,
  currency: z.string(),
  realized: z.number().nullable(),
  unrealized: z.number().nullable().describe("the change of what is not realised"),
  fees: z.number().nullable(),
  funding: z.number().nullable(),
  transfers: z.number().nullable(),
  adjustments: z.number().nullable(),
  explained: z.number().nullable().describe("realized + unrealized − fees + funding + transfers + adjustments"),
  reason: z.string().optional().describe("why that is not known"),
  equity_from: equityAt.nullable(),
  equity_to: equityAt.nullable(),
  equity_change: z.number().nullable(),
  residual: z.number().nullable().describe("equity_change − explained: what none of the terms explains"),
  residual_reason: z.string().optional().describe("why there is none"),
});
export type ExplainedRow = z.infer<typeof explainedRow>;

export const explainAnswer = z.object({
  from: iso,
  to: iso,
  rows: z.array(explainedRow).describe("one for each bot, mode and currency"),
  ...asOf,
});
export type ExplainAnswer = z.infer<typeof explainAnswer>;

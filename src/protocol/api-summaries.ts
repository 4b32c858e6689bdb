import { z } from "zod";
import { asOf, tradingMode } from "./api.ts";
import { measure } from "./api-money.ts";

/** Bodies of daily summaries: the fields of source document 3. */

/** A UTC day. */
export const dayDate = z.string().regex(/^\d{4}-\d\d-\d\d$/, { error: "expected a day such as 2026-02-24" });

const costs = z.object({
  fees_paid: z.number().nullable(),
  rebates: z.number().nullable(),
  funding_received: z.number().nullable(),
  funding_paid: z.number().nullable(),
  net_funding: z.number().nullable().describe("received − paid"),
  total_costs: z.number().nullable().describe("fees_paid − rebates − net_funding"),
  reason: z.string().optional().describe("why the above are not known"),
});

const trades = z.object({
  total_trades: z.number().int(),
  wins: z.number().int(),
  losses: z.number().int(),
  breakeven: z.number().int(),
  win_rate_pct: measure,
  expectancy: measure.describe("net profit a trade, in the section's currency"),
  profit_factor: measure,
  avg_holding_hours: measure,
  avg_entry_slippage_bps: measure.describe("> 0 is a cost"),
  avg_exit_slippage_bps: measure,
});

const execution = z.object({
  orders_placed: z.number().int().describe("entry orders"),
  orders_filled: z.number().int().describe("entry orders, each at its first fill"),
  fill_rate_pct: measure,
});

const section = z.object({
  mode: tradingMode,
  currency: z.string().describe("of all money here: the only one of the day, else USD through recorded rates"),
  costs,
  trades,
  execution,
  time_in_market_pct: measure,
  avg_slippage_bps: measure.describe("of entry and exit fills together"),
});
export type SummarySection = z.infer<typeof section>;

const botSection = section.extend({ bot: z.string() });
export type BotSummary = z.infer<typeof botSection>;

const daySummary = z.object({
  date: dayDate,
  is_over: z.boolean().describe("false for today"),
  restated: z.boolean().describe("whether it differs from what was written at the end of that day"),
  desk: section.describe("all bots of the hub's own mode together, in USD"),
  bots: z.array(botSection).describe("each bot and mode with facts of that day"),
});
export type DaySummary = z.infer<typeof daySummary>;

export const daySummaryAnswer = z.object({ summary: daySummary, ...asOf });

const summaryDay = z.object({
  date: dayDate,
  is_closed: z.boolean().describe("whether its end was marked by `day.closed`"),
});
export type SummaryDay = z.infer<typeof summaryDay>;

export const summariesAnswer = z.object({ days: z.array(summaryDay).describe("newest first"), ...asOf });

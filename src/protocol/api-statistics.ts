import { z } from "zod";
import { asOf, iso, tradingMode } from "./api.ts";

/** Bodies of the statistics of daily returns. */

/** Days of one answer at most. */
export const STATISTICS_DAYS_MAX = 999;

const bound = z.union([z.number(), z.literal("unbounded")]);

/** Where a number lies with the level given, and how that was made; or why it is not told. */
const madeInterval = z.union([
  z.object({
    low: bound,
    high: bound,
    level: z.number().describe("0.95 is 95 %"),
    method: z.string().describe("how it was made"),
  }),
  z.object({ reason: z.string().describe("why there is no interval") }),
]);
export type MadeInterval = z.infer<typeof madeInterval>;

const statisticUnit = z.enum([
  "fraction",
  "fraction/day",
  "fraction/year",
  "ratio",
  "probability",
  "days",
  "count",
  "flag",
  "money",
]);

const statistic = z.object({
  name: z.string(),
  title: z.string(),
  group: z.enum(["return", "risk", "tail", "shape", "inference"]),
  unit: statisticUnit.describe("a fraction of 0.03 is 3 %"),
  sign: z.string().describe("what its sign means"),
  value: bound.nullable(),
  reason: z.string().optional().describe("why there is no value: `needs 20 days, has 6`"),
  n: z.number().int().describe("how many days it is made of"),
  ci: madeInterval.optional(),
  few: z.boolean().optional().describe("true where there are fewer days than the number needs to say much"),
  formula: z.string(),
});
export type StatisticView = z.infer<typeof statistic>;

const day = z.object({
  date: z.string().describe("the UTC day"),
  equity: z.number().nullable().describe("at its end"),
  flow: z.number().describe("what came in on it: deposits less withdrawals"),
  return: z.number().nullable().describe("(equity − flow) ÷ equity of the day before − 1"),
  reason: z.string().optional().describe("why there is no return"),
});
export type DayReturn = z.infer<typeof day>;

const rollingPoint = z.object({
  date: z.string().describe("the last UTC day of the window"),
  sharpe: z.number().nullable(),
  sortino: z.number().nullable(),
  volatility: z.number().nullable().describe("of a year"),
  max_drawdown: z.number().nullable().describe("≥ 0; each window begins at its own height"),
  var_historical: z.number().nullable(),
  cvar_historical: z.number().nullable(),
});

/** Whether a series rises or falls over time. */
const trendView = z.object({
  name: z.string().describe("what was looked at: `return`, or a rolling statistic"),
  test: z.string().describe("how it was tested"),
  n: z.number().int(),
  tau: z.number().nullable().describe("Kendall's τ: −1 always falls, 1 always rises"),
  slope_per_day: z.number().nullable().describe("median change from one day to the next (Theil–Sen)"),
  p: z.number().nullable().describe("probability of a τ this far from 0 without any trend"),
  significant: z.boolean().nullable().describe("p < 1 − confidence"),
  reason: z.string().optional(),
});
export type TrendView = z.infer<typeof trendView>;

export const statisticsAnswer = z.object({
  bot: z.string().nullable().describe("null for the whole desk"),
  mode: tradingMode,
  currency: z.string().optional().describe("of money"),
  from: iso.describe("the first moment of the first whole UTC day"),
  to: iso.describe("the end of the last whole UTC day"),
  start_equity: z.number().optional().describe("before the first return; absent where there is none"),
  days: z.number().int().describe("whole UTC days in the range"),
  returns: z.number().int().describe("of them, those with a return"),
  days_per_year: z.number().int(),
  min_days: z.number().int().describe("with fewer returns what speaks of risk has no value"),
  confidence: z.number(),
  trials: z.number().int().nullable().describe("how many strategies were tried, as it was asked"),
  statistics: z.array(statistic),
  rolling: z
    .object({ window_days: z.number().int(), points: z.array(rollingPoint), reason: z.string().optional() })
    .describe("the same statistics of the newest days, at each day: oldest first, from the first full window on"),
  trends: z.array(trendView),
  daily: z.array(day).max(STATISTICS_DAYS_MAX).describe("oldest first, without a hole"),
  notes: z.array(z.string()).describe("what its reader has to know"),
  ...asOf,
});
export type StatisticsAnswer = z.infer<typeof statisticsAnswer>;

import { z } from "zod";
import { asOf, iso, tradingMode } from "./api.ts";

/** Bodies of the catalogue of metrics. */

export const metricWindow = z.enum(["now", "session", "today", "7d", "30d", "all"]);

const catalogueEntry = z.object({
  name: z.string(),
  title: z.string(),
  help: z.string(),
  unit: z
    .enum(["money", "quote", "USD", "ratio", "percent", "bps", "count", "seconds", "hours", "flag"])
    .describe("`money`: USD where rates are recorded, else the one currency there is, which each answer names"),
  sign: z.string().describe("what its sign means"),
  kind: z.enum(["gauge", "counter"]),
  windows: z.array(metricWindow).describe("the usual one first"),
  scopes: z
    .array(z.enum(["desk", "bot", "venue", "asset"]))
    .describe("`venue` and `asset`: of a part of what the desk or the bot traded"),
  min_sample: z.number().int().describe("with fewer samples there is no value"),
  formula: z.string(),
  source: z.string(),
  format: z.enum(["money", "percent", "ratio_as_percent", "bps", "number", "integer", "seconds", "hours", "flag"]),
  prometheus: z
    .array(z.object({ name: z.string(), window: metricWindow }))
    .describe("its names on the page for Prometheus, and the window of each"),
});
export type CatalogueEntry = z.infer<typeof catalogueEntry>;

export const catalogueAnswer = z.object({ metrics: z.array(catalogueEntry), ...asOf });
export type CatalogueAnswer = z.infer<typeof catalogueAnswer>;

const metricInterval = z
  .object({ low: z.number(), high: z.number(), level: z.number().describe("0.95 is 95 %") })
  .describe("where chance alone leaves the value, of shares of counted things and of markouts");

export const metricAnswer = z.object({
  name: z.string(),
  bot: z.string().nullable().describe("null for the whole desk"),
  mode: tradingMode,
  venue: z.string().optional().describe("of what was traded there alone"),
  asset: z.string().optional().describe("of what was traded of it alone"),
  window: metricWindow,
  unit: catalogueEntry.shape.unit,
  currency: z.string().optional().describe("of money"),
  value: z.union([z.number(), z.literal("unbounded")]).nullable(),
  reason: z.string().optional().describe("why there is no value"),
  n: z.number().int().describe("how many samples it is made of"),
  source: z.enum(["reported", "computed"]).optional().describe("whether the bot said it or the hub made it"),
  ci: metricInterval.optional(),
  ...asOf,
});
export type MetricAnswer = z.infer<typeof metricAnswer>;

/** Points of a series at most; a step is chosen so that there are no more than `SERIES_POINTS_USUAL`. */
export const SERIES_POINTS_MAX = 1_000;
export const SERIES_POINTS_USUAL = 300;

const seriesPoint = z.object({
  from: iso.describe("its first moment"),
  to: iso.describe("the moment that it ends before: draw the value there"),
  value: metricAnswer.shape.value,
  reason: z.string().optional().describe("why there is no value: a gap, never 0"),
  n: z.number().int().describe("how many samples it is made of"),
  ci: metricInterval.optional(),
});
export type SeriesPoint = z.infer<typeof seriesPoint>;

export const metricSeries = z.object({
  name: z.string(),
  bot: z.string().nullable().describe("null for the whole desk"),
  mode: tradingMode,
  venue: metricAnswer.shape.venue,
  asset: metricAnswer.shape.asset,
  unit: catalogueEntry.shape.unit,
  currency: z.string().optional().describe("of money"),
  from: iso,
  to: iso,
  step_s: z
    .number()
    .int()
    .describe("whole steps begin at multiples of it since 1970; the first and the last may be shorter"),
  says: z
    .enum(["step", "since_from", "end"])
    .describe("what a point says: of its step alone, of all since `from`, or how it stood at the end of its step"),
  points: z.array(seriesPoint).max(SERIES_POINTS_MAX).describe("oldest first, one for each step without a hole"),
  ...asOf,
});
export type MetricSeries = z.infer<typeof metricSeries>;

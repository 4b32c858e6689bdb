import { z } from "zod";
import { asOf, tradingMode } from "./api.ts";

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
  scopes: z.array(z.enum(["desk", "bot"])),
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

export const metricAnswer = z.object({
  name: z.string(),
  bot: z.string().nullable().describe("null for the whole desk"),
  mode: tradingMode,
  window: metricWindow,
  unit: catalogueEntry.shape.unit,
  currency: z.string().optional().describe("of money"),
  value: z.union([z.number(), z.literal("unbounded")]).nullable(),
  reason: z.string().optional().describe("why there is no value"),
  n: z.number().int().describe("how many samples it is made of"),
  source: z.enum(["reported", "computed"]).optional().describe("whether the bot said it or the hub made it"),
  ...asOf,
});
export type MetricAnswer = z.infer<typeof metricAnswer>;

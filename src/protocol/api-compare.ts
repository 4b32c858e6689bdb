import { z } from "zod";
import { asOf, iso, tradingMode } from "./api.ts";

/** Bodies of comparisons: period against period, version against version, live against paper. */

export const compareBy = z.enum(["period", "version", "mode"]);
export type CompareBy = z.infer<typeof compareBy>;

const side = z.object({
  label: z.string().describe("`previous`, `1.4.2`, `paper`, …"),
  mode: tradingMode,
  from: iso,
  to: iso,
  version: z.string().optional(),
  config_hash: z.string().optional(),
});
export type ComparedSide = z.infer<typeof side>;

const value = z.object({
  value: z.number().nullable(),
  reason: z.string().optional().describe("why there is no value"),
  n: z.number().int(),
});

const difference = z.object({
  name: z.string(),
  title: z.string(),
  unit: z.enum(["percent", "bps", "money", "ratio", "fraction/day", "count/day"]),
  better: z.enum(["higher", "lower"]).nullable().describe("null where neither is"),
  a: value,
  b: value,
  difference: z.number().nullable().describe("b − a"),
  ci: z.object({ low: z.number(), high: z.number(), level: z.number() }).optional().describe("of the difference"),
  p: z.number().nullable().describe("probability of a difference this large by chance alone"),
  significant: z.boolean().nullable().describe("p < 1 − confidence; null where it cannot be told"),
  test: z.string().describe("how that was tested"),
  reason: z.string().optional().describe("why it cannot be told"),
  band: z
    .object({ low: z.number(), high: z.number(), within: z.boolean() })
    .optional()
    .describe("where chance alone leaves `b` if it is as `a`, and whether it lies there"),
});
export type Difference = z.infer<typeof difference>;

const span = z.object({
  label: z.string(),
  from: iso,
  to: iso.nullable().describe("null while it goes on"),
  version: z.string().optional(),
  config_hash: z.string().optional(),
  annotation: z.string().optional().describe("the title of the annotation that it begins with"),
});
export type VersionSpan = z.infer<typeof span>;

export const compareAnswer = z.object({
  bot: z.string(),
  by: compareBy,
  confidence: z.number(),
  a: side.describe("what is compared with: the earlier period, the version before, paper"),
  b: side.describe("what is looked at: the later period, the newest version, live"),
  metrics: z.array(difference),
  spans: z.array(span).describe("by version: every span that may be asked for, newest first"),
  notes: z.array(z.string()),
  ...asOf,
});
export type CompareAnswer = z.infer<typeof compareAnswer>;

import { z } from "zod";
import { asOf, iso, tradingMode } from "./api.ts";

/** Bodies of what profit came from, and of what that says. */

const terms = {
  net: z.number().nullable().describe("realised profit − fees + funding, as `/api/v1/performance` has it"),
  signal: z
    .number()
    .nullable()
    .describe("of what was closed: Σ side · size · (mid at arrival of the exit − mid at arrival of the entry)"),
  execution: z
    .number()
    .nullable()
    .describe("of what was closed: −Σ slippage against the mid at arrival, of entries and exits"),
  cost: z.number().nullable().describe("− fees + funding"),
  fees: z.number().nullable().describe("paid less rebates"),
  funding: z.number().nullable().describe("received less paid"),
  residual: z.number().nullable().describe("net − signal − execution − cost: what none of them explains"),
  residual_reasons: z.array(z.string()).describe("what the residual is made of, named and counted"),
};

const open = z.object({
  unrealized: z.number().nullable().describe("the change of what is not realised, at the marks of the two ends"),
  signal: z.number().nullable().describe("of it, from the mid at arrival of each entry to the mark"),
  execution: z.number().nullable().describe("of it, −Σ slippage of the entries of what is held"),
  residual: z.number().nullable(),
  reason: z.string().optional().describe("why it is not known"),
});

const memo = z.object({
  slippage: z.number().nullable().describe("Σ slippage of every fill with a mid at arrival: > 0 is a cost"),
  slippage_bps: z.number().nullable().describe("the same of the money that these fills moved"),
  fills: z.number().int(),
  fills_without_arrival_mid: z.number().int(),
  volume: z.number().nullable(),
  orders_placed: z.number().int().nullable().describe("entry orders; null for a part of them"),
  orders_missed: z.number().int().nullable().describe("of them, those that were not filled at all"),
  adverse_selection: z
    .number()
    .nullable()
    .describe("Σ side · size · (mid 30 s after − mid at the fill): < 0 was against the fills; part of signal"),
  adverse_selection_fills: z.number().int().nullable().describe("fills that it is made of; null where none were read"),
  adverse_selection_reason: z.string().optional().describe("why it is not known"),
});

const part = z.object({ ...terms, open, memo });
export type AttributionPart = z.infer<typeof part>;

const attributionRow = z.object({
  bot: z.string(),
  mode: tradingMode,
  currency: z.string(),
  pnl: z.number().nullable().describe("net + open.unrealized"),
  ...part.shape,
  by_asset: z
    .array(
      z.object({
        venue: z.string().nullable().describe("null with symbol: what is of no instrument"),
        symbol: z.string().nullable(),
        ...part.shape,
      }),
    )
    .describe("largest share of the money first"),
  by_day: z
    .array(z.object({ date: z.string(), ...terms, memo }))
    .describe("UTC days on which anything was filled or booked, oldest first"),
});
export type AttributionRow = z.infer<typeof attributionRow>;

export const attributionAnswer = z.object({
  from: iso,
  to: iso,
  rows: z
    .array(attributionRow)
    .describe("one for each bot, mode and currency: net = signal + execution + cost + residual"),
  unread: z
    .array(z.object({ bot: z.string(), reason: z.string() }))
    .describe("bots whose fills could not be read one after the other now, and why"),
  ...asOf,
});
export type AttributionAnswer = z.infer<typeof attributionAnswer>;

const diagnosisCode = z.enum([
  "losing_to_execution",
  "losing_to_costs",
  "losing_to_adverse_selection",
  "losing_to_signal",
  "over_trading",
  "concentration",
  "stale_feed",
  "low_fill_rate",
  "drawdown_deepening",
]);
export type DiagnosisCode = z.infer<typeof diagnosisCode>;

const finding = z.object({
  code: diagnosisCode,
  bot: z.string(),
  mode: tradingMode,
  currency: z.string().optional(),
  severity: z.enum(["warning", "notice"]),
  text: z.string().describe("what it is and its evidence, in one sentence"),
  value: z.number(),
  unit: z.string(),
  ci: z.object({ low: z.number(), high: z.number(), level: z.number(), method: z.string() }).optional(),
  n: z.number().int(),
  threshold: z.string().describe("what had to hold for it to be said"),
});
export type Finding = z.infer<typeof finding>;

const unsaid = z.object({
  code: diagnosisCode,
  bot: z.string(),
  mode: tradingMode,
  reason: z.string().describe("why nothing can be said: `needs 30 fills, has 4`"),
});

export const diagnosisAnswer = z.object({
  from: iso,
  to: iso,
  findings: z.array(finding).describe("the gravest first; empty where nothing is wrong or too little is known"),
  unsaid: z.array(unsaid).describe("what could not be judged, and why"),
  ...asOf,
});
export type DiagnosisAnswer = z.infer<typeof diagnosisAnswer>;

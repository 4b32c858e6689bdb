import { z } from "zod";
import { asOf, iso, tradingMode } from "./api.ts";
import { measure } from "./api-money.ts";

/** Bodies of execution quality: markouts, quotes and orders, and the table of instruments. */

/** Seconds after a fill at which its markout is measured (metrics.md §1). */
export const MARKOUT_HORIZONS_S = [1, 5, 30, 60, 300] as const;

export const markoutCut = z.enum(["bot", "venue", "asset", "side", "liquidity", "size", "hour"]);
export type MarkoutCut = z.infer<typeof markoutCut>;

const interval = z.object({
  low: z.number(),
  high: z.number(),
  level: z.number().describe("0.95 is 95 %"),
});

/** A number with where chance alone leaves it. */
const estimate = z.object({
  ...measure.shape,
  ci: interval.optional(),
  ci_reason: z.string().optional().describe("why there is a value and no interval"),
});
export type WireEstimate = z.infer<typeof estimate>;

const waiting = {
  pending: z.number().int().describe("fills whose moment is still to come, or whose mark is"),
  expired: z.number().int().describe("marks expired: what stood at the moment was not kept"),
  unmarked: z.number().int().describe("nobody tells marks of their instrument"),
};

const markoutPoint = z.object({
  horizon_s: z.number().int().describe("seconds after the fill"),
  n: z.number().int().describe("fills with a mid at the fill and a mark then"),
  ...waiting,
  mean_bps: estimate.describe("each fill counts alike; bps of the mid at the fill, > 0 is good for us"),
  median_bps: measure,
  weighted_bps: measure.describe("each fill counts by its notional: may differ in sign from the mean"),
  mean_net_bps: measure.describe("after fees; rebates raise it"),
  mean_drift_bps: estimate.describe("mean of s · (mark then − mid at the fill): < 0 is adverse selection"),
  mean_price: measure.describe("in price, for one instrument or prices of 0 to 1; cents of a binary contract ÷ 100"),
  gross: measure.describe("Σ markout · size, in the currency"),
  net: measure.describe("the same less fees"),
});
export type MarkoutPoint = z.infer<typeof markoutPoint>;

const capture = z.object({
  mean_bps: estimate.describe("s · (mid − price) ÷ mid: what the fill was worth at once; markout = it + drift"),
  weighted_bps: measure,
  total: measure.describe("Σ spread capture · size, in the currency"),
  ...waiting,
});

const drift = z.object({
  computed: measure.describe("mean of s · (mark 30 s later − mid) ÷ mid, a ratio; < 0 is adverse"),
  reported: measure.describe("mean of what fills say themselves, as they say it"),
});

const markoutGroup = z.object({
  key: z.string().describe("what `by` sets apart: a bot, a venue, …; `all` without it, `other` beyond the first 50"),
  label: z.string().optional().describe("a title, or the range of sizes"),
  fills: z.number().int(),
  currency: z.string().nullable().describe("of money; null where there are several"),
  spread_capture: capture,
  adverse_drift_30s: drift,
  curve: z.array(markoutPoint).describe("shortest horizon first"),
});
export type MarkoutGroup = z.infer<typeof markoutGroup>;

export const markoutsAnswer = z.object({
  bot: z.string().nullable().describe("null for the whole desk"),
  mode: tradingMode,
  from: iso.describe("fills from this moment on"),
  to: iso.describe("and before this one"),
  by: markoutCut.nullable(),
  marks: z.string().describe("what prices are held against"),
  all: markoutGroup.describe("every fill that was asked for"),
  groups: z.array(markoutGroup).describe("most fills first, hours and sizes in their order; empty without `by`"),
  ...asOf,
});
export type MarkoutsAnswer = z.infer<typeof markoutsAnswer>;

const hitRate = z.object({
  ended: z.number().int().describe("quotes that ended filled, cancelled or expired: rejected ones do not count"),
  hit: z.number().int().describe("those of them with any fill"),
  hit_rate: estimate.describe("percent, 0–100"),
});

const quoteQuality = z.object({
  maker: hitRate,
  taker: hitRate,
  all: hitRate,
  rejected: z.number().int(),
  fill_rate_qty_pct: measure.describe("100 · size filled ÷ size quoted, of quotes that ended"),
  fill_factor: z.object({
    realized: measure.describe("Σ filled ÷ Σ eligible: of what traded at or through the price while it was live"),
    reported: measure.describe("`realized_fill_factor`, as the bot's calibration says"),
    configured: measure,
  }),
});

const times = z.object({ p50: measure, p95: measure, p99: measure });

const orderLife = z.object({
  complete: z.boolean().describe("false where more were placed than the newest 20,000, which this is of"),
  placed: z.number().int(),
  filled: z.number().int(),
  partially_filled: z.number().int().describe("ended with a part filled"),
  cancelled: z.number().int(),
  rejected: z.number().int(),
  expired: z.number().int(),
  open: z.number().int(),
  unknown: z.number().int().describe("forgotten by the bot without saying how they ended"),
  placed_to_acknowledged_s: times,
  placed_to_filled_s: times.describe("until they were filled whole"),
  placed_to_cancelled_s: times,
  placed_to_expired_s: times,
  open_age_s: times.describe("of those that rest now"),
});

const unfilledReason = z.object({
  of: z.enum(["order", "quote"]),
  outcome: z.enum(["partially_filled", "cancelled", "rejected", "expired"]),
  reason: z
    .string()
    .describe("as the bot or venue says it; `no volume reached the price`, … for quotes with an eligible size"),
  count: z.number().int(),
});
export type UnfilledReason = z.infer<typeof unfilledReason>;

/** How orders and quotes did, and why some were not filled. */
export const executionAnswer = z.object({
  bot: z.string().nullable(),
  mode: tradingMode,
  from: iso,
  to: iso,
  quotes: quoteQuality,
  orders: orderLife,
  unfilled: z.array(unfilledReason).max(50).describe("most frequent first"),
  ...asOf,
});
export type ExecutionAnswer = z.infer<typeof executionAnswer>;

const assetRow = z.object({
  bot: z.string().nullable().describe("null where the rows are of the whole desk"),
  mode: tradingMode,
  venue: z.string(),
  symbol: z.string(),
  title: z.string().optional(),
  category: z.string().optional(),
  currency: z.string().describe("of the money"),
  realized: z.number().describe("gross, of what was closed"),
  unrealized: z.number().nullable().describe("at the end of the range"),
  unrealized_reason: z.string().optional(),
  fees: z
    .number()
    .nullable()
    .describe("paid less rebates, as fills say it; null where income rows alone tell it, by currency"),
  fees_reason: z.string().optional().describe("why fees, and so net, are not known"),
  funding: z
    .number()
    .nullable()
    .describe("received less paid, as fills say it; null where income rows tell it by currency"),
  funding_reason: z.string().optional().describe("why funding, and so net, is not known"),
  net: z.number().nullable().describe("realized + unrealized − fees + funding"),
  volume: z.number(),
  fills: z.number().int(),
  trades_closed: z.number().int(),
  win_rate_pct: measure,
  maker_ratio: measure,
  orders_placed: z.number().int(),
  fill_rate_pct: measure,
  hit_rate: measure.describe("percent of quotes that ended"),
  entry_slippage_bps: measure.describe("> 0 is a cost"),
  exit_slippage_bps: measure,
  avg_markout_in: measure.describe("ratio of notional, net of fees, maker fills; against what the fills say"),
  avg_markout_out: measure.describe("the same of taker fills"),
  spread_capture_bps: measure,
  markouts: z
    .array(z.object({ horizon_s: z.number().int(), mean_bps: measure }))
    .describe("against recorded marks; empty where the range has too many fills, see `markouts_reason`"),
});
export type AssetRow = z.infer<typeof assetRow>;

export const assetsAnswer = z.object({
  from: iso.nullable().describe("null for all time"),
  to: iso,
  rows: z.array(assetRow).describe("one for each instrument, largest net first"),
  markouts_reason: z.string().optional().describe("why the rows have no markouts"),
  ...asOf,
});
export type AssetsAnswer = z.infer<typeof assetsAnswer>;

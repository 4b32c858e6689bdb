import { z } from "zod";
import { asOf, fillView, iso, tradingMode, wireDecimal } from "./api.ts";
import { OPPORTUNITY_ACTIONS } from "./opportunity-actions.ts";

/** Bodies of the reads of orders, positions, opportunities and order books. */

export const orderStatus = z.enum([
  "open",
  "partially_filled",
  "filled",
  "cancelled",
  "rejected",
  "expired",
  "unknown",
]);
export type OrderStatus = z.infer<typeof orderStatus>;

export const orderView = z.looseObject({
  seq: z.number().int().describe("of the order's first statement"),
  order_id: z.string(),
  bot: z.string(),
  mode: tradingMode,
  strategy: z.string().optional(),
  account: z.string().optional(),
  venue: z.string(),
  symbol: z.string(),
  side: z.enum(["buy", "sell"]),
  order_type: z.enum(["limit", "market", "limit_maker"]).optional(),
  intent: z.enum(["entry", "exit"]).optional(),
  reduce_only: z.boolean().optional(),
  price: wireDecimal.optional(),
  size: wireDecimal,
  filled_size: wireDecimal.describe("sum of its fills that are not voided"),
  avg_price: wireDecimal.optional().describe("of those fills, weighted by size"),
  status: orderStatus.describe("`unknown` when it was forgotten by an orders.snapshot without saying how it ended"),
  reason: z.string().optional(),
  placed_at: iso,
  acknowledged_at: iso.optional(),
  ended_at: iso.optional().describe("when it was filled, cancelled, rejected or expired"),
  pair_id: z.string().optional(),
});
export type OrderView = z.infer<typeof orderView>;
export const ordersAnswer = z.object({ orders: z.array(orderView), next_cursor: z.string().optional(), ...asOf });

export const positionView = z.object({
  bot: z.string(),
  mode: tradingMode,
  account: z.string(),
  venue: z.string(),
  symbol: z.string(),
  title: z.string().optional().describe("of the instrument"),
  event_id: z.string().optional(),
  outcome: z.string().optional(),
  category: z.string().optional(),
  size: wireDecimal.describe("signed: above 0 long, below 0 short"),
  basis: z
    .enum(["fills", "reported"])
    // Hubs of before do not say it.
    .default("fills")
    .describe("what its fills add up to, or what the bot reports where it tells no fills of it"),
  reported_at: iso.optional().describe("when the bot reported it; with the basis `reported` only"),
  entry_price: wireDecimal.nullable().describe("average cost; null where the bot reports none"),
  mark_price: wireDecimal.nullable(),
  mark_age_s: z.number().nullable(),
  currency: z.string().nullable().describe("the quote currency that the money below is in; null when nobody said it"),
  notional: z
    .number()
    .nullable()
    .describe(
      "absolute, at average cost; of a reported one without entry price at its mark; null when neither is known",
    ),
  unrealized_pnl: z.number().nullable().describe("at the mark; null without one"),
  unrealized_reason: z.string().optional(),
  reported_size: wireDecimal.optional().describe("as the bot's last position.snapshot says"),
});
export type PositionView = z.infer<typeof positionView>;

/** Source document 4: one row an event, with the size on each venue. */
const eventPosition = z.object({
  event_id: z.string().describe("the instrument's event, else the pair, else the symbol"),
  title: z.string().optional(),
  mode: tradingMode,
  venues: z.array(z.object({ venue: z.string(), size: z.number().describe("YES as +, NO as −") })),
  net_size: z
    .number()
    .nullable()
    .describe("what remains when the legs are set against each other; null where a pair trade names no side"),
  gross_usd: z.number().nullable(),
  net_usd: z.number().nullable(),
  unrealized_pnl_usd: z.number().nullable(),
  reason: z.string().optional(),
});
export type EventPosition = z.infer<typeof eventPosition>;
export const positionsAnswer = z.object({
  positions: z.array(positionView),
  by_event: z.array(eventPosition),
  limits: z
    .object({ low_usd: z.number(), high_usd: z.number() })
    .describe("gross USD of an event or venue: below the first green, up to the second yellow, above red (document 4)"),
  next_cursor: z.string().optional(),
  ...asOf,
});
export type PositionsAnswer = z.infer<typeof positionsAnswer>;

export const opportunityAction = z.enum(OPPORTUNITY_ACTIONS);

/** One opportunity with all that was said of it; in order of the latest statement. */
export const opportunityView = z.looseObject({
  seq: z.number().int().describe("of the latest statement"),
  opportunity_id: z.string(),
  bot: z.string(),
  mode: tradingMode,
  timestamp: iso.describe("of the first statement"),
  event_id: z.string().optional(),
  pair_id: z.string().optional(),
  title: z.string().optional().describe("of the pair or event, where an instrument or pair names it"),
  edge_bps: z.number().optional(),
  edge_cents: z.number().optional(),
  confidence: z.enum(["high", "medium", "low"]).optional(),
  action: opportunityAction.describe("the latest"),
  reason: z.string().optional(),
  detail: z.string().optional(),
  steps: z.array(z.object({ action: opportunityAction, at: iso, reason: z.string().optional() })),
});
export type OpportunityView = z.infer<typeof opportunityView>;
export const opportunitiesAnswer = z.object({
  opportunities: z.array(opportunityView),
  next_cursor: z.string().optional(),
  ...asOf,
});

const level = z.tuple([wireDecimal, wireDecimal]).describe("price, size");

export const orderbookView = z.object({
  venue: z.string(),
  symbol: z.string(),
  bot: z.string(),
  mode: tradingMode,
  title: z.string().optional(),
  event_id: z.string().optional(),
  outcome: z.string().optional(),
  bids: z.array(level).describe("best first, at most `levels`"),
  asks: z.array(level),
  depth: z.object({ bids: z.number().int(), asks: z.number().int() }).describe("number of levels that the bot sent"),
  mid: z.number().nullable(),
  spread_bps: z.number().nullable(),
  crossed: z.boolean(),
  age_ms: z.number().describe("since the venue's or the bot's time of it, else since the hub received it"),
  stale: z.boolean().describe("older than 5 s"),
  venue_ts: iso.optional(),
  latency_ms: z
    .number()
    .optional()
    .describe("from `venue_ts` until the hub received it; absent without one, and where the clocks cannot be right"),
});
export type OrderbookView = z.infer<typeof orderbookView>;
export const orderbooksAnswer = z.object({
  orderbooks: z.array(orderbookView),
  next_cursor: z.string().optional(),
  ...asOf,
});

/** A fill as the `TradeEvent` of document 5 is answered. */
export const tradeView = fillView.extend({
  reference_price: wireDecimal.optional(),
  position_before: wireDecimal.optional(),
  position_after: wireDecimal.optional(),
});

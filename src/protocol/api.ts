import { z } from "zod";
import { prose } from "./fields.ts";

/** The bodies of every read (PROTOCOL.md). All times are ISO-8601 in UTC, all names snake_case. */

export const iso = z.string().describe("ISO-8601 in UTC");
export const wireDecimal = z.string().describe("an exact decimal");

/** What every read carries: the moment it speaks of, and the last event that it has taken in. */
export const asOf = { as_of: iso, as_of_seq: z.number().int() };

/** A number that may be unknown: then `value` is null and `reason` says why. */
export const quantity = z.object({ value: z.number().nullable(), unit: z.string(), reason: z.string().optional() });
export type Quantity = z.infer<typeof quantity>;

export const ingestAnswer = z.object({
  accepted: z.number().int().describe("facts that are now durable"),
  sampled: z.number().int().describe("samples taken in; the newest of each stream counts"),
  duplicates: z.number().int().describe("facts that were there already"),
  merged: z.number().int().describe("facts that were there already and gained fields"),
  contradictions: z
    .number()
    .int()
    .describe("facts that say otherwise than what was there: kept, flagged, without effect"),
  rejected: z.array(z.object({ index: z.number().int(), code: z.string(), path: z.string(), message: z.string() })),
  last_seq: z.number().int(),
});
export type IngestAnswer = z.infer<typeof ingestAnswer>;

export const liveness = z.enum(["alive", "stale", "offline", "stopped"]);
export type Liveness = z.infer<typeof liveness>;
export const tradingMode = z.enum(["live", "paper", "simulate", "demo"]);

export const botView = z.object({
  bot: z.string(),
  mode: tradingMode,
  strategy: z.string().optional(),
  status: z.enum(["running", "paused", "halted", "reducing", "stopped", "error"]).nullable(),
  liveness,
  /** True while heartbeats come but their `progress` counter does not grow. */
  stuck: z.boolean(),
  last_seen_at: iso,
  last_seen_age_s: z.number(),
  expected_interval_s: z.number(),
  progress: z.number().nullable(),
  progress_age_s: z.number().nullable(),
  execution_mode: z.string().optional(),
  version: z.string().optional(),
  config_hash: z.string().optional(),
  started_at: iso.optional(),
  uptime_s: z.number().nullable(),
  reason: z.string().optional(),
  venues: z.array(z.looseObject({ venue: z.string(), connected: z.boolean(), subscriptions: z.number().optional() })),
  counters: z.record(z.string(), z.number()),
  risk_stats: z.record(z.string(), z.unknown()),
  risk: z.record(z.string(), z.unknown()),
  /** Contacts in each of the last 30 minutes, oldest first. */
  contacts_per_minute: z.array(z.number().int()),
  facts: z.number().int(),
  fills: z.number().int(),
  open_orders: z.number().int(),
  rejected: z.number().int(),
  contradictions: z.number().int(),
  odd_times: z.number().int().describe("events with a time in the future or before 2009"),
  control: z
    .object({ state: z.enum(["running", "paused", "reducing", "halted"]), command_ids: z.array(z.string()) })
    .optional()
    .describe("what commands of the hub leave it free to do; absent while none holds it"),
  client: z.looseObject({ sent: z.number(), dropped: z.number(), spooled: z.number() }).optional(),
  last_error: z.object({ code: z.string(), message: z.string(), at: iso }).optional(),
});
export type BotView = z.infer<typeof botView>;
export const botsAnswer = z.object({ bots: z.array(botView), ...asOf });

export const edgeView = z.looseObject({
  pair_id: z.string(),
  title: z.string().optional().describe("of the pair, or of the event that its markets are of"),
  primary_market: z.string(),
  hedge_market: z.string(),
  net_edge_cents: z.number(),
  confidence: z.number().optional(),
  expected_slippage_cents: z.number().optional(),
  leader: z.string().optional(),
  best_side: z.string().optional(),
  direction: z.string().optional(),
  timestamp: iso,
  id: z.string(),
  bot: z.string(),
  mode: tradingMode,
  age_s: z.number(),
  contradicted: z
    .boolean()
    .optional()
    .describe("in the answer to an edge that was sent: it says otherwise than the one that is shown, which stands"),
});
export type EdgeView = z.infer<typeof edgeView>;
export const edgesAnswer = z.object({ edges: z.array(edgeView), ...asOf });

export const fillView = z.looseObject({
  seq: z.number().int(),
  id: z.string(),
  fill_id: z.string(),
  bot: z.string(),
  mode: tradingMode,
  timestamp: iso,
  received_at: iso,
  account: z.string().optional(),
  strategy: z.string().optional(),
  venue: z.string().optional(),
  symbol: z.string().optional(),
  side: z.enum(["buy", "sell"]).optional(),
  price: wireDecimal.optional(),
  size: wireDecimal.optional(),
  order_id: z.string().optional(),
  is_maker: z.boolean().optional(),
  fee: wireDecimal.optional(),
  fee_currency: z.string().optional(),
  funding: wireDecimal.optional().describe("above 0 received"),
  pair_id: z.string().optional(),
  entry_edge_cents: z.number().optional(),
  realized_edge_cents: z.number().optional(),
  slippage_cents: z.number().optional(),
  fees_cents: z.number().optional(),
  size_usd: z.number().optional(),
  pnl_cents: z.number().optional(),
  voided: z.boolean().describe("taken back by fill.voided"),
  contradicted: z.boolean().describe("another statement of the same fill says otherwise"),
  correction: z
    .string()
    .optional()
    .describe("the newest reason of a `correction` of it; its numbers stand as they were said"),
});
export type FillView = z.infer<typeof fillView>;
export const fillsAnswer = z.object({ fills: z.array(fillView), next_cursor: z.string().optional(), ...asOf });

const exposureFields = {
  gross_usd: z
    .number()
    .nullable()
    .describe("sum of absolute notional at average cost, USD; null when nothing is known in USD"),
  net_usd: z.number().nullable().describe("long minus short notional at average cost, USD"),
  positions: z.number().int(),
  reason: z.string().optional(),
};
export const exposureRow = z.object(exposureFields);
export type ExposureRow = z.infer<typeof exposureRow>;
export const exposureAnswer = z.object({
  by_venue: z.array(z.object({ venue: z.string(), ...exposureFields })),
  by_category: z.array(z.object({ category: z.string(), ...exposureFields })),
  by_asset: z
    .array(z.object({ asset: z.string(), ...exposureFields }))
    .describe("by the base of instruments; without an instrument event a symbol is its own asset"),
  by_bot: z.array(z.object({ bot: z.string(), ...exposureFields })),
  by_currency: z.array(
    z.object({
      currency: z.string(),
      gross: z.number().nullable().describe("null where it would add modes together"),
      net: z.number().nullable(),
      positions: z.number().int(),
      reason: z.string().optional(),
    }),
  ),
  total: z.object(exposureFields),
  ...asOf,
});
export type ExposureAnswer = z.infer<typeof exposureAnswer>;

export const venueHealth = z.object({
  venue: z.string(),
  status: z.enum(["healthy", "degraded", "down", "unknown"]),
  latency_p50_ms: z.number().nullable(),
  latency_p95_ms: z.number().nullable(),
  error_rate: z.number().nullable().describe("errors ÷ (requests + messages) over 5 minutes, a ratio"),
  last_message_age_s: z.number().nullable(),
  halted: z.boolean(),
  connected: z.boolean().nullable(),
  last_gap_at: iso.optional(),
  detail: z.string().optional(),
});
export type VenueHealth = z.infer<typeof venueHealth>;
export const hubHealth = z.object({
  version: z.string(),
  uptime_s: z.number(),
  store: z.enum(["sqlite", "postgres"]),
  store_ok: z.boolean(),
  store_reason: z.string().optional(),
  queue_events: z.number().int(),
  queue_limit: z.number().int(),
  facts: z.number().int(),
  samples: z.number().int(),
  rejected: z.number().int(),
  last_append_ms: z.number().nullable(),
});
export type HubHealth = z.infer<typeof hubHealth>;
export const healthAnswer = z.object({
  status: z.enum(["healthy", "degraded", "down"]),
  venues: z.array(venueHealth),
  bots: z.array(
    z.object({
      bot: z.string(),
      mode: tradingMode,
      liveness,
      status: z.string().nullable(),
      last_seen_age_s: z.number(),
    }),
  ),
  halted: z
    .object({ bots: z.number().int(), venues: z.number().int() })
    .describe("how many commands of the hub hold so that no order may go out"),
  hub: hubHealth,
  ...asOf,
});
export type HealthAnswer = z.infer<typeof healthAnswer>;

export const rejectedRow = z.object({
  at: iso,
  bot: z.string().nullable(),
  code: z.string(),
  path: z.string(),
  message: z.string(),
  sample: prose(2048).describe("the refused input, cut to 2 KiB"),
});
export type RejectedRow = z.infer<typeof rejectedRow>;
export const rejectedAnswer = z.object({
  rejected: z.array(rejectedRow).describe("newest first, the last 1,000"),
  counts: z.array(z.object({ bot: z.string().nullable(), code: z.string(), count: z.number().int() })),
  ...asOf,
});

export const eventsAnswer = z.object({
  events: z.array(z.looseObject({ seq: z.number().int(), type: z.string(), bot: z.string() })),
  next_cursor: z.string().optional(),
  ...asOf,
});

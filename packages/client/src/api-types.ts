// Written by scripts/generate-types.ts from the hub's schemas. Do not edit.
export interface BotView {
  bot: string;
  mode: TradingMode;
  strategy?: string | undefined;
  status: "running" | "paused" | "halted" | "reducing" | "stopped" | "error" | null;
  liveness: Liveness;
  stuck: boolean;
  /** ISO-8601 in UTC */
  last_seen_at: string;
  last_seen_age_s: number;
  expected_interval_s: number;
  progress: number | null;
  progress_age_s: number | null;
  execution_mode?: string | undefined;
  version?: string | undefined;
  config_hash?: string | undefined;
  /** ISO-8601 in UTC */
  started_at?: string | undefined;
  uptime_s: number | null;
  reason?: string | undefined;
  venues: ReadonlyArray<{
    venue: string;
    connected: boolean;
    subscriptions?: number | undefined;
    [field: string]: unknown;
  }>;
  counters: Readonly<Record<string, number>>;
  risk_stats: Readonly<Record<string, unknown>>;
  risk: Readonly<Record<string, unknown>>;
  contacts_per_minute: readonly number[];
  facts: number;
  fills: number;
  open_orders: number;
  rejected: number;
  contradictions: number;
  /** events with a time in the future or before 2009 */
  odd_times: number;
  /** what commands of the hub leave it free to do; absent while none holds it */
  control?:
    | {
        state: "running" | "paused" | "reducing" | "halted";
        command_ids: readonly string[];
      }
    | undefined;
  client?:
    | {
        sent: number;
        dropped: number;
        spooled: number;
        [field: string]: unknown;
      }
    | undefined;
  last_error?:
    | {
        code: string;
        message: string;
        /** ISO-8601 in UTC */
        at: string;
      }
    | undefined;
}

export interface BotsAnswer {
  bots: readonly BotView[];
  /** ISO-8601 in UTC */
  as_of: string;
  as_of_seq: number;
}

export interface EdgeView {
  pair_id: string;
  /** of the pair, or of the event that its markets are of */
  title?: string | undefined;
  primary_market: string;
  hedge_market: string;
  net_edge_cents: number;
  confidence?: number | undefined;
  expected_slippage_cents?: number | undefined;
  leader?: string | undefined;
  best_side?: string | undefined;
  direction?: string | undefined;
  /** ISO-8601 in UTC */
  timestamp: string;
  id: string;
  bot: string;
  mode: TradingMode;
  age_s: number;
  /** in the answer to an edge that was sent: it says otherwise than the one that is shown, which stands */
  contradicted?: boolean | undefined;
  [field: string]: unknown;
}

export interface EdgesAnswer {
  edges: readonly EdgeView[];
  /** ISO-8601 in UTC */
  as_of: string;
  as_of_seq: number;
}

export interface EventsAnswer {
  events: ReadonlyArray<{
    seq: number;
    type: string;
    bot: string;
    [field: string]: unknown;
  }>;
  next_cursor?: string | undefined;
  /** ISO-8601 in UTC */
  as_of: string;
  as_of_seq: number;
}

export interface ExposureAnswer {
  by_venue: ReadonlyArray<{
    venue: string;
    /** sum of absolute notional at average cost, USD; null when nothing is known in USD */
    gross_usd: number | null;
    /** long minus short notional at average cost, USD */
    net_usd: number | null;
    positions: number;
    reason?: string | undefined;
  }>;
  by_category: ReadonlyArray<{
    category: string;
    /** sum of absolute notional at average cost, USD; null when nothing is known in USD */
    gross_usd: number | null;
    /** long minus short notional at average cost, USD */
    net_usd: number | null;
    positions: number;
    reason?: string | undefined;
  }>;
  /** by the base of instruments; without an instrument event a symbol is its own asset */
  by_asset: ReadonlyArray<{
    asset: string;
    /** sum of absolute notional at average cost, USD; null when nothing is known in USD */
    gross_usd: number | null;
    /** long minus short notional at average cost, USD */
    net_usd: number | null;
    positions: number;
    reason?: string | undefined;
  }>;
  by_bot: ReadonlyArray<{
    bot: string;
    /** sum of absolute notional at average cost, USD; null when nothing is known in USD */
    gross_usd: number | null;
    /** long minus short notional at average cost, USD */
    net_usd: number | null;
    positions: number;
    reason?: string | undefined;
  }>;
  by_currency: ReadonlyArray<{
    currency: string;
    /** null where it would add modes together */
    gross: number | null;
    net: number | null;
    positions: number;
    reason?: string | undefined;
  }>;
  total: {
    /** sum of absolute notional at average cost, USD; null when nothing is known in USD */
    gross_usd: number | null;
    /** long minus short notional at average cost, USD */
    net_usd: number | null;
    positions: number;
    reason?: string | undefined;
  };
  /** ISO-8601 in UTC */
  as_of: string;
  as_of_seq: number;
}

export interface ExposureRow {
  /** sum of absolute notional at average cost, USD; null when nothing is known in USD */
  gross_usd: number | null;
  /** long minus short notional at average cost, USD */
  net_usd: number | null;
  positions: number;
  reason?: string | undefined;
}

export interface FillView {
  seq: number;
  id: string;
  fill_id: string;
  bot: string;
  mode: TradingMode;
  /** ISO-8601 in UTC */
  timestamp: string;
  /** ISO-8601 in UTC */
  received_at: string;
  account?: string | undefined;
  strategy?: string | undefined;
  venue?: string | undefined;
  symbol?: string | undefined;
  side?: "buy" | "sell" | undefined;
  /** an exact decimal */
  price?: string | undefined;
  /** an exact decimal */
  size?: string | undefined;
  order_id?: string | undefined;
  is_maker?: boolean | undefined;
  /** an exact decimal */
  fee?: string | undefined;
  fee_currency?: string | undefined;
  /** an exact decimal */
  funding?: string | undefined;
  pair_id?: string | undefined;
  entry_edge_cents?: number | undefined;
  realized_edge_cents?: number | undefined;
  slippage_cents?: number | undefined;
  fees_cents?: number | undefined;
  size_usd?: number | undefined;
  pnl_cents?: number | undefined;
  /** taken back by fill.voided */
  voided: boolean;
  /** another statement of the same fill says otherwise */
  contradicted: boolean;
  /** the newest reason of a `correction` of it; its numbers stand as they were said */
  correction?: string | undefined;
  [field: string]: unknown;
}

export interface FillsAnswer {
  fills: readonly FillView[];
  next_cursor?: string | undefined;
  /** ISO-8601 in UTC */
  as_of: string;
  as_of_seq: number;
}

export interface HealthAnswer {
  status: "healthy" | "degraded" | "down";
  venues: readonly VenueHealth[];
  bots: ReadonlyArray<{
    bot: string;
    mode: TradingMode;
    liveness: Liveness;
    status: string | null;
    last_seen_age_s: number;
  }>;
  /** how many commands of the hub hold so that no order may go out */
  halted: {
    bots: number;
    venues: number;
  };
  hub: HubHealth;
  /** ISO-8601 in UTC */
  as_of: string;
  as_of_seq: number;
}

export interface HubHealth {
  version: string;
  uptime_s: number;
  store: "sqlite" | "postgres";
  store_ok: boolean;
  store_reason?: string | undefined;
  queue_events: number;
  queue_limit: number;
  facts: number;
  samples: number;
  rejected: number;
  last_append_ms: number | null;
}

export interface IngestAnswer {
  /** facts that are now durable */
  accepted: number;
  /** samples taken in; the newest of each stream counts */
  sampled: number;
  /** facts that were there already */
  duplicates: number;
  /** facts that were there already and gained fields */
  merged: number;
  /** facts that say otherwise than what was there: kept, flagged, without effect */
  contradictions: number;
  rejected: ReadonlyArray<{
    index: number;
    code: string;
    path: string;
    message: string;
  }>;
  last_seq: number;
}

export type Liveness = "alive" | "stale" | "offline" | "stopped";

export interface Quantity {
  value: number | null;
  unit: string;
  reason?: string | undefined;
}

export interface RejectedAnswer {
  /** newest first, the last 1,000 */
  rejected: readonly RejectedRow[];
  counts: ReadonlyArray<{
    bot: string | null;
    code: string;
    count: number;
  }>;
  /** ISO-8601 in UTC */
  as_of: string;
  as_of_seq: number;
}

export interface RejectedRow {
  /** ISO-8601 in UTC */
  at: string;
  bot: string | null;
  code: string;
  path: string;
  message: string;
  /** the refused input, cut to 2 KiB */
  sample: string;
}

export type TradingMode = "live" | "paper" | "simulate" | "demo";

export interface VenueHealth {
  venue: string;
  status: "healthy" | "degraded" | "down" | "unknown";
  latency_p50_ms: number | null;
  latency_p95_ms: number | null;
  /** errors ÷ (requests + messages) over 5 minutes, a ratio */
  error_rate: number | null;
  last_message_age_s: number | null;
  halted: boolean;
  connected: boolean | null;
  /** ISO-8601 in UTC */
  last_gap_at?: string | undefined;
  detail?: string | undefined;
}

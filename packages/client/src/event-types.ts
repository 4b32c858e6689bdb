// Written by scripts/generate-types.ts from the hub's schemas. Do not edit.

/** An exact decimal: text such as "0.1", or a number. A bigint is sent as text. */
export type Decimal = string | number | bigint;
/** A moment: ISO-8601, a Date, or an epoch in s, ms, µs or ns (told apart by magnitude). */
export type Time = string | number | Date;
/** The id of a thing at a venue or in a bot. */
export type Reference = string | number;

/** What any event may carry besides its own fields; the reporter fills in what is left out. */
export interface Envelope {
  bot?: string | undefined;
  ts?: Time | undefined;
  id?: string | undefined;
  v?: 1 | undefined;
  mode?: "live" | "paper" | "simulate" | "demo" | undefined;
  strategy?: string | undefined;
  account?: string | undefined;
  origin?: "import" | "export" | undefined;
  tags?: Readonly<Record<string, string>> | undefined;
}
/** The fields of `bot.started`. */
export interface BotStartedFields extends Envelope {
  status?: "running" | "paused" | "halted" | "reducing" | "stopped" | "error" | undefined;
  execution_mode?: string | undefined;
  uptime_s?: number | string | undefined;
  version?: string | undefined;
  config_hash?: string | undefined;
  venues?:
    | ReadonlyArray<{
        venue: string;
        connected: boolean;
        subscriptions?: number | undefined;
        messages?: number | undefined;
        reconnects?: number | undefined;
        [field: string]: unknown;
      }>
    | undefined;
  counters?: Readonly<Record<string, number | string>> | undefined;
  risk_stats?:
    | {
        approval_rate?: number | string | undefined;
        daily_pnl?: number | string | undefined;
        consecutive_losses?: number | undefined;
        [field: string]: unknown;
      }
    | undefined;
  makes_markets?: boolean | undefined;
  reason?: string | undefined;
}

/** The fields of `bot.state`. */
export interface BotStateFields extends Envelope {
  status: "running" | "paused" | "halted" | "reducing" | "stopped" | "error";
  execution_mode?: string | undefined;
  uptime_s?: number | string | undefined;
  version?: string | undefined;
  config_hash?: string | undefined;
  venues?:
    | ReadonlyArray<{
        venue: string;
        connected: boolean;
        subscriptions?: number | undefined;
        messages?: number | undefined;
        reconnects?: number | undefined;
        [field: string]: unknown;
      }>
    | undefined;
  counters?: Readonly<Record<string, number | string>> | undefined;
  risk_stats?:
    | {
        approval_rate?: number | string | undefined;
        daily_pnl?: number | string | undefined;
        consecutive_losses?: number | undefined;
        [field: string]: unknown;
      }
    | undefined;
  makes_markets?: boolean | undefined;
  reason?: string | undefined;
}

/** The fields of `bot.stopped`. */
export type BotStoppedFields = BotStartedFields;

/** The fields of `heartbeat`. */
export interface HeartbeatFields extends Envelope {
  progress?: number | string | undefined;
  interval_s?: number | string | undefined;
  client?:
    | {
        sent: number;
        dropped: number;
        spooled: number;
        queued?: number | undefined;
        retries?: number | undefined;
        [field: string]: unknown;
      }
    | undefined;
}

/** The fields of `tick`. */
export interface TickFields extends Envelope {
  duration_s: number | string;
  indicator_s?: number | string | undefined;
  connector_io_s?: number | string | undefined;
}

/** The fields of `error`. */
export interface ErrorFields extends Envelope {
  code: string;
  message: string;
  severity?: "low" | "medium" | "high" | "critical" | undefined;
}

/** The fields of `threshold_breach`. */
export interface ThresholdBreachFields extends Envelope {
  metric: string;
  value: number | string;
  limit?: number | string | undefined;
  severity?: "low" | "medium" | "high" | "critical" | undefined;
}

/** The fields of `metric`. */
export interface MetricFields extends Envelope {
  name: string;
  value: number | string;
  unit?: string | undefined;
  labels?: Readonly<Record<string, string>> | undefined;
}

/** The fields of `log`. */
export interface LogFields extends Envelope {
  level: string;
  message: string;
}

/** The fields of `annotation`. */
export interface AnnotationFields extends Envelope {
  title: string;
  text?: string | undefined;
}

/** The fields of `calibration`. */
export interface CalibrationFields extends Envelope {
  kind: "edge_report" | "fill_factor";
  avg_capture_bps?: number | string | undefined;
  configured_fill_factor?: number | string | undefined;
  realized_fill_factor?: number | string | undefined;
}

/** The fields of `risk`. */
export interface RiskFields extends Envelope {
  position_drift_pct?: number | string | undefined;
  margin_ratio?: number | string | undefined;
  funding_rate?: number | string | undefined;
  daily_loss_pct?: number | string | undefined;
  drawdown_pct?: number | string | undefined;
  realized_pnl_today_quote?: number | string | undefined;
  equity_quote?: number | string | undefined;
  base_pct?: number | string | undefined;
  adverse_drift_30s?: number | string | undefined;
  order_book_stale?: boolean | 0 | 1 | undefined;
  risk_reasons?: readonly string[] | undefined;
}

/** The fields of `instrument`. */
export interface InstrumentFields extends Envelope {
  venue: string;
  symbol: string;
  kind: "spot" | "linear" | "inverse" | "binary";
  base?: string | undefined;
  quote?: string | undefined;
  settle?: string | undefined;
  multiplier?: Decimal | undefined;
  payout?: Decimal | undefined;
  tick?: Decimal | undefined;
  category?: string | undefined;
  event_id?: string | undefined;
  outcome?: string | undefined;
  expires_at?: Time | undefined;
  title?: string | undefined;
  maker_fee_rate?: Decimal | undefined;
  taker_fee_rate?: Decimal | undefined;
  fee_model?: string | undefined;
}

/** The fields of `rate`. */
export interface RateFields extends Envelope {
  currency: string;
  per: string;
  price: Decimal;
}

/** The fields of `pair`. */
export interface PairFields extends Envelope {
  pair_id: string;
  legs: ReadonlyArray<{
    venue: string;
    symbol: string;
    means?: string | undefined;
    [field: string]: unknown;
  }>;
  approved_by?: string | undefined;
  rules_hash?: string | undefined;
  expires_at?: Time | undefined;
  title?: string | undefined;
}

/** The fields of `mark`. */
export interface MarkFields extends Envelope {
  venue: string;
  symbol: string;
  price: Decimal;
  bid?: Decimal | undefined;
  ask?: Decimal | undefined;
}

/** The fields of `book`. */
export interface BookFields extends Envelope {
  venue: string;
  symbol: string;
  bids: ReadonlyArray<readonly [Decimal, Decimal]>;
  asks: ReadonlyArray<readonly [Decimal, Decimal]>;
  depth?: number | string | undefined;
  venue_ts?: Time | undefined;
}

/** The fields of `edge`. */
export interface EdgeFields extends Envelope {
  pair_id: string;
  primary_market: string;
  hedge_market: string;
  net_edge_cents: number | string;
  confidence?: number | string | undefined;
  expected_slippage_cents?: number | string | undefined;
  leader?: string | undefined;
  best_side?: string | undefined;
  direction?: string | undefined;
  size?: Decimal | undefined;
  net_edge_bps?: number | string | undefined;
  ttl_s?: number | string | undefined;
}

/** The fields of `opportunity`. */
export interface OpportunityFields extends Envelope {
  opportunity_id: string;
  event_id?: string | undefined;
  pair_id?: string | undefined;
  action: "detected" | "approved" | "executed" | "rejected";
  edge_bps?: number | string | undefined;
  edge_cents?: number | string | undefined;
  confidence?: "high" | "medium" | "low" | undefined;
  reason?: string | undefined;
  detail?: string | undefined;
}

/** The fields of `feed`. */
export interface FeedFields extends Envelope {
  venue: string;
  kind: "connected" | "disconnected" | "reconnecting" | "stale" | "gap" | "resynced" | "latency" | "request" | "error";
  latency_ms?: number | string | undefined;
  channel?: string | undefined;
  detail?: string | undefined;
}

/** The fields of `order.placed`. */
export interface OrderPlacedFields extends Envelope {
  order_id: Reference;
  venue: string;
  symbol: string;
  side: "buy" | "sell";
  price?: Decimal | undefined;
  size: Decimal;
  order_type?: "limit" | "market" | "limit_maker" | undefined;
  reduce_only?: boolean | undefined;
  intent?: "entry" | "exit" | undefined;
  arrival_mid?: Decimal | undefined;
  time_in_force?: string | undefined;
  pair_id?: string | undefined;
  decided_at?: Time | undefined;
  sent_at?: Time | undefined;
}

/** The fields of `order.acknowledged`. */
export interface OrderAcknowledgedFields extends Envelope {
  order_id: Reference;
  venue?: string | undefined;
  symbol?: string | undefined;
  filled_size?: Decimal | undefined;
  reason?: string | undefined;
}

/** The fields of `order.cancelled`. */
export type OrderCancelledFields = OrderAcknowledgedFields;

/** The fields of `order.rejected`. */
export type OrderRejectedFields = OrderAcknowledgedFields;

/** The fields of `order.expired`. */
export type OrderExpiredFields = OrderAcknowledgedFields;

/** The fields of `order.filled`. */
export interface OrderFilledFields extends Envelope {
  fill_id: Reference;
  quote_id?: Reference | undefined;
  venue: string;
  symbol: string;
  side: "buy" | "sell";
  price: Decimal;
  size: Decimal;
  is_maker?: boolean | undefined;
  fee?: Decimal | undefined;
  fee_currency?: string | undefined;
  reference_price?: Decimal | undefined;
  arrival_mid?: Decimal | undefined;
  mid?: Decimal | undefined;
  funding?: Decimal | undefined;
  pair_id?: string | undefined;
  entry_edge_cents?: number | string | undefined;
  realized_edge_cents?: number | string | undefined;
  slippage_cents?: number | string | undefined;
  fees_cents?: number | string | undefined;
  size_usd?: number | string | undefined;
  pnl_cents?: number | string | undefined;
  expected_spread_bps?: number | string | undefined;
  adverse_drift_30s?: number | string | undefined;
  position_before?: Decimal | undefined;
  position_after?: Decimal | undefined;
  reduce_only?: boolean | undefined;
  order_id: Reference;
}

/** The fields of `orders.snapshot`. */
export interface OrdersSnapshotFields extends Envelope {
  orders: ReadonlyArray<{
    order_id: Reference;
    venue: string;
    symbol: string;
    side: "buy" | "sell";
    price?: Decimal | undefined;
    size: Decimal;
    filled_size?: Decimal | undefined;
    [field: string]: unknown;
  }>;
  source?: "bot" | "venue" | undefined;
  read_by?: "hub" | undefined;
  venue?: string | undefined;
  shared_by?: readonly string[] | undefined;
  dust?: number | string | undefined;
}

/** The fields of `quote`. */
export interface QuoteFields extends Envelope {
  quote_id: Reference;
  venue: string;
  symbol: string;
  side: "buy" | "sell";
  price: Decimal;
  size: Decimal;
  intent?: "maker" | "taker" | undefined;
}

/** The fields of `quote.ended`. */
export interface QuoteEndedFields extends Envelope {
  quote_id: Reference;
  venue: string;
  symbol: string;
  side?: "buy" | "sell" | undefined;
  price?: Decimal | undefined;
  size?: Decimal | undefined;
  intent?: "maker" | "taker" | undefined;
  outcome: "filled" | "partially_filled" | "cancelled" | "expired" | "rejected";
  filled_size?: Decimal | undefined;
  eligible_size?: Decimal | undefined;
}

/** The fields of `fill`. */
export interface FillFields extends Envelope {
  fill_id: Reference;
  quote_id?: Reference | undefined;
  venue: string;
  symbol: string;
  side: "buy" | "sell";
  price: Decimal;
  size: Decimal;
  is_maker?: boolean | undefined;
  fee?: Decimal | undefined;
  fee_currency?: string | undefined;
  reference_price?: Decimal | undefined;
  arrival_mid?: Decimal | undefined;
  mid?: Decimal | undefined;
  funding?: Decimal | undefined;
  pair_id?: string | undefined;
  entry_edge_cents?: number | string | undefined;
  realized_edge_cents?: number | string | undefined;
  slippage_cents?: number | string | undefined;
  fees_cents?: number | string | undefined;
  size_usd?: number | string | undefined;
  pnl_cents?: number | string | undefined;
  expected_spread_bps?: number | string | undefined;
  adverse_drift_30s?: number | string | undefined;
  position_before?: Decimal | undefined;
  position_after?: Decimal | undefined;
  reduce_only?: boolean | undefined;
  order_id?: Reference | undefined;
}

/** The fields of `fill.voided`. */
export interface FillVoidedFields extends Envelope {
  fill_id: Reference;
  venue: string;
  reason: string;
}

/** The fields of `correction`. */
export interface CorrectionFields extends Envelope {
  corrects?: string | undefined;
  fill_id?: Reference | undefined;
  venue?: string | undefined;
  reason: string;
}

/** The fields of `adjustment`. */
export interface AdjustmentFields extends Envelope {
  currency: string;
  amount: Decimal;
  reason: string;
}

/** The fields of `position.opened`. */
export interface PositionOpenedFields extends Envelope {
  position_id: Reference;
  venue: string;
  symbol: string;
  side: "long" | "short";
  size: Decimal;
  entry_price: Decimal;
  exit_price?: Decimal | undefined;
  realized_pnl?: Decimal | undefined;
  realized_pnl_is_gross?: boolean | undefined;
  fees?: Decimal | undefined;
  opened_at?: Time | undefined;
  reason?: string | undefined;
}

/** The fields of `position.closed`. */
export type PositionClosedFields = PositionOpenedFields;

/** The fields of `position.snapshot`. */
export interface PositionSnapshotFields extends Envelope {
  positions: ReadonlyArray<{
    venue: string;
    symbol: string;
    size: Decimal;
    entry_price?: Decimal | undefined;
    mark_price?: Decimal | undefined;
    margin?: Decimal | undefined;
    [field: string]: unknown;
  }>;
  source?: "bot" | "venue" | undefined;
  read_by?: "hub" | undefined;
  venue?: string | undefined;
  shared_by?: readonly string[] | undefined;
  dust?: number | string | undefined;
}

/** The fields of `balance`. */
export interface BalanceFields extends Envelope {
  venue: string;
  balances: ReadonlyArray<{
    currency: string;
    total: Decimal;
    available?: Decimal | undefined;
    [field: string]: unknown;
  }>;
  equity?: Decimal | undefined;
  equity_currency?: string | undefined;
  margin_ratio?: number | string | undefined;
  source?: "bot" | "venue" | undefined;
  read_by?: "hub" | undefined;
}

/** The fields of `income`. */
export interface IncomeFields extends Envelope {
  income_type: string;
  amount: Decimal;
  currency: string;
  venue: string;
  symbol?: string | undefined;
  transaction_id?: Reference | undefined;
}

/** The fields of `settlement`. */
export interface SettlementFields extends Envelope {
  venue: string;
  symbol: string;
  outcome?: string | undefined;
  payout_per_unit: Decimal;
  settled_at?: Time | undefined;
}

/** A `fill` that is a pair trade in cents and USD: it has neither price nor side. */
export interface PairFillFields extends Envelope {
  fill_id: Reference;
  pair_id?: string | undefined;
  entry_edge_cents?: number | string | undefined;
  realized_edge_cents?: number | string | undefined;
  slippage_cents?: number | string | undefined;
  fees_cents?: number | string | undefined;
  size_usd?: number | string | undefined;
  pnl_cents?: number | string | undefined;
  venue?: undefined;
  symbol?: undefined;
  side?: undefined;
  price?: undefined;
}

/** The fields of every event type that a bot may say. */
export interface EventFields {
  "bot.started": BotStartedFields;
  "bot.state": BotStateFields;
  "bot.stopped": BotStoppedFields;
  heartbeat: HeartbeatFields;
  tick: TickFields;
  error: ErrorFields;
  threshold_breach: ThresholdBreachFields;
  metric: MetricFields;
  log: LogFields;
  annotation: AnnotationFields;
  calibration: CalibrationFields;
  risk: RiskFields;
  instrument: InstrumentFields;
  rate: RateFields;
  pair: PairFields;
  mark: MarkFields;
  book: BookFields;
  edge: EdgeFields;
  opportunity: OpportunityFields;
  feed: FeedFields;
  "order.placed": OrderPlacedFields;
  "order.acknowledged": OrderAcknowledgedFields;
  "order.cancelled": OrderCancelledFields;
  "order.rejected": OrderRejectedFields;
  "order.expired": OrderExpiredFields;
  "order.filled": OrderFilledFields;
  "orders.snapshot": OrdersSnapshotFields;
  quote: QuoteFields;
  "quote.ended": QuoteEndedFields;
  fill: FillFields | PairFillFields;
  "fill.voided": FillVoidedFields;
  correction: CorrectionFields;
  adjustment: AdjustmentFields;
  "position.opened": PositionOpenedFields;
  "position.closed": PositionClosedFields;
  "position.snapshot": PositionSnapshotFields;
  balance: BalanceFields;
  income: IncomeFields;
  settlement: SettlementFields;
}

export type EventType = keyof EventFields;

/** Types whose events are dropped first when the queue is full: only their newest value counts. */
export const sampleTypes: ReadonlySet<string> = new Set(["heartbeat", "tick", "metric", "log", "mark", "book", "edge"]);

// Written by scripts/generate-types.ts from the hub's schemas. Do not edit.
import type {
  AdjustmentFields,
  AnnotationFields,
  BalanceFields,
  BookFields,
  BotStartedFields,
  BotStateFields,
  BotStoppedFields,
  CalibrationFields,
  CorrectionFields,
  EdgeFields,
  FeedFields,
  FillFields,
  FillVoidedFields,
  HeartbeatFields,
  IncomeFields,
  InstrumentFields,
  LogFields,
  MarkFields,
  MetricFields,
  OpportunityFields,
  OrderAcknowledgedFields,
  OrderCancelledFields,
  OrderExpiredFields,
  OrderFilledFields,
  OrderPlacedFields,
  OrderRejectedFields,
  OrdersSnapshotFields,
  PairFields,
  PairFillFields,
  PositionClosedFields,
  PositionOpenedFields,
  PositionSnapshotFields,
  QuoteEndedFields,
  QuoteFields,
  RateFields,
  RiskFields,
  SettlementFields,
  TickFields,
} from "./event-types.ts";

/** One method for each event type. All return at once, throw nothing and give back nothing. */
export interface EventMethods {
  /** Reports `bot.started`. */
  botStarted(event?: BotStartedFields): void;
  /** Reports `bot.state`. */
  botState(event: BotStateFields): void;
  /** Reports `bot.stopped`. */
  botStopped(event?: BotStoppedFields): void;
  /** Reports `heartbeat`. */
  heartbeat(event?: HeartbeatFields): void;
  /** Reports `tick`. */
  tick(event: TickFields): void;
  /** Reports `metric`. */
  metric(event: MetricFields): void;
  /** Reports `log`. */
  log(event: LogFields): void;
  /** Reports `annotation`. */
  annotation(event: AnnotationFields): void;
  /** Reports `calibration`. */
  calibration(event: CalibrationFields): void;
  /** Reports `risk`. */
  risk(event?: RiskFields): void;
  /** Reports `instrument`. */
  instrument(event: InstrumentFields): void;
  /** Reports `rate`. */
  rate(event: RateFields): void;
  /** Reports `pair`. */
  pair(event: PairFields): void;
  /** Reports `mark`. */
  mark(event: MarkFields): void;
  /** Reports `book`. */
  book(event: BookFields): void;
  /** Reports `edge`. */
  edge(event: EdgeFields): void;
  /** Reports `opportunity`. */
  opportunity(event: OpportunityFields): void;
  /** Reports `feed`. */
  feed(event: FeedFields): void;
  /** Reports `order.placed`. */
  orderPlaced(event: OrderPlacedFields): void;
  /** Reports `order.acknowledged`. */
  orderAcknowledged(event: OrderAcknowledgedFields): void;
  /** Reports `order.cancelled`. */
  orderCancelled(event: OrderCancelledFields): void;
  /** Reports `order.rejected`. */
  orderRejected(event: OrderRejectedFields): void;
  /** Reports `order.expired`. */
  orderExpired(event: OrderExpiredFields): void;
  /** Reports `order.filled`. */
  orderFilled(event: OrderFilledFields): void;
  /** Reports `orders.snapshot`. */
  ordersSnapshot(event: OrdersSnapshotFields): void;
  /** Reports `quote`. */
  quote(event: QuoteFields): void;
  /** Reports `quote.ended`. */
  quoteEnded(event: QuoteEndedFields): void;
  /** Reports `fill`. */
  fill(event: FillFields | PairFillFields): void;
  /** Reports `fill.voided`. */
  fillVoided(event: FillVoidedFields): void;
  /** Reports `correction`. */
  correction(event: CorrectionFields): void;
  /** Reports `adjustment`. */
  adjustment(event: AdjustmentFields): void;
  /** Reports `position.opened`. */
  positionOpened(event: PositionOpenedFields): void;
  /** Reports `position.closed`. */
  positionClosed(event: PositionClosedFields): void;
  /** Reports `position.snapshot`. */
  positionSnapshot(event: PositionSnapshotFields): void;
  /** Reports `balance`. */
  balance(event: BalanceFields): void;
  /** Reports `income`. */
  income(event: IncomeFields): void;
  /** Reports `settlement`. */
  settlement(event: SettlementFields): void;
}

/** The methods, each handing its event to `report`. */
export const eventMethods = (report: (type: string, fields: unknown) => void): EventMethods => ({
  botStarted: (event = {}) => report("bot.started", event),
  botState: (event) => report("bot.state", event),
  botStopped: (event = {}) => report("bot.stopped", event),
  heartbeat: (event = {}) => report("heartbeat", event),
  tick: (event) => report("tick", event),
  metric: (event) => report("metric", event),
  log: (event) => report("log", event),
  annotation: (event) => report("annotation", event),
  calibration: (event) => report("calibration", event),
  risk: (event = {}) => report("risk", event),
  instrument: (event) => report("instrument", event),
  rate: (event) => report("rate", event),
  pair: (event) => report("pair", event),
  mark: (event) => report("mark", event),
  book: (event) => report("book", event),
  edge: (event) => report("edge", event),
  opportunity: (event) => report("opportunity", event),
  feed: (event) => report("feed", event),
  orderPlaced: (event) => report("order.placed", event),
  orderAcknowledged: (event) => report("order.acknowledged", event),
  orderCancelled: (event) => report("order.cancelled", event),
  orderRejected: (event) => report("order.rejected", event),
  orderExpired: (event) => report("order.expired", event),
  orderFilled: (event) => report("order.filled", event),
  ordersSnapshot: (event) => report("orders.snapshot", event),
  quote: (event) => report("quote", event),
  quoteEnded: (event) => report("quote.ended", event),
  fill: (event) => report("fill", event),
  fillVoided: (event) => report("fill.voided", event),
  correction: (event) => report("correction", event),
  adjustment: (event) => report("adjustment", event),
  positionOpened: (event) => report("position.opened", event),
  positionClosed: (event) => report("position.closed", event),
  positionSnapshot: (event) => report("position.snapshot", event),
  balance: (event) => report("balance", event),
  income: (event) => report("income", event),
  settlement: (event) => report("settlement", event),
});

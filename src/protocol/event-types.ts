import type { z } from "zod";
import type { EventClass } from "./define.ts";
import * as account from "./events/account.ts";
import * as bot from "./events/bot.ts";
import * as hub from "./events/hub.ts";
import * as market from "./events/market.ts";
import * as order from "./events/order.ts";

/**
 * What the hub knows of an event type besides its schema.
 * `key`: the parts of the natural key (EVENTS.md, column K), the one that tells most first and mode last; none: no key;
 * `sampleKey`: what a newer sample replaces;
 * `hubOnly`: made by the hub, refused from anybody else.
 */
interface EventType {
  readonly schema: z.ZodType<{ type: string; bot: string; ts: string }>;
  readonly class: EventClass;
  readonly key?: (event: never) => readonly (string | undefined)[];
  readonly sampleKey?: (event: never) => readonly (string | undefined)[];
  readonly hubOnly?: true;
}

type Of<S extends z.ZodType> = z.output<S>;

/** Of an event: what none says is live. */
export const modeOf = ({ mode }: { readonly mode?: string | undefined }): string => mode ?? "live";

const account_ = (event: { bot: string; account?: string | undefined }): string => event.account ?? event.bot;

const fillKey = (event: Of<typeof order.fill> | Of<typeof order.orderFilled>) => [
  event.fill_id,
  "fill",
  account_(event),
  event.venue,
  modeOf(event),
];

const orderKey = (event: Of<typeof order.orderAcknowledged> | Of<typeof order.orderPlaced>) => [
  event.order_id,
  event.type,
  account_(event),
  event.venue,
  modeOf(event),
];

const orderUpdateKey = (event: {
  type: string;
  bot: string;
  account?: string | undefined;
  venue?: string | undefined;
  mode?: string | undefined;
  order_id: string;
}) => [event.order_id, event.type, account_(event), event.venue, modeOf(event)];

const positionKey = (event: Of<typeof account.positionOpened> | Of<typeof account.positionClosed>) => [
  event.position_id,
  event.type,
  account_(event),
  event.venue,
  modeOf(event),
];

const byBot = (event: { bot: string }) => [event.bot];
const labelsOf = (labels: Record<string, string> | undefined): string =>
  labels === undefined ? "" : JSON.stringify(Object.entries(labels).sort());

/** The closed list of event types. Adding one touches this list, its schema and the fold. */
export const eventTypes = {
  "bot.started": { schema: bot.botStarted, class: "fact" },
  "bot.state": { schema: bot.botState, class: "conditional", sampleKey: byBot },
  "bot.stopped": { schema: bot.botStopped, class: "fact" },
  heartbeat: { schema: bot.heartbeat, class: "sample", sampleKey: byBot },
  tick: { schema: bot.tick, class: "sample", sampleKey: byBot },
  error: { schema: bot.error, class: "fact" },
  threshold_breach: { schema: bot.thresholdBreach, class: "fact" },
  metric: {
    schema: bot.metric,
    class: "sample",
    sampleKey: (event: Of<typeof bot.metric>) => [event.bot, event.name, labelsOf(event.labels)],
  },
  log: {
    schema: bot.log,
    class: "sample",
    sampleKey: (event: Of<typeof bot.log>) => [event.bot, event.ts, event.message],
  },
  annotation: { schema: bot.annotation, class: "fact" },
  calibration: { schema: bot.calibration, class: "fact" },
  risk: { schema: bot.risk, class: "conditional", sampleKey: byBot },

  instrument: {
    schema: market.instrument,
    class: "fact",
    key: (event: Of<typeof market.instrument>) => [event.symbol, "instrument", event.venue, modeOf(event)],
  },
  rate: {
    schema: market.rate,
    class: "conditional",
    sampleKey: (event: Of<typeof market.rate>) => [event.currency, event.per],
  },
  pair: {
    schema: market.pair,
    class: "fact",
    key: (event: Of<typeof market.pair>) => [event.pair_id, "pair", modeOf(event)],
  },
  mark: {
    schema: market.mark,
    class: "conditional",
    sampleKey: (event: Of<typeof market.mark>) => [event.venue, event.symbol],
  },
  book: {
    schema: market.book,
    class: "sample",
    sampleKey: (event: Of<typeof market.book>) => [event.venue, event.symbol],
  },
  edge: {
    schema: market.edge,
    class: "conditional",
    key: (event: Of<typeof market.edge>) => [event.ts, "edge", event.pair_id, modeOf(event)],
    sampleKey: (event: Of<typeof market.edge>) => [event.bot, event.pair_id],
  },
  opportunity: {
    schema: market.opportunity,
    class: "fact",
    key: (event: Of<typeof market.opportunity>) => [
      event.opportunity_id,
      "opportunity",
      event.bot,
      event.action,
      modeOf(event),
    ],
  },
  feed: {
    schema: market.feed,
    class: "conditional",
    sampleKey: (event: Of<typeof market.feed>) => [event.bot, event.venue, event.kind],
  },

  "order.placed": { schema: order.orderPlaced, class: "fact", key: orderKey },
  "order.acknowledged": { schema: order.orderAcknowledged, class: "fact", key: orderUpdateKey },
  "order.cancelled": { schema: order.orderCancelled, class: "fact", key: orderUpdateKey },
  "order.rejected": { schema: order.orderRejected, class: "fact", key: orderUpdateKey },
  "order.expired": { schema: order.orderExpired, class: "fact", key: orderUpdateKey },
  "order.filled": { schema: order.orderFilled, class: "fact", key: fillKey },
  "orders.snapshot": { schema: order.ordersSnapshot, class: "fact" },
  quote: { schema: order.quote, class: "fact" },
  "quote.ended": { schema: order.quoteEnded, class: "fact" },
  fill: { schema: order.fill, class: "fact", key: fillKey },
  "fill.voided": { schema: order.fillVoided, class: "fact" },
  correction: { schema: order.correction, class: "fact" },

  adjustment: { schema: account.adjustment, class: "fact" },
  "position.opened": { schema: account.positionOpened, class: "fact", key: positionKey },
  "position.closed": { schema: account.positionClosed, class: "fact", key: positionKey },
  "position.snapshot": { schema: account.positionSnapshot, class: "conditional", sampleKey: byBot },
  balance: { schema: account.balance, class: "fact" },
  income: {
    schema: account.income,
    class: "fact",
    key: (event: Of<typeof account.income>) =>
      event.transaction_id === undefined
        ? []
        : [
            event.transaction_id,
            "income",
            account_(event),
            event.venue,
            event.income_type,
            event.currency,
            event.symbol,
            modeOf(event),
          ],
  },
  settlement: {
    schema: account.settlement,
    class: "fact",
    key: (event: Of<typeof account.settlement>) => [event.symbol, "settlement", event.venue, modeOf(event)],
  },

  "command.issued": { schema: hub.commandIssued, class: "fact", hubOnly: true },
  "command.delivered": { schema: hub.commandDelivered, class: "fact", hubOnly: true },
  "command.acknowledged": { schema: hub.commandAcknowledged, class: "fact", hubOnly: true },
  "command.verified": { schema: hub.commandVerified, class: "fact", hubOnly: true },
  "command.late": { schema: hub.commandLate, class: "fact", hubOnly: true },
  "command.expired": { schema: hub.commandExpired, class: "fact", hubOnly: true },
  "alert.raised": { schema: hub.alertRaised, class: "fact", hubOnly: true },
  "alert.acknowledged": { schema: hub.alertAcknowledged, class: "fact", hubOnly: true },
  "alert.snoozed": { schema: hub.alertSnoozed, class: "fact", hubOnly: true },
  "alert.resolved": { schema: hub.alertResolved, class: "fact", hubOnly: true },
  "notification.sent": { schema: hub.notificationSent, class: "fact", hubOnly: true },
  "notification.failed": { schema: hub.notificationFailed, class: "fact", hubOnly: true },
  "notification.retried": { schema: hub.notificationRetried, class: "fact", hubOnly: true },
  rejected: { schema: hub.rejected, class: "fact", hubOnly: true },
  "ledger.rebased": { schema: hub.ledgerRebased, class: "fact", hubOnly: true },
  reconciliation: { schema: hub.reconciliation, class: "fact", hubOnly: true },
  "day.closed": { schema: hub.dayClosed, class: "fact", hubOnly: true },
  "instrument.declared": { schema: hub.instrumentDeclared, class: "fact", hubOnly: true },
  "instrument.withdrawn": { schema: hub.instrumentWithdrawn, class: "fact", hubOnly: true },
  "limit.declared": { schema: hub.limitDeclared, class: "fact", hubOnly: true },
  "rate.declared": { schema: hub.rateDeclared, class: "fact", hubOnly: true },
  "rule.declared": { schema: hub.ruleDeclared, class: "fact", hubOnly: true },
  "rule.withdrawn": { schema: hub.ruleWithdrawn, class: "fact", hubOnly: true },
} as const satisfies Record<string, EventType>;

export type EventTypeName = keyof typeof eventTypes;

/** A `fill` of document 2: no price, no side, no venue. */
export type PairFill = Of<typeof order.pairFill>;

/** A validated event in canonical form: decimals as canonical texts, times as ISO-8601 in UTC, ids as text. */
export type DeskEvent = { [K in EventTypeName]: Of<(typeof eventTypes)[K]["schema"]> }[EventTypeName] | PairFill;

/** The canonical event of one type. */
export type EventOf<T extends EventTypeName> = T extends "fill"
  ? Of<typeof order.fill>
  : Of<(typeof eventTypes)[T]["schema"]>;

export const isEventType = (name: string): name is EventTypeName => Object.hasOwn(eventTypes, name);

/** Whether a fill is a pair trade in the terms of document 2. */
export const isPairFill = (event: { readonly type: "fill"; readonly price?: unknown }): event is PairFill =>
  event.price === undefined;

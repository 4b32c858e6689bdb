import type { DeskEvent, EventOf, EventTypeName } from "../protocol/event-types.ts";

const TRADING = [
  "fill",
  "order.placed",
  "order.acknowledged",
  "order.cancelled",
  "order.rejected",
  "order.expired",
  "order.filled",
  "opportunity",
  "quote",
  "quote.ended",
] as const;

/** What a bot says of its own trading, which is nearly all that comes: it changes no other bot, and of the desk only commands. */
export type TradingEvent = EventOf<(typeof TRADING)[number]>;

const trading: ReadonlySet<EventTypeName> = new Set(TRADING);

/** The event where it is of trading: asked once for a fact, whose type would otherwise be compared with every other. */
export const tradingOf = (event: DeskEvent): TradingEvent | undefined =>
  trading.has(event.type) ? (event as TradingEvent) : undefined;

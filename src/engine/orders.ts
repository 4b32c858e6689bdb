import { oldestKeyOf } from "../base/bounded-map.ts";
import type { Micros } from "../base/time.ts";
import { add, compare, type Decimal, decimal, ZERO } from "../domain/decimal.ts";
import type { EventOf } from "../protocol/event-types.ts";
import type { BotState, Mode } from "./bot-state.ts";
import { venueOfList } from "./list-venue.ts";

interface OrderPlace {
  readonly mode: Mode;
  /** "" for an order that names none: it is at none. */
  readonly venue: string;
}

/** What its `order.placed` said of an order, for the fills that are to come. */
export interface PlacedOrder extends OrderPlace {
  /** As far as it was said: orders that only reduce are exits. */
  readonly purpose: "entry" | "exit" | undefined;
  readonly arrivalMid: string | undefined;
  /** Whether a fill of it came. */
  readonly isMet: boolean;
}

/** The name of an order among those of its bot. */
export interface OrderName extends OrderPlace {
  readonly orderId: string;
}

/** An order that rests, as far as is known. */
export interface OpenOrder extends OrderName {
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly price: string | undefined;
  readonly size: string;
  readonly filled: Decimal;
  /** Of its `order.placed`; undefined while only an `orders.snapshot` tells of it. */
  readonly seq: number | undefined;
  /** Undefined as `seq` is. */
  readonly placed: PlacedOrder | undefined;
  /** When it was sent; undefined once the venue acknowledged it, or it was filled. */
  readonly sentAt: Micros | undefined;
  /** When the venue acknowledged it; undefined once it was filled. */
  readonly acknowledgedAt: Micros | undefined;
}

const OPEN_ORDERS_MAX = 20_000;
/** An order that ended is remembered until so many ended after it, and up to twice as many. */
const ENDED_ORDERS_MAX = 1_000;

interface Named {
  readonly mode?: Mode | undefined;
  readonly venue?: string | undefined;
  readonly order_id: string;
}

/** The order that an event speaks of. */
export const orderNamed = ({ mode = "live", venue = "", order_id: orderId }: Named): OrderName => ({
  mode,
  venue,
  orderId,
});

/** No id has a tab in it: no whole name is the id of another order. */
const wholeName = ({ mode, venue, orderId }: OrderName): string => `${mode}\t${venue}\t${orderId}`;

const isAt = (order: OrderPlace, { mode, venue }: OrderPlace): boolean => order.mode === mode && order.venue === venue;

/**
 * Orders lie under their ids, so that no longer text is made to find one. Where a bot uses an id at several places at
 * once, all but one lie under their whole names.
 */
function orderIn<O extends OrderPlace>(
  { sharesOrderIds }: BotState,
  orders: ReadonlyMap<string, O>,
  name: OrderName,
): O | undefined {
  const order = orders.get(name.orderId);
  if (order !== undefined && isAt(order, name)) return order;
  return sharesOrderIds ? orders.get(wholeName(name)) : undefined;
}

/** The key that an order lies under, or is to be put under; `found`: what lies under its id. */
function keyIn<O extends OrderPlace>(
  state: BotState,
  orders: ReadonlyMap<string, O>,
  name: OrderName,
  found: O | undefined,
): string {
  const { orderId } = name;
  if (found === undefined ? !state.sharesOrderIds : isAt(found, name)) return orderId;
  const whole = wholeName(name);
  if (found === undefined && !orders.has(whole)) return orderId;
  state.sharesOrderIds = true;
  return whole;
}

/** An order that rests; undefined where none of the name is known. */
export const openOrderOf = (state: BotState, name: OrderName): OpenOrder | undefined =>
  orderIn(state, state.openOrders, name);

const endedOrderOf = (state: BotState, name: OrderName): PlacedOrder | undefined =>
  orderIn(state, state.endedOrders, name) ?? orderIn(state, state.endedBefore, name);

/** Whether an order rests, or is one of those that ended last. */
export const knowsOrder = (state: BotState, name: OrderName): boolean =>
  (openOrderOf(state, name) ?? endedOrderOf(state, name)) !== undefined;

/** What is kept of an order for the fills that are to come. */
export const placedOrder = (event: EventOf<"order.placed">): PlacedOrder => ({
  mode: event.mode ?? "live",
  venue: event.venue,
  purpose: event.reduce_only === true ? "exit" : event.intent,
  arrivalMid: event.arrival_mid,
  isMet: false,
});

/** An order was placed, and sent at a moment where that is said. */
export function openOrder(state: BotState, event: EventOf<"order.placed">, sentAt: Micros | undefined): void {
  const placed = placedOrder(event);
  const { mode, venue } = placed;
  const name = { mode, venue, orderId: event.order_id };
  const { openOrders } = state;
  const found = openOrders.get(name.orderId);
  const key = keyIn(state, openOrders, name, found);
  const before = key === name.orderId ? found : openOrders.get(key);
  openOrders.set(key, {
    mode,
    venue,
    orderId: name.orderId,
    symbol: event.symbol,
    side: event.side,
    price: event.price,
    size: event.size,
    filled: ZERO,
    seq: state.seq,
    placed,
    sentAt: sentAt ?? before?.sentAt,
    acknowledgedAt: before?.acknowledgedAt,
  });
  if (openOrders.size <= OPEN_ORDERS_MAX) return;
  const oldest = openOrders.get(oldestKeyOf(openOrders));
  if (oldest !== undefined) endOrder(state, oldest);
  state.forgottenOrders++;
}

/** An order rests no longer; its fills may still come. */
export function endOrder(state: BotState, name: OrderName): void {
  const { openOrders } = state;
  const found = openOrders.get(name.orderId);
  const key = keyIn(state, openOrders, name, found);
  const order = key === name.orderId ? found : openOrders.get(key);
  if (order === undefined) return;
  openOrders.delete(key);
  if (order.placed !== undefined) rememberEnded(state, name, order.placed);
}

function rememberEnded(state: BotState, name: OrderName, placed: PlacedOrder): void {
  const { endedOrders } = state;
  endedOrders.set(keyIn(state, endedOrders, name, endedOrders.get(name.orderId)), placed);
  if (endedOrders.size < ENDED_ORDERS_MAX) return;
  state.endedBefore = endedOrders;
  state.endedOrders = new Map();
}

/** The venue acknowledged an order, whose first fill is awaited from here on. Returns the order as it was. */
export function acknowledgeOrder(state: BotState, name: OrderName, at: Micros): OpenOrder | undefined {
  const { openOrders } = state;
  const found = openOrders.get(name.orderId);
  const key = keyIn(state, openOrders, name, found);
  const order = key === name.orderId ? found : openOrders.get(key);
  if (order === undefined) return undefined;
  const acknowledgedAt = order.placed?.isMet === false ? at : order.acknowledgedAt;
  if (order.sentAt !== undefined || acknowledgedAt !== order.acknowledgedAt)
    openOrders.set(key, changed(order, { filled: order.filled, placed: order.placed, acknowledgedAt }));
  return order;
}

/** An order that was acknowledged or filled. */
const changed = (
  { mode, venue, orderId, symbol, side, price, size, seq }: OpenOrder,
  { filled, placed, acknowledgedAt }: Pick<OpenOrder, "filled" | "placed" | "acknowledgedAt">,
): OpenOrder => ({
  mode,
  venue,
  orderId,
  symbol,
  side,
  price,
  size,
  filled,
  seq,
  placed,
  sentAt: undefined,
  acknowledgedAt,
});

/** What a fill met. */
export interface Met {
  readonly placed: PlacedOrder | undefined;
  readonly acknowledgedAt: Micros | undefined;
}

const NOTHING_MET: Met = { placed: undefined, acknowledgedAt: undefined };

/** Takes a fill off its order. Returns what was known of it: an order that was not placed here is none. */
export function fillOrder(state: BotState, name: OrderName, size: string): Met {
  const { openOrders } = state;
  const found = openOrders.get(name.orderId);
  const key = keyIn(state, openOrders, name, found);
  const order = key === name.orderId ? found : openOrders.get(key);
  if (order === undefined) return fillEnded(state, name);
  if (size === order.size) {
    openOrders.delete(key);
    return order;
  }
  const filled = add(order.filled, decimal(size));
  if (compare(filled, decimal(order.size)) >= 0) openOrders.delete(key);
  else openOrders.set(key, changed(order, { filled, placed: met(order.placed), acknowledgedAt: undefined }));
  return order;
}

function fillEnded(state: BotState, name: OrderName): Met {
  const placed = endedOrderOf(state, name);
  if (placed === undefined) return NOTHING_MET;
  if (!placed.isMet) {
    const orders = orderIn(state, state.endedOrders, name) === undefined ? state.endedBefore : state.endedOrders;
    orders.set(keyIn(state, orders, name, orders.get(name.orderId)), { ...placed, isMet: true });
  }
  return { placed, acknowledgedAt: undefined };
}

const met = (placed: PlacedOrder | undefined): PlacedOrder | undefined =>
  placed === undefined || placed.isMet ? placed : { ...placed, isMet: true };

/** The bot says which orders rest: that is the whole truth of this mode from here on, at a venue where it names one. */
export function replaceOrders(state: BotState, event: EventOf<"orders.snapshot">): void {
  const { mode = "live" } = event;
  const venue = venueOfList(event);
  const known = new Map<string, OpenOrder>();
  for (const order of state.openOrders.values())
    if (order.mode === mode && (venue === undefined || order.venue === venue)) {
      known.set(wholeName(order), order);
      endOrder(state, order);
    }
  for (const listed of event.orders.slice(0, OPEN_ORDERS_MAX)) {
    const name = { mode, venue: listed.venue, orderId: listed.order_id };
    const before = known.get(wholeName(name));
    const { openOrders } = state;
    openOrders.set(keyIn(state, openOrders, name, openOrders.get(name.orderId)), {
      ...name,
      symbol: listed.symbol,
      side: listed.side,
      price: listed.price,
      size: listed.size,
      filled: listed.filled_size === undefined ? ZERO : decimal(listed.filled_size),
      seq: before?.seq,
      placed: before?.placed,
      sentAt: undefined,
      acknowledgedAt: undefined,
    });
    forgetEnded(state, state.endedOrders, name);
    forgetEnded(state, state.endedBefore, name);
  }
}

function forgetEnded(state: BotState, ended: Map<string, PlacedOrder>, name: OrderName): void {
  if (orderIn(state, ended, name) !== undefined) ended.delete(keyIn(state, ended, name, ended.get(name.orderId)));
}

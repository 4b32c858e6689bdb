import { putBounded } from "../base/bounded-map.ts";
import { add, canonicalDecimal, compare, decimal, ZERO } from "../domain/decimal.ts";
import type { DeskEvent, EventOf, PairFill } from "../protocol/event-types.ts";
import { isPairFill } from "../protocol/event-types.ts";
import { fillKeyOf, naturalKey } from "../protocol/natural-key.ts";
import { type Recorded, timeFlags } from "../protocol/recorded.ts";
import { beginActivitySession, placedOrder, takeFilled, takePlaced } from "./activity.ts";
import { type BotState, type Mode, type OpenOrder, orderKey, type PlacedOrder, saidBy } from "./bot-state.ts";
import { beginCashSession, takeAdjustment, takeIncome, takePairCash, takeReportedTrade } from "./cash.ts";
import { isOfCommand, isSignOfLife } from "./contacts.ts";
import { takeCommission } from "./commissions.ts";
import type { DeskState } from "./desk-state.ts";
import { takeReportedEquity } from "./equity.ts";
import { amendBooked, bookFill, type FillAddition, type FullFill, unbookFill } from "./ledgers.ts";
import { venueOfList } from "./list-venue.ts";
import { isReadByHub } from "./read-by-hub.ts";
import { beginQualitySession } from "./quality/tally.ts";
import {
  amendFillQuality,
  meetQuote,
  takeFillQuality,
  takeQuote,
  takeQuoteEnded,
  voidFillQuality,
} from "./quality/take.ts";
import { noteSession } from "./sessions.ts";
import { beginTallySession, forgetOrder, noteAcknowledged, noteFilled, noteOpportunity, noteSent } from "./tallies.ts";
import { noteTold } from "./told.ts";
import { takeVenueRead } from "./venue-readings.ts";

const OPEN_ORDERS_MAX = 20_000;
const ENDED_ORDERS_MAX = 1_000;
const VOIDS_AHEAD_MAX = 1_000;

const modeOf = (event: { readonly mode?: Mode | undefined }): Mode => event.mode ?? "live";

/**
 * Takes one fact of this bot into its state, in place. The caller hands over each fact once, in order of `seq`, and the
 * desk as it is after this fact.
 */
export function reduceBot(state: BotState, desk: DeskState, recorded: Recorded): void {
  const { event } = recorded;
  state.seq = recorded.seq;
  if (isOfCommand(event.type)) return;
  state.lastFactAt = recorded.receivedAt;
  if (isSignOfLife(event) && !isReadByHub(event)) state.lastLiveAt = recorded.receivedAt;
  state.facts++;
  if (recorded.ts > state.lastTs) state.lastTs = recorded.ts;
  if (timeFlags(recorded.ts, recorded.receivedAt).length > 0) state.oddTimes++;
  if (!isReadByHub(event)) noteSession(state, recorded);
  if (recorded.standing === "merge") merged(state, desk, recorded);
  else if (recorded.standing === "contradiction") state.contradictions++;
  else reduceFact(state, desk, recorded);
}

function reduceFact(state: BotState, desk: DeskState, recorded: Recorded): void {
  const { event } = recorded;
  if (takeVenueRead(state, event, recorded)) return;
  if (state.startedAt === undefined) state.mode = modeOf(event);
  if (event.strategy !== undefined) state.strategy = event.strategy;
  noteTold(state, event);
  switch (event.type) {
    case "bot.started":
      state.startedAt = recorded.ts;
      state.mode = modeOf(event);
      state.said = undefined;
      beginCashSession(state);
      beginActivitySession(state);
      beginTallySession(state);
      beginQualitySession(state);
      return said(state, event, recorded);
    case "bot.state":
    case "bot.stopped":
      return said(state, event, recorded);
    case "fill":
      return isPairFill(event) ? pairFilled(state, event, recorded) : filled(state, desk, { fill: event, recorded });
    case "order.filled":
      return filled(state, desk, { fill: event, recorded });
    case "fill.voided":
      return voided(state, desk, event, recorded);
    case "position.closed":
      return takeReportedTrade(state, event, recorded);
    case "income":
      takeCommission(state, event, recorded);
      return takeIncome(state, event, recorded);
    case "adjustment":
      return takeAdjustment(state, event, recorded);
    case "error":
      state.lastError = { code: event.code, message: event.message, at: recorded.ts };
      return;
    case "risk":
      state.risk = event;
      return takeReportedEquity(state, event, recorded);
    case "balance":
      return takeReportedEquity(state, event, recorded);
    case "position.snapshot":
      state.snapshot = event;
      return;
    default:
      return reduceOrder(state, event, recorded);
  }
}

function said(
  state: BotState,
  event: EventOf<"bot.started"> | EventOf<"bot.state"> | EventOf<"bot.stopped">,
  recorded: Recorded,
): void {
  state.declared = event.type !== "bot.stopped" && isSignOfLife(event);
  if (event.type === "bot.stopped") state.stoppedAt = recorded.receivedAt;
  state.said = saidBy(event, recorded.ts, state.said);
}

function reduceOrder(state: BotState, event: DeskEvent, recorded: Recorded): void {
  switch (event.type) {
    case "order.placed":
      takePlaced(state, event, recorded);
      return openOrder(state, event, recorded);
    case "order.acknowledged":
      return noteAcknowledged(state, orderKey(modeOf(event), event.venue, event.order_id), event, recorded);
    case "order.cancelled":
    case "order.rejected":
    case "order.expired":
      return endOrder(state, orderKey(modeOf(event), event.venue, event.order_id));
    case "orders.snapshot":
      return replaceOrders(state, event);
    case "opportunity":
      return noteOpportunity(state, event, recorded);
    case "quote":
      return takeQuote(state, event);
    case "quote.ended":
      return takeQuoteEnded(state, event, recorded);
    default:
      return;
  }
}

function endOrder(state: BotState, key: string): void {
  const placed = state.openOrders.get(key)?.placed;
  state.openOrders.delete(key);
  forgetOrder(state, key);
  if (placed !== undefined) putBounded(state.endedOrders, key, placed, ENDED_ORDERS_MAX);
}

function openOrder(state: BotState, event: EventOf<"order.placed">, recorded: Recorded): void {
  const mode = modeOf(event);
  const key = orderKey(mode, event.venue, event.order_id);
  noteSent(state, key, event, recorded);
  state.openOrders.set(key, {
    mode,
    venue: event.venue,
    orderId: event.order_id,
    symbol: event.symbol,
    side: event.side,
    price: event.price,
    size: event.size,
    filled: ZERO,
    seq: state.seq,
    placed: placedOrder(event),
  });
  if (state.openOrders.size <= OPEN_ORDERS_MAX) return;
  const [oldest] = state.openOrders.keys();
  if (oldest !== undefined) endOrder(state, oldest);
  state.forgottenOrders++;
}

/** The bot says which orders rest: that is the whole truth of this mode from here on, at a venue where it names one. */
function replaceOrders(state: BotState, event: EventOf<"orders.snapshot">): void {
  const mode = modeOf(event);
  const venue = venueOfList(event);
  const known = new Map<string, OpenOrder>();
  for (const [key, order] of state.openOrders)
    if (order.mode === mode && (venue === undefined || order.venue === venue)) {
      known.set(key, order);
      endOrder(state, key);
    }
  for (const order of event.orders.slice(0, OPEN_ORDERS_MAX)) {
    const key = orderKey(mode, order.venue, order.order_id);
    state.openOrders.set(key, {
      mode,
      venue: order.venue,
      orderId: order.order_id,
      symbol: order.symbol,
      side: order.side,
      price: order.price,
      size: order.size,
      filled: order.filled_size === undefined ? ZERO : decimal(order.filled_size),
      seq: known.get(key)?.seq,
      placed: known.get(key)?.placed,
    });
    state.endedOrders.delete(key);
  }
}

/** More of a fill that is booked already: a fee that another source knew. */
function merged(state: BotState, desk: DeskState, recorded: Recorded): void {
  const { event, seq } = recorded;
  state.merges++;
  if (event.type !== "fill" && event.type !== "order.filled") return;
  // The log keeps of a later statement only what it adds, and which fill it adds it to.
  const added = event as FillAddition;
  if (added.fee !== undefined || added.is_maker !== undefined) amendBooked(state, added, seq);
  amendFillQuality(state, desk, event as FullFill, recorded);
}

interface Filled {
  readonly fill: FullFill;
  readonly recorded: Recorded;
}

function filled(state: BotState, desk: DeskState, { fill, recorded }: Filled): void {
  state.fills++;
  meetQuote(state, fill);
  const order = fill.order_id === undefined ? undefined : fillOrder(state, fill, fill.order_id, recorded);
  if (state.voidsAhead.size > 0 && state.voidsAhead.delete(naturalKey(fill) ?? "")) return;
  takeFilled(state, fill, recorded, order);
  takeFillQuality(state, desk, fill, recorded);
  bookFill(state, desk, fill, recorded);
}

/** Takes a fill off its order; what was said when the order was placed, if it was placed here. */
function fillOrder(state: BotState, fill: FullFill, orderId: string, recorded: Recorded): PlacedOrder | undefined {
  const key = orderKey(modeOf(fill), fill.venue, orderId);
  noteFilled(state, key, fill.mode, recorded);
  const order = state.openOrders.get(key);
  if (order === undefined) return fillEnded(state, key);
  const { placed } = order;
  const done = add(order.filled, decimal(fill.size));
  if (compare(done, decimal(order.size)) >= 0) state.openOrders.delete(key);
  else state.openOrders.set(key, { ...order, filled: done, placed: met(placed) });
  return placed;
}

function fillEnded(state: BotState, key: string): PlacedOrder | undefined {
  const placed = state.endedOrders.get(key);
  const after = met(placed);
  if (after !== undefined) state.endedOrders.set(key, after);
  return placed;
}

const met = (placed: PlacedOrder | undefined): PlacedOrder | undefined =>
  placed === undefined || placed.isMet ? placed : { ...placed, isMet: true };

function pairFilled(state: BotState, fill: PairFill, recorded: Recorded): void {
  state.fills++;
  const key = naturalKey(fill);
  if (key !== undefined && state.voidsAhead.delete(key)) return;
  movePair(state, fill, 1);
  takePairCash(state, fill, recorded, 1);
}

function movePair(state: BotState, fill: PairFill, direction: 1 | -1): void {
  const mode = modeOf(fill);
  const pairId = fill.pair_id ?? "";
  const key = `${mode}\t${pairId}`;
  const before = state.pairs.get(key);
  const size = fill.size_usd === undefined ? undefined : canonicalDecimal(fill.size_usd * direction);
  const grossUsd = add(before?.grossUsd ?? ZERO, size === undefined ? ZERO : decimal(size));
  const unsized = (before?.unsized ?? 0) + (size === undefined ? direction : 0);
  const fills = (before?.fills ?? 0) + direction;
  if (fills <= 0) state.pairs.delete(key);
  else state.pairs.set(key, { mode, pairId, grossUsd, fills, unsized });
}

/** Takes a fill back. The store put what it voids beside it; without, the fill is still to come. */
function voided(state: BotState, desk: DeskState, event: EventOf<"fill.voided">, recorded: Recorded): void {
  const original = event["voids"] as FullFill | PairFill | undefined;
  if (original === undefined) {
    if (state.voidsAhead.size < VOIDS_AHEAD_MAX) state.voidsAhead.set(fillKeyOf(event), state.seq);
    return;
  }
  if (original.type === "fill" && isPairFill(original)) {
    movePair(state, original, -1);
    return takePairCash(state, original, recorded, -1);
  }
  unbookFill(state, original as FullFill, recorded.seq);
  voidFillQuality(state, desk, original as FullFill, recorded);
}

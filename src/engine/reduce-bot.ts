import { type Micros, parseTime } from "../base/time.ts";
import { add, canonicalDecimal, decimal, ZERO } from "../domain/decimal.ts";
import type { DeskEvent, EventOf, PairFill } from "../protocol/event-types.ts";
import { isPairFill } from "../protocol/event-types.ts";
import { fillKeyOf, naturalKey } from "../protocol/natural-key.ts";
import { isLate, isOddTime, type Recorded } from "../protocol/recorded.ts";
import { beginActivitySession, takeFilled, takePlaced } from "./activity.ts";
import { type BotState, type Mode, saidBy } from "./bot-state.ts";
import { beginCashSession, takeAdjustment, takeIncome, takePairCash, takeReportedTrade } from "./cash.ts";
import { isOfCommand, isSignOfLife } from "./contacts.ts";
import { takeCommission } from "./commissions.ts";
import type { DeskState } from "./desk-state.ts";
import { takeReportedEquity } from "./equity.ts";
import { amendBooked, bookFill, type FillAddition, type FullFill, unbookFill } from "./ledgers.ts";
import {
  acknowledgeOrder,
  endOrder,
  fillOrder,
  openOrder,
  orderNamed,
  type PlacedOrder,
  replaceOrders,
} from "./orders.ts";
import { isReadByHub } from "./read-by-hub.ts";
import type { TradingEvent } from "./trading-events.ts";
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
import { beginTallySession, noteAcknowledged, noteFilled, noteOpportunity, noteSent } from "./tallies.ts";
import { noteTold } from "./told.ts";
import { takeVenueRead } from "./venue-readings.ts";

const VOIDS_AHEAD_MAX = 1_000;

const modeOf = (event: { readonly mode?: Mode | undefined }): Mode => event.mode ?? "live";

/**
 * Takes one fact of this bot into its state, in place. The caller hands over each fact once, in order of `seq`, and the
 * desk as it is after this fact; `trading` is its event where it is of trading.
 */
export function reduceBot(
  state: BotState,
  desk: DeskState,
  recorded: Recorded,
  trading: TradingEvent | undefined,
): void {
  state.seq = recorded.seq;
  const { event } = recorded;
  if (trading === undefined && isOfCommand(event.type)) return;
  const mode = modeOf(event);
  noteFact(state, recorded, mode, trading === undefined && isReadByHub(event));
  if (recorded.standing === "merge") return merged(state, desk, recorded);
  if (recorded.standing === "contradiction") {
    state.contradictions++;
    return;
  }
  if (trading === undefined && takeVenueRead(state, event, recorded)) return;
  if (state.startedAt === undefined) state.mode = mode;
  const { strategy } = event;
  if (strategy !== undefined) state.strategy = strategy;
  noteTold(state, mode, event);
  if (trading !== undefined) reduceTrading(state, desk, trading, recorded);
  else reduceBesides(state, desk, event, recorded);
}

/** That there was a fact, whatever it says. What the hub read at a venue is no sign of life. */
function noteFact(state: BotState, recorded: Recorded, mode: Mode, isRead: boolean): void {
  const { event, ts, receivedAt } = recorded;
  const isImported = event.origin !== undefined;
  state.lastFactAt = receivedAt;
  if (!isImported && !isRead) state.lastLiveAt = receivedAt;
  state.facts++;
  if (ts > state.lastTs) state.lastTs = ts;
  if (isOddTime(ts, receivedAt)) state.oddTimes++;
  if (!isRead) noteSession(state, recorded, mode, isImported);
}

function reduceTrading(state: BotState, desk: DeskState, event: TradingEvent, recorded: Recorded): void {
  switch (event.type) {
    case "fill":
      return isPairFill(event) ? pairFilled(state, event, recorded) : filled(state, desk, { fill: event, recorded });
    case "order.placed":
      return placed(state, event, recorded);
    case "order.acknowledged":
      return acknowledged(state, event, recorded);
    case "order.cancelled":
    case "order.rejected":
    case "order.expired":
      return endOrder(state, orderNamed(event));
    case "opportunity":
      return noteOpportunity(state, event, recorded);
    case "order.filled":
      return filled(state, desk, { fill: event, recorded });
    case "quote":
      return takeQuote(state, event);
    case "quote.ended":
      return takeQuoteEnded(state, event, recorded);
  }
}

function reduceBesides(state: BotState, desk: DeskState, event: DeskEvent, recorded: Recorded): void {
  switch (event.type) {
    case "bot.started":
      state.startedAt = recorded.ts;
      state.mode = modeOf(event);
      if (!isOldNews(recorded, state.said?.at)) state.said = undefined;
      beginCashSession(state);
      beginActivitySession(state);
      beginTallySession(state);
      beginQualitySession(state);
      return said(state, event, recorded);
    case "bot.state":
    case "bot.stopped":
      return said(state, event, recorded);
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
      if (!isOldNews(recorded, parseTime(state.risk?.ts))) state.risk = event;
      return takeReportedEquity(state, event, recorded);
    case "balance":
      return takeReportedEquity(state, event, recorded);
    case "position.snapshot":
      if (!isOldNews(recorded, parseTime(state.snapshot?.ts))) state.snapshot = event;
      return;
    case "orders.snapshot":
      return replaceOrders(state, event);
    default:
      return;
  }
}

function said(
  state: BotState,
  event: EventOf<"bot.started"> | EventOf<"bot.state"> | EventOf<"bot.stopped">,
  recorded: Recorded,
): void {
  if (isOldNews(recorded, state.said?.at)) return;
  state.declared = event.type !== "bot.stopped" && isSignOfLife(event);
  if (event.type === "bot.stopped") state.stoppedAt = recorded.receivedAt;
  state.said = saidBy(event, recorded.ts, state.said);
}

/** Whether a file tells of what was before that which is known. What a bot says itself holds, whatever its clock shows. */
const isOldNews = ({ event, ts, receivedAt }: Recorded, known: Micros | undefined): boolean =>
  event.origin !== undefined && isLate(ts, known, receivedAt);

function placed(state: BotState, event: EventOf<"order.placed">, recorded: Recorded): void {
  takePlaced(state, modeOf(event), event, recorded);
  openOrder(state, event, noteSent(state, event, recorded));
}

function acknowledged(state: BotState, event: EventOf<"order.acknowledged">, recorded: Recorded): void {
  const sentAt = acknowledgeOrder(state, orderNamed(event), recorded.ts)?.sentAt;
  if (sentAt !== undefined) noteAcknowledged(state, modeOf(event), sentAt, recorded);
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
  const order = fill.order_id === undefined ? undefined : metBy(state, fill, fill.order_id, recorded);
  if (state.voidsAhead.size > 0 && state.voidsAhead.delete(naturalKey(fill) ?? "")) return;
  takeFilled(state, fill, recorded, order);
  takeFillQuality(state, desk, fill, recorded);
  bookFill(state, desk, fill, recorded);
}

/** Takes a fill off its order; what was said when the order was placed, if it was placed here. */
function metBy(state: BotState, fill: FullFill, orderId: string, recorded: Recorded): PlacedOrder | undefined {
  const { mode = "live", venue, size } = fill;
  const { placed, acknowledgedAt } = fillOrder(state, { mode, venue, orderId }, size);
  if (acknowledgedAt !== undefined) noteFilled(state, mode, acknowledgedAt, recorded);
  return placed;
}

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

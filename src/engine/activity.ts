import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { type Decimal, add, decimal, decimalToNumber, isZero, ZERO } from "../domain/decimal.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import { addTo, emptySum, type Sum, sumOf } from "../metrics/sum.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode, PlacedOrder } from "./bot-state.ts";
import type { Span } from "./cash.ts";
import { type FullFill, positionBefore } from "./ledgers.ts";
import { beginPresenceSession, timeInMarketPct } from "./presence.ts";

/** Slippage of some fills in bps of the mid at arrival: > 0 is a cost. */
interface Slippage {
  readonly n: number;
  readonly sum: Readonly<Sum>;
}

/** What a bot did with its orders in one mode and span. Entry orders are those neither `reduce_only` nor exits. */
export interface ActivityEntry {
  readonly mode: Mode;
  readonly span: Span;
  readonly ordersPlaced: number;
  /** Entry orders by the moment of their first fill. */
  readonly ordersFilled: number;
  readonly sizePlaced: Decimal;
  readonly sizeFilled: Decimal;
  /** The one instrument of the sizes; undefined when there are several, whose sizes do not add up. */
  readonly instrument: string | undefined;
  readonly entry: Slippage;
  readonly exit: Slippage;
}

const ENTRIES_MAX = 2_000;
const NO_SLIPPAGE: Slippage = { n: 0, sum: emptySum() };

/** A new session begins: what belonged to the last one stays in its days. */
export function beginActivitySession(state: BotState): void {
  for (const [key, { span }] of state.activity) if (span === "session") state.activity.delete(key);
  beginPresenceSession(state);
}

/** What is kept of an order for the fills that are to come. */
export const placedOrder = (event: EventOf<"order.placed">): PlacedOrder => ({
  purpose: event.reduce_only === true ? "exit" : event.intent,
  arrivalMid: event.arrival_mid,
  isMet: false,
});

/** An order was placed; exits are not counted. */
export function takePlaced(state: BotState, event: EventOf<"order.placed">, recorded: Recorded): void {
  if (event.reduce_only === true || event.intent === "exit") return;
  const size = decimal(event.size);
  const instrument = `${event.venue}\t${event.symbol}`;
  eachSpan(state, event.mode, recorded, (entry) => ({
    ...entry,
    ordersPlaced: entry.ordersPlaced + 1,
    sizePlaced: add(entry.sizePlaced, size),
    instrument: entry.ordersPlaced === 0 || entry.instrument === instrument ? instrument : undefined,
  }));
}

/**
 * A fill, before its ledger has taken it, with the order that it is of where that was placed here. A fill that is
 * voided later stays counted: the order was executed.
 */
export function takeFilled(state: BotState, fill: FullFill, recorded: Recorded, order: PlacedOrder | undefined): void {
  const slippage = slippageBps(fill, order);
  const isEntryOrder = order !== undefined && order.purpose !== "exit";
  if (slippage === undefined && !isEntryOrder) return;
  const side = slippage === undefined ? undefined : purposeOf(state, fill, order);
  const size = decimal(fill.size);
  eachSpan(state, fill.mode, recorded, (entry) => ({
    ...entry,
    ordersFilled: entry.ordersFilled + (isEntryOrder && !order.isMet ? 1 : 0),
    sizeFilled: isEntryOrder ? add(entry.sizeFilled, size) : entry.sizeFilled,
    entry: side === "entry" ? withSlippage(entry.entry, slippage) : entry.entry,
    exit: side === "exit" ? withSlippage(entry.exit, slippage) : entry.exit,
  }));
}

/** Exactly as metrics.md §1: the side of the fill times its distance from the mid at arrival, of the mid. */
function slippageBps(fill: FullFill, order: PlacedOrder | undefined): number | undefined {
  const said = fill.arrival_mid ?? order?.arrivalMid;
  const mid = said === undefined ? 0 : Number(said);
  if (!(mid > 0)) return undefined;
  const bps = ((Number(fill.price) - mid) / mid) * 10_000;
  if (!Number.isFinite(bps)) return undefined;
  return fill.side === "buy" ? bps : -bps;
}

/** What the order or the fill says; else whether it goes against what is held. */
function purposeOf(state: BotState, fill: FullFill, order: PlacedOrder | undefined): "entry" | "exit" {
  if (order?.purpose !== undefined) return order.purpose;
  if (fill.reduce_only === true) return "exit";
  const held = positionBefore(state, fill);
  if (held === undefined || isZero(held)) return "entry";
  return held.units > 0n === (fill.side === "buy") ? "entry" : "exit";
}

function withSlippage({ n, sum }: Slippage, bps = 0): Slippage {
  const next = { ...sum };
  addTo(next, bps);
  return { n: n + 1, sum: next };
}

function eachSpan(
  state: BotState,
  mode: Mode = "live",
  { ts, receivedAt }: Recorded,
  change: (entry: ActivityEntry) => ActivityEntry,
): void {
  const at = effectiveTs(ts, receivedAt);
  changeSpan(state, mode, "all", change);
  changeSpan(state, mode, Math.floor(at / MICROS_PER_DAY), change);
  if (state.startedAt === undefined || at >= state.startedAt) changeSpan(state, mode, "session", change);
}

function changeSpan(state: BotState, mode: Mode, span: Span, change: (entry: ActivityEntry) => ActivityEntry): void {
  const key = `${mode}\t${span}`;
  const before = state.activity.get(key);
  if (before === undefined) putBounded(state.activity, key, change(emptyEntry(mode, span)), ENTRIES_MAX);
  else state.activity.set(key, change(before));
}

const emptyEntry = (mode: Mode, span: Span): ActivityEntry => ({
  mode,
  span,
  ordersPlaced: 0,
  ordersFilled: 0,
  sizePlaced: ZERO,
  sizeFilled: ZERO,
  instrument: undefined,
  entry: NO_SLIPPAGE,
  exit: NO_SLIPPAGE,
});

/** What a bot did with its orders in one mode and span. */
export interface Activity {
  /** Entry orders placed, and those of them with a fill: each once, by the time of its placing and of its first fill. */
  readonly ordersPlaced: number;
  readonly ordersFilled: number;
  /** Filled of placed entry orders, 0–100; above 100 where orders of before the span were filled in it. */
  readonly fillRatePct: Measure;
  /** The same by size; unknown for several instruments. */
  readonly fillRateQtyPct: Measure;
  /** Mean over fills in bps of the mid at arrival, > 0 a cost; `n` fills said a mid. */
  readonly avgEntrySlippageBps: Measure;
  readonly avgExitSlippageBps: Measure;
  /** Of entry and exit fills together. */
  readonly avgSlippageBps: Measure;
  /** Percent of the span up to the moment of reading with any position open. */
  readonly timeInMarketPct: Measure;
}

/** The activity of a bot in one mode and span, at the moment `asOf`. */
export function activityOf(bot: BotState, mode: Mode, span: Span, asOf: Micros): Activity {
  return {
    ...activityOfEntries([bot.activity.get(`${mode}\t${span}`)]),
    timeInMarketPct: timeInMarketPct(bot, mode, span, asOf),
  };
}

/** The same of several bots together, but for the time in market. */
export function activityOfEntries(entries: readonly (ActivityEntry | undefined)[]): Omit<Activity, "timeInMarketPct"> {
  const all = entries.filter((entry) => entry !== undefined);
  const total = (of: (entry: ActivityEntry) => number): number => all.reduce((sum, entry) => sum + of(entry), 0);
  const [ordersPlaced, ordersFilled] = [total((entry) => entry.ordersPlaced), total((entry) => entry.ordersFilled)];
  const entry = all.map((each) => each.entry);
  const exit = all.map((each) => each.exit);
  return {
    ordersPlaced,
    ordersFilled,
    fillRatePct:
      ordersPlaced === 0
        ? unknown("no entry orders were placed")
        : measured((100 * ordersFilled) / ordersPlaced, ordersPlaced),
    fillRateQtyPct: byQuantity(all),
    avgEntrySlippageBps: meanOf(entry),
    avgExitSlippageBps: meanOf(exit),
    avgSlippageBps: meanOf([...entry, ...exit]),
  };
}

function byQuantity(all: readonly ActivityEntry[]): Measure {
  const placing = all.filter(({ ordersPlaced }) => ordersPlaced > 0);
  const instruments = new Set(placing.map(({ instrument }) => instrument));
  const placed = placing.reduce((sum, { sizePlaced }) => add(sum, sizePlaced), ZERO);
  if (isZero(placed)) return unknown("no entry orders were placed");
  if (instruments.size > 1 || instruments.has(undefined))
    return unknown("sizes of several instruments do not add up", placing.length);
  const filled = all.reduce((sum, { sizeFilled }) => add(sum, sizeFilled), ZERO);
  const orders = placing.reduce((sum, { ordersPlaced }) => sum + ordersPlaced, 0);
  return measured((100 * decimalToNumber(filled)) / decimalToNumber(placed), orders);
}

function meanOf(parts: readonly Slippage[]): Measure {
  const n = parts.reduce((sum, part) => sum + part.n, 0);
  if (n === 0) return unknown("no fill told the mid at its arrival");
  const sum = emptySum();
  for (const part of parts) addTo(sum, sumOf(part.sum));
  return measured(sumOf(sum) / n, n);
}

import { MICROS_PER_SECOND, type Micros, parseTime } from "../base/time.ts";
import { type Decimal, add, compare, decimal, decimalToNumber, multiply, subtract, isZero } from "../domain/decimal.ts";
import type { OrderbookView } from "../protocol/api-trading.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { instrumentKey, settledKey } from "./desk-state.ts";
import type { State } from "./fold.ts";
import type { Latest } from "./sample-state.ts";

const STALE_AFTER_MICROS = 5 * MICROS_PER_SECOND;
const LATENCY_MAX_MICROS = 60 * MICROS_PER_SECOND;
const MICROS_PER_MS = 1_000;
const HALF = decimal("0.5");

/** Which books are read; all that are given must hold. */
export interface OrderbookFilter {
  readonly bot?: string | undefined;
  readonly venue?: string | undefined;
  readonly symbol?: string | undefined;
  /** Every mode when absent. */
  readonly mode?: string | undefined;
  /** Levels of each side that are shown. */
  readonly levels: number;
  /** Only these instruments, by `venue\tsymbol`. */
  readonly keys?: readonly string[] | undefined;
}

type LatestBook = Latest<EventOf<"book">>;

/** The newest book of every instrument, by venue and symbol. The last book of a settled one goes once it is stale. */
export function readOrderbooks(state: State, asOf: Micros, filter: OrderbookFilter): OrderbookView[] {
  const keys = filter.keys ?? [...state.samples.books.keys()];
  return [...keys].sort().flatMap((key) => {
    const book = state.samples.books.get(key);
    if (book === undefined || !fits(book, filter)) return [];
    const view = orderbookView(state, book, asOf, filter.levels);
    return view.stale && state.desk.settled.has(settledKey(book.event)) ? [] : [view];
  });
}

/** The newest book that `VENUE:SYMBOL` names, with all its levels. Both may have colons of their own. */
export function readOrderbookNamed(state: State, asOf: Micros, name: string): OrderbookView | undefined {
  for (let colon = name.indexOf(":"); colon >= 0; colon = name.indexOf(":", colon + 1)) {
    const book = state.samples.books.get(instrumentKey(name.slice(0, colon), name.slice(colon + 1)));
    if (book !== undefined) return orderbookView(state, book, asOf, Number.POSITIVE_INFINITY);
  }
  return undefined;
}

const fits = ({ event }: LatestBook, { bot, venue, symbol, mode }: OrderbookFilter): boolean =>
  (bot === undefined || event.bot === bot) &&
  (venue === undefined || event.venue === venue) &&
  (symbol === undefined || event.symbol === symbol) &&
  (mode === undefined || (event.mode ?? "live") === mode);

function orderbookView(
  state: State,
  { event, receivedAt, at }: LatestBook,
  asOf: Micros,
  levels: number,
): OrderbookView {
  const instrument = state.desk.instruments.get(instrumentKey(event.venue, event.symbol));
  const bids = bestFirst(event.bids, -1);
  const asks = bestFirst(event.asks, 1);
  const ageMicros = Math.max(0, asOf - at);
  return {
    venue: event.venue,
    symbol: event.symbol,
    bot: event.bot,
    mode: event.mode ?? "live",
    ...(instrument?.title === undefined ? {} : { title: instrument.title }),
    ...(instrument?.event_id === undefined ? {} : { event_id: instrument.event_id }),
    ...(instrument?.outcome === undefined ? {} : { outcome: instrument.outcome }),
    bids: bids.slice(0, levels),
    asks: asks.slice(0, levels),
    depth: { bids: bids.length, asks: asks.length },
    ...topOf(bids[0], asks[0]),
    age_ms: Math.round(ageMicros / MICROS_PER_MS),
    stale: ageMicros > STALE_AFTER_MICROS,
    ...(event.venue_ts === undefined ? {} : { venue_ts: event.venue_ts, ...latencyOf(event.venue_ts, receivedAt) }),
  };
}

/** From the venue's clock to ours. A book that is older than a minute comes from a file, or from a clock that is wrong. */
function latencyOf(venueTs: string, receivedAt: Micros): Pick<OrderbookView, "latency_ms"> {
  const venueAt = parseTime(venueTs);
  const latency = venueAt === undefined ? Number.NaN : receivedAt - venueAt;
  return latency >= 0 && latency <= LATENCY_MAX_MICROS ? { latency_ms: Math.round(latency / MICROS_PER_MS) } : {};
}

type Level = [string, string];

/** The levels that hold something, the best first: by rising price for `direction` 1, falling for −1. */
function bestFirst(levels: readonly (readonly [string, string])[], direction: 1 | -1): Level[] {
  const held = levels.flatMap(([price, size]): Level[] => (size === "0" ? [] : [[price, size]]));
  const inOrder = held.every(([price], index) => {
    const before = held[index - 1];
    return before === undefined || direction * (Number(price) - Number(before[0])) >= 0;
  });
  return inOrder ? held : held.sort(([a], [b]) => direction * (Number(a) - Number(b)));
}

function topOf(bid: Level | undefined, ask: Level | undefined): Pick<OrderbookView, "mid" | "spread_bps" | "crossed"> {
  if (bid === undefined || ask === undefined) return { mid: null, spread_bps: null, crossed: false };
  const [low, high] = [decimal(bid[0]), decimal(ask[0])];
  const mid = multiply(add(low, high), HALF);
  return { mid: decimalToNumber(mid), spread_bps: spreadBps(low, high, mid), crossed: compare(low, high) > 0 };
}

function spreadBps(bid: Decimal, ask: Decimal, mid: Decimal): number | null {
  if (isZero(mid)) return null;
  return (decimalToNumber(subtract(ask, bid)) / decimalToNumber(mid)) * 10_000;
}

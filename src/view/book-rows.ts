import type { OrderbookView } from "../protocol/api-trading.ts";
import { exact, fixed } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** A book this old is stale (source document 4). */
export const BOOK_STALE_S = 5;

/** What names a book: a bot may show the same market as another one. */
export const bookKey = ({ venue, symbol }: Pick<OrderbookView, "venue" | "symbol">): string => `${venue}:${symbol}`;

/** The best of an order book as a row. */
export interface BookRow {
  readonly market: Shown;
  readonly bid: Shown;
  readonly bidSize: Shown;
  readonly ask: Shown;
  readonly askSize: Shown;
  readonly spread: Shown;
}

const NO_BID = "nobody bids";
const NO_ASK = "nobody asks";

/** The cells of a book. */
export function bookRow(book: OrderbookView): BookRow {
  const [bid] = book.bids;
  const [ask] = book.asks;
  const decimals = priceDecimals(book);
  return {
    market: plain(marketName(book), `${book.symbol} on ${book.venue}, as ${book.bot} sees it`),
    bid: price(bid?.[0], decimals, NO_BID),
    bidSize: exact(bid?.[1], NO_BID),
    ask: price(ask?.[0], decimals, NO_ASK),
    askSize: exact(ask?.[1], NO_ASK),
    spread: spread(book),
  };
}

const DECIMALS_MAX = 8;

/** As many decimals as the finest price of the book has, so that its prices stand below one another. */
const priceDecimals = ({ bids, asks }: OrderbookView): number =>
  Math.min(DECIMALS_MAX, Math.max(0, ...[...bids, ...asks].map(([text]) => text.split(".")[1]?.length ?? 0)));

function price(text: string | undefined, decimals: number, reason: string): Shown {
  if (text === undefined) return unknownValue(reason);
  const [whole = "", fraction = ""] = text.split(".");
  return exact(decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, "0")}`, reason);
}

const marketName = ({ title, symbol, outcome }: OrderbookView): string =>
  `${title ?? symbol}${outcome === undefined ? "" : ` · ${outcome}`}`;

function spread({ spread_bps: bps, crossed }: OrderbookView): Shown {
  if (bps === null) return unknownValue("needs a bid and an ask");
  if (crossed)
    return { text: `⚠ ${fixed(bps, 1)}`, tone: "stale", full: "crossed: the best bid is above the best ask" };
  return plain(fixed(bps, 1));
}

const ON_THE_WAY_MAX_MS = 1_000;

/**
 * How long a book was on its way: from the venue's clock to the hub, and on to the page, where it was `age_ms` old by the
 * venue's clock when it came. Undefined when the bot tells no time of the venue. A book that was old when it came has
 * waited for somebody to look, so it only says how it came to the hub.
 */
export function bookLatency({ latency_ms: toHub, age_ms: age }: OrderbookView): Shown | undefined {
  if (toHub === undefined) return undefined;
  const full = `from the time that the venue gives it until the hub received it: ${toHub} ms`;
  const fromHub = Math.max(0, age - toHub);
  if (fromHub > ON_THE_WAY_MAX_MS) return plain(`${toHub} ms to the hub`, full);
  return plain(`${toHub + fromHub} ms`, `${full}; and until it was sent to this page: ${fromHub} ms more`);
}

/** One price level of a ladder. */
export interface LadderLevel {
  readonly price: Shown;
  readonly size: Shown;
  /** Of the largest size in view, 0 to 1: the length of its bar. */
  readonly share: number;
}

/** Both sides of a book from the best outwards. */
export interface Ladder {
  readonly bids: readonly LadderLevel[];
  readonly asks: readonly LadderLevel[];
  readonly spread: Shown;
  readonly mid: Shown;
  /** What lies beyond the levels shown, in words; undefined when nothing does. */
  readonly beyond: string | undefined;
}

const LEVELS_SHOWN = 12;

/** The ladder of a book, bars measured against the largest size that is shown. */
export function ladder(book: OrderbookView, levels = LEVELS_SHOWN): Ladder {
  const bids = book.bids.slice(0, levels);
  const asks = book.asks.slice(0, levels);
  const decimals = priceDecimals(book);
  const largest = Math.max(0, ...[...bids, ...asks].map(([, size]) => Number(size)));
  const side = (each: readonly (readonly [string, string])[]): LadderLevel[] =>
    each.map(([at, size]) => ({
      price: price(at, decimals, ""),
      size: exact(size, ""),
      share: largest > 0 ? Number(size) / largest : 0,
    }));
  const more = book.depth.bids - bids.length + (book.depth.asks - asks.length);
  return {
    bids: side(bids),
    asks: side(asks),
    spread: spread(book),
    mid: book.mid === null ? unknownValue("needs a bid and an ask") : plain(midText(book)),
    beyond: more > 0 ? `${fixed(more, 0)} levels more beyond` : undefined,
  };
}

const MID_DECIMALS_MORE = 1;

/** The mid lies between two ticks: one decimal more than the best bid has, at most. */
function midText({ mid, bids: [best] }: OrderbookView): string {
  const decimals = (best?.[0].split(".")[1]?.length ?? 0) + MID_DECIMALS_MORE;
  const text = fixed(mid ?? 0, Math.min(decimals, 10));
  return text.includes(".") ? text.replace(/0$/, "").replace(/\.$/, "") : text;
}

/** The books that stand face to face with `book`: the same event elsewhere, the same outcome first. */
export function facingBooks(book: OrderbookView, books: readonly OrderbookView[]): OrderbookView[] {
  if (book.event_id === undefined) return [];
  const elsewhere = books.filter(({ event_id: event, venue }) => event === book.event_id && venue !== book.venue);
  return elsewhere.toSorted(
    (a, b) =>
      Number(b.outcome === book.outcome) - Number(a.outcome === book.outcome) || (bookKey(a) < bookKey(b) ? -1 : 1),
  );
}

/** Books of one event stand together, in an order in which rows stay in place while their prices move. */
export function sortedBooks<T>(items: readonly T[], bookOf: (item: T) => OrderbookView): T[] {
  const name = (book: OrderbookView): string =>
    [book.event_id ?? book.title ?? book.symbol, book.outcome ?? "", bookKey(book), book.bot].join("\u0000");
  return items
    .map((item) => ({ item, name: name(bookOf(item)).toLowerCase() }))
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ item }) => item);
}

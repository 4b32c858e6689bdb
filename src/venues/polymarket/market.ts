import type { Micros } from "../../base/time.ts";
import { type DecimalText, decimal, decimalText, subtract } from "../../domain/decimal.ts";
import type { OrderBook } from "../../domain/order-book.ts";
import type { VenueContext } from "../core/ports.ts";
import type { WatchedMarket } from "../core/sink.ts";
import { MarketBook, type RestVerdict } from "./market-book.ts";
import type { MarketInfo } from "./market-info.ts";
import type { BookMessage, MarketMessage } from "./messages.ts";

const ONE = decimal("1");
/** Marks of the second outcome are told at most so often. */
const MARK_EVERY_MICROS = 250_000;

export interface MarketOptions {
  /** As it was asked for: slug or condition id. */
  readonly name: string;
  readonly info: MarketInfo;
  readonly context: VenueContext;
  /** Names the connection in feed events. */
  readonly channel: string;
  readonly lost: (market: PolymarketMarket) => void;
  readonly found: (market: PolymarketMarket) => void;
  readonly doubtful: (market: PolymarketMarket, detail: string) => void;
}

/** One market: its one book, told as that of its first outcome, and marks of the second one, which are its mirror. */
export class PolymarketMarket implements WatchedMarket {
  readonly venue: string;
  readonly symbol: string;
  readonly name: string;
  readonly info: MarketInfo;
  readonly condition: string;
  readonly tokens: readonly [first: string, second: string];
  readonly marksFromBook = true;
  readonly #follower: MarketBook;
  readonly #options: MarketOptions;
  readonly #second: string;
  /** Best prices of which the mark was told. */
  #marked = "";
  #markedAt = 0;
  #waits = false;

  constructor(options: MarketOptions) {
    const { name, info, context, channel } = options;
    this.name = name;
    this.info = info;
    this.#options = options;
    this.venue = context.venue;
    this.symbol = info.first.symbol;
    this.#second = info.second.symbol;
    this.condition = info.condition;
    this.tokens = [info.first.token, info.second.token];
    this.#follower = new MarketBook(info.first.token, {
      stale: (reason, detail) => {
        context.sink.bookChanged(this);
        if (reason === "disconnected") return;
        context.feed.stale(channel, [this.symbol], `${this.symbol}: ${detail}`);
        options.lost(this);
      },
      resynced: () => {
        context.feed.fresh(channel, this.symbol);
        options.found(this);
      },
      doubtful: (detail) => options.doubtful(this, detail),
    });
  }

  get book(): OrderBook {
    return this.#follower.book;
  }

  get version(): number {
    return this.#follower.version;
  }

  /** The outcome that a token stands for; undefined for another market's. */
  symbolOf(token: string): string | undefined {
    if (token === this.tokens[0]) return this.symbol;
    return token === this.tokens[1] ? this.#second : undefined;
  }

  take(message: MarketMessage, receivedAt: Micros): void {
    const { version } = this.#follower;
    this.#follower.take(message, receivedAt);
    if (this.#follower.version === version) return;
    this.#options.context.sink.bookChanged(this);
    this.#markSecond(receivedAt);
  }

  /** Holds the book to what REST tells. */
  compare(rest: BookMessage, version: number): RestVerdict {
    return this.#follower.compare(rest, version);
  }

  /** Something was told of the book that nobody can read: it may have been a change. */
  unreadable(detail: string): void {
    this.#follower.distrust("malformed", `malformed: ${detail}`);
  }

  disconnected(reason: string): void {
    this.#follower.distrust("disconnected", reason);
  }

  /** The market is over. */
  ended(reason: string): void {
    this.disconnected(reason);
    this.#options.context.feed.fresh(this.#options.channel, this.symbol);
  }

  heedTime(now: Micros): void {
    this.#follower.heedTime(now);
    if (this.#waits) this.#markSecond(now);
  }

  #markSecond(now: Micros): void {
    if (!this.book.isFresh) return;
    this.#waits = now - this.#markedAt < MARK_EVERY_MICROS;
    if (this.#waits) return;
    this.#markedAt = now;
    const { mid } = this.book;
    const [bid, ask] = [this.book.best("bids")?.[0], this.book.best("asks")?.[0]];
    if (mid === undefined || bid === undefined || ask === undefined || this.#marked === `${bid} ${ask}`) return;
    this.#marked = `${bid} ${ask}`;
    const price = decimalText(subtract(ONE, mid));
    const [venue, symbol] = [this.venue, this.#second];
    this.#options.context.sink.marked({ venue, symbol, price, bid: mirrored(ask), ask: mirrored(bid) });
  }
}

const mirrored = (price: DecimalText): DecimalText => decimalText(subtract(ONE, decimal(price)));

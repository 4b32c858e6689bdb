import type { Micros } from "../../base/time.ts";
import { microsFromMs } from "../../base/time.ts";
import { canonicalDecimal } from "../../domain/decimal.ts";
import { Connection } from "../core/connection.ts";
import type { VenueContext } from "../core/ports.ts";
import type { WatchedMarket } from "../core/sink.ts";
import type { BookTicker, DepthSnapshot, MarkPriceFrame, TradeFrame } from "./frames.ts";
import { parseBinanceFrame } from "./frames.ts";
import { SymbolBook } from "./symbol-book.ts";

/** What a symbol's streams are called; the symbol in lower case stands before each. */
const streamsOf = (depth: string): readonly string[] => [
  `@depth@${depth}`,
  "@bookTicker",
  "@aggTrade",
  "@markPrice@1s",
];
/** The venue takes at most ten commands a second. */
const STREAMS_PER_COMMAND = 200;
const COMMAND_EVERY_MS = 250;
const REPLY_WITHIN_MS = 10_000;

export interface StreamOptions {
  readonly venue: string;
  readonly channel: string;
  readonly url: string;
  readonly symbols: readonly string[];
  /** How often depth is told: `100ms`, `250ms`, `500ms`. */
  readonly depth: string;
  readonly context: VenueContext;
  readonly needSnapshot: (symbol: string) => void;
  /** Something was heard of a symbol's depth. */
  readonly heard: (symbol: string) => void;
}

interface Watched extends WatchedMarket {
  readonly follower: SymbolBook;
}

/** One connection with the streams of some symbols, and their books. */
export class BinanceStream {
  readonly #options: StreamOptions;
  readonly #connection: Connection;
  readonly #markets = new Map<string, Watched>();
  /** Commands without a reply, by id. */
  readonly #waiting = new Set<number>();
  #lastId = 0;
  #cancels: (() => void)[] = [];

  constructor(options: StreamOptions) {
    this.#options = options;
    for (const symbol of options.symbols) this.#markets.set(symbol, this.#watched(symbol));
    this.#connection = new Connection(options.context, {
      channel: options.channel,
      request: () => ({ url: options.url }),
      onUp: () => this.#up(),
      onFrame: (text, receivedAt) => this.#frame(text, receivedAt),
      onDown: (reason) => this.#down(reason),
    });
  }

  get symbols(): readonly string[] {
    return this.#options.symbols;
  }

  start(): void {
    this.#connection.start();
  }

  stop(): void {
    this.#clearTimers();
    this.#connection.stop();
  }

  /** The book of a symbol of this connection. */
  followerOf(symbol: string): SymbolBook | undefined {
    return this.#markets.get(symbol)?.follower;
  }

  snapshot(symbol: string, snapshot: DepthSnapshot, receivedAt: Micros): void {
    const market = this.#markets.get(symbol);
    if (market === undefined) return;
    market.follower.snapshot(snapshot, receivedAt);
    this.#options.context.sink.bookChanged(market);
  }

  /** A symbol whose depth has stopped while the market went on: its streams are begun anew on a new connection. */
  frozen(symbol: string, detail: string): void {
    this.#markets.get(symbol)?.follower.distrust("silent", detail);
    this.#connection.reconnect(detail);
  }

  /** A symbol that has no book for want of depth. */
  without(symbol: string, detail: string): void {
    this.#options.context.feed.stale(this.#options.channel, [symbol], detail);
  }

  #watched(symbol: string): Watched {
    const { venue, channel, context, needSnapshot } = this.#options;
    const follower = new SymbolBook({
      stale: (reason, detail) => {
        const said = `${symbol}: ${detail}`;
        if (reason === "gap") context.feed.gap(channel, [symbol], said);
        else if (reason !== "disconnected") context.feed.stale(channel, [symbol], said);
      },
      resynced: () => context.feed.fresh(channel, symbol),
      needSnapshot: () => needSnapshot(symbol),
    });
    return { venue, symbol, book: follower.book, marksFromBook: false, follower };
  }

  #up(): void {
    this.#waiting.clear();
    const params = this.#options.symbols.flatMap((symbol) =>
      streamsOf(this.#options.depth).map((stream) => symbol.toLowerCase() + stream),
    );
    for (let from = 0, wait = 0; from < params.length; from += STREAMS_PER_COMMAND, wait += COMMAND_EVERY_MS) {
      const some = params.slice(from, from + STREAMS_PER_COMMAND);
      this.#later(() => this.#subscribe(some), wait);
    }
    for (const { follower } of this.#markets.values()) follower.restart();
  }

  #subscribe(params: readonly string[]): void {
    const id = ++this.#lastId;
    this.#waiting.add(id);
    this.#connection.send(JSON.stringify({ method: "SUBSCRIBE", params, id }));
    this.#later(() => {
      if (this.#waiting.has(id)) this.#connection.reconnect("no reply to a subscription");
    }, REPLY_WITHIN_MS);
  }

  #down(reason: string): void {
    this.#clearTimers();
    for (const { follower } of this.#markets.values()) follower.disconnected();
    this.#options.context.feed.stale(this.#options.channel, this.#options.symbols, reason);
    for (const market of this.#markets.values()) this.#options.context.sink.bookChanged(market);
  }

  #frame(text: string, receivedAt: Micros): void {
    const frame = parseBinanceFrame(text);
    const { feed } = this.#options.context;
    const { channel } = this.#options;
    switch (frame.kind) {
      case "depth":
        return this.#depth(frame.update, receivedAt);
      case "ticker":
        return this.#ticker(frame.ticker, receivedAt);
      case "trade":
        return this.#trade(frame.trade, receivedAt);
      case "markPrice":
        return this.#mark(frame.mark, receivedAt);
      case "reply":
        return this.#reply(frame.id, frame.error);
      case "malformed":
        return feed.malformed(channel, frame.reason);
      case "snapshot":
      case "other":
        return feed.message(channel, receivedAt);
    }
  }

  #depth(update: Parameters<SymbolBook["depth"]>[0], receivedAt: Micros): void {
    const market = this.#heard(update.s, receivedAt, update.E);
    if (market === undefined) return;
    this.#options.heard(update.s);
    market.follower.depth(update, receivedAt);
    this.#options.context.sink.bookChanged(market);
  }

  #ticker(ticker: BookTicker, receivedAt: Micros): void {
    const market = this.#heard(ticker.s, receivedAt, ticker.E);
    if (market === undefined) return;
    const { state } = market.book;
    market.follower.ticker(ticker);
    if (market.book.state !== state) this.#options.context.sink.bookChanged(market);
  }

  #trade({ s, p, q, m, id, T, E }: TradeFrame, receivedAt: Micros): void {
    const [price, size] = [canonicalDecimal(p), canonicalDecimal(q)];
    if (this.#heard(s, receivedAt, E) === undefined || price === undefined || size === undefined) return;
    const { venue, context } = this.#options;
    const [side, venueAt] = [m ? ("sell" as const) : ("buy" as const), microsFromMs(T)];
    context.sink.traded({ venue, symbol: s, tradeId: id, side, price, size, venueAt, receivedAt });
  }

  #mark({ s, p, E }: MarkPriceFrame, receivedAt: Micros): void {
    const market = this.#heard(s, receivedAt, E);
    const price = canonicalDecimal(p);
    if (market === undefined || price === undefined) return;
    const [bid] = market.book.isFresh ? (market.book.best("bids") ?? []) : [];
    const [ask] = market.book.isFresh ? (market.book.best("asks") ?? []) : [];
    const { venue, context } = this.#options;
    const best = { ...(bid === undefined ? {} : { bid }), ...(ask === undefined ? {} : { ask }) };
    context.sink.marked({ venue, symbol: s, price, ...best });
  }

  /** Counts a frame; the market it speaks of, when it is one of ours. */
  #heard(symbol: string, receivedAt: Micros, atMs: number): Watched | undefined {
    const { context, channel } = this.#options;
    context.feed.message(channel, receivedAt, microsFromMs(atMs));
    return this.#markets.get(symbol);
  }

  #reply(id: number | undefined, error: string | undefined): void {
    if (id !== undefined) this.#waiting.delete(id);
    if (error !== undefined) this.#options.context.feed.error(this.#options.channel, `subscription refused: ${error}`);
  }

  #later(run: () => void, ms: number): void {
    this.#cancels.push(this.#options.context.timers.after(run, ms));
  }

  #clearTimers(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }
}

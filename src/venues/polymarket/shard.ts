import { type Micros, microsFromMs } from "../../base/time.ts";
import { canonicalDecimal } from "../../domain/decimal.ts";
import { backoffMs } from "../core/backoff.ts";
import { Connection } from "../core/connection.ts";
import type { VenueContext } from "../core/ports.ts";
import type { PolymarketMarket } from "./market.ts";
import { parseMarketMessage } from "./market-messages.ts";
import { type MarketMessage, openFrame } from "./messages.ts";

/** The venue ends a connection that does not say PING every ten seconds. */
export const PING = { text: "PING", everyMs: 10_000 };
export const BACKOFF = { minMs: 250, maxMs: 30_000 };
/** A book that was asked for and did not come by then is asked for again, and then on a new connection. */
const BOOK_WITHIN_MS = 10_000;
const RESUBSCRIPTIONS_MAX = 2;
/** A book in trouble again so soon waits longer before it is asked for. */
const SETTLED_MICROS = 60_000_000;
const HEED_EVERY_MS = 1_000;

export interface ShardOptions {
  readonly channel: string;
  readonly url: string;
  readonly context: VenueContext;
  /** Something was heard of a market. */
  readonly heard: (market: PolymarketMarket) => void;
  readonly resolved: (market: PolymarketMarket, winner: string) => void;
  readonly tickChanged: (market: PolymarketMarket) => void;
}

/** The way back to a book, of one market. */
interface Recovery {
  failures: number;
  asked: number;
  brokenAt: number;
  cancel: (() => void) | undefined;
}

/** One connection with some markets, both tokens of each. */
export class PolymarketShard {
  readonly #options: ShardOptions;
  readonly #connection: Connection;
  readonly #byToken = new Map<string, PolymarketMarket>();
  readonly #recoveries = new Map<PolymarketMarket, Recovery>();
  #cancelHeed: (() => void) | undefined;
  #isStarted = false;

  constructor(options: ShardOptions) {
    this.#options = options;
    this.#connection = new Connection(options.context, {
      channel: options.channel,
      request: () => ({ url: options.url }),
      onUp: () => this.#up(),
      onFrame: (text, receivedAt) => this.#frame(text, receivedAt),
      onDown: (reason) => this.#down(reason),
      beat: PING,
      backoff: BACKOFF,
    });
  }

  get channel(): string {
    return this.#options.channel;
  }

  get size(): number {
    return this.#recoveries.size;
  }

  /** Takes a market on; the first one starts the connection. */
  add(market: PolymarketMarket): void {
    for (const token of market.tokens) this.#byToken.set(token, market);
    this.#recoveries.set(market, { failures: 0, asked: 0, brokenAt: 0, cancel: undefined });
    if (!this.#isStarted) {
      this.#isStarted = true;
      this.#connection.start();
      this.#heed();
    } else if (this.#subscribe(market.tokens, "subscribe")) this.#expectBook(market);
  }

  remove(market: PolymarketMarket): void {
    for (const token of market.tokens) this.#byToken.delete(token);
    this.#recoveries.get(market)?.cancel?.();
    this.#recoveries.delete(market);
    this.#subscribe(market.tokens, "unsubscribe");
  }

  stop(): void {
    this.#cancelHeed?.();
    for (const { cancel } of this.#recoveries.values()) cancel?.();
    this.#connection.stop();
  }

  /** A market whose data has stopped while it went on: the connection is rotated. */
  rotate(detail: string): void {
    this.#connection.reconnect(detail);
  }

  /** A book was given up: asks for it anew, the first time at once. */
  recover(market: PolymarketMarket): void {
    const recovery = this.#recoveries.get(market);
    if (recovery === undefined || recovery.asked > 0) return;
    const { clock, timers, random } = this.#options.context;
    const isFirst = clock.now() - recovery.brokenAt > SETTLED_MICROS;
    recovery.failures = isFirst ? 0 : recovery.failures + 1;
    recovery.brokenAt = clock.now();
    recovery.cancel?.();
    const waitMs = isFirst ? 0 : backoffMs(recovery.failures, BACKOFF, random);
    recovery.cancel = timers.after(() => this.#resubscribe(market), waitMs);
  }

  /** A book is right again. */
  recovered(market: PolymarketMarket): void {
    const recovery = this.#recoveries.get(market);
    if (recovery === undefined) return;
    recovery.cancel?.();
    recovery.cancel = undefined;
    recovery.asked = 0;
  }

  #resubscribe(market: PolymarketMarket): void {
    this.#subscribe(market.tokens, "unsubscribe");
    if (this.#subscribe(market.tokens, "subscribe")) this.#expectBook(market);
  }

  /** A subscription brings a book; one that does not is asked again, and then leads to a new connection. */
  #expectBook(market: PolymarketMarket): void {
    const recovery = this.#recoveries.get(market);
    if (recovery === undefined) return;
    recovery.asked++;
    recovery.cancel?.();
    recovery.cancel = this.#options.context.timers.after(() => {
      if (market.book.isFresh) return;
      if (recovery.asked <= RESUBSCRIPTIONS_MAX) this.#resubscribe(market);
      else this.#connection.reconnect(`no book of ${market.symbol} after ${recovery.asked} subscriptions`);
    }, BOOK_WITHIN_MS);
  }

  #subscribe(tokens: readonly string[], operation: "subscribe" | "unsubscribe"): boolean {
    return this.#connection.send(JSON.stringify({ assets_ids: tokens, operation, custom_feature_enabled: true }));
  }

  #up(): void {
    const tokens = [...this.#byToken.keys()];
    this.#connection.send(JSON.stringify({ assets_ids: tokens, type: "market", custom_feature_enabled: true }));
    for (const [market, recovery] of this.#recoveries) {
      recovery.asked = 0;
      this.#expectBook(market);
    }
  }

  #down(reason: string): void {
    const { context, channel } = this.#options;
    for (const [market, recovery] of this.#recoveries) {
      recovery.cancel?.();
      recovery.asked = 0;
      market.disconnected(reason);
    }
    context.feed.stale(
      channel,
      [...this.#recoveries.keys()].map(({ symbol }) => symbol),
      reason,
    );
  }

  #frame(text: string, receivedAt: Micros): void {
    const { context, channel } = this.#options;
    const frame = openFrame(text);
    if (frame.kind === "pong") return;
    if (frame.kind === "words") return context.feed.error(channel, `the venue says: ${frame.text}`);
    for (const event of frame.events) this.#message(parseMarketMessage(event), receivedAt);
  }

  #message(message: MarketMessage, receivedAt: Micros): void {
    const { context, channel } = this.#options;
    if (message.kind === "malformed") {
      context.feed.malformed(channel, message.reason);
      return this.#byCondition(message.market)?.unreadable(message.reason);
    }
    const at = "at" in message && message.at !== undefined ? microsFromMs(message.at) : undefined;
    context.feed.message(channel, receivedAt, at);
    const market = this.#marketOf(message);
    if (market === undefined) return;
    this.#options.heard(market);
    if (message.kind === "trade") return this.#trade(market, message, receivedAt);
    if (message.kind === "resolved") return this.#options.resolved(market, message.winner);
    market.take(message, receivedAt);
    if (message.kind === "tick") this.#options.tickChanged(market);
  }

  #marketOf(message: Exclude<MarketMessage, { kind: "malformed" }>): PolymarketMarket | undefined {
    if ("token" in message) return this.#byToken.get(message.token);
    if (message.kind === "changes") {
      for (const { token } of message.changes) {
        const market = this.#byToken.get(token);
        if (market !== undefined) return market;
      }
    }
    return message.kind === "resolved" ? this.#byCondition(message.market) : undefined;
  }

  #byCondition(condition: string | undefined): PolymarketMarket | undefined {
    for (const market of this.#recoveries.keys()) if (market.condition === condition) return market;
    return undefined;
  }

  #trade(market: PolymarketMarket, message: Extract<MarketMessage, { kind: "trade" }>, receivedAt: Micros): void {
    const [price, size] = [canonicalDecimal(message.price), canonicalDecimal(message.size)];
    const symbol = market.symbolOf(message.token);
    if (price === undefined || size === undefined || symbol === undefined) return;
    const venueAt = message.at === undefined ? undefined : microsFromMs(message.at);
    const { venue, sink } = this.#options.context;
    sink.traded({ venue, symbol, tradeId: undefined, side: message.side, price, size, venueAt, receivedAt });
  }

  /** What only time shows is looked at now and then. */
  #heed(): void {
    const { clock, timers } = this.#options.context;
    for (const market of this.#recoveries.keys()) market.heedTime(clock.now());
    this.#cancelHeed = timers.after(() => this.#heed(), HEED_EVERY_MS);
  }
}

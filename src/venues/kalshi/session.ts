import { type Micros, microsFromMs } from "../../base/time.ts";
import { Connection } from "../core/connection.ts";
import { FreezeWatch } from "../core/freeze-watch.ts";
import type { SocketRequest, VenueContext } from "../core/ports.ts";
import type { KalshiAccount } from "./account.ts";
import { commandSender, type SendCommand } from "./commands.ts";
import { type KalshiFrame, parseKalshiFrame } from "./frames.ts";
import { KalshiMarket } from "./market.ts";
import type { GenerationName, KalshiLifecycle, KalshiMessage, KalshiTrade } from "./messages.ts";
import { BookSubscription } from "./subscription.ts";
import { TopWatch } from "./top-watch.ts";

export interface KalshiSessionOptions {
  readonly context: VenueContext;
  readonly tickers: readonly string[];
  /** Makes the signed handshake. */
  readonly request: () => SocketRequest;
  readonly yesPrices: boolean;
  /** Formats that are read; the others are refused as malformed. */
  readonly generations: ReadonlySet<GenerationName>;
  readonly account: KalshiAccount | undefined;
  readonly onLifecycle: (message: KalshiLifecycle) => void;
  readonly answerMs: number;
  /** A market that was silent for so long is asked for its snapshot, which should say nothing new. */
  readonly verifyMs: number;
}

const CHANNEL = "websocket";
/** A gap makes all books of a subscription stale: many small ones are hurt less by it than one big one. */
const MARKETS_PER_SUBSCRIPTION = 100;

/** Everything that is said on the venue's socket: books, tickers, trades, and the account's fills and positions. */
export class KalshiSession {
  readonly #options: KalshiSessionOptions;
  readonly #markets = new Map<string, KalshiMarket>();
  #subscriptions: readonly BookSubscription[] = [];
  /** Names each subscription. */
  #made = 0;
  #isUp = false;
  readonly #connection: Connection;
  readonly #send: SendCommand;
  readonly #tops: TopWatch;
  readonly #silence: FreezeWatch;

  constructor(options: KalshiSessionOptions) {
    this.#options = options;
    const { context, tickers, verifyMs } = options;
    const { clock, timers } = context;
    this.#connection = new Connection(context, {
      channel: CHANNEL,
      request: options.request,
      onUp: () => this.#up(),
      onFrame: (text, receivedAt) => this.#frame(text, receivedAt),
      onDown: () => this.#down(),
    });
    this.#send = commandSender((text) => this.#connection.send(text));
    this.#add(tickers);
    this.#tops = new TopWatch({
      context,
      market: (ticker) => this.#markets.get(ticker),
      onWrong: (ticker, detail) => this.#of(ticker)?.distrust(ticker, "mismatch", detail),
    });
    this.#silence = new FreezeWatch({
      clock,
      timers,
      silentMs: verifyMs,
      everyMs: Math.max(1, Math.floor(verifyMs / 4)),
      onSilent: (silent) => this.#verify(silent),
    });
  }

  start(): void {
    for (const ticker of this.#markets.keys()) this.#silence.touch(ticker);
    this.#silence.start();
    this.#connection.start();
  }

  stop(): void {
    this.#silence.stop();
    this.#tops.clear();
    for (const subscription of this.#subscriptions) subscription.stop();
    this.#connection.stop();
  }

  /** Watches these markets and no others from now on. */
  setMarkets(tickers: readonly string[]): void {
    const wanted = new Set(tickers);
    this.#remove([...this.#markets.keys()].filter((ticker) => !wanted.has(ticker)));
    const added = tickers.filter((ticker) => !this.#markets.has(ticker));
    if (added.length === 0) return;
    const subscriptions = this.#add(added);
    for (const ticker of added) this.#silence.touch(ticker);
    if (!this.#isUp) return;
    for (const subscription of subscriptions) subscription.begin();
    this.#subscribeTops(added);
  }

  /** New markets in subscriptions of their own: they are subscribed to while the others go on. */
  #add(tickers: readonly string[]): readonly BookSubscription[] {
    const { context, yesPrices, answerMs } = this.#options;
    const { venue } = context;
    const markets = [...new Set(tickers)].map((symbol) => new KalshiMarket({ venue, symbol, yesPrices }));
    for (const market of markets) this.#markets.set(market.symbol, market);
    const added = Array.from({ length: Math.ceil(markets.length / MARKETS_PER_SUBSCRIPTION) }, (_, index) => {
      const from = index * MARKETS_PER_SUBSCRIPTION;
      return new BookSubscription({
        context,
        channel: `book-${++this.#made}`,
        markets: markets.slice(from, from + MARKETS_PER_SUBSCRIPTION),
        yesPrices,
        answerMs,
        send: this.#send,
        reconnect: (reason) => this.#connection.reconnect(reason),
      });
    });
    this.#subscriptions = [...this.#subscriptions, ...added];
    return added;
  }

  #remove(tickers: readonly string[]): void {
    const { sink } = this.#options.context;
    for (const subscription of this.#subscriptions) {
      subscription.remove(tickers.filter((ticker) => subscription.has(ticker)));
    }
    this.#subscriptions = this.#subscriptions.filter(({ size }) => size > 0);
    for (const ticker of tickers) {
      const market = this.#markets.get(ticker);
      this.#markets.delete(ticker);
      this.#silence.forget(ticker);
      if (market !== undefined) sink.unwatched?.(market);
    }
  }

  #of(ticker: string): BookSubscription | undefined {
    return this.#subscriptions.find((subscription) => subscription.has(ticker));
  }

  #subscribeTops(tickers: readonly string[]): void {
    if (tickers.length === 0) return;
    this.#send("subscribe", { channels: ["ticker"], market_tickers: tickers, send_initial_snapshot: true });
    this.#send("subscribe", { channels: ["trade"], market_tickers: tickers });
  }

  #up(): void {
    this.#isUp = true;
    for (const subscription of this.#subscriptions) subscription.begin();
    this.#subscribeTops([...this.#markets.keys()]);
    // This channel cannot be narrowed to some markets.
    this.#send("subscribe", { channels: ["market_lifecycle_v2"] });
    if (this.#options.account === undefined) return;
    this.#send("subscribe", { channels: ["fill"] });
    this.#send("subscribe", { channels: ["market_positions"] });
  }

  #down(): void {
    this.#isUp = false;
    this.#tops.clear();
    for (const subscription of this.#subscriptions) subscription.lost();
  }

  #verify(silent: readonly string[]): void {
    for (const subscription of this.#subscriptions) {
      subscription.verify(silent.filter((ticker) => subscription.has(ticker)));
    }
  }

  #frame(text: string, receivedAt: Micros): void {
    const frame = parseKalshiFrame(text);
    switch (frame.kind) {
      case "message":
        return this.#message(frame, frame.message, receivedAt);
      case "reply":
        for (const subscription of this.#subscriptions) if (subscription.answered(frame.id, frame.sid)) break;
        this.#bySid(frame.sid)?.counted(frame.seq);
        return;
      case "error":
        return this.#error(frame);
      case "malformed":
        return this.#malformed(frame);
      case "other":
        this.#bySid(frame.sid)?.counted(frame.seq);
        return;
    }
  }

  #malformed({ sid, seq, reason }: KalshiFrame & { readonly kind: "malformed" }): void {
    this.#options.context.feed.malformed(CHANNEL, reason);
    const subscription = this.#bySid(sid);
    // Whatever it was to say of a book is missing now.
    if (subscription?.counted(seq) === true) subscription.unreadable(`a frame nobody can read: ${reason}`);
  }

  #bySid(sid: number | undefined): BookSubscription | undefined {
    return sid === undefined ? undefined : this.#subscriptions.find((subscription) => subscription.sid === sid);
  }

  #message(frame: KalshiFrame & { readonly kind: "message" }, message: KalshiMessage, receivedAt: Micros): void {
    const { feed } = this.#options.context;
    if (!this.#options.generations.has(frame.generation)) {
      const { sid, seq, generation } = frame;
      const reason = `a ${message.kind} of the format ${generation}, which is not accepted`;
      return this.#malformed({ kind: "malformed", sid, seq, reason });
    }
    switch (message.kind) {
      case "snapshot":
      case "delta":
        return this.#book(frame, message, receivedAt);
      case "ticker":
        feed.message(CHANNEL, receivedAt, venueTime(message.atMs));
        return this.#tops.heard(message);
      case "trade":
        feed.message(CHANNEL, receivedAt, venueTime(message.atMs));
        return this.#trade(message, receivedAt);
      case "fill":
        return this.#options.account?.filled(message);
      case "position":
        return this.#options.account?.moved(message);
      case "lifecycle":
        return this.#lifecycle(message);
    }
  }

  #book(
    { sid, seq }: KalshiFrame,
    message: KalshiMessage & { readonly kind: "snapshot" | "delta" },
    receivedAt: Micros,
  ): void {
    const { feed, sink } = this.#options.context;
    const subscription = this.#bySid(sid) ?? this.#subscriptions.find((other) => other.claims(sid, message.ticker));
    if (subscription?.counted(seq) !== true) return;
    feed.message(CHANNEL, receivedAt, message.kind === "delta" ? venueTime(message.atMs) : undefined);
    const market =
      message.kind === "delta" ? subscription.delta(message, receivedAt) : subscription.snapshot(message, receivedAt);
    if (market === undefined) return;
    this.#silence.touch(market.symbol);
    sink.bookChanged(market);
  }

  #trade({ ticker, tradeId, side, yesPrice, size, atMs }: KalshiTrade, receivedAt: Micros): void {
    const { sink, venue } = this.#options.context;
    sink.traded({
      venue,
      symbol: ticker,
      tradeId,
      side: side === undefined ? undefined : side === "yes" ? "buy" : "sell",
      price: yesPrice,
      size,
      venueAt: venueTime(atMs),
      receivedAt,
    });
  }

  #lifecycle(message: KalshiLifecycle): void {
    if (message.event === "price_level_structure_updated") {
      this.#of(message.ticker)?.distrust(message.ticker, "tick_changed", "its grid of prices has changed");
    }
    this.#options.onLifecycle(message);
  }

  #error(frame: KalshiFrame & { readonly kind: "error" }): void {
    const { id, sid, seq, code, text, tickers } = frame;
    const detail = `the venue says ${code}: ${text}`;
    const subscription = this.#bySid(sid) ?? this.#subscriptions.find((other) => other.answered(id, undefined));
    subscription?.counted(seq);
    if (subscription === undefined) {
      this.#options.context.feed.error(CHANNEL, detail);
      // Without a number it may be any of them that ended.
      if (sid === undefined && id === undefined) for (const each of this.#subscriptions) each.failed(code, detail);
      return;
    }
    subscription.failed(code, detail);
    subscription.refused(tickers);
  }
}

const venueTime = (ms: number | undefined): Micros | undefined => (ms === undefined ? undefined : microsFromMs(ms));

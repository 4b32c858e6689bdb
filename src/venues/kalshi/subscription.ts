import type { Micros } from "../../base/time.ts";
import type { StaleReason } from "../../domain/order-book.ts";
import { StepSequence } from "../../domain/order-book-sequence.ts";
import type { VenueContext } from "../core/ports.ts";
import type { SendCommand } from "./commands.ts";
import type { KalshiMarket } from "./market.ts";
import type { KalshiDelta, KalshiSnapshot } from "./messages.ts";

export interface SubscriptionOptions {
  readonly context: VenueContext;
  /** Names the subscription in feed events, such as `book-1`. */
  readonly channel: string;
  readonly markets: readonly KalshiMarket[];
  readonly yesPrices: boolean;
  readonly send: SendCommand;
  /** The last rung: a new connection. */
  readonly reconnect: (reason: string) => void;
  /** How long a snapshot may take before the next rung. */
  readonly answerMs: number;
}

/** How books are made right; each rung follows when the one before brought nothing. A new connection begins at `subscribe`. */
type Rung = "none" | "subscribe" | "snapshot" | "resubscribe" | "reconnect";

const NEXT: Readonly<Record<Rung, Rung>> = {
  none: "snapshot",
  subscribe: "resubscribe",
  snapshot: "resubscribe",
  resubscribe: "reconnect",
  reconnect: "reconnect",
};

/** A gap so soon after the last was cured: the cure was too weak. */
const RELAPSE_MICROS = 3_000_000;
/** A market that is wrong by itself again so soon is left for later. */
const DOUBT_MICROS = 10_000_000;
/** A single market that does not come right while others do is tried again this often. */
const LAGGARD_MS = 60_000;
const UNKNOWN_SID = 7;
/** Errors after which the venue sends nothing more: 10 channel error, 25 buffer overflow, 17 internal error until 2026. */
const TERMINAL: ReadonlySet<number> = new Set([10, 17, 25]);
const NOTHING = (): void => undefined;

/**
 * One subscription to order books. Its frames carry one counter for all its markets (`seq` of a `sid`), so a gap makes
 * every book stale, and the ladder begins: ask for snapshots, subscribe anew, connect anew. A market that is wrong by
 * itself never takes the others down: it is asked for once, then taken out and in again, now and then.
 */
export class BookSubscription {
  readonly #options: SubscriptionOptions;
  readonly #markets: Map<string, KalshiMarket>;
  readonly #sequence = new StepSequence();
  /** Markets whose snapshot is on its way. */
  readonly #waiting = new Set<string>();
  /** Fresh markets that are looked at again without a reason: their snapshot should say nothing new. */
  readonly #verifying = new Set<string>();
  readonly #laggards = new Set<string>();
  /** When a market was last wrong by itself. */
  readonly #doubtedAt = new Map<string, number>();
  /** When a market was last doubted for what somebody else said. */
  readonly #distrustedAt = new Map<string, number>();
  /** Numbers of subscriptions that were left on this connection: their last frames say nothing. */
  readonly #left = new Set<number>();
  #sid: number | undefined;
  #subscribing: number | undefined;
  #asking: number | undefined;
  #rung: Rung = "none";
  #hasAnswered = false;
  #curedBy: Rung = "none";
  #curedAt = Number.NEGATIVE_INFINITY;
  #cancelDeadline = NOTHING;
  #cancelLaggards: (() => void) | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#markets = new Map(options.markets.map((market) => [market.symbol, market]));
  }

  /** Undefined until the venue has said it, or used it. */
  get sid(): number | undefined {
    return this.#sid;
  }

  get #tickers(): readonly string[] {
    return [...this.#markets.keys()];
  }

  /** How many markets it has. */
  get size(): number {
    return this.#markets.size;
  }

  has(ticker: string): boolean {
    return this.#markets.has(ticker);
  }

  /** Follows these of its markets no longer; without any market left the subscription ends. */
  remove(tickers: readonly string[]): void {
    if (tickers.length === 0) return;
    for (const ticker of tickers) {
      this.#markets.get(ticker)?.book.markStale("disconnected");
      const kept = [this.#markets, this.#waiting, this.#verifying, this.#laggards, this.#doubtedAt, this.#distrustedAt];
      for (const each of kept) each.delete(ticker);
      this.#options.context.feed.fresh(this.#options.channel, ticker);
    }
    if (this.#sid !== undefined) this.#leave(this.#sid, tickers);
    if (this.#markets.size === 0) this.lost();
    else if (this.#waiting.size === 0) this.#cured();
  }

  #leave(sid: number, tickers: readonly string[]): void {
    if (this.#markets.size === 0) this.#options.send("unsubscribe", { sids: [sid] });
    else this.#options.send("update_subscription", { sids: [sid], market_tickers: tickers, action: "delete_markets" });
  }

  /** The connection is up: subscribe. */
  begin(): void {
    this.#subscribe();
    this.#stand("subscribe");
  }

  /** The connection is gone. */
  lost(): void {
    this.stop();
    this.#forget();
    this.#left.clear();
    this.#laggards.clear();
    this.#rung = "none";
    this.#staleAll("disconnected");
  }

  stop(): void {
    this.#cancelDeadline();
    this.#cancelLaggards?.();
    this.#cancelLaggards = undefined;
  }

  /** Takes the answer to a command of this subscription; false when it is of another. */
  answered(id: number | undefined, sid: number | undefined): boolean {
    if (id === undefined || (id !== this.#subscribing && id !== this.#asking)) return false;
    if (id === this.#subscribing && sid !== undefined) this.#adopt(sid);
    return true;
  }

  /** Takes frames of this number as its own, as those of a recording whose commands are not known; false when it is not. */
  claims(sid: number | undefined, ticker: string): boolean {
    if (this.#sid !== undefined || sid === undefined || this.#left.has(sid) || !this.has(ticker)) return false;
    this.#adopt(sid);
    return true;
  }

  /** Notes the number of any frame of the subscription. False for a frame that was there before. */
  counted(seq: number | undefined): boolean {
    if (seq === undefined) return true;
    const step = this.#sequence.accept(seq);
    if (step === "gap") this.unreadable(`frames are missing before ${seq}`);
    return step !== "repeat";
  }

  /** Something of this subscription was missed: which market it was for, nobody can tell. */
  unreadable(detail: string): void {
    const { context, channel } = this.#options;
    this.#staleAll("gap");
    context.feed.gap(channel, this.#markets.keys(), detail);
    this.#ask(this.#tickers);
  }

  /** Gives the market when its book changed. */
  snapshot(message: KalshiSnapshot, receivedAt: Micros): KalshiMarket | undefined {
    const market = this.#markets.get(message.ticker);
    if (market === undefined) return undefined;
    const before = this.#verifying.delete(message.ticker) && market.book.isFresh ? topText(market) : undefined;
    market.snapshot(message, receivedAt);
    this.#hasAnswered = true;
    this.#waiting.delete(message.ticker);
    if (market.book.isFresh) this.#righted(market, before);
    else this.#impossible(market, message);
    if (this.#waiting.size === 0) this.#cured();
    return market;
  }

  /** Gives the market when its book changed. */
  delta(message: KalshiDelta, receivedAt: Micros): KalshiMarket | undefined {
    const market = this.#markets.get(message.ticker);
    if (market === undefined || staleReason(market) !== undefined) return undefined;
    market.delta(message, receivedAt);
    if (staleReason(market) !== undefined) this.#impossible(market, undefined);
    return market;
  }

  /**
   * Gives one book up for a reason that only somebody else can see, until its snapshot comes. A doubt that comes back
   * within a minute is not heeded: the snapshot has just answered it.
   */
  distrust(ticker: string, reason: StaleReason, detail: string): void {
    const market = this.#markets.get(ticker);
    const last = this.#distrustedAt.get(ticker) ?? Number.NEGATIVE_INFINITY;
    if (market?.book.isFresh !== true || this.#now() - last < LAGGARD_MS * 1_000) return;
    this.#distrustedAt.set(ticker, this.#now());
    this.#stale(market, reason);
    const { context, channel } = this.#options;
    context.feed.stale(channel, [ticker], `${ticker}: ${detail}`);
    this.#ask([ticker]);
  }

  /** Asks for the snapshots of markets that were silent: a venue that froze does not answer. */
  verify(tickers: readonly string[]): void {
    if (this.#sid === undefined || this.#rung !== "none") return;
    const fresh = tickers.filter((ticker) => this.#markets.get(ticker)?.book.isFresh === true);
    if (fresh.length === 0) return;
    for (const ticker of fresh) this.#verifying.add(ticker);
    this.#ask(fresh);
  }

  /** The venue ended the subscription, or refused a command of it. */
  failed(code: number, detail: string): void {
    const { context, channel } = this.#options;
    context.feed.error(channel, detail);
    // Any other refusal leaves the deadline to bring the next rung.
    if (code !== UNKNOWN_SID && !TERMINAL.has(code)) return;
    this.#staleAll("gap");
    context.feed.gap(channel, this.#markets.keys(), detail);
    const isRelapse = this.#rung === "resubscribe" || (this.#isRelapse && this.#curedBy === "resubscribe");
    this.#climbTo(isRelapse ? "reconnect" : "resubscribe");
  }

  /** The venue refuses these markets: others do not wait for them. */
  refused(tickers: readonly string[]): void {
    for (const ticker of tickers) {
      if (!this.has(ticker)) continue;
      this.#waiting.delete(ticker);
      this.#later(ticker);
    }
    if (this.#waiting.size === 0) this.#cured();
  }

  #righted(market: KalshiMarket, before: string | undefined): void {
    const { feed } = this.#options.context;
    const { channel } = this.#options;
    this.#laggards.delete(market.symbol);
    if (before !== undefined && before !== topText(market)) {
      feed.error(channel, `${market.symbol}: the book was not the venue's, though no frame was missing`);
    }
    feed.fresh(channel, market.symbol);
  }

  #impossible(market: KalshiMarket, snapshot: KalshiSnapshot | undefined): void {
    const what = `the book became impossible: ${staleReason(market) ?? "not fresh"}`;
    const isOther = snapshot !== undefined && market.isOfOtherConvention(snapshot);
    const hint = isOther ? "; its prices of NO are not of the kind that use_yes_price asked for" : "";
    this.#doubt(market.symbol, what + hint, snapshot !== undefined);
  }

  /** One market is wrong. Asked for at once, but not again and again. */
  #doubt(ticker: string, detail: string, isUseless = false): void {
    const { context, channel } = this.#options;
    context.feed.stale(channel, [ticker], `${ticker}: ${detail}`);
    const last = this.#doubtedAt.get(ticker) ?? Number.NEGATIVE_INFINITY;
    this.#doubtedAt.set(ticker, this.#now());
    if (isUseless || this.#now() - last < DOUBT_MICROS) this.#later(ticker);
    else this.#ask([ticker]);
  }

  #staleAll(reason: StaleReason): void {
    for (const market of this.#markets.values()) this.#stale(market, reason);
  }

  #stale(market: KalshiMarket, reason: StaleReason): void {
    const wasShown = market.book.isFresh;
    market.book.markStale(reason);
    if (wasShown) this.#options.context.sink.bookChanged(market);
  }

  get #isRelapse(): boolean {
    return this.#now() - this.#curedAt < RELAPSE_MICROS;
  }

  /** Waits for snapshots, on the rung that stands or from the bottom of the ladder. */
  #ask(tickers: readonly string[]): void {
    for (const ticker of tickers) this.#waiting.add(ticker);
    if (this.#rung !== "none") return;
    const isGap = tickers.length === this.#markets.size && this.#verifying.size === 0;
    this.#climbTo(isGap && this.#isRelapse ? NEXT[this.#curedBy] : "snapshot");
  }

  #climbTo(rung: Rung): void {
    const { reconnect, channel } = this.#options;
    this.#stand(rung);
    if (rung === "reconnect") return reconnect(`${channel}: neither snapshots nor a new subscription helped`);
    if (rung === "resubscribe") this.#resubscribe();
    else this.#askSnapshots([...this.#waiting]);
  }

  /** Gives a rung its time. */
  #stand(rung: Rung): void {
    const { context, answerMs } = this.#options;
    this.#rung = rung;
    this.#hasAnswered = false;
    this.#cancelDeadline();
    this.#cancelDeadline = context.timers.after(() => this.#deadline(), answerMs);
  }

  #deadline(): void {
    const { context, channel } = this.#options;
    const missing = [...this.#waiting];
    const [first = ""] = missing;
    this.#verifying.clear();
    for (const ticker of missing) {
      const market = this.#markets.get(ticker);
      if (market !== undefined) this.#stale(market, "silent");
    }
    const more = missing.length === 1 ? "" : ` and ${missing.length - 1} more`;
    context.feed.stale(channel, missing, `no snapshot came of ${first}${more}`);
    if (!this.#hasAnswered) return this.#climbTo(NEXT[this.#rung]);
    // The subscription lives: it is these markets.
    for (const ticker of missing) this.#later(ticker);
    this.#waiting.clear();
    this.#cured();
  }

  #cured(): void {
    if (this.#rung === "none") return;
    this.#cancelDeadline();
    this.#curedAt = this.#now();
    this.#curedBy = this.#rung === "subscribe" ? "none" : this.#rung;
    this.#rung = "none";
  }

  /** Tries a market again after a while. */
  #later(ticker: string): void {
    this.#laggards.add(ticker);
    this.#cancelLaggards ??= this.#options.context.timers.after(() => {
      this.#cancelLaggards = undefined;
      this.#retry();
    }, LAGGARD_MS);
  }

  #retry(): void {
    const [first] = this.#laggards;
    if (first === undefined) return;
    this.#later(first);
    if (this.#sid === undefined || this.#rung !== "none") return;
    const params = { sids: [this.#sid], market_tickers: [...this.#laggards] };
    this.#options.send("update_subscription", { ...params, action: "delete_markets" });
    this.#options.send("update_subscription", { ...params, action: "add_markets" });
  }

  #askSnapshots(tickers: readonly string[]): void {
    if (this.#sid === undefined) return;
    const params = { sids: [this.#sid], market_tickers: tickers, action: "get_snapshot" };
    this.#asking = this.#options.send("update_subscription", params);
  }

  #resubscribe(): void {
    if (this.#sid !== undefined) this.#options.send("unsubscribe", { sids: [this.#sid] });
    this.#forget();
    // Between two subscriptions anything may be missed.
    this.#staleAll("resync");
    this.#subscribe();
  }

  #subscribe(): void {
    for (const ticker of this.#markets.keys()) this.#waiting.add(ticker);
    this.#subscribing = this.#options.send("subscribe", {
      channels: ["orderbook_delta"],
      market_tickers: this.#tickers,
      use_yes_price: this.#options.yesPrices,
    });
  }

  #adopt(sid: number): void {
    if (sid === this.#sid) return;
    this.#sid = sid;
    this.#sequence.reset();
  }

  #forget(): void {
    if (this.#sid !== undefined) this.#left.add(this.#sid);
    this.#sid = undefined;
    this.#subscribing = undefined;
    this.#asking = undefined;
    this.#sequence.reset();
    this.#waiting.clear();
    this.#verifying.clear();
  }

  #now(): number {
    return this.#options.context.clock.now();
  }
}

const TOP_LEVELS = 10;

function staleReason({ book }: KalshiMarket): StaleReason | undefined {
  const { state } = book;
  return state.kind === "stale" ? state.reason : undefined;
}

const topText = ({ book }: KalshiMarket): string =>
  JSON.stringify([book.top("bids", TOP_LEVELS), book.top("asks", TOP_LEVELS)]);

import { type Micros, microsFromMs } from "../../base/time.ts";
import { canonicalDecimal } from "../../domain/decimal.ts";
import { type BookLevel, OrderBook, type StaleReason } from "../../domain/order-book.ts";
import type { BookMessage, ChangesMessage, LevelChange, MarketMessage, WireLevel } from "./messages.ts";

/** Changes held while a book is on its way. */
const HELD_MAX = 1_000;
/** How long a `best_bid_ask` may differ: it comes beside the change it tells of, before or after it. */
const BEST_GRACE_MICROS = 2_000_000;

/** What becomes of a book, told as it happens. */
export interface MarketBookEvents {
  /** The book is not to be relied on, and why; it needs a new `book` message. */
  readonly stale: (reason: StaleReason, detail: string) => void;
  /** The book is right again. */
  readonly resynced: () => void;
  /** Something does not fit and proves nothing: worth a look at REST. */
  readonly doubtful: (detail: string) => void;
}

interface Best {
  readonly bid: string | undefined;
  readonly ask: string | undefined;
  readonly since: Micros;
}

/** What a book that REST told says of ours. */
export type RestVerdict = "same" | "differs" | "moved_since" | "older" | "ghost" | "not_fresh";

/**
 * The one book of a binary market, in prices of its first outcome. The book of the other token is the same orders seen
 * from the other side, so its levels are not read. The venue numbers nothing: each change is held to the best prices told
 * with it, and what it does not tell, silence and REST show.
 */
export class MarketBook {
  readonly book = new OrderBook({ payout: "1" });
  readonly #token: string;
  readonly #events: MarketBookEvents;
  #isFollowed = false;
  #held: ChangesMessage[] = [];
  /** The venue's time of the newest change that was let go, in ms: a book from before it leads nowhere. */
  #lostAt: number | undefined;
  /** The venue's time of the newest levels, in ms. */
  #newestAt: number | undefined;
  #best: Best | undefined;
  #changes = 0;
  #ghosts = 0;

  /** `token`: the id of the first outcome's token. */
  constructor(token: string, events: MarketBookEvents) {
    this.#token = token;
    this.#events = events;
  }

  /** Grows with everything that changes the book: equal numbers, equal book. */
  get version(): number {
    return this.#changes;
  }

  /** Takes what the venue says of this market; the other token's levels are passed over. */
  take(message: MarketMessage, receivedAt: Micros): void {
    if (message.kind === "changes") this.#takeChanges(message, receivedAt);
    else if ("token" in message && message.token !== this.#token) return;
    else if (message.kind === "book") this.#takeBook(message, receivedAt);
    else if (message.kind === "tick") this.distrust("tick_changed", `the tick became ${message.tick}`);
    else if (message.kind === "best") this.#takeBest(message.bestBid, message.bestAsk, receivedAt);
  }

  /** Gives the book up until the next `book` message. */
  distrust(reason: StaleReason, detail: string): void {
    this.book.markStale(reason);
    // A book from before what is dropped here would miss it; what a new connection tells is newer than all of it.
    this.#lostAt = reason === "disconnected" ? undefined : (this.#held.at(-1)?.at ?? this.#newestAt ?? this.#lostAt);
    if (reason === "disconnected") this.#newestAt = undefined;
    this.#held = [];
    this.#best = undefined;
    this.#changes++;
    if (!this.#isFollowed) return;
    this.#isFollowed = false;
    this.#events.stale(reason, detail);
  }

  /** To be called now and then: a `best_bid_ask` that the book never came to shows that a change was lost. */
  heedTime(now: Micros): void {
    const best = this.#best;
    if (best === undefined || now - best.since < BEST_GRACE_MICROS) return;
    this.distrust("mismatch", `best_bid_ask says ${best.bid} / ${best.ask}, the book has ${this.#topText()}`);
  }

  /** Holds the book to one that REST told after `version` was read. Makes it stale where it differs. */
  compare(rest: BookMessage, version: number): RestVerdict {
    const verdict = this.#verdictOn(rest, version);
    this.#ghosts = verdict === "ghost" ? this.#ghosts + 1 : 0;
    if (verdict === "differs") this.distrust("mismatch", `REST tells another book than ${this.#topText()}`);
    return verdict;
  }

  #verdictOn(rest: BookMessage, version: number): RestVerdict {
    if (!this.book.isFresh) return "not_fresh";
    if (this.#changes !== version) return "moved_since";
    const told = new OrderBook({ payout: "1" });
    told.snapshot(levelsOf(rest), { receivedAt: this.book.receivedAt ?? microsFromMs(0) });
    if (this.#equals(told)) return "same";
    if (rest.at !== undefined && this.#newestAt !== undefined && rest.at < this.#newestAt) return "older";
    // REST has been seen to tell an empty-looking book that was none; it is believed the second time.
    return isGhost(told) && this.#ghosts === 0 ? "ghost" : "differs";
  }

  #equals(other: OrderBook): boolean {
    return (["bids", "asks"] as const).every((side) => {
      const count = this.book.levels(side);
      if (count !== other.levels(side)) return false;
      const [mine, theirs] = [this.book.top(side, count), other.top(side, count)];
      return mine.every(([price, size], index) => price === theirs[index]?.[0] && size === theirs[index]?.[1]);
    });
  }

  #takeBook(message: BookMessage, receivedAt: Micros): void {
    // The venue's parts race: a whole book may be older than changes that came before it.
    if (this.#isFollowed && isBefore(message.at, this.#newestAt)) return;
    if (isBefore(message.at, this.#lostAt)) return;
    const held = this.#held;
    this.#held = [];
    this.#lostAt = undefined;
    this.#best = undefined;
    this.#changes++;
    this.#newestAt = message.at;
    this.book.snapshot(levelsOf(message), { receivedAt, venueAt: venueTime(message.at) });
    const wasFollowed = this.#isFollowed;
    this.#isFollowed = true;
    if (!this.#heedFault()) return;
    for (const changes of held) if (!isBefore(changes.at, message.at)) this.#apply(changes, receivedAt);
    if (!wasFollowed && this.#isFollowed) this.#events.resynced();
  }

  #takeChanges(message: ChangesMessage, receivedAt: Micros): void {
    if (this.#isFollowed) this.#apply(message, receivedAt);
    else if (message.changes.some(({ token }) => token === this.#token)) this.#hold(message);
  }

  #hold(message: ChangesMessage): void {
    if (this.#held.length === HELD_MAX) this.#lostAt = this.#held.shift()?.at ?? Number.POSITIVE_INFINITY;
    this.#held.push(message);
  }

  #apply(message: ChangesMessage, receivedAt: Micros): void {
    if (!this.#isFollowed) return;
    const [bids, asks]: [BookLevel[], BookLevel[]] = [[], []];
    let last: LevelChange | undefined;
    for (const change of message.changes) {
      if (change.token !== this.#token) continue;
      (change.side === "bid" ? bids : asks).push([change.price, change.size]);
      last = change;
    }
    if (last === undefined) return;
    this.#changes++;
    this.#newestAt = message.at ?? this.#newestAt;
    this.book.set({ bids, asks }, { receivedAt, venueAt: venueTime(message.at) });
    if (!this.#heedFault()) return;
    if (last.bestBid === undefined && last.bestAsk === undefined) this.#settleBest();
    else this.#holdTo(last);
  }

  /** Best prices told with a change are those after it. */
  #holdTo({ bestBid, bestAsk }: LevelChange): void {
    if (this.#agrees(bestBid, bestAsk)) {
      this.#settleBest();
      return;
    }
    this.distrust("mismatch", `the venue's top is ${bestBid} / ${bestAsk}, the book has ${this.#topText()}`);
  }

  #takeBest(bid: string | undefined, ask: string | undefined, receivedAt: Micros): void {
    if (!this.#isFollowed) return;
    this.#best = this.#agrees(bid, ask) ? undefined : { bid, ask, since: this.#best?.since ?? receivedAt };
    const [ownBid, ownAsk] = [this.book.best("bids"), this.book.best("asks")];
    if ((bid === undefined && ownBid !== undefined) || (ask === undefined && ownAsk !== undefined)) {
      this.#events.doubtful(
        `best_bid_ask says ${bid ?? "nothing"} / ${ask ?? "nothing"}, the book has ${this.#topText()}`,
      );
    }
  }

  #settleBest(): void {
    if (this.#best !== undefined && this.#agrees(this.#best.bid, this.#best.ask)) this.#best = undefined;
  }

  /** Whether the book's top is the one told. What was not told agrees; bid 0 and ask 1 (or 0) stand for no orders. */
  #agrees(bid: string | undefined, ask: string | undefined): boolean {
    const isBid = bid === undefined || isPrice(priceOr(this.book.best("bids"), "0"), bid);
    if (!isBid || ask === undefined) return isBid;
    const own = priceOr(this.book.best("asks"), "1");
    return isPrice(own, ask) || (own === "1" && isPrice("0", ask));
  }

  /** False when the book has become impossible, and was given up. */
  #heedFault(): boolean {
    const { state } = this.book;
    if (state.kind !== "stale") return true;
    this.distrust(state.reason, `the book became impossible: ${state.reason}`);
    return false;
  }

  #topText(): string {
    return `${priceOr(this.book.best("bids"), "none")} / ${priceOr(this.book.best("asks"), "none")}`;
  }
}

const priceOr = (level: readonly [string, string] | undefined, none: string): string => level?.[0] ?? none;

const isBefore = (at: number | undefined, other: number | undefined): boolean =>
  at !== undefined && other !== undefined && at < other;

const venueTime = (at: number | undefined): Micros | undefined => (at === undefined ? undefined : microsFromMs(at));

const pairs = (levels: readonly WireLevel[]): BookLevel[] => levels.map(({ price, size }) => [price, size]);

const levelsOf = ({ bids, asks }: BookMessage) => ({ bids: pairs(bids), asks: pairs(asks) });

/** Whether a canonical price is the one told, which mostly is written alike. */
const isPrice = (own: string, told: string): boolean => own === told || own === canonicalDecimal(told);

/** A book with nothing between 1 and 99 cents. */
function isGhost(book: OrderBook): boolean {
  const [bid, ask] = [book.best("bids"), book.best("asks")];
  return (bid === undefined || Number(bid[0]) <= 0.01) && (ask === undefined || Number(ask[0]) >= 0.99);
}

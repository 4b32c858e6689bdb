import type { VenueContext } from "../core/ports.ts";
import type { BookMessage } from "./messages.ts";
import type { PolymarketMarket } from "./market.ts";
import { BOOKS_MAX, type PolymarketRest } from "./rest.ts";

const AGAIN_MS = 2_000;
/** A book that moves during every look is looked at in the next round. */
const LOOKS_MAX = 3;

export interface BookCheckOptions {
  readonly context: VenueContext;
  readonly rest: PolymarketRest;
  /** Every book is looked at once in so long. */
  readonly roundMs: number;
  /** REST has no book of a market. */
  readonly missing: (market: PolymarketMarket) => void;
  /** A market was silent on the stream while it went on at REST. */
  readonly frozen: (market: PolymarketMarket, detail: string) => void;
}

interface Look {
  readonly market: PolymarketMarket;
  /** That of the book when REST was asked. */
  readonly version: number;
  /** How often it was looked at before, without an outcome. */
  readonly before: number;
  readonly wereSilent: boolean;
}

/**
 * Holds books to those that REST tells: all of them, some at a time; those that fell silent; those in doubt. A book that
 * differs is given up, and comes back by the stream: what REST tells is never taken for it.
 */
export class BookCheck {
  readonly #options: BookCheckOptions;
  readonly #markets = new Set<PolymarketMarket>();
  /** Markets to look at again soon, with the number of looks so far. */
  readonly #again = new Map<PolymarketMarket, number>();
  #turn: PolymarketMarket[] = [];
  #cancelRound: (() => void) | undefined;
  #cancelAgain: (() => void) | undefined;
  #isStopped = false;

  constructor(options: BookCheckOptions) {
    this.#options = options;
  }

  start(): void {
    const batches = Math.max(1, Math.ceil(this.#markets.size / BOOKS_MAX));
    this.#cancelRound = this.#options.context.timers.after(() => {
      this.start();
      if (this.#turn.length === 0) this.#turn = [...this.#markets];
      void this.#look(this.#turn.splice(0, BOOKS_MAX));
    }, this.#options.roundMs / batches);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRound?.();
    this.#cancelAgain?.();
  }

  add(market: PolymarketMarket): void {
    this.#markets.add(market);
  }

  remove(market: PolymarketMarket): void {
    this.#markets.delete(market);
    this.#again.delete(market);
  }

  /** Markets that nothing was heard of: at rest, or their stream has died. */
  silent(markets: readonly PolymarketMarket[]): void {
    for (let from = 0; from < markets.length; from += BOOKS_MAX) {
      void this.#look(markets.slice(from, from + BOOKS_MAX), true);
    }
  }

  /** Something about a market's book does not fit. */
  doubt(market: PolymarketMarket): void {
    this.#later(market, this.#again.get(market) ?? 0);
  }

  async #look(markets: readonly PolymarketMarket[], wereSilent = false): Promise<void> {
    const asked = markets.filter((market) => this.#markets.has(market) && market.book.isFresh);
    if (asked.length === 0) return;
    const looks = asked.map((market) => {
      const look = { market, version: market.version, before: this.#again.get(market) ?? 0, wereSilent };
      this.#again.delete(market);
      return look;
    });
    const books = await this.#options.rest.books(asked.map(({ tokens }) => tokens[0]));
    if (this.#isStopped || books === undefined) return;
    for (const look of looks) {
      if (this.#markets.has(look.market)) this.#judge(look, books.get(look.market.tokens[0]));
    }
  }

  #judge({ market, version, before, wereSilent }: Look, told: BookMessage | undefined): void {
    const { missing, frozen } = this.#options;
    if (told === undefined) return missing(market);
    const verdict = market.compare(told, version);
    if (verdict === "differs" && wereSilent) frozen(market, `${market.symbol} stood still on the stream`);
    if (verdict === "ghost" || verdict === "moved_since") this.#later(market, before);
  }

  #later(market: PolymarketMarket, looks: number): void {
    if (looks >= LOOKS_MAX || this.#isStopped) return;
    this.#again.set(market, looks + 1);
    this.#cancelAgain ??= this.#options.context.timers.after(() => {
      this.#cancelAgain = undefined;
      void this.#look([...this.#again.keys()].slice(0, BOOKS_MAX));
    }, AGAIN_MS);
  }
}

import type { VenueContext } from "../core/ports.ts";
import type { KalshiMarket } from "./market.ts";
import type { KalshiTicker } from "./messages.ts";

export interface TopWatchOptions {
  readonly context: VenueContext;
  readonly market: (ticker: string) => KalshiMarket | undefined;
  /** A book that does not say what the ticker says. */
  readonly onWrong: (ticker: string, detail: string) => void;
}

/** Ticker and book come by two subscriptions: one may be this far behind the other. */
const GRACE_MICROS = 2_000_000;
const LOOK_EVERY_MS = 1_000;

interface Told {
  readonly bid: string | undefined;
  readonly ask: string | undefined;
  readonly at: number;
}

/**
 * Holds books to the ticker channel: a book that did not change for some seconds after a ticker, and whose best prices
 * are not the ticker's, is wrong although no frame is missing. Books that move are left to their sequence numbers.
 */
export class TopWatch {
  readonly #options: TopWatchOptions;
  readonly #told = new Map<string, Told>();
  #cancel: (() => void) | undefined;

  constructor(options: TopWatchOptions) {
    this.#options = options;
  }

  heard({ ticker, bid, ask }: KalshiTicker): void {
    const { context, market } = this.#options;
    if (market(ticker) === undefined) return;
    this.#told.set(ticker, { bid, ask, at: context.clock.now() });
    this.#cancel ??= context.timers.after(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Forgets what was told, as after a reconnect. */
  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#told.clear();
  }

  #look(): void {
    const { context, market, onWrong } = this.#options;
    const now = context.clock.now();
    for (const [ticker, told] of this.#told) {
      if (now - told.at < GRACE_MICROS) continue;
      this.#told.delete(ticker);
      const detail = wrongIn(market(ticker), told);
      if (detail !== undefined) onWrong(ticker, detail);
    }
    this.#cancel = this.#told.size === 0 ? undefined : context.timers.after(() => this.#look(), LOOK_EVERY_MS);
  }
}

function wrongIn(market: KalshiMarket | undefined, told: Told): string | undefined {
  if (market === undefined || !market.book.isFresh || (market.book.receivedAt ?? 0) > told.at) return undefined;
  const [bid, ask] = [market.book.best("bids")?.[0], market.book.best("asks")?.[0]];
  if (bid === told.bid && ask === told.ask) return undefined;
  return `its top is ${shown(bid)} / ${shown(ask)}, the ticker says ${shown(told.bid)} / ${shown(told.ask)}`;
}

const shown = (price: string | undefined): string => price ?? "none";

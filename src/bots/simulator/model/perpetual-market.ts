import type { Random } from "../../../base/random.ts";
import { between, happens, wholeBetween } from "./chance.ts";
import { type Instrument, power, priceOf, sizeOf } from "./instrument.ts";
import type { Underlying } from "./underlying.ts";

/** The best prices of a venue, in ticks; always `bid` < `ask`. */
export interface Top {
  readonly bid: number;
  readonly ask: number;
}

export type Levels = [number, number][];

export interface PerpetualMarketOptions {
  /** Half of the usual spread, in bps of the mid. */
  readonly halfSpreadBps: number;
  /** A usual order of others, in lots. */
  readonly usualLots: number;
}

/** The order book of others at one venue, around what the asset is worth. */
export class PerpetualMarket {
  readonly instrument: Instrument;
  readonly underlying: Underlying;
  readonly #random: Random;
  readonly #options: PerpetualMarketOptions;
  #halfBps: number;

  constructor(instrument: Instrument, underlying: Underlying, random: Random, options: PerpetualMarketOptions) {
    this.instrument = instrument;
    this.underlying = underlying;
    this.#random = random;
    this.#options = options;
    this.#halfBps = options.halfSpreadBps;
  }

  get halfSpreadBps(): number {
    return this.#halfBps;
  }

  /** The book goes with the asset to a moment, and its spread with the regime. */
  advance(toMs: number): void {
    this.underlying.advance(toMs);
    this.#halfBps = this.#options.halfSpreadBps * this.underlying.width * between(this.#random, 0.8, 1.25);
  }

  top(): Top {
    const mid = this.underlying.price * power(this.instrument.tickDecimals);
    const half = (mid * this.#halfBps) / 10_000;
    const bid = Math.max(1, Math.floor(mid - half));
    return { bid, ask: Math.max(bid + 2, Math.ceil(mid + half)) };
  }

  /** Best first, `depth` levels a side, from the given best prices outwards. */
  levels({ bid, ask }: Top, depth: number): { readonly bids: Levels; readonly asks: Levels } {
    const bids: Levels = [];
    const asks: Levels = [];
    const step = Math.max(1, Math.round((ask - bid) / 3));
    let [down, up] = [bid, ask];
    for (let level = 0; level < depth && down > 0; level++) {
      bids.push([priceOf(this.instrument, down), sizeOf(this.instrument, this.#lots(level))]);
      asks.push([priceOf(this.instrument, up), sizeOf(this.instrument, this.#lots(level))]);
      down -= wholeBetween(this.#random, 1, step);
      up += wholeBetween(this.#random, 1, step);
    }
    return { bids, asks };
  }

  /** What trades at a level: an order of somebody else, in lots. */
  #lots(level: number): number {
    const usual = this.#options.usualLots * (1 + level * 0.4);
    return Math.max(1, Math.round(usual * between(this.#random, 0.3, happens(this.#random, 0.1) ? 6 : 1.8)));
  }
}

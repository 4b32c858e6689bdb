import type { SideLevels } from "./order-book-levels.ts";
import { OrderBookSide } from "./order-book-side.ts";

/** A binary market to a tenth of a cent: so few prices get a place each, which is quicker than keeping them sorted. */
const PRICES_MAX = 1_000;

/** An empty side for prices below `payout`, both in whole units; for any prices when that is NaN. */
export function emptySide(side: "bids" | "asks", payout: number): SideLevels {
  if (!(payout > 1 && payout <= PRICES_MAX)) return new OrderBookSide();
  return new OrderBookGrid(side === "bids" ? 1 - payout : 1, payout - 1);
}

/**
 * One side of a book whose prices lie on a short grid: a size for each price there is, and the best of them. A change
 * costs one read and one write; only when the best level goes is the next one looked for, along the grid. Keys are those
 * of `OrderBookSide`: prices in ticks, that of a bid negated.
 */
export class OrderBookGrid implements SideLevels {
  readonly #sizes: Float64Array;
  /** Where key 0 stands: keys rise, and levels get worse, with the index. */
  readonly #zero: number;
  #best: number;
  #levels = 0;

  /** For keys from `first`, and so many. */
  constructor(first: number, count: number) {
    this.#sizes = new Float64Array(count);
    this.#zero = -first;
    this.#best = count;
  }

  get levels(): number {
    return this.#levels;
  }

  get bestKey(): number {
    return this.#levels === 0 ? Number.NaN : this.#best - this.#zero;
  }

  get bestSize(): number {
    return this.#sizes[this.#best] ?? 0;
  }

  sizeAt(key: number): number {
    return this.#sizes[key + this.#zero] ?? 0;
  }

  set(key: number, size: number): void {
    const index = key + this.#zero;
    const held = this.#sizes[index] ?? 0;
    this.#sizes[index] = size;
    if (held === 0 || size === 0) this.#counted(index, held, size);
  }

  add(key: number, change: number): number {
    const index = key + this.#zero;
    const held = this.#sizes[index] ?? 0;
    const size = held + change;
    if (size < 0) return size;
    this.#sizes[index] = size;
    if (held === 0 || size === 0) this.#counted(index, held, size);
    return size;
  }

  each(visit: (key: number, size: number) => boolean): void {
    let left = this.#levels;
    for (let index = this.#best; left > 0; index++) {
      const size = this.#sizes[index] ?? 0;
      if (size === 0) continue;
      left--;
      if (!visit(index - this.#zero, size)) return;
    }
  }

  /** Notes a level that came or went. */
  #counted(index: number, held: number, size: number): void {
    if (held === size) return;
    if (held === 0) {
      this.#levels++;
      if (index < this.#best) this.#best = index;
      return;
    }
    this.#levels--;
    if (index === this.#best) this.#best = this.#levels === 0 ? this.#sizes.length : this.#next(index);
  }

  #next(from: number): number {
    let index = from + 1;
    while (this.#sizes[index] === 0) index++;
    return index;
  }
}

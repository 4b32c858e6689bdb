import { type Measure, measured, unknown } from "./measure.ts";
import { Sum } from "./sum.ts";

/**
 * Inventory of one instrument over time (metrics.md §5): averages weighted by how long each position was held. Times in
 * any one unit, not falling; `price` values what is held until the next change.
 */
export class Inventory {
  #from: number | undefined;
  #at = 0;
  #quantity = 0;
  #price = 0;
  readonly #absolute = new Sum();
  readonly #signed = new Sum();
  readonly #value = new Sum();
  readonly #traded = new Sum();
  #maxQuantity = 0;
  #maxValue = 0;
  #changes = 0;

  /** The position from `at` on, and what traded to get there (0 when only the price moved). */
  hold(at: number, quantity: number, price: number, tradedSize: number): void {
    this.#pass(at);
    this.#quantity = quantity;
    this.#price = price;
    this.#changes++;
    this.#traded.add(Math.abs(tradedSize) * price);
    this.#maxQuantity = Math.max(this.#maxQuantity, Math.abs(quantity));
    this.#maxValue = Math.max(this.#maxValue, Math.abs(quantity) * price);
  }

  /** Average of |position| as of `at`. */
  average(at: number): Measure {
    return this.#weighted(at, this.#absolute, Math.abs(this.#quantity));
  }

  /** Average of the signed position. */
  averageSigned(at: number): Measure {
    return this.#weighted(at, this.#signed, this.#quantity);
  }

  /** Average of |position| × price. */
  averageValue(at: number): Measure {
    return this.#weighted(at, this.#value, Math.abs(this.#quantity) * this.#price);
  }

  get max(): Measure {
    return this.#changes === 0 ? unknown("nothing was held") : measured(this.#maxQuantity, this.#changes);
  }

  get maxValue(): Measure {
    return this.#changes === 0 ? unknown("nothing was held") : measured(this.#maxValue, this.#changes);
  }

  /** Traded value, both sides, ÷ average value held. */
  turnover(at: number): Measure {
    const held = this.averageValue(at);
    if (typeof held.value !== "number") return held;
    return held.value === 0
      ? unknown("nothing was held", this.#changes)
      : measured(this.#traded.value / held.value, this.#changes);
  }

  #pass(at: number): void {
    this.#from ??= at;
    if (this.#changes > 0) {
      const held = at - this.#at;
      this.#absolute.add(Math.abs(this.#quantity) * held);
      this.#signed.add(this.#quantity * held);
      this.#value.add(Math.abs(this.#quantity) * this.#price * held);
    }
    this.#at = at;
  }

  #weighted(at: number, sum: Sum, now: number): Measure {
    const from = this.#from;
    if (from === undefined) return unknown("nothing was held");
    if (at <= from) return unknown("no time has passed", this.#changes);
    return measured((sum.value + now * (at - this.#at)) / (at - from), this.#changes);
  }
}

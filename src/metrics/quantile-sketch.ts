/**
 * A mergeable sketch of a distribution of values ≥ 0: quantiles within 1 % of the value (DDSketch, Masson et al. 2019).
 * Merging two sketches gives the sketch of all their values, so percentiles of windows and of bots can be combined.
 */
export class QuantileSketch {
  readonly #buckets = new Map<number, number>();
  #zeros = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    this.#count++;
    if (value < SMALLEST) this.#zeros++;
    else {
      const index = Math.ceil(Math.log(value) / LOG_GAMMA);
      this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + 1);
    }
  }

  merge(other: QuantileSketch): void {
    this.#count += other.#count;
    this.#zeros += other.#zeros;
    for (const [index, count] of other.#buckets) this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + count);
  }

  /** The value at quantile `q` in [0, 1], in the unit of what was added; undefined without values. */
  quantile(q: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = q * (this.#count - 1);
    let seen = this.#zeros;
    if (rank < seen) return 0;
    for (const [index, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      seen += count;
      if (rank < seen) return (2 * GAMMA ** index) / (GAMMA + 1);
    }
    return undefined;
  }
}

const RELATIVE_ACCURACY = 0.01;
const GAMMA = (1 + RELATIVE_ACCURACY) / (1 - RELATIVE_ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);
const SMALLEST = 1e-9;

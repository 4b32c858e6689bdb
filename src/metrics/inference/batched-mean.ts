import { BatchedRatio, ratioOf } from "./batched-ratio.ts";
import { type Dependence, isDependent } from "./dependence.ts";

/** The mean of values, and how much less sure it is than that of as many independent ones. */
export interface MeanEstimate extends Dependence {
  readonly n: number;
  readonly mean: number;
  /** Of the sample (n − 1); 0 where all are equal, and of fewer than two. */
  readonly variance: number;
}

/** Of the squares: a variance below it is only what doubles leave. */
const ROUNDING = 1e-24;

/** Values in the order of time, in bounded memory: their mean, their variance and how alike neighbours are. */
export class BatchedMean {
  readonly ratio = new BatchedRatio();
  #mean = 0;
  #squares = 0;

  /** The next value; `at` in any unit. */
  add(value: number, at: number): void {
    this.ratio.add(value, 1, at);
    const off = value - this.#mean;
    this.#mean += off / this.ratio.n;
    this.#squares += off * (value - this.#mean);
  }

  get n(): number {
    return this.ratio.n;
  }

  get mean(): number {
    return this.#mean;
  }

  /** Σ (value − mean)². */
  get squares(): number {
    return this.#squares;
  }
}

/**
 * The mean of several such series together. Where batches of neighbours (`ratioOf`) vary clearly more than those of
 * independent values would, as trades of one hour do that win and lose together, it counts for as much less.
 */
export function meanOf(series: readonly BatchedMean[]): MeanEstimate {
  const n = series.reduce((sum, each) => sum + each.n, 0);
  if (n === 0) return { n, mean: 0, variance: 0, factor: 1, freedom: 0 };
  const mean = series.reduce((sum, each) => sum + each.n * each.mean, 0) / n;
  const squares = series.reduce((sum, each) => sum + each.squares + each.n * (each.mean - mean) ** 2, 0);
  const isFlat = squares <= ROUNDING * n * mean * mean;
  const alone = { n, mean, variance: n < 2 || isFlat ? 0 : squares / (n - 1), factor: 1, freedom: Math.max(0, n - 1) };
  const together = ratioOf(series.map(({ ratio }) => ratio));
  if (together?.error === undefined || alone.variance === 0) return alone;
  const factor = (together.error ** 2 * n) / alone.variance;
  const { freedom } = together;
  return isDependent(factor, freedom) ? { ...alone, factor, freedom } : alone;
}

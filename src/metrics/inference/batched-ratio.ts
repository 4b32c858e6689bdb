import { normalQuantile } from "./normal.ts";

/** A ratio of sums with where chance alone leaves it. */
export interface RatioEstimate {
  readonly ratio: number;
  /** Standard error; undefined with fewer than `BATCHES_MIN` batches. */
  readonly error: number | undefined;
  readonly n: number;
}

/** Batches that are kept: twice as many are merged by pairs of neighbours. */
const BATCHES = 512;
const BATCHES_MIN = 10;

/**
 * Σ a ÷ Σ b of many pairs in the order of time, and how sure it is, in bounded memory: neighbours are kept together in
 * batches, so that what they have in common widens the error as it should (batch means; the error of a ratio by its
 * linearisation).
 */
export class BatchedRatio {
  readonly #a = new Float64Array(2 * BATCHES);
  readonly #b = new Float64Array(2 * BATCHES);
  #batches = 0;
  #perBatch = 1;
  #inLast = 0;
  #n = 0;

  /** The next pair. */
  add(a: number, b: number): void {
    this.#n++;
    if (this.#inLast === 0) this.#begin();
    const last = this.#batches - 1;
    this.#a[last] = (this.#a[last] as number) + a;
    this.#b[last] = (this.#b[last] as number) + b;
    this.#inLast = (this.#inLast + 1) % this.#perBatch;
  }

  get n(): number {
    return this.#n;
  }

  /** Every batch: Σ a and Σ b of it. */
  *batches(): Generator<readonly [a: number, b: number]> {
    for (let index = 0; index < this.#batches; index++) yield [this.#a[index] as number, this.#b[index] as number];
  }

  #begin(): void {
    if (this.#batches === 2 * BATCHES) {
      for (let index = 0; index < BATCHES; index++) {
        this.#a[index] = (this.#a[2 * index] as number) + (this.#a[2 * index + 1] as number);
        this.#b[index] = (this.#b[2 * index] as number) + (this.#b[2 * index + 1] as number);
      }
      this.#a.fill(0, BATCHES);
      this.#b.fill(0, BATCHES);
      this.#batches = BATCHES;
      this.#perBatch *= 2;
    }
    this.#batches++;
  }
}

/** Σ a ÷ Σ b of several such series together; undefined where Σ b is 0. */
export function ratioOf(series: readonly BatchedRatio[]): RatioEstimate | undefined {
  const batches = series.flatMap((each) => [...each.batches()]);
  let [a, b] = [0, 0];
  for (const [of, by] of batches) {
    a += of;
    b += by;
  }
  if (b === 0) return undefined;
  const ratio = a / b;
  const n = series.reduce((sum, each) => sum + each.n, 0);
  if (batches.length < BATCHES_MIN) return { ratio, error: undefined, n };
  let squares = 0;
  for (const [of, by] of batches) squares += (of - ratio * by) ** 2;
  return { ratio, error: Math.sqrt((squares * batches.length) / (batches.length - 1)) / Math.abs(b), n };
}

/** The interval of an estimate with a confidence, normal; undefined without an error. */
export function estimateInterval(
  { ratio, error }: Pick<RatioEstimate, "ratio" | "error">,
  confidence: number,
): { readonly low: number; readonly high: number } | undefined {
  if (error === undefined) return undefined;
  const half = normalQuantile(0.5 + confidence / 2) * error;
  return { low: ratio - half, high: ratio + half };
}

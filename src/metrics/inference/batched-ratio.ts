import { studentQuantile } from "./student.ts";

/** A ratio of sums with where chance alone leaves it. */
export interface RatioEstimate {
  readonly ratio: number;
  /** Standard error; undefined with fewer than `PAIRS_MIN` pairs. */
  readonly error: number | undefined;
  /** Degrees of freedom of the error. */
  readonly freedom: number;
  readonly n: number;
}

/** With fewer an error would be a guess. */
const PAIRS_MIN = 20;
/** Sums of neighbours that are kept: twice as many are merged by pairs. */
const KEPT = 256;
/** Batches that an error is told from at most: more make it no surer. */
const BATCHES_MAX = 256;
/** Batches that resemble their neighbours more than this are taken to do so by this. */
const RESEMBLANCE_MAX = 0.5;
/** Of the larger of two numbers: a difference below it is only that of doubles. */
const ROUNDING = 1e-12;

/** Neighbours in time, added up. */
interface Batch {
  /** Of the first pair. */
  readonly at: number;
  pairs: number;
  a: number;
  b: number;
}

/**
 * Σ a ÷ Σ b of many pairs in the order of time, and how sure it is, in bounded memory: neighbours are kept together, so
 * that what they have in common widens the error as it should.
 */
export class BatchedRatio {
  #batches: Batch[] = [];
  #perBatch = 1;
  #n = 0;

  /** The next pair; `at` in any unit. */
  add(a: number, b: number, at: number): void {
    this.#n++;
    const last = this.#batches.at(-1);
    if (last !== undefined && last.pairs < this.#perBatch) {
      last.pairs++;
      last.a += a;
      last.b += b;
      return;
    }
    if (this.#batches.length === 2 * KEPT) {
      this.#batches = merged(this.#batches, KEPT);
      this.#perBatch *= 2;
    }
    this.#batches.push({ at, pairs: 1, a, b });
  }

  get n(): number {
    return this.#n;
  }

  /** What is kept, in the order of time. */
  get batches(): readonly Batch[] {
    return this.#batches;
  }
}

/** About `count` batches of as many pairs each. */
function merged(batches: readonly Batch[], count: number): Batch[] {
  const pairs = batches.reduce((sum, batch) => sum + batch.pairs, 0);
  const found: Batch[] = [];
  let taken = 0;
  for (const batch of batches) {
    const last = found.at(-1);
    // The middle of the batch says which of the larger ones it is in.
    const place = Math.floor(((taken + batch.pairs / 2) * count) / pairs);
    if (last === undefined || place >= found.length) found.push({ ...batch });
    else {
      last.pairs += batch.pairs;
      last.a += batch.a;
      last.b += batch.b;
    }
    taken += batch.pairs;
  }
  return found;
}

/**
 * Σ a ÷ Σ b of several such series together; undefined where Σ b is 0. The error is that of batch means: about √n batches
 * of neighbours in time, whichever series they are of, are taken to differ by chance (a ratio by its linearisation), and
 * it is widened by (1 + ρ) ÷ (1 − ρ) where each still resembles the one before it, ρ their correlation.
 */
export function ratioOf(series: readonly BatchedRatio[]): RatioEstimate | undefined {
  const kept = series.flatMap((each) => each.batches);
  const n = series.reduce((sum, each) => sum + each.n, 0);
  const [a, b] = [total(kept, "a"), total(kept, "b")];
  if (b === 0) return undefined;
  const ratio = a / b;
  if (n < PAIRS_MIN) return { ratio, error: undefined, freedom: 0, n };
  const inTime = series.length === 1 ? kept : kept.toSorted((one, other) => one.at - other.at);
  const batches = merged(inTime, Math.min(BATCHES_MAX, Math.round(Math.sqrt(n))));
  // What is kept of few pairs in many series may not part into more.
  const freedom = batches.length - 1;
  return { ratio, error: Math.sqrt(squaresOf(batches, ratio)) / Math.abs(b), freedom, n };
}

/** Σ of the squares by which batches differ from what they should be, as their sum varies. */
function squaresOf(batches: readonly Batch[], ratio: number): number {
  let [squares, products, before] = [0, 0, 0];
  for (const { a, b } of batches) {
    const exact = ratio * b;
    const off = Math.abs(a - exact) <= ROUNDING * Math.max(Math.abs(a), Math.abs(exact)) ? 0 : a - exact;
    squares += off * off;
    products += off * before;
    before = off;
  }
  if (squares === 0) return 0;
  const count = batches.length;
  // Correlations of few values are too low by about one of their number.
  const alike = Math.min(RESEMBLANCE_MAX, Math.max(0, products / squares + 1 / count));
  return ((squares * count) / (count - 1)) * ((1 + alike) / (1 - alike));
}

const total = (batches: readonly Batch[], of: "a" | "b"): number => batches.reduce((sum, batch) => sum + batch[of], 0);

/** The interval of an estimate with a confidence, Student's; undefined without an error. */
export function estimateInterval(
  { ratio, error, freedom }: Pick<RatioEstimate, "ratio" | "error" | "freedom">,
  confidence: number,
): { readonly low: number; readonly high: number } | undefined {
  if (error === undefined) return undefined;
  const half = studentQuantile(0.5 + confidence / 2, freedom) * error;
  return { low: ratio - half, high: ratio + half };
}

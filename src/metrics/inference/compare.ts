import { studentProbability, studentQuantile } from "./student.ts";
import { type Share, hitsInterval } from "./wilson.ts";

/** How the second of two samples differs from the first; or why that cannot be told. */
export type Compared =
  | {
      /** Second less first. */
      readonly difference: number;
      /** Where it lies with the confidence given. */
      readonly low: number;
      readonly high: number;
      /** Probability of a difference this large, either way, where there is none. */
      readonly p: number;
      /** Half of the width that chance alone gives the second around the first. */
      readonly band: number;
    }
  | { readonly reason: string };

/** The mean of values; `factor` and `freedom` as `MeanEstimate` has them, 1 and n − 1 where they are not said. */
export interface MeanSample {
  readonly n: number;
  readonly mean: number;
  /** Of the sample (n − 1). */
  readonly variance: number;
  readonly factor?: number;
  readonly freedom?: number;
}

/** Fewer values on a side say nothing. */
export const COMPARED_MIN = 20;

/** Welch's t-test: two means of unequal variances. */
export function compareMeans(a: MeanSample, b: MeanSample, confidence: number): Compared {
  return tooFew(a.n, b.n) ?? welch(b.mean - a.mean, [errorOf(a), errorOf(b)], confidence);
}

const errorOf = ({ n, variance, factor = 1, freedom = n - 1 }: MeanSample): KnownError => ({
  variance: (variance * factor) / n,
  freedom,
});

/** Two shares: pooled z-test, and Newcombe's interval of the difference (from Wilson's of each). */
export function compareShares(a: Share, b: Share, confidence: number): Compared {
  const few = tooFew(a.n, b.n);
  if (few !== undefined) return few;
  const [shareA, shareB] = [a.hits / a.n, b.hits / b.n];
  const [ofA, ofB] = [hitsInterval(a, confidence), hitsInterval(b, confidence)];
  if ("reason" in ofA) return ofA;
  if ("reason" in ofB) return ofB;
  const difference = shareB - shareA;
  const pooled = (a.hits + b.hits) / (a.n + b.n);
  const errors = [a, b].map(
    ({ n, factor = 1, freedom = Number.POSITIVE_INFINITY }): KnownError => ({
      variance: (pooled * (1 - pooled) * factor) / n,
      freedom: factor === 1 ? Number.POSITIVE_INFINITY : freedom,
    }),
  );
  const tested = welch(difference, errors, confidence);
  return {
    difference,
    low: difference - Math.hypot(shareB - ofB.low, ofA.high - shareA),
    high: difference + Math.hypot(ofB.high - shareB, shareA - ofA.low),
    ...("reason" in tested ? { p: 1, band: 0 } : { p: tested.p, band: tested.band }),
  };
}

/** A number with its standard error, from a sample of so many. */
export interface EstimateSample {
  readonly n: number;
  readonly value: number;
  readonly error: number;
  /** Degrees of freedom of the error: infinite where it is about normal. */
  readonly freedom: number;
}

/** Two estimates with independent errors: Student's t with the degrees of freedom of both (Welch and Satterthwaite). */
export function compareEstimates(a: EstimateSample, b: EstimateSample, confidence: number): Compared {
  const errors = [a, b].map(({ error, freedom }): KnownError => ({ variance: error ** 2, freedom }));
  return tooFew(a.n, b.n) ?? welch(b.value - a.value, errors, confidence);
}

interface KnownError {
  /** Of the mean or estimate. */
  readonly variance: number;
  readonly freedom: number;
}

function welch(difference: number, errors: readonly KnownError[], confidence: number): Compared {
  const variance = errors.reduce((sum, each) => sum + each.variance, 0);
  if (!Number.isFinite(variance) || !Number.isFinite(difference)) return { reason: "too large to be compared" };
  if (!(variance > 0)) return { reason: "all values are equal" };
  const error = Math.sqrt(variance);
  const freedom = 1 / errors.reduce((sum, each) => sum + (each.variance / variance) ** 2 / each.freedom, 0);
  const half = studentQuantile(0.5 + confidence / 2, freedom) * error;
  const p = Math.min(1, 2 * studentProbability(-Math.abs(difference / error), freedom));
  return { difference, low: difference - half, high: difference + half, p, band: half };
}

function tooFew(a: number, b: number): { readonly reason: string } | undefined {
  return a >= COMPARED_MIN && b >= COMPARED_MIN
    ? undefined
    : { reason: `needs ${COMPARED_MIN} on each side, has ${a} and ${b}` };
}

/** Of the squares: a variance below it is only what doubles leave. */
const ROUNDING = 1e-24;

/** The sample of some values. */
export function meanSample(values: Float64Array): MeanSample {
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = n === 0 ? 0 : sum / n;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const isFlat = squares <= ROUNDING * n * mean * mean;
  return { n, mean, variance: n < 2 || isFlat ? 0 : squares / (n - 1) };
}

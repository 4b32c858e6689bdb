import { normalProbability, normalQuantile } from "./normal.ts";
import { studentProbability, studentQuantile } from "./student.ts";
import { wilsonInterval } from "./wilson.ts";

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

/** Values that are taken for independent draws. */
export interface MeanSample {
  readonly n: number;
  readonly mean: number;
  /** Of the sample (n − 1). */
  readonly variance: number;
}

/** Fewer values on a side say nothing. */
export const COMPARED_MIN = 20;

/** Welch's t-test: two means of unequal variances. */
export function compareMeans(a: MeanSample, b: MeanSample, confidence: number): Compared {
  const few = tooFew(a.n, b.n);
  if (few !== undefined) return few;
  const [ofA, ofB] = [a.variance / a.n, b.variance / b.n];
  const error = Math.sqrt(ofA + ofB);
  if (!(error > 0)) return { reason: "all values are equal" };
  const freedom = (ofA + ofB) ** 2 / (ofA ** 2 / (a.n - 1) + ofB ** 2 / (b.n - 1));
  const difference = b.mean - a.mean;
  const half = studentQuantile(0.5 + confidence / 2, freedom) * error;
  const p = Math.min(1, 2 * studentProbability(-Math.abs(difference / error), freedom));
  return { difference, low: difference - half, high: difference + half, p, band: half };
}

/** Successes of tries. */
export interface ShareSample {
  readonly n: number;
  readonly hits: number;
}

/** Two shares: pooled z-test, and Newcombe's interval of the difference (from Wilson's of each). */
export function compareShares(a: ShareSample, b: ShareSample, confidence: number): Compared {
  const few = tooFew(a.n, b.n);
  if (few !== undefined) return few;
  const [shareA, shareB] = [a.hits / a.n, b.hits / b.n];
  const [ofA, ofB] = [wilsonInterval(a.hits, a.n, confidence), wilsonInterval(b.hits, b.n, confidence)];
  if ("reason" in ofA) return ofA;
  if ("reason" in ofB) return ofB;
  const difference = shareB - shareA;
  const pooled = (a.hits + b.hits) / (a.n + b.n);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.n + 1 / b.n));
  const p = error > 0 ? twoSided(difference / error) : 1;
  return {
    difference,
    low: difference - Math.hypot(shareB - ofB.low, ofA.high - shareA),
    high: difference + Math.hypot(ofB.high - shareB, shareA - ofA.low),
    p,
    band: normalQuantile(0.5 + confidence / 2) * error,
  };
}

/** A number with its standard error, from a sample of so many. */
export interface EstimateSample {
  readonly n: number;
  readonly value: number;
  readonly error: number;
}

/** Two estimates with independent errors that are about normal: z-test. */
export function compareEstimates(a: EstimateSample, b: EstimateSample, confidence: number): Compared {
  const few = tooFew(a.n, b.n);
  if (few !== undefined) return few;
  const error = Math.hypot(a.error, b.error);
  if (!(error > 0)) return { reason: "all values are equal" };
  const difference = b.value - a.value;
  const half = normalQuantile(0.5 + confidence / 2) * error;
  return { difference, low: difference - half, high: difference + half, p: twoSided(difference / error), band: half };
}

const twoSided = (z: number): number => Math.min(1, 2 * normalProbability(-Math.abs(z)));

function tooFew(a: number, b: number): { readonly reason: string } | undefined {
  return a >= COMPARED_MIN && b >= COMPARED_MIN
    ? undefined
    : { reason: `needs ${COMPARED_MIN} on each side, has ${a} and ${b}` };
}

/** The sample of some values. */
export function meanSample(values: Float64Array): MeanSample {
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = n === 0 ? 0 : sum / n;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { n, mean, variance: n < 2 ? 0 : squares / (n - 1) };
}

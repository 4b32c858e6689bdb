import { normalDensity, normalQuantile } from "../inference/normal.ts";
import { type Moments, kurtosisOf, populationDeviationOf, skewnessOf } from "./moments.ts";

/** Value at risk and its expected shortfall, as returns of one period: a loss is < 0 (metrics.md §4). */
export interface TailRisk {
  readonly valueAtRisk: number;
  readonly shortfall: number;
}

/**
 * From the returns themselves: the quantile of type 7 (linear between the order statistics at (n − 1)·α), and the mean of
 * the ⌊(n − 1)·α⌋ + 1 worst by count, so that ties do not widen the tail. Needs one return.
 */
export function historicalRisk(returns: Float64Array, confidence: number): TailRisk {
  const values = returns.slice();
  const rank = (values.length - 1) * alphaOf(confidence);
  const lower = Math.floor(rank);
  partition(values, lower);
  return { valueAtRisk: interpolated(values, { lower, rank }), shortfall: meanOf(values, lower + 1) };
}

/** The quantile of type 7 of values in any order; sorts none of them and needs one. */
export function quantileOf(values: Float64Array, q: number): number {
  const copy = values.slice();
  const rank = (copy.length - 1) * q;
  const lower = Math.floor(rank);
  partition(copy, lower);
  return interpolated(copy, { lower, rank });
}

/** 1 − 0.95 is not 0.05 in doubles. */
const alphaOf = (confidence: number): number => Number((1 - confidence).toPrecision(12));

function interpolated(values: Float64Array, { lower, rank }: { lower: number; rank: number }): number {
  const low = values[lower] as number;
  if (rank === lower) return low;
  let next = Number.POSITIVE_INFINITY;
  for (let index = lower + 1; index < values.length; index++) next = Math.min(next, values[index] as number);
  return low + (rank - lower) * (next - low);
}

function meanOf(values: Float64Array, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += values[index] as number;
  return sum / count;
}

/** Puts the value of rank `rank` in its place, with none greater before it and none less behind it (Hoare's selection). */
function partition(values: Float64Array, rank: number): void {
  let [left, right] = [0, values.length - 1];
  while (left < right) {
    const pivot = medianOfThree(
      values[left] as number,
      values[(left + right) >>> 1] as number,
      values[right] as number,
    );
    let [low, high] = [left, right];
    while (low <= high) {
      while ((values[low] as number) < pivot) low++;
      while ((values[high] as number) > pivot) high--;
      if (low > high) break;
      const swapped = values[low] as number;
      values[low] = values[high] as number;
      values[high] = swapped;
      low++;
      high--;
    }
    if (rank <= high) right = high;
    else if (rank >= low) left = low;
    else return;
  }
}

const medianOfThree = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

/** As if returns were normal: mean and population deviation. Needs a spread to say more than the mean. */
export function gaussianRisk(moments: Moments, confidence: number): TailRisk {
  const alpha = alphaOf(confidence);
  const z = normalQuantile(alpha);
  const deviation = populationDeviationOf(moments);
  return {
    valueAtRisk: moments.mean + z * deviation,
    shortfall: moments.mean - (deviation * normalDensity(z)) / alpha,
  };
}

/** The Gaussian one corrected by skewness and kurtosis, and whether the correction can be trusted. */
export interface CornishFisherRisk extends TailRisk {
  /** False where the corrected quantile is not increasing within ±4 deviations: then the numbers mean nothing. */
  readonly valid: boolean;
}

/** Cornish–Fisher with population moments; the shortfall is the "operational" one, never better than the quantile. */
export function cornishFisherRisk(moments: Moments, confidence: number): CornishFisherRisk {
  const alpha = alphaOf(confidence);
  const z = normalQuantile(alpha);
  const skew = skewnessOf(moments);
  const excess = kurtosisOf(moments) - 3;
  const deviation = populationDeviationOf(moments);
  const h = z + ((z ** 2 - 1) * skew) / 6 + ((z ** 3 - 3 * z) * excess) / 24 - ((2 * z ** 3 - 5 * z) * skew ** 2) / 36;
  const tail =
    normalDensity(h) *
    (1 +
      (h ** 3 * skew) / 6 +
      ((h ** 6 - 9 * h ** 4 + 9 * h ** 2 + 3) * skew ** 2) / 72 +
      ((h ** 4 - 2 * h ** 2 - 1) * excess) / 24);
  return {
    valueAtRisk: moments.mean + deviation * h,
    shortfall: moments.mean + deviation * Math.min(-tail / alpha, h),
    valid: isIncreasing(skew, excess),
  };
}

const TRUSTED = 4;

/** Whether h′(z) = a·z² + b·z + c is above 0 all over [−4, 4]. */
function isIncreasing(skew: number, excess: number): boolean {
  const a = excess / 8 - skew ** 2 / 6;
  const b = skew / 3;
  const c = 1 - excess / 8 + (5 * skew ** 2) / 36;
  const slope = (z: number): number => a * z * z + b * z + c;
  const vertex = -b / (2 * a);
  const places = Math.abs(vertex) <= TRUSTED ? [-TRUSTED, TRUSTED, vertex] : [-TRUSTED, TRUSTED];
  return places.every((z) => slope(z) > 0);
}

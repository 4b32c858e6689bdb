import { type Measure, measured, unknown } from "../measure.ts";
import { deviationOf, isFlat, kurtosisOf, type Moments, skewnessOf } from "../returns/moments.ts";
import { normalProbability, normalQuantile } from "./normal.ts";

/** What the inference needs of a Sharpe ratio that was observed: all per period. */
export interface SharpeSample {
  readonly n: number;
  /** Mean ÷ sample deviation, per period. */
  readonly ratio: number;
  /** Population skewness, and population kurtosis with 3 for a normal distribution. */
  readonly skewness: number;
  readonly kurtosis: number;
}

/** The sample of a series of returns; a reason where it has too few, or no spread. */
export function sharpeSample(moments: Moments): SharpeSample | { readonly reason: string } {
  if (moments.n < 3) return { reason: `needs 3 returns, has ${moments.n}` };
  if (isFlat(moments)) return { reason: "all returns are equal" };
  return {
    n: moments.n,
    ratio: moments.mean / deviationOf(moments),
    skewness: skewnessOf(moments),
    kurtosis: kurtosisOf(moments),
  };
}

/** n · the variance of the observed ratio, for returns that are not normal (Mertens 2002). */
const variance = ({ ratio, skewness, kurtosis }: SharpeSample): number =>
  1 - skewness * ratio + ((kurtosis - 1) / 4) * ratio ** 2;

const NO_VARIANCE = "skewness and kurtosis leave the ratio no variance";

/** Standard error of the ratio per period. */
export const sharpeError = (sample: SharpeSample): Measure =>
  variance(sample) > 0 ? measured(Math.sqrt(variance(sample) / (sample.n - 1)), sample.n) : noVariance(sample);

const noVariance = ({ n }: SharpeSample): Measure => unknown(NO_VARIANCE, n);

/** Probability that the true ratio is above `benchmark` (per period): Bailey and López de Prado 2012. */
export function probabilisticSharpe(sample: SharpeSample, benchmark: number): Measure {
  const spread = variance(sample);
  if (!(spread > 0)) return noVariance(sample);
  const z = ((sample.ratio - benchmark) * Math.sqrt(sample.n - 1)) / Math.sqrt(spread);
  return measured(normalProbability(z), sample.n);
}

/** How many periods a track record needs for this confidence that the true ratio is above `benchmark`. */
export function minimumTrackRecord(sample: SharpeSample, benchmark: number, confidence: number): Measure {
  if (sample.ratio <= benchmark) return unknown("the Sharpe ratio is not above the benchmark", sample.n);
  const spread = variance(sample);
  if (!(spread > 0)) return noVariance(sample);
  return measured(1 + spread * (normalQuantile(confidence) / (sample.ratio - benchmark)) ** 2, sample.n);
}

const EULER_MASCHERONI = 0.5772156649015329;

/**
 * The highest ratio per period that this many trials without any skill would show, from the sample variance (n − 1) of the
 * trials' ratios: Bailey and López de Prado 2014. 0 for one trial.
 */
export function expectedMaximum(trials: number, ratioVariance: number): number {
  if (trials <= 1) return 0;
  const highest = normalQuantile(1 - 1 / trials);
  const beyond = normalQuantile(1 - 1 / (trials * Math.E));
  return Math.sqrt(ratioVariance) * ((1 - EULER_MASCHERONI) * highest + EULER_MASCHERONI * beyond);
}

/** Of trials that move together, as many as would be independent, by their mean correlation; at most their number. */
export function effectiveTrials(trials: number, meanCorrelation: number): number {
  return Math.min(trials, Math.floor(meanCorrelation + (1 - meanCorrelation) * trials) + 1);
}

/**
 * Probability that the ratio is more than the best of so many trials without skill would show, where nothing is known of
 * the others: their ratios are taken to vary as much as this one's own standard error (Bailey and López de Prado 2014).
 */
export function deflatedSharpe(sample: SharpeSample, trials: number): Measure {
  const error = sharpeError(sample);
  return typeof error.value === "number"
    ? probabilisticSharpe(sample, expectedMaximum(trials, error.value ** 2))
    : error;
}

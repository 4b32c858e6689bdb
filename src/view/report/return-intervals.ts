import type { Random } from "../../base/random.ts";
import { blockLength } from "../../metrics/inference/block-length.ts";
import { noInterval, percentileInterval, resample, stationaryDraw } from "../../metrics/inference/bootstrap.ts";
import { normalQuantile } from "../../metrics/inference/normal.ts";
import { STATISTIC_OF } from "../../metrics/inference/sampled-statistics.ts";
import { sharpeError, sharpeSample } from "../../metrics/inference/sharpe-inference.ts";
import type { ReturnReading } from "../../metrics/returns/reading.ts";
import { fixed } from "../number-format.ts";
import type { Figure } from "./report.ts";

/** How intervals are made. */
export interface IntervalOptions {
  readonly random: Random;
  readonly resamples: number;
  readonly confidence: number;
}

/** So many values are drawn at most; a bootstrap beyond would take seconds. */
const DRAWS_MAX = 50_000_000;

type Interval = NonNullable<Figure["interval"]>;

/** The intervals of a series of returns, by the names of its statistics. */
export function returnIntervals(reading: ReturnReading, options: IntervalOptions): ReadonlyMap<string, Interval> {
  const root = Math.sqrt(reading.periodsPerYear);
  if (reading.n * options.resamples > DRAWS_MAX) return new Map([["sharpe_annual", sharpeInterval(reading, options)]]);
  const length = Math.max(1, blockLength(reading.returns)?.stationary ?? Math.cbrt(reading.n));
  const of = (statistic: string, scale: number) => bootstrapped(reading, options, { statistic, scale, length });
  return new Map([
    ["mean", of("mean", 1)],
    ["sharpe_annual", of("sharpe_per_period", root)],
    ["sharpe_per_period", of("sharpe_per_period", 1)],
    ["sortino_annual", of("sortino_per_period", root)],
    ["profit_factor_returns", of("profit_factor", 1)],
  ]);
}

interface Wanted {
  readonly statistic: string;
  readonly scale: number;
  /** Mean length of a block. */
  readonly length: number;
}

function bootstrapped(
  { returns }: ReturnReading,
  { random, resamples, confidence }: IntervalOptions,
  { statistic, scale, length }: Wanted,
): Interval {
  const of = STATISTIC_OF[statistic];
  if (of === undefined || returns.length < 2) return { reason: `needs 30, has ${returns.length}` };
  const draw = stationaryDraw(random, returns.length, length);
  const resampled = resample({ values: returns, statistic: of, draw, resamples });
  const problem = noInterval(returns.length, resampled);
  if (problem !== undefined) return { reason: problem };
  const found = percentileInterval(resampled, confidence);
  if ("reason" in found) return found;
  const method = `stationary bootstrap of ${fixed(resamples, 0)} resamples, blocks of ${fixed(length, 1)} on average`;
  return { low: found.low * scale, high: found.high * scale, confidence, method };
}

/** From the standard error alone, for series too long to draw anew. */
function sharpeInterval({ moments, periodsPerYear }: ReturnReading, { confidence }: IntervalOptions): Interval {
  const sample = sharpeSample(moments);
  if ("reason" in sample) return sample;
  const error = sharpeError(sample);
  if (typeof error.value !== "number")
    return { reason: error.value === undefined ? error.reason : "no standard error" };
  const half = normalQuantile(0.5 + confidence / 2) * error.value;
  const root = Math.sqrt(periodsPerYear);
  const method = "standard error of the ratio (too many returns to draw anew)";
  return { low: (sample.ratio - half) * root, high: (sample.ratio + half) * root, confidence, method };
}

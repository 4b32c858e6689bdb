import type { Random } from "../../base/random.ts";
import { blockLength } from "../inference/block-length.ts";
import {
  noInterval,
  percentileInterval,
  type Resampled,
  resampleInParts,
  stationaryDraw,
  whole,
} from "../inference/bootstrap.ts";
import { normalQuantile } from "../inference/normal.ts";
import { STATISTIC_OF } from "../inference/sampled-statistics.ts";
import { sharpeError, sharpeSample } from "../inference/sharpe-inference.ts";
import type { ReturnReading } from "./reading.ts";

/** How intervals are made. */
export interface IntervalOptions {
  readonly random: Random;
  readonly resamples: number;
  readonly confidence: number;
}

/** Where a statistic lies with the confidence given, and how that was made; or why it is not told. */
export type ReturnInterval =
  | { readonly low: number; readonly high: number; readonly confidence: number; readonly method: string }
  | { readonly reason: string };

/** So many values are drawn at most; a bootstrap beyond would take seconds. */
const DRAWS_MAX = 50_000_000;
/** Values drawn before other work can have its turn: about a millisecond. */
const DRAWS_AT_ONCE = 50_000;

/** The intervals of a series of returns, by the names of its statistics. */
export const returnIntervals = (
  reading: ReturnReading,
  options: IntervalOptions,
): ReadonlyMap<string, ReturnInterval> => whole(returnIntervalsInParts(reading, options));

/** The same in parts of about a millisecond. */
export function* returnIntervalsInParts(
  reading: ReturnReading,
  options: IntervalOptions,
): Generator<void, ReadonlyMap<string, ReturnInterval>> {
  const root = Math.sqrt(reading.periodsPerYear);
  if (reading.n * options.resamples > DRAWS_MAX) return new Map([["sharpe_annual", sharpeInterval(reading, options)]]);
  const { returns } = reading;
  const length = Math.max(1, blockLength(returns)?.stationary ?? Math.cbrt(reading.n));
  const wanted = [
    ["mean", "mean", 1],
    ["sharpe_annual", "sharpe_per_period", root],
    ["sharpe_per_period", "sharpe_per_period", 1],
    ["sortino_annual", "sortino_per_period", root],
    ["profit_factor_returns", "profit_factor", 1],
  ] as const;
  if (returns.length < 2) return new Map(wanted.map(([name]) => [name, { reason: `needs 30, has ${returns.length}` }]));
  const drawn = yield* drawnOnce(returns, options, length);
  return new Map(
    wanted.map(([name, of, scale]) => [name, intervalOf(drawn.get(of), { ...options, reading, scale, length })]),
  );
}

const DRAWN = ["mean", "sharpe_per_period", "sortino_per_period", "profit_factor"] as const;

/** All statistics of the same resamples: to draw them takes most of the time. */
function* drawnOnce(
  values: Float64Array,
  { random, resamples }: IntervalOptions,
  length: number,
): Generator<void, ReadonlyMap<string, Resampled>> {
  const draw = stationaryDraw(random, values.length, length);
  const atOnce = Math.max(1, Math.floor(DRAWS_AT_ONCE / values.length));
  const statistics = DRAWN.map((name) => STATISTIC_OF[name]);
  const all = yield* resampleInParts({ values, statistics, draw, resamples }, atOnce);
  return new Map(DRAWN.flatMap((name, index) => (all[index] === undefined ? [] : [[name, all[index]] as const])));
}

interface Wanted extends IntervalOptions {
  readonly reading: ReturnReading;
  readonly scale: number;
  /** Mean length of a block. */
  readonly length: number;
}

function intervalOf(
  resampled: Resampled | undefined,
  { reading, resamples, confidence, scale, length }: Wanted,
): ReturnInterval {
  if (resampled === undefined) return { reason: "no such statistic" };
  const problem = noInterval(reading.n, resampled);
  if (problem !== undefined) return { reason: problem };
  const found = percentileInterval(resampled, confidence);
  if ("reason" in found) return found;
  const method = `stationary bootstrap of ${thousands(resamples)} resamples, blocks of ${length.toFixed(1)} on average`;
  return { low: found.low * scale, high: found.high * scale, confidence, method };
}

const thousands = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");

/** From the standard error alone, for series too long to draw anew. */
function sharpeInterval({ moments, periodsPerYear }: ReturnReading, { confidence }: IntervalOptions): ReturnInterval {
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

import type { Random } from "../../base/random.ts";
import { normalProbability, normalQuantile } from "./normal.ts";

/** A statistic of a sample: `Infinity` where it is unbounded, undefined where it says nothing. */
export type Statistic = (sample: Float64Array) => number | undefined;

/** Writes which values of the original make up one resample, with as many as there are. */
export type Draw = (indexes: Int32Array) => void;

export interface Resampling {
  readonly values: Float64Array;
  readonly statistic: Statistic;
  readonly draw: Draw;
  readonly resamples: number;
}

/** The same with several statistics of each resample. */
export interface ManyResampling extends Omit<Resampling, "statistic"> {
  readonly statistics: readonly Statistic[];
}

/** What a statistic says of many resamples: in order, the unbounded last, without those that said nothing. */
export interface Resampled {
  readonly sorted: Float64Array;
  readonly dropped: number;
}

/** An interval; a bound is `Infinity` where the statistic is unbounded. Or why there is none. */
export type Interval = { readonly low: number; readonly high: number } | { readonly reason: string };

/** Each value of a resample is any of the original, whatever the others are: for what has no order in time. */
export const independentDraw =
  (random: Random, count: number): Draw =>
  (indexes) => {
    for (let index = 0; index < indexes.length; index++) indexes[index] = random.below(count);
  };

/** Runs of neighbours, with lengths of `blockLength` on average: for series in time (Politis and Romano 1994). */
export function stationaryDraw(random: Random, count: number, blockLength: number): Draw {
  const runs = { start: () => random.below(count), chance: random.next, endsAt: 1 / blockLength };
  return (indexes) => stationaryIndexes(runs, indexes);
}

/** Of each place of a resample: where a run begins, if one begins there, and the chance that it goes on. */
export interface Runs {
  readonly start: (index: number) => number;
  readonly chance: (index: number) => number;
  readonly endsAt: number;
}

/** A run goes on while its chance is above `endsAt`, and begins anew after the last value. */
export function stationaryIndexes({ start, chance, endsAt }: Runs, indexes: Int32Array): void {
  let at = -1;
  for (let index = 0; index < indexes.length; index++) {
    const goesOn = index > 0 && chance(index) > endsAt;
    at = goesOn ? at + 1 : start(index);
    if (at === indexes.length) at = 0;
    indexes[index] = at;
  }
}

/** The statistic of every resample. */
export function resample({ statistic, ...resampling }: Resampling): Resampled {
  const [only] = whole(resampleInParts({ ...resampling, statistics: [statistic] }, resampling.resamples));
  return only ?? { sorted: new Float64Array(), dropped: 0 };
}

/** Several statistics of the same resamples, so many at a time: other work can have its turn between them. */
export function* resampleInParts(
  { values, statistics, draw, resamples }: ManyResampling,
  atOnce: number,
): Generator<void, Resampled[]> {
  const indexes = new Int32Array(values.length);
  const sample = new Float64Array(values.length);
  const all = statistics.map((statistic) => ({ statistic, found: new Float64Array(resamples), count: 0 }));
  for (let round = 0; round < resamples; round++) {
    if (round > 0 && round % atOnce === 0) yield;
    draw(indexes);
    for (let index = 0; index < indexes.length; index++) sample[index] = values[indexes[index] as number] as number;
    for (const each of all) {
      const value = each.statistic(sample);
      if (value !== undefined) each.found[each.count++] = value;
    }
  }
  return all.map(({ found, count }) => ({ sorted: found.slice(0, count).sort(), dropped: resamples - count }));
}

/** What work in parts makes, without a pause. */
export function whole<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** With fewer values an interval would be a guess. */
const VALUES_MIN = 30;
/** Where more resamples than this say nothing, the interval speaks of the others only. */
const DROPPED_MAX = 0.05;

/** Why values have no interval, whatever its kind. */
export function noInterval(count: number, { sorted, dropped }: Resampled): string | undefined {
  if (count < VALUES_MIN) return `needs ${VALUES_MIN}, has ${count}`;
  const missing = dropped / (sorted.length + dropped);
  return missing > DROPPED_MAX ? `${Math.round(100 * missing)} % of the resamples have no value` : undefined;
}

/** Between the quantiles (type 7) of the resamples. */
export const percentileInterval = ({ sorted }: Resampled, confidence: number): Interval => {
  const tail = (1 - confidence) / 2;
  return { low: sortedQuantile(sorted, tail), high: sortedQuantile(sorted, 1 - tail) };
};

/** Bias-corrected and accelerated (Efron 1987); the percentile interval where that is not defined. */
export function correctedInterval(
  { values, statistic }: Pick<Resampling, "values" | "statistic">,
  resampled: Resampled,
  confidence: number,
): Interval {
  const point = statistic(values);
  const shift = point === undefined ? Number.NaN : normalQuantile(shareBelow(resampled.sorted, point));
  const acceleration = accelerationOf(values, statistic);
  if (!Number.isFinite(shift) || !Number.isFinite(acceleration)) return percentileInterval(resampled, confidence);
  const corrected = (tail: number): number => {
    const z = shift + normalQuantile(tail);
    return sortedQuantile(resampled.sorted, normalProbability(shift + z / (1 - acceleration * z)));
  };
  const tail = (1 - confidence) / 2;
  return { low: corrected(tail), high: corrected(1 - tail) };
}

/** The part of the resamples below a value, those equal to it by half. */
function shareBelow(sorted: Float64Array, value: number): number {
  let [below, notAbove] = [0, 0];
  for (let index = 0; index < sorted.length; index++) {
    const each = sorted[index] as number;
    if (each < value) below++;
    if (each <= value) notAbove++;
  }
  return (below + notAbove) / 2 / sorted.length;
}

/** From the statistic without each of the values in turn. */
function accelerationOf(values: Float64Array, statistic: Statistic): number {
  const count = values.length;
  const without = new Float64Array(count - 1);
  without.set(values.subarray(1));
  const left = new Float64Array(count);
  let mean = 0;
  for (let index = 0; index < count; index++) {
    if (index > 0) without[index - 1] = values[index - 1] as number;
    left[index] = statistic(without) ?? Number.NaN;
    mean += (left[index] as number) / count;
  }
  let [squares, cubes] = [0, 0];
  for (let index = 0; index < count; index++) {
    const distance = mean - (left[index] as number);
    squares += distance ** 2;
    cubes += distance ** 3;
  }
  return cubes / (6 * squares ** 1.5);
}

function sortedQuantile(sorted: Float64Array, q: number): number {
  const rank = (sorted.length - 1) * q;
  const lower = Math.floor(rank);
  const low = sorted[lower] ?? Number.NaN;
  const high = sorted[Math.min(lower + 1, sorted.length - 1)] ?? Number.NaN;
  return rank === lower || high === low ? low : low + (rank - lower) * (high - low);
}

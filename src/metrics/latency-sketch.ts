import type { Distribution } from "./percentiles.ts";

/**
 * How often a duration was met, in buckets of a fixed number that each are 4.4 % longer than the one before: quantiles
 * within 2.2 % of the value from 1 µs to an hour. Sketches add up to the sketch of all their values, and the difference of
 * two is what came between them. Plain data of one size, whatever it counts.
 */
export type LatencySketch = number[];

const BUCKETS = 512;
const LONGEST_MICROS = 3_600_000_000;
/** The first bucket is for less than 1 µs, the last for an hour and more. */
const LOG_GAMMA = Math.log(LONGEST_MICROS) / (BUCKETS - 2);
const GAMMA = Math.exp(LOG_GAMMA);
const MICROS_PER_SECOND = 1_000_000;

export const emptyLatencies = (): LatencySketch => new Array<number>(BUCKETS).fill(0);

/** Counts a duration ≥ 0, in place. */
export function countLatency(sketch: LatencySketch, micros: number): void {
  const index = micros < 1 ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log(micros) / LOG_GAMMA));
  sketch[index] = (sketch[index] ?? 0) + 1;
}

/** A sketch without its empty buckets: the index of each and its count, one after the other. */
export function packedLatencies(sketch: LatencySketch): readonly number[] {
  const packed: number[] = [];
  for (let index = 0; index < BUCKETS; index++) {
    const count = sketch[index] ?? 0;
    if (count !== 0) packed.push(index, count);
  }
  return packed;
}

/** Adds a sketch that is packed to another, in place; `times` −1 takes it off. */
export function addLatencies(sketch: LatencySketch, packed: readonly number[], times: 1 | -1 = 1): void {
  for (let place = 0; place < packed.length; place += 2) {
    const index = packed[place] ?? 0;
    sketch[index] = (sketch[index] ?? 0) + times * (packed[place + 1] ?? 0);
  }
}

/** The durations in seconds at some quantiles in [0, 1], smallest first; an hour stands for what was longer. Undefined of none. */
export function latencyQuantiles(sketch: Readonly<LatencySketch>, wanted: readonly number[]): Distribution {
  let n = 0;
  if (sketch.length === 0) return { quantiles: wanted.map(() => undefined), n };
  for (let index = 0; index < BUCKETS; index++) n += sketch[index] ?? 0;
  const quantiles: (number | undefined)[] = [];
  let [index, seen] = [0, sketch[0] ?? 0];
  for (const q of wanted) {
    const rank = q * (n - 1);
    while (seen <= rank && index < BUCKETS - 1) seen += sketch[++index] ?? 0;
    quantiles.push(n === 0 ? undefined : secondsOf(index));
  }
  return { quantiles, n };
}

function secondsOf(index: number): number {
  if (index === 0) return 0;
  const micros = index === BUCKETS - 1 ? LONGEST_MICROS : (2 * GAMMA ** index) / (GAMMA + 1);
  return micros / MICROS_PER_SECOND;
}

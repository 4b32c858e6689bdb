import type { Interval } from "./bootstrap.ts";
import { studentQuantile } from "./student.ts";

/** Values in order of time (any unit), with their times. */
export interface TimedValues {
  readonly at: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

const VALUES_MIN = 30;
const BLOCKS_MIN = 10;

/**
 * Where chance alone leaves the mean of values that resemble their neighbours: the values are cut into blocks, each at
 * least `span` long and of n^⅓ values, and the blocks are taken to be independent of one another (a mean by clusters,
 * Student's t with one degree of freedom less than there are blocks). Needs 30 values and 10 blocks.
 */
export function blockMeanInterval(
  { at, value }: TimedValues,
  { span, level }: { readonly span: number; readonly level: number },
): Interval {
  const n = value.length;
  if (n < VALUES_MIN) return { reason: `needs ${VALUES_MIN} fills, has ${n}` };
  let sum = 0;
  for (let index = 0; index < n; index++) sum += value[index] as number;
  const mean = sum / n;
  const least = Math.max(1, Math.round(Math.cbrt(n)));
  let [blocks, squares, off, count] = [0, 0, 0, 0];
  let from = at[0] as number;
  for (let index = 0; index < n; index++) {
    const time = at[index] as number;
    if (count >= least && time - from >= span) {
      squares += off * off;
      blocks++;
      [off, count, from] = [0, 0, time];
    }
    off += (value[index] as number) - mean;
    count++;
  }
  squares += off * off;
  blocks++;
  if (blocks < BLOCKS_MIN) return { reason: `needs ${BLOCKS_MIN} stretches of time, has ${blocks}` };
  const error = Math.sqrt((squares * blocks) / (blocks - 1)) / n;
  const half = studentQuantile(0.5 + level / 2, blocks - 1) * error;
  return { low: mean - half, high: mean + half };
}

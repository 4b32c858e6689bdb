import type { Random } from "../../src/base/random.ts";
import { normalQuantile } from "../../src/metrics/inference/normal.ts";

/** One normal value. */
export const noise = (random: Pick<Random, "next">): number =>
  normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random.next())));

/** Normal values of mean 0 and variance 1, each of which keeps a part of the one before it. */
export function alike(random: Pick<Random, "next">, count: number, kept: number): Float64Array {
  const values = new Float64Array(count);
  const fresh = Math.sqrt(1 - kept * kept);
  let value = noise(random);
  for (let index = 0; index < count; index++) {
    value = kept * value + fresh * noise(random);
    values[index] = value;
  }
  return values;
}

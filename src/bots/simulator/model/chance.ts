import { type Random, seededRandom } from "../../../base/random.ts";

/**
 * Randomness of its own for one part of the desk, so that a part draws the same numbers whatever the others do.
 * Only sums and products are drawn from it: no function whose last digit a machine may choose.
 */
export function randomOf(seed: number, part: string): Random {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (let index = 0; index < part.length; index++) hash = Math.imul(hash ^ part.charCodeAt(index), 0x01000193) >>> 0;
  return seededRandom(hash);
}

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random.next();

export const wholeBetween = (random: Random, low: number, high: number): number => low + random.below(high - low + 1);

export const happens = (random: Random, probability: number): boolean => random.next() < probability;

/** Bell-shaped, mean 0, variance 1, never beyond ±3.5: the sum of four uniform numbers. */
export const bell = (random: Random): number =>
  (random.next() + random.next() + random.next() + random.next() - 2) * 1.7320508075688772;

/** A delay around `typicalMs`, at times (3 %) two to six times as long. Whole ms, at least 1. */
export function delayMs(random: Random, typicalMs: number): number {
  const usual = typicalMs * between(random, 0.7, 1.4);
  return Math.max(1, Math.round(happens(random, 0.03) ? usual * between(random, 2, 6) : usual));
}

/** How likely something of this rate per second is within so many seconds. */
export const likelihood = (perSecond: number, seconds: number): number => {
  const expected = perSecond * seconds;
  return expected / (1 + expected);
};

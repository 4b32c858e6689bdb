import type { Interval } from "./bootstrap.ts";
import { normalQuantile } from "./normal.ts";

/** The interval of a share of successes by Wilson (1927): sensible for few tries and at 0 and 1 too. */
export function wilsonInterval(successes: number, tries: number, confidence: number): Interval {
  if (tries === 0) return { reason: "nothing was tried" };
  const z = normalQuantile(0.5 + confidence / 2);
  const share = successes / tries;
  const scale = 1 + z ** 2 / tries;
  const centre = (share + z ** 2 / (2 * tries)) / scale;
  const half = (z * Math.sqrt((share * (1 - share)) / tries + z ** 2 / (4 * tries ** 2))) / scale;
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

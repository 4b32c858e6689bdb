import type { Interval } from "./bootstrap.ts";
import type { Cluster, Dependence } from "./dependence.ts";
import { normalQuantile } from "./normal.ts";
import { studentQuantile } from "./student.ts";

/** The interval of a share of successes by Wilson (1927): sensible for few tries and at 0 and 1 too. */
export function wilsonInterval(successes: number, tries: number, confidence: number): Interval {
  if (tries === 0) return { reason: "nothing was tried" };
  return scoreInterval(successes / tries, tries, normalQuantile(0.5 + confidence / 2));
}

/** A share of tries that may resemble their neighbours. */
export interface Share extends Cluster, Partial<Dependence> {}

/** Wilson's interval of as many independent tries as such tries are worth (n ÷ factor), with Student's t. */
export function hitsInterval({ hits, n, factor = 1, freedom }: Share, confidence: number): Interval {
  if (factor === 1 || freedom === undefined) return wilsonInterval(hits, n, confidence);
  return scoreInterval(hits / n, n / factor, studentQuantile(0.5 + confidence / 2, freedom));
}

/** Wilson's with any number of tries above 0. */
function scoreInterval(
  share: number,
  tries: number,
  quantile: number,
): { readonly low: number; readonly high: number } {
  const scale = 1 + quantile ** 2 / tries;
  const centre = (share + quantile ** 2 / (2 * tries)) / scale;
  const half = (quantile * Math.sqrt((share * (1 - share)) / tries + quantile ** 2 / (4 * tries ** 2))) / scale;
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

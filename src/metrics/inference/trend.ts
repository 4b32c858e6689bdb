import { quantileOf } from "../returns/tail-risk.ts";
import { normalProbability } from "./normal.ts";

/**
 * Whether values rise or fall over time, by ranks alone (Mann 1945, Kendall 1975, with ties): no distribution is assumed,
 * but that they are independent of one another. Or why it cannot be told.
 */
export type Trend =
  | {
      readonly n: number;
      /** Median change from one value to the next (Theil 1950, Sen 1968), in the values' unit. */
      readonly slope: number;
      /** Kendall's τ, from −1 (always falls) to 1 (always rises). */
      readonly tau: number;
      /** Probability of a τ this far from 0, either way, where there is no trend. */
      readonly p: number;
    }
  | { readonly reason: string };

const VALUES_MIN = 8;
/** Every pair of values is looked at. */
export const TREND_VALUES_MAX = 1_000;

/** The trend of at most `TREND_VALUES_MAX` values in order of time, evenly apart. */
export function trendOf(values: Float64Array): Trend {
  const n = values.length;
  if (n < VALUES_MIN) return { reason: `needs ${VALUES_MIN}, has ${n}` };
  if (n > TREND_VALUES_MAX) return { reason: `${n} values are more than ${TREND_VALUES_MAX}` };
  const slopes = new Float64Array((n * (n - 1)) / 2);
  let [score, pair] = [0, 0];
  for (let late = 1; late < n; late++) {
    for (let early = 0; early < late; early++) {
      const change = (values[late] as number) - (values[early] as number);
      score += Math.sign(change);
      slopes[pair++] = change / (late - early);
    }
  }
  const variance = (n * (n - 1) * (2 * n + 5) - tiesOf(values)) / 18;
  if (variance <= 0) return { reason: "all values are equal" };
  const z = score === 0 ? 0 : (score - Math.sign(score)) / Math.sqrt(variance);
  const p = Math.min(1, 2 * normalProbability(-Math.abs(z)));
  return { n, slope: quantileOf(slopes, 0.5), tau: score / pair, p };
}

function tiesOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  let [sum, from] = [0, 0];
  for (let at = 1; at <= sorted.length; at++) {
    if (at < sorted.length && sorted[at] === sorted[from]) continue;
    const tied = at - from;
    sum += tied * (tied - 1) * (2 * tied + 5);
    from = at;
  }
  return sum;
}

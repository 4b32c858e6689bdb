import { WindowDrawdown } from "./window-drawdown.ts";
import { WindowMoments } from "./window-moments.ts";
import { WindowTail } from "./window-tail.ts";

/**
 * Statistics of the newest `window` returns at each return (metrics.md §6). NaN stands for what is undefined: before the
 * window is full, and for a ratio without a spread or a downside; who shows it says so.
 */
export interface Rolling {
  readonly window: number;
  readonly mean: Float64Array;
  /** Annualised by √(periods a year), as is all that says annual. */
  readonly volatilityAnnual: Float64Array;
  readonly sharpeAnnual: Float64Array;
  readonly sortinoAnnual: Float64Array;
  /** ≤ 0; each window begins at its own height. */
  readonly maxDrawdown: Float64Array;
  readonly valueAtRisk: Float64Array;
  readonly shortfall: Float64Array;
}

interface RollingOptions {
  /** ≥ 2. */
  readonly window: number;
  readonly periodsPerYear: number;
  /** Of value at risk and shortfall: 0.95. */
  readonly confidence: number;
}

/** All rolling statistics of a series of returns. */
export function rollingOf(returns: Float64Array, { window, periodsPerYear, confidence }: RollingOptions): Rolling {
  const [mean, volatilityAnnual, sharpeAnnual] = [undefinedOf(returns), undefinedOf(returns), undefinedOf(returns)];
  const [sortinoAnnual, maxDrawdown] = [undefinedOf(returns), undefinedOf(returns)];
  const [moments, drawdown] = [new WindowMoments(window), new WindowDrawdown(window)];
  const scale = Math.sqrt(periodsPerYear);
  for (let index = 0; index < returns.length; index++) {
    const value = returns[index] as number;
    moments.push(value);
    drawdown.push(value);
    if (!moments.isFull) continue;
    mean[index] = moments.mean;
    volatilityAnnual[index] = moments.deviation * scale;
    sharpeAnnual[index] = moments.sharpe * scale;
    sortinoAnnual[index] = moments.sortino * scale;
    maxDrawdown[index] = drawdown.deepest;
  }
  const tail = rollingRisk(returns, { window, confidence });
  return { window, mean, volatilityAnnual, sharpeAnnual, sortinoAnnual, maxDrawdown, ...tail };
}

/** Historical value at risk and shortfall of the newest returns at each return. */
export function rollingRisk(
  returns: Float64Array,
  { window, confidence }: Pick<RollingOptions, "window" | "confidence">,
): Pick<Rolling, "valueAtRisk" | "shortfall"> {
  const [valueAtRisk, shortfall] = [undefinedOf(returns), undefinedOf(returns)];
  const alpha = Number((1 - confidence).toPrecision(12));
  const tail = new WindowTail(window, alpha);
  for (let index = 0; index < returns.length; index++) {
    tail.push(returns[index] as number);
    if (!tail.isFull) continue;
    valueAtRisk[index] = tail.quantile;
    shortfall[index] = tail.mean;
  }
  return { valueAtRisk, shortfall };
}

const undefinedOf = (returns: Float64Array): Float64Array => new Float64Array(returns.length).fill(Number.NaN);

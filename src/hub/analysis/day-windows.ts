import { trendOf } from "../../metrics/inference/trend.ts";
import { DAYS_PER_YEAR } from "../../metrics/returns/daily-statistics.ts";
import { rollingOf } from "../../metrics/rolling/rolling.ts";
import type { StatisticsAnswer, TrendView } from "../../protocol/api-statistics.ts";
import type { DailyReturns } from "./daily-returns.ts";

const MILLIS_PER_DAY = 86_400_000;

interface WindowOptions {
  /** Days with a return. */
  readonly window: number;
  readonly confidence: number;
}

/** Statistics of the newest days at each day, from the first full window on. */
export function rollingView(
  { returns, at }: Pick<DailyReturns, "returns" | "at">,
  { window, confidence }: WindowOptions,
): StatisticsAnswer["rolling"] {
  if (returns.length < window)
    return { window_days: window, points: [], reason: `needs ${window} days, has ${returns.length}` };
  const rolling = rollingOf(returns, { window, periodsPerYear: DAYS_PER_YEAR, confidence });
  const known = (value: number | undefined, scale = 1): number | null =>
    value === undefined || Number.isNaN(value) ? null : value * scale + 0;
  const points = Array.from(at.subarray(window - 1), (end, place) => {
    const index = place + window - 1;
    return {
      date: new Date(end - MILLIS_PER_DAY).toISOString().slice(0, 10),
      sharpe: known(rolling.sharpeAnnual[index]),
      sortino: known(rolling.sortinoAnnual[index]),
      volatility: known(rolling.volatilityAnnual[index]),
      max_drawdown: known(rolling.maxDrawdown[index], -1),
      var_historical: known(rolling.valueAtRisk[index]),
      cvar_historical: known(rolling.shortfall[index]),
    };
  });
  return { window_days: window, points };
}

const TEST = "Mann–Kendall, two-sided, with ties; slope of Theil and Sen";

/**
 * Whether days get better or worse, and calmer or wilder. Days are tested and not windows of them: windows share their
 * days, which the test takes for independent.
 */
export const trendViews = (returns: Float64Array, confidence: number): TrendView[] => [
  trendView("return", returns, confidence),
  trendView("size_of_return", returns.map(Math.abs), confidence),
];

function trendView(name: string, values: Float64Array, confidence: number): TrendView {
  const trend = trendOf(values);
  const none = { tau: null, slope_per_day: null, p: null, significant: null };
  if ("reason" in trend) return { name, test: TEST, n: values.length, ...none, reason: trend.reason };
  const { n, tau, slope, p } = trend;
  return { name, test: TEST, n, tau, slope_per_day: slope + 0, p, significant: p < 1 - confidence };
}

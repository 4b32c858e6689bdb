import { TREND_VALUES_MAX, type Trend, trendOf } from "../../metrics/inference/trend.ts";
import { measured, unknown } from "../../metrics/measure.ts";
import { type Figure, numberJson } from "./report.ts";

/** Whether returns get better or worse; of long series the means of neighbours. */
export interface ReturnTrend {
  readonly trend: Trend;
  /** How many returns one value is the mean of. */
  readonly together: number;
}

const VALUES_WANTED = 250;

export function trendOfReturns(returns: Float64Array): ReturnTrend {
  if (returns.length <= TREND_VALUES_MAX) return { trend: trendOf(returns), together: 1 };
  const together = Math.ceil(returns.length / VALUES_WANTED);
  const means = new Float64Array(Math.floor(returns.length / together));
  for (let place = 0; place < means.length; place++) {
    let sum = 0;
    for (let index = 0; index < together; index++) sum += returns[place * together + index] as number;
    means[place] = sum / together;
  }
  return { trend: trendOf(means), together };
}

const TEST = "Mann-Kendall, two-sided, with ties";

export function trendFigures({ trend, together }: ReturnTrend): readonly Figure[] {
  const of = (name: string, title: string, unit: Figure["unit"], read: "tau" | "p"): Figure => ({
    name,
    title,
    unit,
    formula: `${TEST}; ${together === 1 ? "each return" : `means of ${together} returns`}`,
    measure: "reason" in trend ? unknown(trend.reason) : measured(trend[read], trend.n),
  });
  return [
    of("trend_tau", "Trend of the returns (−1 falls, 1 rises)", "ratio", "tau"),
    of("trend_p", "Probability of it without any trend", "probability", "p"),
  ];
}

export const trendJson = ({ trend, together }: ReturnTrend): object =>
  "reason" in trend
    ? { test: TEST, tau: null, p: null, slope_per_period: null, reason: trend.reason }
    : {
        test: TEST,
        n: trend.n,
        returns_per_value: together,
        tau: numberJson(trend.tau),
        p: numberJson(trend.p),
        slope_per_period: numberJson(trend.slope / together),
      };

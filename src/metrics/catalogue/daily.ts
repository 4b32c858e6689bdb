import { dailyStatistics, type DailyStatistic } from "../returns/daily-statistics.ts";
import { type MetricDefinition, type MetricFormat, type MetricUnit, USUAL } from "../definition.ts";

/** Made from the equity of whole UTC days when it is asked for, and not for Prometheus. */
const DAILY = { ...USUAL, windows: ["all", "30d"], minSample: 0, reads: "days", prometheus: [] } as const;

/** Of what tails and intervals are. */
export const DAILY_CONFIDENCE = 0.95;

const STATISTICS = new Map(
  dailyStatistics({ confidence: DAILY_CONFIDENCE, trials: undefined }).map((statistic) => [statistic.name, statistic]),
);

/** Under their names in `/api/v1/statistics`, which has more of them, for any range. */
const NAMED: Readonly<Record<string, string>> = {
  sharpe: "Mean return of a day by its deviation, a year",
  sortino: "Mean return of a day by its deviation below 0, a year",
  calmar: "Return of a year by the deepest drawdown",
  volatility: "Deviation of the returns of days, a year",
  total_return: "What the equity made, deposits and withdrawals taken out",
  var_historical: "Return of a day that one day in twenty falls below",
  cvar_historical: "Mean return of the worst twentieth of days",
  psr: "How sure it is that the Sharpe ratio is above 0",
};

const FORMATS: Readonly<Record<DailyStatistic["unit"], { readonly unit: MetricUnit; readonly format: MetricFormat }>> =
  {
    fraction: { unit: "ratio", format: "ratio_as_percent" },
    "fraction/day": { unit: "ratio", format: "ratio_as_percent" },
    "fraction/year": { unit: "ratio", format: "ratio_as_percent" },
    probability: { unit: "ratio", format: "ratio_as_percent" },
    ratio: { unit: "ratio", format: "number" },
    days: { unit: "count", format: "integer" },
    flag: { unit: "flag", format: "flag" },
  };

/** What the days of the equity say of return and risk. */
export const DAILY_METRICS: readonly MetricDefinition[] = Object.entries(NAMED).flatMap(([name, help]) => {
  const statistic = STATISTICS.get(name);
  return statistic === undefined ? [] : [definitionOf(statistic, help)];
});

function definitionOf({ name, title, unit, sign, formula, needsMany }: DailyStatistic, help: string): MetricDefinition {
  const needs = needsMany ? "; needs 20 days" : "";
  return {
    ...DAILY,
    name,
    title,
    help: `${help}. Of whole UTC days, 365 a year${needs}`,
    sign,
    formula,
    source: "document 5; metrics.md §4, §6",
    ...FORMATS[unit],
    read: ({ daily }) => daily(name),
  };
}

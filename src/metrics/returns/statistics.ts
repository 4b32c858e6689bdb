import { type Measure, finite, unknown } from "../measure.ts";
import { inferenceStatistics } from "./inference-statistics.ts";
import { isFlat, kurtosisOf, skewnessOf } from "./moments.ts";
import * as ratios from "./ratios.ts";
import type { ReturnReading } from "./reading.ts";
import type { ReturnStatistic } from "./statistic.ts";
import { tailStatistics } from "./tail-statistics.ts";

/** What a report lets its reader choose. */
export interface StatisticChoices {
  /** Annual risk-free return, a fraction. */
  readonly riskFree: number;
  /** The return of a period that counts as enough. */
  readonly target: number;
  /** Sharpe ratios per period to be better than. */
  readonly benchmarks: readonly number[];
}

/** The statistics of a series of returns, in the order of a report. */
export const returnStatistics = (choices: StatisticChoices): readonly ReturnStatistic[] => [
  ...PERFORMANCE,
  ...RISK,
  ...ratioStatistics(choices),
  ...[0.95, 0.99].flatMap(tailStatistics),
  ...SHAPE,
  ...PERIODS,
  ...inferenceStatistics(choices),
];

const PERFORMANCE: readonly ReturnStatistic[] = [
  {
    name: "total_return",
    title: "Total return",
    group: "return",
    unit: "fraction",
    formula: "Π (1 + r) − 1",
    read: ratios.totalReturn,
  },
  {
    name: "cagr",
    title: "Return a year, compounded",
    group: "return",
    unit: "fraction/year",
    formula: "Π (1 + r) ^ (P ÷ n) − 1",
    differs: "Libraries that count calendar days between the first and the last row give another number for a gap.",
    read: ratios.annualReturn,
  },
  {
    name: "mean",
    title: "Mean return",
    group: "return",
    unit: "fraction/period",
    formula: "Σ r ÷ n",
    read: (reading) => ratios.needing(1, reading, () => finite(reading.moments.mean, reading.n)),
  },
];

const RISK: readonly ReturnStatistic[] = [
  {
    name: "vol_annual",
    title: "Volatility a year",
    group: "risk",
    unit: "fraction/year",
    formula: "√(Σ (r − mean)² ÷ (n − 1)) · √P",
    differs: "freqtrade and mlfinlab divide by n.",
    read: (reading) => ratios.annualized(ratios.volatility(reading), reading),
  },
  {
    name: "vol_per_period",
    title: "Volatility a period",
    group: "risk",
    unit: "fraction/period",
    formula: "√(Σ (r − mean)² ÷ (n − 1))",
    read: ratios.volatility,
  },
  {
    name: "downside_risk_annual",
    title: "Downside risk a year",
    group: "risk",
    unit: "fraction/year",
    formula: "√(Σ min(r, 0)² ÷ n) · √P",
    read: (reading) => ratios.annualized(ratios.downsideRisk(reading), reading),
  },
  {
    name: "max_drawdown_pct",
    title: "Deepest drawdown",
    group: "risk",
    unit: "fraction",
    formula: "min of equity ÷ highest so far − 1; the start is the first high",
    differs: "jesse and freqtrade leave out the start: a loss in the first period is then no drawdown.",
    read: ratios.maxDrawdownRatio,
  },
];

const ratioStatistics = ({ riskFree, target }: StatisticChoices): readonly ReturnStatistic[] => [
  {
    name: "sharpe_annual",
    title: "Sharpe",
    group: "risk",
    unit: "ratio",
    formula: "mean ÷ volatility · √P",
    differs:
      "Without a spread empyrical, ffn and jesse give ±∞, Lean and Hummingbot 0, freqtrade −100, barter the largest decimal; here it is undefined. freqtrade divides the mean of days by the deviation of trades, Hummingbot takes the level of the equity instead of its returns, backtesting.py the compounded return.",
    read: (reading) => ratios.annualized(ratios.sharpe(reading), reading),
  },
  {
    name: "sharpe_per_period",
    title: "Sharpe of a period",
    group: "risk",
    unit: "ratio",
    formula: "mean ÷ volatility",
    read: (reading) => ratios.sharpe(reading),
  },
  {
    name: `sharpe_annual_rf${percentName(riskFree)}pct`,
    title: `Sharpe above ${percentName(riskFree)} % risk-free a year`,
    group: "risk",
    unit: "ratio",
    formula: "(mean − ((1 + rf) ^ (1 ÷ P) − 1)) ÷ volatility · √P",
    differs:
      "jesse divides the annual rate by P; empyrical wants the rate of a period; QuantStats ignores rates below 0.",
    read: (reading) =>
      ratios.annualized(ratios.sharpe(reading, ratios.perPeriod(riskFree, reading.periodsPerYear)), reading),
  },
  {
    name: "sharpe_annual_smart_autocorr",
    title: "Sharpe, neighbours' correlation taken off",
    group: "risk",
    unit: "ratio",
    formula: "Sharpe ÷ √(1 + 2·Σ (n − k) ÷ n · |ρ₁|ᵏ), as QuantStats calls smart",
    differs: "It takes the size of the correlation: one below 0 lowers it too.",
    read: (reading) => ratios.annualized(ratios.autocorrelatedSharpe(reading), reading),
  },
  {
    name: "sortino_annual",
    title: "Sortino",
    group: "risk",
    unit: "ratio",
    formula: "mean ÷ √(Σ min(r, 0)² ÷ n) · √P",
    differs:
      "Of n, not only of the losses: freqtrade, Lean and barter take the deviation of the losses alone. Without a loss empyrical, ffn and jesse give ∞, freqtrade −100; here it is undefined.",
    read: (reading) => ratios.annualized(ratios.sortino(reading), reading),
  },
  {
    name: `sortino_annual_mar${target}_per_period`,
    title: `Sortino above ${target} a period`,
    group: "risk",
    unit: "ratio",
    formula: "(mean − MAR) ÷ √(Σ min(r − MAR, 0)² ÷ n) · √P",
    read: (reading) => ratios.annualized(ratios.sortino(reading, target), reading),
  },
  {
    name: "calmar",
    title: "Calmar",
    group: "risk",
    unit: "ratio",
    formula: "return a year, compounded ÷ |deepest drawdown|",
    differs: "freqtrade scales it by 100 · √365 ÷ days.",
    read: ratios.calmar,
  },
];

const percentName = (fraction: number): string => String(Number((100 * fraction).toPrecision(12)));

const shaped = (count: number, reading: ReturnReading, read: () => number): Measure =>
  ratios.needing(count, reading, () =>
    isFlat(reading.moments) ? unknown("all returns are equal", reading.n) : finite(read(), reading.n),
  );

const SHAPE: readonly ReturnStatistic[] = [
  {
    name: "skew_population",
    title: "Skewness",
    group: "shape",
    unit: "ratio",
    formula: "m₃ ÷ m₂^1.5, moments divided by n",
    read: (reading) => shaped(2, reading, () => skewnessOf(reading.moments)),
  },
  {
    name: "skew_sample_adjusted",
    title: "Skewness, adjusted",
    group: "shape",
    unit: "ratio",
    formula: "g₁ · √(n(n − 1)) ÷ (n − 2), as pandas and spreadsheets have it",
    read: (reading) =>
      shaped(3, reading, () => {
        const { n } = reading;
        return (skewnessOf(reading.moments) * Math.sqrt(n * (n - 1))) / (n - 2);
      }),
  },
  {
    name: "kurtosis_population_nonexcess",
    title: "Kurtosis (normal is 3)",
    group: "shape",
    unit: "ratio",
    formula: "m₄ ÷ m₂², moments divided by n",
    read: (reading) => shaped(2, reading, () => kurtosisOf(reading.moments)),
  },
  {
    name: "kurtosis_sample_adjusted_excess",
    title: "Excess kurtosis, adjusted",
    group: "shape",
    unit: "ratio",
    formula: "((n + 1)(b₂ − 3) + 6) · (n − 1) ÷ ((n − 2)(n − 3))",
    read: (reading) =>
      shaped(4, reading, () => {
        const { n } = reading;
        return (((n + 1) * (kurtosisOf(reading.moments) - 3) + 6) * (n - 1)) / ((n - 2) * (n - 3));
      }),
  },
];

const PERIODS: readonly ReturnStatistic[] = [
  {
    name: "win_rate_periods_nonzero",
    title: "Periods above 0, of those not 0",
    group: "periods",
    unit: "fraction",
    formula: "count(r > 0) ÷ count(r ≠ 0)",
    differs: "What QuantStats calls win rate; win_rate_periods counts the periods of 0 too.",
    read: (reading) => {
      const { wins, lost } = reading.moments;
      return ratios.needing(1, reading, () =>
        wins + lost === 0 ? unknown("no period won or lost", reading.n) : finite(wins / (wins + lost), wins + lost),
      );
    },
  },
  {
    name: "win_rate_periods",
    title: "Periods above 0, of all",
    group: "periods",
    unit: "fraction",
    formula: "count(r > 0) ÷ n",
    read: (reading) => ratios.needing(1, reading, () => finite(reading.moments.wins / reading.n, reading.n)),
  },
  {
    name: "profit_factor_returns",
    title: "Profit factor of periods",
    group: "periods",
    unit: "ratio",
    formula: "Σ gains ÷ |Σ losses|",
    differs: 'Without a loss it is "Infinity"; libraries say 0, 1, 10, NaN or the largest decimal.',
    read: ratios.profitFactorOfReturns,
  },
  {
    name: "payoff_ratio",
    title: "Mean gain to mean loss of periods",
    group: "periods",
    unit: "ratio",
    formula: "mean gain ÷ |mean loss|",
    read: ratios.payoffOfReturns,
  },
  {
    name: "best_period",
    title: "Best period",
    group: "periods",
    unit: "fraction",
    formula: "max r",
    read: (reading) => ratios.needing(1, reading, () => finite(reading.moments.max, reading.n)),
  },
  {
    name: "worst_period",
    title: "Worst period",
    group: "periods",
    unit: "fraction",
    formula: "min r",
    read: (reading) => ratios.needing(1, reading, () => finite(reading.moments.min, reading.n)),
  },
  {
    name: "exposure_nonzero_periods_ceil_pct",
    title: "Periods not 0, rounded up to 1 %",
    group: "periods",
    unit: "fraction",
    formula: "⌈100 · count(r ≠ 0) ÷ n⌉ ÷ 100, as QuantStats calls exposure",
    differs: "It is no time in market: a position that does not move counts as none.",
    read: (reading) => {
      const { wins, lost } = reading.moments;
      return ratios.needing(1, reading, () => finite(Math.ceil((100 * (wins + lost)) / reading.n) / 100, reading.n));
    },
  },
];

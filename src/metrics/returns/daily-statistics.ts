import { deflatedSharpe, minimumTrackRecord, type SharpeSample, sharpeSample } from "../inference/sharpe-inference.ts";
import { type Measure, measured, unknown } from "../measure.ts";
import type { ReturnReading } from "./reading.ts";
import type { ReturnStatistic, StatisticGroup } from "./statistic.ts";
import { returnStatistics } from "./statistics.ts";
import { tailStatistics } from "./tail-statistics.ts";

/** Days of a year for markets that never close. */
export const DAYS_PER_YEAR = 365;
/** Fewer days say nothing about risk. */
export const DAYS_MIN = 20;

/** What who asks for statistics of days may choose. */
export interface DailyChoices {
  /** Of tails, track records and intervals: 0.95. */
  readonly confidence: number;
  /** How many strategies were tried, those given up too; undefined where nobody said. */
  readonly trials: number | undefined;
}

export type DailyUnit = "fraction" | "fraction/day" | "fraction/year" | "ratio" | "probability" | "days" | "flag";

/** A statistic of daily returns under the name that it has on the wire: the definitions are those of reports. */
export interface DailyStatistic {
  readonly name: string;
  readonly title: string;
  readonly group: "return" | "risk" | "tail" | "shape" | "inference";
  readonly unit: DailyUnit;
  readonly sign: string;
  readonly formula: string;
  readonly fewBelow: number | undefined;
  /** Speaks of what is likely, not of what happened: it needs `DAYS_MIN` days. */
  readonly needsMany: boolean;
  /** Under which name `returnIntervals` has its interval. */
  readonly interval: string | undefined;
  readonly read: (reading: ReturnReading) => Measure;
}

interface Renamed {
  /** Its name in reports. */
  readonly of: string;
  readonly sign: string;
  readonly title?: string;
  readonly isNegated?: boolean;
  readonly hasInterval?: boolean;
}

const GAIN = "> 0 is a gain";
const LOSS = "< 0 is a loss";
const BETTER = "higher is better";
const WORSE = "≥ 0, larger is worse";

const RENAMED: Readonly<Record<string, Renamed>> = {
  total_return: { of: "total_return", sign: GAIN },
  annual_return: { of: "cagr", sign: GAIN },
  mean_return: { of: "mean", sign: GAIN, title: "Mean return of a day", hasInterval: true },
  best_day: { of: "best_period", sign: GAIN, title: "Best day" },
  worst_day: { of: "worst_period", sign: LOSS, title: "Worst day" },
  winning_days: { of: "win_rate_periods", sign: BETTER, title: "Days above 0, of all" },
  profit_factor_days: {
    of: "profit_factor_returns",
    sign: BETTER,
    title: "Profit factor of days",
    hasInterval: true,
  },
  volatility: { of: "vol_annual", sign: WORSE },
  downside_risk: { of: "downside_risk_annual", sign: WORSE },
  sharpe: { of: "sharpe_annual", sign: BETTER, hasInterval: true },
  sortino: { of: "sortino_annual", sign: BETTER, hasInterval: true },
  calmar: { of: "calmar", sign: BETTER },
  max_drawdown: { of: "max_drawdown_pct", sign: "≥ 0 is below the peak", isNegated: true },
  skewness: { of: "skew_population", sign: "< 0 has the longer tail below" },
  kurtosis: { of: "kurtosis_population_nonexcess", sign: "3 is normal, more has fatter tails" },
  psr: { of: "psr_vs_0", sign: BETTER },
  sharpe_std_error: { of: "sr_std_error", sign: WORSE, title: "Standard error of the Sharpe ratio of a day" },
};

const TAILS: readonly (readonly [name: string, of: string])[] = [
  ["var_historical", "var_hist"],
  ["cvar_historical", "cvar_hist"],
  ["var_gaussian", "var_gauss"],
  ["cvar_gaussian", "cvar_gauss"],
  ["var_cornish_fisher", "var_cornish_fisher"],
  ["cvar_cornish_fisher", "cvar_cornish_fisher"],
];

/** The statistics of daily returns, in the order of an answer. */
export const dailyStatistics = (choices: DailyChoices): readonly DailyStatistic[] => [
  ...Object.entries(RENAMED).flatMap(([name, renamed]) => renamedOf(name, renamed)),
  ...tailsOf(choices.confidence),
  ...inferenceOf(choices),
];

/** Without choices: what reports choose has no part in these. */
const OF_REPORTS = new Map(
  returnStatistics({ riskFree: 0, target: 0, benchmarks: [] }).map((statistic) => [statistic.name, statistic]),
);

function renamedOf(name: string, { of, sign, title, isNegated, hasInterval }: Renamed): readonly DailyStatistic[] {
  const statistic = OF_REPORTS.get(of);
  if (statistic === undefined) return [];
  return [
    {
      ...common(statistic),
      name,
      title: title ?? statistic.title,
      sign,
      needsMany: of === "cagr" || (of !== "max_drawdown_pct" && MANY.includes(statistic.group)),
      interval: hasInterval === true ? of : undefined,
      read: isNegated === true ? (reading) => negated(statistic.read(reading)) : statistic.read,
    },
  ];
}

/** What a few returns tell anyhow is what happened, not what is likely. */
const MANY: readonly StatisticGroup[] = ["risk", "tail", "shape", "inference"];

const common = ({ title, group, unit, formula, fewBelow }: ReturnStatistic) => ({
  title,
  group: group === "periods" ? ("return" as const) : group,
  unit: ofDays(unit),
  formula,
  fewBelow,
});

const ofDays = (unit: ReturnStatistic["unit"]): DailyUnit => {
  if (unit === "fraction/period") return "fraction/day";
  return unit === "periods" || unit === "count" ? "days" : unit;
};

const negated = (measure: Measure): Measure =>
  typeof measure.value === "number" ? measured(-measure.value, measure.n) : measure;

function tailsOf(confidence: number): readonly DailyStatistic[] {
  const level = String(Number((100 * confidence).toPrecision(12)));
  const statistics = new Map(tailStatistics(confidence).map((each) => [each.name, each]));
  const named = TAILS.map(([name, of]) => [name, statistics.get(`${of}_${level}`), LOSS] as const);
  const valid = ["cornish_fisher_valid", OF_REPORTS.get("cornish_fisher_valid"), "1 can be trusted"] as const;
  return [...named, valid].flatMap(([name, statistic, sign]) =>
    statistic === undefined
      ? []
      : [{ ...common(statistic), name, sign, needsMany: true, interval: undefined, read: statistic.read }],
  );
}

const inferenceOf = ({ confidence, trials }: DailyChoices): readonly DailyStatistic[] => [
  {
    name: "dsr",
    title: "Probability that it is more than the best of so many trials",
    group: "inference",
    unit: "probability",
    sign: BETTER,
    formula: "psr above the ratio that the best of N trials without skill would show, each with this one's error",
    fewBelow: undefined,
    needsMany: true,
    interval: undefined,
    read: (reading) =>
      ofSample(reading, (sample) =>
        trials === undefined
          ? unknown("say with trials how many strategies were tried, those given up too", reading.n)
          : deflatedSharpe(sample, trials),
      ),
  },
  {
    name: "min_track_record_days",
    title: "Track record that shows a Sharpe ratio above 0",
    group: "inference",
    unit: "days",
    sign: "fewer is better",
    formula: "1 + (1 − S·SR + (b₂ − 1) ÷ 4 · SR²) · (z ÷ SR)², z of the confidence",
    fewBelow: undefined,
    needsMany: true,
    interval: undefined,
    read: (reading) => ofSample(reading, (sample) => minimumTrackRecord(sample, 0, confidence)),
  },
];

function ofSample(reading: ReturnReading, read: (sample: SharpeSample) => Measure): Measure {
  if (reading.n === 0) return unknown("no returns");
  const sample = sharpeSample(reading.moments);
  return "reason" in sample ? unknown(sample.reason, reading.n) : read(sample);
}

/** What a statistic says of some days; with too few of them why not. */
export function readDaily({ needsMany, read }: DailyStatistic, reading: ReturnReading): Measure {
  if (needsMany && reading.n < DAYS_MIN) return tooFew(reading.n);
  return reading.n === 0 ? unknown("needs 1 day with equity at both its ends, has 0") : read(reading);
}

/** Why fewer days than it needs say nothing of risk. */
export const tooFew = (days: number): Measure => unknown(`needs ${DAYS_MIN} days, has ${days}`, days);

import { unknown } from "../../metrics/measure.ts";
import { drawdownStatistics } from "../../metrics/returns/drawdown-statistics.ts";
import { type EquityPath, growthOf, readPath } from "../../metrics/returns/equity-path.ts";
import { ReturnReading } from "../../metrics/returns/reading.ts";
import type { StatisticGroup } from "../../metrics/returns/statistic.ts";
import { returnStatistics, type StatisticChoices } from "../../metrics/returns/statistics.ts";
import { type Rolling, rollingOf } from "../../metrics/rolling/rolling.ts";
import { valueText } from "./figure-text.ts";
import { type Figure, figuresJson, numberJson, type Report, type ReportTable } from "./report.ts";
import { returnCharts } from "./return-charts.ts";
import { type IntervalOptions, returnIntervals } from "../../metrics/returns/return-intervals.ts";
import { equityTimes, monthReturns, type ReturnSeries, seriesAbout } from "./return-series.ts";
import { trendFigures, trendJson, trendOfReturns } from "./return-trend.ts";

/** What a report on returns is made with. */
export interface ReturnsReportOptions {
  readonly choices: StatisticChoices;
  readonly intervals: IntervalOptions;
  /** Periods of the rolling statistics; undefined leaves them out. */
  readonly rollingWindow: number | undefined;
  /** With fewer returns, statistics that need many are left open. */
  readonly samples?: { readonly min: number; readonly called: string };
}

const ROLLING_CONFIDENCE = 0.95;
const SPELLS_SHOWN = 10;

/** Everything on a series of returns. */
export function returnsReport(series: ReturnSeries, options: ReturnsReportOptions): Report {
  const reading = new ReturnReading(series.returns, series.periodsPerYear);
  const times = equityTimes(series);
  const path = readPath(growthOf(series.returns).map((value) => value * (series.startEquity ?? 1)));
  const months = monthReturns(series);
  const trend = trendOfReturns(series.returns);
  const figures = [...statisticFigures(reading, options), ...drawdownFigures(series, path, times)];
  const rolling = rollingOfSeries(series, options.rollingWindow);
  const { metrics, reasons, intervals } = figuresJson(figures);
  return {
    title: "Returns",
    about: seriesAbout(series),
    groups: [
      ...GROUPS.map(({ title, groups }) => ({
        title,
        figures: figures.filter(({ group }) => groups.includes(group)),
      })),
      { title: "Trend", figures: trendFigures(trend) },
    ],
    tables: [spellTable(path, times, series.at !== undefined)],
    charts: () => returnCharts({ series, reading, path, times, months, rolling }),
    notes: notesOf(series, figures),
    json: {
      report: "returns",
      n: reading.n + series.dropped,
      n_used: reading.n,
      n_dropped_nan: series.dropped,
      periods_per_year: series.periodsPerYear,
      metrics: { ...metrics, n: reading.n, periods_per_year: series.periodsPerYear },
      reasons,
      intervals,
      trend: trendJson(trend),
      monthly: months.map(({ year, month, value }) => ({ month: monthName(year, month), return: value })),
      ...(rolling === undefined ? {} : { rolling: rollingJson(rolling) }),
    },
  };
}

/** The statistics with their intervals. */
function statisticFigures(
  reading: ReturnReading,
  { choices, intervals, samples }: Pick<ReturnsReportOptions, "choices" | "intervals" | "samples">,
): readonly GroupedFigure[] {
  const isOpen = samples !== undefined && reading.n < samples.min;
  const known = isOpen ? new Map<string, never>() : returnIntervals(reading, intervals);
  return returnStatistics(choices).map(({ name, title, unit, group, formula, fewBelow, read }) => {
    const interval = known.get(name);
    return {
      name,
      title,
      unit,
      group,
      formula,
      measure:
        isOpen && needsMany(name, group)
          ? unknown(`needs ${samples.min} ${samples.called}, has ${reading.n}`, reading.n)
          : read(reading),
      isFew: fewBelow !== undefined && reading.n < fewBelow,
      ...(interval === undefined ? {} : { interval }),
    };
  });
}

/** What a few returns tell anyhow is what happened, not what is likely. */
const needsMany = (name: string, group: StatisticGroup): boolean =>
  name === "cagr" || (name !== "max_drawdown_pct" && ["risk", "tail", "shape", "inference"].includes(group));

interface GroupedFigure extends Figure {
  readonly group: StatisticGroup;
}

const GROUPS: readonly { readonly title: string; readonly groups: readonly StatisticGroup[] }[] = [
  { title: "Return", groups: ["return"] },
  { title: "Risk", groups: ["risk"] },
  { title: "Tail", groups: ["tail"] },
  { title: "Periods", groups: ["periods"] },
  { title: "Shape", groups: ["shape"] },
  { title: "How sure", groups: ["inference"] },
];

/** Falls of the equity; the deepest ratio is among the statistics. Money and times only where they are known. */
function drawdownFigures(series: ReturnSeries, path: EquityPath, times: Float64Array): readonly GroupedFigure[] {
  const found = drawdownStatistics(path, times);
  const of = (name: keyof typeof found, title: string, unit: Figure["unit"]): GroupedFigure => ({
    name,
    title,
    unit,
    group: "risk",
    measure: found[name],
  });
  return [
    of("current_drawdown_pct", "Drawdown now", "fraction"),
    of("avg_drawdown_pct", "Drawdown, mean of all", "fraction"),
    of("n_drawdown_spells", "Drawdowns", "count"),
    ...(series.startEquity === undefined ? [] : [of("max_drawdown_abs", "Largest fall", "money")]),
    ...(series.at === undefined
      ? []
      : [
          of("max_drawdown_duration_seconds", "Longest time below a high", "seconds"),
          of("avg_drawdown_duration_seconds", "Time below a high, mean of all", "seconds"),
        ]),
  ];
}

const monthName = (year: number, month: number): string => `${year}-${String(month + 1).padStart(2, "0")}`;

function spellTable({ spells }: EquityPath, times: Float64Array, isTimed: boolean): ReportTable {
  const deepest = spells.toSorted((a, b) => a.depth - b.depth).slice(0, SPELLS_SHOWN);
  const when = (index: number): string =>
    isTimed ? new Date(times[index] as number).toISOString().slice(0, 10) : String(index);
  return {
    title: "Deepest drawdowns",
    columns: ["from", "deepest", "recovered", "depth", ...(isTimed ? ["lasted"] : ["periods"])],
    rows: deepest.map(({ peak, trough, end, recovered, depth }) => [
      when(peak),
      when(trough),
      recovered ? when(end) : "not yet",
      valueText(depth, "fraction"),
      isTimed ? valueText(((times[end] as number) - (times[peak] as number)) / 1000, "seconds") : String(end - peak),
    ]),
  };
}

function notesOf({ at }: ReturnSeries, figures: readonly GroupedFigure[]): string[] {
  const few = figures.filter(({ isFew }) => isFew).map(({ name }) => name);
  const untimely = at?.some((time, index) => index > 0 && time <= (at[index - 1] as number)) === true;
  const isInvalid = figures.some(({ name, measure }) => name === "cornish_fisher_valid" && measure.value === 0);
  return [
    ...(few.length > 0 ? [`too few returns for a tail: ${few.join(", ")}`] : []),
    ...(isInvalid ? ["Cornish–Fisher is not valid for returns of this shape: do not rely on its numbers"] : []),
    ...(untimely ? ["some rows are not later than the row before: times, months and durations may be wrong"] : []),
  ];
}

function rollingOfSeries({ returns, periodsPerYear }: ReturnSeries, window: number | undefined): Rolling | undefined {
  if (window === undefined || returns.length < window) return undefined;
  return rollingOf(returns, { window, periodsPerYear, confidence: ROLLING_CONFIDENCE });
}

/** From the first full window on; the first index stands with it. */
function rollingJson(rolling: Rolling): object {
  const from = rolling.window - 1;
  const column = (values: Float64Array) => Array.from(values.subarray(from), numberJson);
  return {
    window_periods: rolling.window,
    first_index: from,
    mean: column(rolling.mean),
    vol_annual: column(rolling.volatilityAnnual),
    sharpe_annual: column(rolling.sharpeAnnual),
    sortino_annual: column(rolling.sortinoAnnual),
    max_drawdown_pct: column(rolling.maxDrawdown),
    var_hist_95: column(rolling.valueAtRisk),
    cvar_hist_95: column(rolling.shortfall),
  };
}

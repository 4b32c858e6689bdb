import type { EquityPath } from "../../metrics/returns/equity-path.ts";
import type { ReturnReading } from "../../metrics/returns/reading.ts";
import { historicalRisk } from "../../metrics/returns/tail-risk.ts";
import type { Rolling } from "../../metrics/rolling/rolling.ts";
import { type Chart, type HeatChart, type HistogramChart, type LineChart, thinned } from "./chart.ts";
import { histogramOf } from "./histogram.ts";
import type { MonthReturn, ReturnSeries } from "./return-series.ts";

interface Charted {
  readonly series: ReturnSeries;
  readonly reading: ReturnReading;
  readonly path: EquityPath;
  readonly times: Float64Array;
  readonly months: readonly MonthReturn[];
  readonly rolling: Rolling | undefined;
}

/** The pictures of a series of returns. */
export function returnCharts(charted: Charted): readonly Chart[] {
  const { reading, months } = charted;
  if (reading.n === 0) return [];
  return [
    ...equityCharts(charted),
    ...(months.length > 1 ? [heatOf(months)] : []),
    ...(reading.n >= 2 ? [distributionOf(reading)] : []),
    ...rollingCharts(charted),
  ];
}

function equityCharts({ series, path, times }: Charted): readonly LineChart[] {
  const xUnit = series.at === undefined ? "count" : "time";
  const hasMoney = series.startEquity !== undefined;
  return [
    {
      kind: "line",
      title: hasMoney ? "Equity" : "Growth of 1",
      about: `From ${path.equity[0]} to ${path.equity.at(-1)}`,
      unit: hasMoney ? "money" : "growth",
      xUnit,
      isFilled: false,
      lines: [thinned({ label: "equity", tone: "main", x: times, y: path.equity })],
    },
    {
      kind: "line",
      title: "Drawdown",
      about: `At its deepest ${(100 * path.deepest).toFixed(2)} % below the highest before`,
      unit: "fraction",
      xUnit,
      isFilled: true,
      lines: [thinned({ label: "drawdown", tone: "down", x: times, y: path.drawdown })],
    },
  ];
}

function heatOf(months: readonly MonthReturn[]): HeatChart {
  const years = [...new Set(months.map(({ year }) => year))];
  return {
    kind: "heat",
    title: "Monthly returns",
    about: "Return of each calendar month, UTC, and of each year",
    years: years.map((year) => {
      const own = months.filter((each) => each.year === year);
      const whole = own.reduce((growth, { value }) => growth * (1 + value), 1) - 1;
      const of = (month: number) => own.find((each) => each.month === month)?.value;
      return { year, months: Array.from({ length: 12 }, (_, month) => of(month)), whole };
    }),
  };
}

function distributionOf({ returns, moments }: ReturnReading): HistogramChart {
  const { valueAtRisk, shortfall } = historicalRisk(returns, 0.95);
  return histogramOf(returns, moments, {
    title: "Distribution of returns",
    unit: "fraction",
    marks: [
      { label: "VaR 95 %", at: valueAtRisk },
      { label: "shortfall 95 %", at: shortfall },
      { label: "mean", at: moments.mean },
    ],
  });
}

function rollingCharts({ series, times, rolling }: Charted): readonly LineChart[] {
  if (rolling === undefined) return [];
  const x = times.subarray(1);
  const full = rolling.window - 1;
  const line = (label: string, y: Float64Array, tone: "main" | "other" | "down") =>
    thinned({ label, tone, x: x.subarray(full), y: y.subarray(full) });
  const common = { kind: "line", xUnit: series.at === undefined ? "count" : "time", isFilled: false } as const;
  const over = `over the newest ${rolling.window} periods`;
  return [
    {
      ...common,
      title: `Rolling Sharpe and Sortino, ${rolling.window} periods`,
      about: `Annual ratios ${over}`,
      unit: "ratio",
      lines: [line("Sharpe", rolling.sharpeAnnual, "main"), line("Sortino", rolling.sortinoAnnual, "other")],
    },
    {
      ...common,
      title: `Rolling volatility, ${rolling.window} periods`,
      about: `Annual volatility ${over}`,
      unit: "fraction",
      lines: [line("volatility", rolling.volatilityAnnual, "main")],
    },
    {
      ...common,
      title: `Rolling value at risk and shortfall, 95 %, ${rolling.window} periods`,
      about: `Of one period, ${over}`,
      unit: "fraction",
      lines: [line("value at risk", rolling.valueAtRisk, "main"), line("shortfall", rolling.shortfall, "down")],
    },
  ];
}

import type { CatalogueEntry, MetricSeries, SeriesPoint } from "../protocol/api-metrics.ts";
import { axisNumber, type ChartLine, type ChartMark, type ChartModel } from "./chart-model.ts";
import { type MetricForm, numberShown, unitText } from "./metric-shown.ts";
import { fixed } from "./number-format.ts";
import { plain } from "./shown.ts";

const EQUITY: MetricForm & Pick<CatalogueEntry, "unit"> = { format: "money", sign: "> 0 is owned", unit: "money" };
const DRAWDOWN: MetricForm & Pick<CatalogueEntry, "unit"> = {
  format: "ratio_as_percent",
  sign: "≥ 0 is below the peak",
  unit: "ratio",
};

/** Ticks of the axis in the unit that is shown. */
const axisOf =
  ({ format }: MetricForm) =>
  (value: number, apart: number): string =>
    format === "ratio_as_percent" ? axisNumber(value * 100, apart * 100) : axisNumber(value, apart);

/** The number of a point; what has no bound cannot be drawn. */
export const drawnValue = ({ value }: SeriesPoint): number | null => (typeof value === "number" ? value : null);

/** The points from the first that says something on: before it nothing is known. */
function sincePoint({ points }: MetricSeries): readonly SeriesPoint[] {
  const first = points.findIndex((point) => drawnValue(point) !== null);
  return first < 0 ? [] : points.slice(first);
}

interface SeriesChart {
  readonly series: MetricSeries;
  readonly form: MetricForm & Pick<CatalogueEntry, "unit" | "title">;
  readonly marks?: readonly ChartMark[];
}

/** A series of one metric as a chart. */
export function metricChart({ series, form, marks = [] }: SeriesChart): ChartModel {
  const points = sincePoint(series);
  return {
    ...spanOf(points, series),
    marks,
    lines: [
      {
        name: series.name,
        label: form.title,
        unit: unitText(form, series.currency),
        look: "line",
        values: points.map(drawnValue),
        shown: (value) => numberShown(value, form),
        axis: axisOf(form),
      },
    ],
  };
}

/** Each point stands at the end of its step; the chart begins where the first step does. */
function spanOf(points: readonly SeriesPoint[], series: MetricSeries) {
  const times = points.map(({ to }) => Date.parse(to));
  return { times, fromMs: Date.parse(points[0]?.from ?? series.from), toMs: times.at(-1) ?? Date.parse(series.to) };
}

interface EquityChart {
  readonly equity: MetricSeries;
  /** `drawdown_pct` of the same steps; where there is none the fall below the highest point of the chart is drawn. */
  readonly drawdown?: MetricSeries | undefined;
  readonly marks: readonly ChartMark[];
}

/** Equity above, and how far it is below its peak underneath. */
export function equityChart({ equity, drawdown, marks }: EquityChart): ChartModel {
  const points = sincePoint(equity);
  const span = spanOf(points, equity);
  const values = points.map(drawnValue);
  const told = new Map(drawdown?.points.map((point) => [point.to, drawnValue(point)]));
  const drawn = points.map(({ to }) => told.get(to) ?? null);
  const isTold = drawn.some((value) => value !== null);
  const below: ChartLine = isTold
    ? {
        name: "drawdown",
        label: "Drawdown",
        unit: unitText(DRAWDOWN),
        look: "below",
        values: drawn,
        shown: (value) => numberShown(value, DRAWDOWN),
        axis: axisOf(DRAWDOWN),
      }
    : {
        name: "below_high",
        label: "Below its high here",
        unit: "%",
        look: "below",
        values: belowHigh(values),
        shown: (ratio) => plain(fixed(ratio * 100, 2)),
        axis: axisOf(DRAWDOWN),
      };
  return {
    ...span,
    marks,
    lines: [
      {
        name: "equity",
        label: "Equity",
        unit: unitText(EQUITY, equity.currency),
        look: "line",
        values,
        shown: (value) => numberShown(value, EQUITY),
        axis: axisOf(EQUITY),
      },
      below,
    ],
  };
}

/** How far each value is below the highest before it, a ratio ≥ 0; unknown where no high is above zero. */
export function belowHigh(values: readonly (number | null)[]): (number | null)[] {
  let high = Number.NEGATIVE_INFINITY;
  return values.map((value) => {
    if (value === null) return null;
    high = Math.max(high, value);
    return high > 0 ? (high - value) / high : null;
  });
}

/** Why a series says nothing: what most of its points give as a reason. */
export function silentReason({ points }: MetricSeries): string {
  const counts = new Map<string, number>();
  for (const { reason } of points) if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most?.[0] ?? "nothing was told";
}

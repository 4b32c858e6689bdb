import type { Measure } from "../../metrics/measure.ts";
import type { StatisticUnit } from "../../metrics/returns/statistic.ts";
import type { Chart } from "./chart.ts";

/**
 * Besides the units of statistics: `money` that may be gained or lost and `amount` that has no such meaning, in the one
 * currency of the input; `price` in its quote currency.
 */
export type FigureUnit = StatisticUnit | "money" | "amount" | "price" | "bps" | "seconds" | "quantity";

/** Where a number lies with the confidence given; a bound is `Infinity` where it is unbounded. */
export interface FigureInterval {
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  /** How it was made, in a few words. */
  readonly method: string;
}

/** One number of a report, with all that helps to judge it. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly unit: FigureUnit;
  readonly measure: Measure;
  /** Why there is no interval, where one was tried. */
  readonly interval?: FigureInterval | { readonly reason: string };
  readonly formula?: string;
  /** There are fewer samples than the number needs to say much. */
  readonly isFew?: boolean;
  /** A table of the report shows it already; it stands alone in CSV and JSON only. */
  readonly isTabled?: boolean;
}

export interface FigureGroup {
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** A table of its own, such as the deepest drawdowns; cells as they are shown. */
export interface ReportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Everything that a report says, for each of its outputs. */
export interface Report {
  readonly title: string;
  /** What it is made of, one thing a line. */
  readonly about: readonly string[];
  readonly groups: readonly FigureGroup[];
  readonly tables: readonly ReportTable[];
  /** Drawn only when they are asked for. */
  readonly charts: () => readonly Chart[];
  /** What the reader has to know, such as rows left out. */
  readonly notes: readonly string[];
  /** With the names and units of the golden values; numbers, "Infinity" or null. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** A value for JSON: null where it is not known, "Infinity" where it is unbounded. */
export function measureJson({ value }: Measure): number | string | null {
  return value === "unbounded" ? "Infinity" : (value ?? null);
}

/** A number for JSON: NaN and nothing are null. */
export const numberJson = (value: number | undefined): number | string | null => {
  if (value === undefined || Number.isNaN(value)) return null;
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value === 0 ? 0 : value;
};

/** Figures by their names for JSON: their values, why some have none, and their intervals. */
export function figuresJson(figures: readonly Figure[]): Record<"metrics" | "reasons" | "intervals", object> {
  const metrics = figures.map(({ name, unit, measure }) => [
    name,
    unit === "flag" && measure.value !== undefined ? measure.value === 1 : measureJson(measure),
  ]);
  const reasons = figures.flatMap(({ name, measure }) =>
    measure.value === undefined ? [[name, measure.reason] as const] : [],
  );
  const intervals = figures.flatMap(({ name, interval }) =>
    interval === undefined ? [] : [[name, intervalJson(interval)] as const],
  );
  return {
    metrics: Object.fromEntries(metrics),
    reasons: Object.fromEntries(reasons),
    intervals: Object.fromEntries(intervals),
  };
}

const intervalJson = (interval: FigureInterval | { readonly reason: string }): object =>
  "reason" in interval
    ? { low: null, high: null, reason: interval.reason }
    : { ...interval, low: numberJson(interval.low), high: numberJson(interval.high) };

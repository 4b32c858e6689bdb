import type { Measure } from "../measure.ts";
import type { ReturnReading } from "./reading.ts";

/** `fraction`: 0.03 is 3 %. `flag`: 1 or 0. */
export type StatisticUnit =
  | "fraction"
  | "fraction/period"
  | "fraction/year"
  | "ratio"
  | "probability"
  | "periods"
  | "count"
  | "flag";

export type StatisticGroup = "return" | "risk" | "tail" | "shape" | "periods" | "inference";

/** One statistic of a series of returns: for reports and for their reference page. */
export interface ReturnStatistic {
  readonly name: string;
  readonly title: string;
  readonly group: StatisticGroup;
  readonly unit: StatisticUnit;
  readonly formula: string;
  /** Where other libraries give another number for the same returns, and why. */
  readonly differs?: string;
  /** With fewer returns the number says little; it is marked. */
  readonly fewBelow?: number;
  readonly read: (reading: ReturnReading) => Measure;
}

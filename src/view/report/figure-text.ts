import type { Measure } from "../../metrics/measure.ts";
import { fixed, signedFixed } from "../number-format.ts";
import type { Figure, FigureInterval, FigureUnit } from "./report.ts";

/** A number of a report as people read it, with its unit. */
export function valueText(value: number, unit: FigureUnit): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const write = WRITERS[unit];
  return write(value);
}

const percent = (decimals: number) => (value: number) => `${fixed(100 * value, decimals)} %`;

const WRITERS: Readonly<Record<FigureUnit, (value: number) => string>> = {
  fraction: percent(2),
  "fraction/period": (value) => percent(Math.abs(value) < 0.001 ? 4 : 2)(value),
  "fraction/year": percent(2),
  ratio: (value) => fixed(value, Math.abs(value) < 0.1 ? 4 : 2),
  probability: percent(1),
  periods: (value) => fixed(value, 0),
  count: (value) => fixed(value, 0),
  flag: (value) => (value === 1 ? "yes" : "no"),
  money: (value) => signedFixed(value, 2),
  amount: (value) => fixed(value, 2),
  price: (value) => fixed(value, Math.abs(value) < 1 ? 6 : 2),
  bps: (value) => signedFixed(value, 2),
  seconds: (value) => spanText(value),
  quantity: (value) => fixed(value, Number.isInteger(value) ? 0 : 6),
};

const UNIT_NAMES: readonly (readonly [number, string])[] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
];

/** A time in its largest unit, with one decimal. */
function spanText(seconds: number): string {
  const found = UNIT_NAMES.find(([size]) => seconds >= size);
  return found === undefined ? `${fixed(seconds, 1)} s` : `${fixed(seconds / found[0], 1)} ${found[1]}`;
}

/** "—" for what is not known; the reason stands elsewhere. */
export const measureText = ({ value }: Measure, unit: FigureUnit): string =>
  value === undefined ? "—" : value === "unbounded" ? "∞" : valueText(value, unit);

/** `[0.40, 3.10]`; empty where there is none. */
export function intervalText({ interval, unit }: Pick<Figure, "interval" | "unit">): string {
  if (interval === undefined || "reason" in interval) return "";
  return `[${valueText(interval.low, unit)}, ${valueText(interval.high, unit)}]`;
}

/** How an interval was made: `95 %, stationary bootstrap, …`. */
export const methodText = ({ confidence, method }: FigureInterval): string =>
  `${fixed(100 * confidence, 0)} %, ${method}`;

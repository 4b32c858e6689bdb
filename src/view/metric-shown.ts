import type { CatalogueEntry, MetricAnswer } from "../protocol/api-metrics.ts";
import { amount, count, fixed, grouped, signedAmount } from "./number-format.ts";
import { madeAmount } from "./performance-rows.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** How a metric's numbers are written: of its entry in the catalogue. */
export type MetricForm = Pick<CatalogueEntry, "format" | "sign">;

type Said = Pick<MetricAnswer, "value" | "reason" | "n">;

/** The value of a metric, its sample size on hover; why there is none where there is none. */
export function metricShown({ value, reason, n }: Said, form: MetricForm): Shown {
  if (value === null) return unknownValue(`${reason ?? "not known"}, n=${n}`);
  if (value === "unbounded") return plain("∞", `without a bound: nothing was lost, n=${n}`);
  return numberShown(value, form);
}

/** A number as a metric of this form is written, its unit left out. */
export function numberShown(value: number, { format, sign }: MetricForm): Shown {
  switch (format) {
    case "money":
      return isGain(sign) ? madeAmount(value) : amount(value);
    case "percent":
      return plain(fixed(value, 1), grouped(String(value)));
    case "ratio_as_percent":
      return plain(fixed(value * 100, 2), grouped(String(value * 100)));
    case "bps":
      return isGain(sign) ? signedAmount(value, 1) : { ...signedAmount(value, 1), tone: "neutral" };
    case "integer":
      return count(value);
    case "seconds":
      return plain(significant(value), grouped(String(value)));
    case "hours":
      return plain(fixed(value, 1), grouped(String(value)));
    case "flag":
      return plain(value === 0 ? "no" : "yes");
    case "number":
      return plain(significant(value), grouped(String(value)));
  }
}

/** Whether more of it is better, so that its sign has a colour. */
const isGain = (sign: string): boolean => /^> 0 is (?:profit|received|good)/.test(sign);

/** Two decimals, and as many more as a small number needs for three digits. */
function significant(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || size >= 0.1) return fixed(value, 2);
  return fixed(value, Math.min(8, 2 - Math.floor(Math.log10(size))));
}

const UNITS: Record<CatalogueEntry["unit"], string> = {
  money: "",
  quote: "in quote",
  USD: "USD",
  ratio: "",
  percent: "%",
  bps: "bps",
  count: "",
  seconds: "s",
  hours: "h",
  flag: "",
};

/** The unit beside a metric's number; of money the currency that the answer names. */
export function unitText({ unit, format }: Pick<CatalogueEntry, "unit" | "format">, currency?: string): string {
  if (format === "ratio_as_percent") return "%";
  return currency ?? UNITS[unit];
}

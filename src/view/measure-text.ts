import type { WireMeasure } from "../protocol/api-money.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** A measure as its number is written; why there is none where there is none. Its sample size stands on hover. */
export function measureText({ value, reason, n }: WireMeasure, write: (value: number) => Shown): Shown {
  if (value === null) return unknownValue(`${reason ?? "not known"}, n=${n}`);
  if (value === "unbounded") return plain("∞", `without a bound, n=${n}`);
  const shown = write(value);
  return { ...shown, full: `${shown.full ?? shown.text}, n=${n}` };
}

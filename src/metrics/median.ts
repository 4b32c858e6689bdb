import { type Measure, measured, unknown } from "./measure.ts";

/** The middle of some values, or the mean of the two in the middle. The list is sorted in place. */
export function median(values: number[]): Measure {
  values.sort((a, b) => a - b);
  const n = values.length;
  const upper = values[n >> 1];
  if (upper === undefined) return unknown("no values");
  return measured(n % 2 === 1 ? upper : ((values[(n >> 1) - 1] ?? upper) + upper) / 2, n);
}

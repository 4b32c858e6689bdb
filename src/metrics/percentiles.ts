import { measured, unknown } from "./measure.ts";
import type { Percentiles } from "./scope-reading.ts";

/** The percentiles that are shown of a distribution of `n` values; `reason` says why there are none. */
export function percentilesOf(quantile: (q: number) => number | undefined, n: number, reason: string): Percentiles {
  const at = (q: number) => {
    const value = quantile(q);
    return value === undefined ? unknown(reason) : measured(value, n);
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

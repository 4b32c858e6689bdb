import { wilsonInterval } from "./inference/wilson.ts";
import type { Measure } from "./measure.ts";

/** Metrics that are a share of counted things, and the number that all of them are. */
const SHARES: ReadonlyMap<string, number> = new Map([
  ["win_rate_pct", 100],
  ["maker_ratio", 1],
  ["hit_rate", 100],
  ["hit_rate_maker", 100],
  ["hit_rate_taker", 100],
]);
const LEVEL = 0.95;

/** In the unit of the metric; `level` 0.95 is 95 %. */
export interface ShareInterval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

/** Where chance alone leaves a share of counted things (Wilson); undefined for other metrics, and without a value. */
export function shareInterval(metric: string, { value, n }: Measure): ShareInterval | undefined {
  const whole = SHARES.get(metric);
  if (whole === undefined || typeof value !== "number") return undefined;
  const interval = wilsonInterval((value / whole) * n, n, LEVEL);
  return "reason" in interval ? undefined : { low: interval.low * whole, high: interval.high * whole, level: LEVEL };
}

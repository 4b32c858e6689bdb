import { hitsInterval } from "./inference/wilson.ts";
import type { Measure } from "./measure.ts";
import type { Reading } from "./scope-reading.ts";

/** Metrics that are a share of counted things, and the number that all of them are. */
const SHARES: ReadonlyMap<string, number> = new Map([
  ["win_rate_pct", 100],
  ["maker_ratio", 1],
  ["hit_rate", 100],
  ["hit_rate_maker", 100],
  ["hit_rate_taker", 100],
]);
const LEVEL = 0.95;

type CountedReading = Measure & Pick<Reading, "dependence">;

/** In the unit of the metric; `level` 0.95 is 95 %. */
export interface ShareInterval {
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

/**
 * Where chance alone leaves a share of counted things (Wilson); undefined for other metrics, without a value, and where
 * things may resemble one another and nobody knows how much.
 */
export function shareInterval(metric: string, { value, n, dependence }: CountedReading): ShareInterval | undefined {
  const whole = SHARES.get(metric);
  if (whole === undefined || typeof value !== "number") return undefined;
  const told = dependence?.();
  if (dependence !== undefined && told === undefined) return undefined;
  const interval = hitsInterval({ hits: (value / whole) * n, n, ...told }, LEVEL);
  return "reason" in interval ? undefined : { low: interval.low * whole, high: interval.high * whole, level: LEVEL };
}

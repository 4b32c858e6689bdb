import { MICROS_PER_DAY, type Micros } from "../../base/time.ts";

const MICROS_PER_MINUTE = 60_000_000;
const MICROS_PER_HOUR = 60 * MICROS_PER_MINUTE;

/**
 * How fine the past is kept: by the minute from one moment on, before it by the hour from another on, and by the day
 * before that. Both are whole days.
 */
export interface Grain {
  readonly minutesFrom: Micros;
  readonly hoursFrom: Micros;
}

/** Everything by the minute. */
export const FINEST: Grain = {
  minutesFrom: Number.MIN_SAFE_INTEGER as Micros,
  hoursFrom: Number.MIN_SAFE_INTEGER as Micros,
};

const stepAt = (at: number, { minutesFrom, hoursFrom }: Grain): number => {
  if (at >= minutesFrom) return MICROS_PER_MINUTE;
  return at >= hoursFrom ? MICROS_PER_HOUR : MICROS_PER_DAY;
};

/** The first moment of the bucket that a moment lies in. */
export function bucketOf(at: number, grain: Grain): Micros {
  const step = stepAt(at, grain);
  return (Math.floor(at / step) * step) as Micros;
}

const MINUTES_KEPT_DAYS = 14;
const HOURS_KEPT_DAYS = 400;

/** Minutes of two weeks, hours of more than a year, and days for ever. */
export function grainAt(now: Micros): Grain {
  const today = Math.floor(now / MICROS_PER_DAY);
  const day = (back: number): Micros => ((today - back) * MICROS_PER_DAY) as Micros;
  return { minutesFrom: day(MINUTES_KEPT_DAYS), hoursFrom: day(HOURS_KEPT_DAYS) };
}

import { addTo, emptySum, type Sum, sumOf } from "./sum.ts";

/**
 * A quantity that stays as it is until it is set anew, such as what is held: its mean over time and its largest magnitude,
 * since `from` (metrics.md §5). What it was before counts as long as it lasts after `from`. Plain data.
 */
export interface Level {
  readonly from: number;
  at: number;
  value: number;
  /** Value × time, so far. */
  readonly area: Sum;
  max: number;
}

export const emptyLevel = (from: number): Level => ({ from, at: from, value: 0, area: emptySum(), max: 0 });

/** Sets it from a moment on, in place; moments come in order. */
export function setLevel(level: Level, at: number, value: number): void {
  lastUntil(level, at);
  level.value = value;
  if (at >= level.from) level.max = Math.max(level.max, Math.abs(value));
}

/** Mean over time up to `to`; undefined where no time has passed. */
export function averageLevel({ from, at, value, area }: Level, to: number): number | undefined {
  const end = Math.max(to, at);
  return end > from ? (sumOf(area) + value * (end - at)) / (end - from) : undefined;
}

/** Largest magnitude up to `to`. */
export const maxLevel = ({ at, value, max }: Level, to: number): number =>
  to > at ? Math.max(max, Math.abs(value)) : max;

function lastUntil(level: Level, at: number): void {
  if (at <= level.at) return;
  addTo(level.area, level.value * (at - level.at));
  level.max = Math.max(level.max, Math.abs(level.value));
  level.at = at;
}

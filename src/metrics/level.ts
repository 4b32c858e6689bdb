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
export function averageLevel(level: Level, to: number): number | undefined {
  if (to <= level.from) return undefined;
  lastUntil(level, to);
  return sumOf(level.area) / (level.at - level.from);
}

/** Largest magnitude up to `to`. */
export function maxLevel(level: Level, to: number): number {
  lastUntil(level, to);
  return level.max;
}

function lastUntil(level: Level, at: number): void {
  if (at <= level.at) return;
  addTo(level.area, level.value * (at - level.at));
  level.max = Math.max(level.max, Math.abs(level.value));
  level.at = at;
}

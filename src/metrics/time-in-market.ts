import { type Measure, measured, unknown } from "./measure.ts";

/**
 * The share of a window in which anything was held (metrics.md §5): the union of half-open intervals, clipped to the
 * window, in percent. `intervals` in order of opening; what is still open ends at the window's end (`Infinity`).
 */
export function timeInMarketPct(
  intervals: Iterable<readonly [openedAt: number, closedAt: number]>,
  window: readonly [from: number, to: number],
): Measure {
  const [from, to] = window;
  if (!(to > from)) return unknown("the window is empty");
  let covered = 0;
  let coveredUntil = from;
  let n = 0;
  for (const [openedAt, closedAt] of intervals) {
    n++;
    const begin = Math.max(openedAt, coveredUntil);
    const end = Math.min(closedAt, to);
    if (end <= begin) continue;
    covered += end - begin;
    coveredUntil = end;
  }
  return measured((100 * covered) / (to - from), n);
}

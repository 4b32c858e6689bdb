import { type Measure, finite, unknown } from "../measure.ts";
import type { EquityPath } from "./equity-path.ts";

/** Names of what an equity curve tells of its falls; ratios are fractions ≤ 0 and money ≤ 0, durations in seconds. */
export type DrawdownName =
  | "max_drawdown_pct"
  | "max_drawdown_abs"
  | "current_drawdown_pct"
  | "max_drawdown_duration_seconds"
  | "avg_drawdown_duration_seconds"
  | "avg_drawdown_pct"
  | "n_drawdown_spells";

const NO_SPELL = "there was no drawdown";

/**
 * Falls of an equity with the time (ms) of each of its values (metrics.md §4). A fall lasts from the last time at the old
 * height to the first at it again, and one that did not recover to the last value.
 */
export function drawdownStatistics(path: EquityPath, at: Float64Array): Readonly<Record<DrawdownName, Measure>> {
  const { equity, drawdown, spells } = path;
  const n = equity.length;
  const ofAny = (read: () => number): Measure => (n === 0 ? unknown("no equity") : finite(read(), n));
  const lengths = spells.map(({ peak, end }) => ((at[end] as number) - (at[peak] as number)) / 1000);
  const mean = (values: readonly number[]): Measure =>
    values.length === 0
      ? unknown(n === 0 ? "no equity" : NO_SPELL, n)
      : finite(values.reduce((sum, value) => sum + value, 0) / values.length, values.length);
  return {
    max_drawdown_pct: ofAny(() => path.deepest),
    max_drawdown_abs: ofAny(() => path.deepestFall),
    current_drawdown_pct: ofAny(() => drawdown[n - 1] as number),
    max_drawdown_duration_seconds: ofAny(() => lengths.reduce((most, length) => Math.max(most, length), 0)),
    avg_drawdown_duration_seconds: mean(lengths),
    avg_drawdown_pct: mean(spells.map(({ depth }) => depth)),
    n_drawdown_spells: ofAny(() => spells.length),
  };
}

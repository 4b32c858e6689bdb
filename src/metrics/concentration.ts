import { type Measure, measured, unknown } from "./measure.ts";

/**
 * How exposure is spread (metrics.md §5): the Herfindahl index of its shares, from 1/N (even) to 1 (all in one), and the
 * number of equal parts that would be as concentrated. Exposures may have any sign; only their size counts.
 */
export function concentration(exposures: readonly number[]): {
  readonly herfindahl: Measure;
  readonly effectiveCount: Measure;
  /** 0 even, 1 all in one; undefined for fewer than two. */
  readonly normalized: Measure;
} {
  const n = exposures.length;
  const total = exposures.reduce((sum, exposure) => sum + Math.abs(exposure), 0);
  if (total === 0) {
    const none = unknown("no exposure", n);
    return { herfindahl: none, effectiveCount: none, normalized: none };
  }
  const herfindahl = exposures.reduce((sum, exposure) => sum + (Math.abs(exposure) / total) ** 2, 0);
  return {
    herfindahl: measured(herfindahl, n),
    effectiveCount: measured(1 / herfindahl, n),
    normalized: n < 2 ? unknown("needs two, has one", n) : measured((herfindahl - 1 / n) / (1 - 1 / n), n),
  };
}

import { type Measure, measured, unknown } from "./measure.ts";

/**
 * How much of some exposures is in few of them (Herfindahl; metrics.md §5): the sum of the squares of their shares by
 * magnitude, from 1 ÷ how many there are to 1 where all is in one. Unknown where nothing is held.
 */
export function concentration(exposures: readonly number[]): Measure {
  const total = exposures.reduce((sum, exposure) => sum + Math.abs(exposure), 0);
  if (!(total > 0)) return unknown("nothing is held");
  const squares = exposures.reduce((sum, exposure) => sum + (exposure / total) ** 2, 0);
  return measured(squares, exposures.length);
}

/** As many of equal size would be as concentrated: 1 ÷ concentration. */
export function effectiveNumber(exposures: readonly number[]): Measure {
  const measure = concentration(exposures);
  return typeof measure.value === "number" ? measured(1 / measure.value, measure.n) : measure;
}

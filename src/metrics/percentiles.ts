import { measured, unknown } from "./measure.ts";
import type { Percentiles, Reading } from "./scope-reading.ts";

/** The quantiles that are shown, smallest first. */
export const SHOWN_QUANTILES = [0.5, 0.95, 0.99] as const;

/** A distribution: its values at `SHOWN_QUANTILES`, undefined of none, and of how many. */
export interface Distribution {
  readonly quantiles: readonly (number | undefined)[];
  readonly n: number;
}

/** The percentiles that are shown of a distribution, made when they are asked for; `reason` says why there are none. */
export function percentilesOf(read: () => Distribution, reason: string): Percentiles {
  let made: readonly Reading[] | undefined;
  const at = (place: number): Reading => {
    made ??= readingsOf(read(), reason);
    return made[place] ?? unknown(reason);
  };
  return {
    get p50() {
      return at(0);
    },
    get p95() {
      return at(1);
    },
    get p99() {
      return at(2);
    },
  };
}

const readingsOf = ({ quantiles, n }: Distribution, reason: string): Reading[] =>
  quantiles.map((value) => (value === undefined ? unknown(reason) : measured(value, n)));

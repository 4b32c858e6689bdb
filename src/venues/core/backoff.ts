export interface BackoffOptions {
  /** Full wait after the first failure, in ms. */
  readonly minMs: number;
  /** Longest full wait, in ms. */
  readonly maxMs: number;
}

const EXPONENT_MAX = 20;

/** The wait before the next attempt after `failures` ≥ 1 in a row: doubling, half of it random. `random` is in [0, 1). */
export function backoffMs(failures: number, { minMs, maxMs }: BackoffOptions, random: () => number): number {
  const full = Math.min(maxMs, minMs * 2 ** Math.min(failures - 1, EXPONENT_MAX));
  return full / 2 + (full / 2) * random();
}

/** Waits between attempts, in milliseconds. */
export interface RetryOptions {
  /** First wait after a failure. */
  readonly minMs: number;
  /** Longest wait while the hub is away. */
  readonly maxMs: number;
  /** First wait when the hub refuses us (401, 403) or is not at this address; it grows to ten times that. */
  readonly slowMs: number;
}

const EXPONENT_MAX = 20;

/** The wait before the next attempt after `failures` ≥ 1 in a row: doubling, half of it random. `random` is in [0, 1). */
export function backoffMs(failures: number, limits: { minMs: number; maxMs: number }, random: () => number): number {
  const full = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(failures - 1, EXPONENT_MAX));
  return full / 2 + (full / 2) * random();
}

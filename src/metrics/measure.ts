/**
 * What a metric says: a finite number, `unbounded` (a profit factor without losses), or nothing with the reason. Never
 * 0, −1 or NaN for what is not known.
 */
export type Measure =
  | { readonly value: number; readonly n: number }
  | { readonly value: "unbounded"; readonly n: number }
  | { readonly value: undefined; readonly n: number; readonly reason: string };

/** A number as a measure; −0 is 0. One that is not finite is a bug of the caller. */
export function measured(value: number, n: number): Measure {
  if (!Number.isFinite(value)) throw new RangeError(`a metric came out as ${value}`);
  return { value: value === 0 ? 0 : value, n };
}

/** The same of what may come out beyond all numbers, or as none: that is not shown as one. */
export const finite = (value: number, n: number): Measure =>
  Number.isFinite(value) ? measured(value, n) : unknown("too large to be shown", n);

export const unbounded = (n: number): Measure => ({ value: "unbounded", n });

/**
 * Of two reasons why something is not known, the one that is told: the first in the alphabet, so that it is the same in
 * whatever order a desk is gone through.
 */
export const eitherReason = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

export const unknown = (reason: string, n = 0): Measure => ({ value: undefined, n, reason });

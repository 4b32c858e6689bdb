/** A running sum of doubles that keeps what rounding takes away (Neumaier 1974). Plain data, so that a snapshot can hold it. */
export interface Sum {
  total: number;
  rest: number;
}

export const emptySum = (): Sum => ({ total: 0, rest: 0 });

/** Adds in place. */
export function addTo(sum: Sum, value: number): void {
  const total = sum.total + value;
  sum.rest += Math.abs(sum.total) >= Math.abs(value) ? sum.total - total + value : value - total + sum.total;
  sum.total = total;
}

export const sumOf = ({ total, rest }: Sum): number => total + rest;

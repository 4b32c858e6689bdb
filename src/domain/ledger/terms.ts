import { type Decimal, decimal, compare, divide, isZero, multiply, negate } from "../decimal.ts";

export type InstrumentKind = "spot" | "linear" | "inverse" | "binary";

/** What an instrument's profit is counted in, and how a price becomes money. */
export interface Terms {
  readonly kind: InstrumentKind;
  /** Units of the underlying in one contract. */
  readonly multiplier: Decimal;
  /** The currency of profit; undefined when nobody named it: then it is summed with itself alone. */
  readonly currency: string | undefined;
}

const ONE: Decimal = decimal("1");

/** What an instrument is as long as nobody said anything of it. */
export const UNKNOWN_TERMS: Terms = { kind: "linear", multiplier: ONE, currency: undefined };

/** Decimals to which a size is divided by the price of an inverse instrument. */
const INVERSE_SCALE = 18;

/**
 * What `size` is worth at `price`, in the currency of profit (metrics.md §2): price × size × multiplier; where profit is
 * paid in the underlying −(size × multiplier ÷ price), below 0, as a rising price makes it less: so the difference of two
 * values is the profit of what was bought at the one and sold at the other. Undefined for an inverse one at price 0.
 */
export function tradeValue(terms: Terms, price: Decimal, size: Decimal): Decimal | undefined {
  const contracts = terms.multiplier === ONE ? size : multiply(size, terms.multiplier);
  if (terms.kind !== "inverse") return multiply(price, contracts);
  return isZero(price) ? undefined : negate(divide(contracts, price, INVERSE_SCALE));
}

/** Same money for the same trades: a change of anything else needs no new accounting. */
export const sameTerms = (a: Terms, b: Terms): boolean =>
  a.kind === b.kind && a.currency === b.currency && compare(a.multiplier, b.multiplier) === 0;

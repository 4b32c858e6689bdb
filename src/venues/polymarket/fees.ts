import {
  compare,
  type Decimal,
  type DecimalText,
  decimal,
  decimalText,
  multiply,
  powerOfTen,
  subtract,
} from "../../domain/decimal.ts";

/** How a market charges takers: contracts × rate × (price × (1 − price))^exponent, in dollars. Makers pay nothing. */
export interface FeeSchedule {
  readonly rate: DecimalText;
  readonly exponent: DecimalText;
}

const ONE: Decimal = { units: 1n, scale: 0 };
const FEE_SCALE = 5;
const EXPONENT_MAX = 4;

/**
 * What a taker pays for a fill, in dollars to five decimals, the rest cut off (the venue does not say how it rounds; what
 * was seen is cut). Undefined for a schedule whose exponent is no small whole number: it is refused, not guessed.
 */
export function takerFee(
  { rate, exponent }: FeeSchedule,
  price: DecimalText,
  size: DecimalText,
): DecimalText | undefined {
  const times = Number(exponent);
  if (!Number.isInteger(times) || times < 0 || times > EXPONENT_MAX) return undefined;
  const p = decimal(price);
  if (compare(p, ONE) > 0 || p.units < 0n) return undefined;
  let fee = multiply(decimal(size), decimal(rate));
  for (let done = 0; done < times; done++) fee = multiply(fee, multiply(p, subtract(ONE, p)));
  return decimalText(fee.scale <= FEE_SCALE ? fee : cut(fee));
}

const cut = ({ units, scale }: Decimal): Decimal => ({
  units: units / powerOfTen(scale - FEE_SCALE),
  scale: FEE_SCALE,
});

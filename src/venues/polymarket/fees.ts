import {
  compare,
  type Decimal,
  type DecimalText,
  decimal,
  decimalText,
  multiply,
  sign,
  subtract,
  truncate,
} from "../../domain/decimal.ts";

/** How a market charges takers: contracts × rate × (price × (1 − price))^exponent, in dollars. Makers pay nothing. */
export interface FeeSchedule {
  readonly rate: DecimalText;
  readonly exponent: DecimalText;
}

const ONE: Decimal = decimal("1");
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
  if (compare(p, ONE) > 0 || sign(p) < 0) return undefined;
  let fee = multiply(decimal(size), decimal(rate));
  for (let done = 0; done < times; done++) fee = multiply(fee, multiply(p, subtract(ONE, p)));
  return decimalText(truncate(fee, FEE_SCALE));
}

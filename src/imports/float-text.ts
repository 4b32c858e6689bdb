import { canonicalDecimal, compare, type Decimal, decimal, type DecimalText, scaled } from "../domain/decimal.ts";

/** Fewer decimals than this are what somebody meant; more may be the tail of a double. */
const DECIMALS_MEANT_MAX = 20;
const LENGTH_MAX = 420;
const WRITTEN = /^(-?)(\d{1,60})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The decimal that a text writes, as `canonicalDecimal`; but a text that is the whole expansion of a double, as Python
 * writes `Decimal(0.08)` (56 decimals), is the shortest decimal that means that double: 0.08. Undefined when it is no
 * decimal, or has more than 40 digits on a side and is no such expansion.
 */
export const writtenDecimal = (text: string): DecimalText | undefined =>
  (text.length > DECIMALS_MEANT_MAX ? shortestOfDouble(text) : undefined) ?? canonicalDecimal(text);

function shortestOfDouble(text: string): DecimalText | undefined {
  const exact = exactDecimal(text);
  const double = Number(text);
  // Between these bounds `toFixed` writes a double whole.
  if (exact === undefined || !(Math.abs(double) >= 1e-14 && Math.abs(double) < 1e21)) return undefined;
  return compare(exact, decimal(double.toFixed(100))) === 0 ? canonicalDecimal(double) : undefined;
}

/** The value of a text with more decimals than anybody means; undefined for any other. */
function exactDecimal(text: string): Decimal | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  const match = WRITTEN.exec(text);
  if (match === null) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const scale = fraction.length - Number(exponent);
  return scale > DECIMALS_MEANT_MAX ? scaled(BigInt(`${sign}${whole}${fraction}`), scale) : undefined;
}

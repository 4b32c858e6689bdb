/**
 * Prices and sizes of books as scaled integers in doubles: exact below 2^53, and much quicker than `bigint` in the
 * hottest loop there is. What does not fit is told apart, never rounded.
 */
import { canonicalDecimal } from "./decimal.ts";

const MINUS = 45;
const DOT = 46;
const ZERO = 48;

/** More decimals than this no venue has. */
export const SCALE_MAX = 18;

const powers = Array.from({ length: SCALE_MAX + 1 }, (_, exponent) => 10 ** exponent);

/** 10^exponent, exact for the exponents that scales may have. */
export const power = (exponent: number): number => powers[exponent] ?? Number.NaN;

/**
 * A decimal in plain notation (`.48`, `0.4800`, `-54.00`) as an integer count of 10^-scale. NaN when it is no plain
 * decimal, is finer than the scale, or needs more than 53 bits: `scaleNeeded` tells which.
 */
export function unitsOf(text: string, scale: number): number {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  let units = 0;
  let index = start;
  let digit = text.charCodeAt(index) - ZERO;
  while (digit >= 0 && digit <= 9) {
    units = units * 10 + digit;
    digit = text.charCodeAt(++index) - ZERO;
  }
  const { length } = text;
  if (index === length) units = length === start ? Number.NaN : units * power(scale);
  else if (digit !== DOT - ZERO || length === start + 1) return Number.NaN;
  else units = withFraction(text, index + 1, { units, scale });
  if (!(units <= Number.MAX_SAFE_INTEGER)) return Number.NaN;
  return start === 1 && units !== 0 ? -units : units;
}

/** Goes on with the digits after the point; zeros beyond the scale are none too fine. */
function withFraction(text: string, start: number, whole: { readonly units: number; readonly scale: number }): number {
  const { length } = text;
  const end = Math.min(length, start + whole.scale);
  const missing = start + whole.scale - end;
  let units = whole.units;
  let index = start;
  for (; index < end; index++) {
    const digit = text.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    units = units * 10 + digit;
  }
  for (; index < length; index++) if (text.charCodeAt(index) !== ZERO) return Number.NaN;
  return missing === 0 ? units : units * power(missing);
}

/** The decimals that a decimal in any notation needs; undefined when it is none. */
export function scaleNeeded(text: string): number | undefined {
  const canonical = canonicalDecimal(text);
  if (canonical === undefined) return undefined;
  const point = canonical.indexOf(".");
  return point < 0 ? 0 : canonical.length - point - 1;
}

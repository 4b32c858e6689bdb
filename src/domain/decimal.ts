/**
 * Exact decimals. On the wire and in events a decimal is its canonical text (`DecimalText`: no exponent, no leading
 * or trailing zeros); in the fold it is a scaled integer. Floats never carry money, price or size.
 */
import { ensure } from "../base/assert.ts";
import {
  minus,
  negated,
  orderOf,
  plus,
  plusRaised,
  roundedQuotient,
  signOf,
  times,
  timesPowerOfTen,
  type Units,
  unitsFrom,
  wholeOfPowerOfTen,
} from "./units.ts";

/** A canonical decimal: `-?(0|[1-9]\d*)(\.\d*[1-9])?`, never `-0`. */
export type DecimalText = string;

/** `units × 10^-scale`; `scale` ≥ 0. Two equal values may differ in scale: compare with `compare`. */
export interface Decimal {
  readonly units: Units;
  readonly scale: number;
}

/** `units × 10^-scale` of a safe integer, or of a `bigint` of any size. */
export const scaled = (units: number | bigint, scale: number): Decimal => ({ units: unitsFrom(units), scale });

// Units of each kind before all else: V8 then keeps them as they are. Else it takes the field for one of doubles, boxes
// each, and changes the shape of all that were made when the first of another kind comes.
const [zero] = [0n, 2n ** 53n].map((units) => scaled(units, 0));

export const ZERO: Decimal = ensure(zero, "there is no zero");

const PLAIN = /^-?(?:0|[1-9]\d{0,39})(?:\.\d{0,39}[1-9])?$/;
const LOOSE = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const DIGITS_MAX = 40;

/** The canonical text of a decimal given as a number or in any usual notation; undefined when it is not one or needs more than 40 digits on either side of the point. */
export function canonicalDecimal(value: string | number): DecimalText | undefined {
  if (typeof value === "number") return isPlainNumber(value) ? String(value) : canonicalFromLoose(String(value));
  if (PLAIN.test(value)) return value === "-0" ? "0" : value;
  return canonicalFromLoose(value);
}

/** Numbers between these are written without an exponent; −0 is written as 0. */
const EXPONENT_BELOW = 1e-6;
const EXPONENT_FROM = 1e21;

/** Whether the text of a number is canonical as it is: it is for all but the very small and the very large. */
export function isPlainNumber(value: number): boolean {
  const size = Math.abs(value);
  return (size >= EXPONENT_BELOW && size < EXPONENT_FROM) || size === 0;
}

function canonicalFromLoose(text: string): DecimalText | undefined {
  const match = LOOSE.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (point < -DIGITS_MAX || point > digits.length + DIGITS_MAX) return /^0*$/.test(digits) ? "0" : undefined;
  const integer = (point <= 0 ? "" : digits.slice(0, point).padEnd(point, "0")).replace(/^0+/, "");
  const decimals = (point <= 0 ? "0".repeat(-point) + digits : digits.slice(point)).replace(/0+$/, "");
  if (integer.length > DIGITS_MAX || decimals.length > DIGITS_MAX) return undefined;
  return canonicalText(sign === "-" ? "-" : "", integer, decimals);
}

function canonicalText(sign: "-" | "", integer: string, decimals: string): DecimalText {
  if (integer === "" && decimals === "") return "0";
  return `${sign}${integer === "" ? "0" : integer}${decimals === "" ? "" : `.${decimals}`}`;
}

const MINUS = 45;
const POINT = 46;
const DIGIT_ZERO = 48;

/** The exact value of a canonical text. */
export function decimal(text: DecimalText): Decimal {
  const { length } = text;
  const start = text.charCodeAt(0) === MINUS ? 1 : 0;
  let units = 0;
  let point = -1;
  for (let index = start; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code === POINT && point < 0) point = index;
    else {
      const digit = code - DIGIT_ZERO;
      if (!(digit >= 0 && digit <= 9)) return largeDecimal(text);
      units = units * 10 + digit;
    }
  }
  if (units > Number.MAX_SAFE_INTEGER || length === start) return largeDecimal(text);
  return { units: (start === 1 ? 0 - units : units) as Units, scale: point < 0 ? 0 : length - 1 - point };
}

/** One that needs more than a double; throws where the text is none. */
function largeDecimal(text: DecimalText): Decimal {
  const point = text.indexOf(".");
  if (point < 0) return scaled(BigInt(text), 0);
  return scaled(BigInt(text.slice(0, point) + text.slice(point + 1)), text.length - point - 1);
}

/** The units of `a` at a scale no smaller than its own. */
export const unitsAt = (a: Decimal, scale: number): Units =>
  a.scale === scale ? a.units : timesPowerOfTen(a.units, scale - a.scale);

export function add(a: Decimal, b: Decimal): Decimal {
  const finer = a.scale - b.scale;
  if (finer === 0) return { units: plus(a.units, b.units), scale: a.scale };
  return finer > 0
    ? { units: plusRaised(a.units, b.units, finer), scale: a.scale }
    : { units: plusRaised(b.units, a.units, -finer), scale: b.scale };
}

export const negate = (a: Decimal): Decimal => ({ units: negated(a.units), scale: a.scale });

export function subtract(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { units: minus(a.units, b.units), scale: a.scale };
  return add(a, negate(b));
}

export const multiply = (a: Decimal, b: Decimal): Decimal => ({
  units: times(a.units, b.units),
  scale: a.scale + b.scale,
});

/** −1, 0 or 1 as `a` is below, equal to or above 0. */
export const sign = (a: Decimal): -1 | 0 | 1 => signOf(a.units);

export const absolute = (a: Decimal): Decimal => (a.units < 0 ? negate(a) : a);

export const isZero = (a: Decimal): boolean => a.units === 0;

/** −1, 0 or 1 as `a` is below, equal to or above `b`. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (a.scale === b.scale) return orderOf(a.units, b.units);
  const scale = Math.max(a.scale, b.scale);
  return orderOf(unitsAt(a, scale), unitsAt(b, scale));
}

/** `a / b` at `scale` decimals, rounded half to even. `b` must not be zero. */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal {
  const shift = scale + b.scale - a.scale;
  const units =
    shift >= 0
      ? roundedQuotient(timesPowerOfTen(a.units, shift), b.units)
      : roundedQuotient(a.units, timesPowerOfTen(b.units, -shift));
  return { units, scale };
}

/** At `scale` decimals at most; what is finer is cut off. */
export const truncate = (a: Decimal, scale: number): Decimal =>
  a.scale <= scale ? a : { units: wholeOfPowerOfTen(a.units, a.scale - scale), scale };

/** The canonical text of an exact value. */
export const decimalText = (a: Decimal): DecimalText => unitsText(a.units, a.scale);

/** The canonical text of a count of 10^-scale; a safe integer, or a `bigint` of any size. */
export function unitsText(units: number | bigint, scale: number): DecimalText {
  if (scale === 0 || units === 0) return String(units);
  const digits = String(units < 0 ? -units : units).padStart(scale + 1, "0");
  let end = digits.length;
  const point = end - scale;
  while (end > point && digits.charCodeAt(end - 1) === DIGIT_ZERO) end--;
  const text = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return units < 0 ? `-${text}` : text;
}

/** Powers of ten up to this one are doubles. */
const EXACT_POWER_MAX = 22;

/** The nearest double, for statistics and screens only. */
export function decimalToNumber(a: Decimal): number {
  // Of two exact doubles the quotient is the nearest double to the true one.
  if (typeof a.units === "number" && a.scale <= EXACT_POWER_MAX) return a.units / 10 ** a.scale;
  return Number(decimalText(a));
}

/** The same of a canonical text. */
export const numberOfText = (text: DecimalText): number => decimalToNumber(decimal(text));

/**
 * Exact decimals. On the wire and in events a decimal is its canonical text (`DecimalText`: no exponent, no leading
 * or trailing zeros); in the fold it is a scaled integer. Floats never carry money, price or size.
 */

/** A canonical decimal: `-?(0|[1-9]\d*)(\.\d*[1-9])?`, never `-0`. */
export type DecimalText = string;

/** `units × 10^-scale`; `scale` ≥ 0. Two equal values may differ in scale: compare with `compare`. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { units: 0n, scale: 0 };

const PLAIN = /^-?(?:0|[1-9]\d{0,39})(?:\.\d{0,39}[1-9])?$/;
const LOOSE = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;
const DIGITS_MAX = 40;

/** The canonical text of a decimal given as a number or in any usual notation; undefined when it is not one or needs more than 40 digits on either side of the point. */
export function canonicalDecimal(value: string | number): DecimalText | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (PLAIN.test(text)) return text === "-0" ? "0" : text;
  return canonicalFromLoose(text);
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

/** The exact value of a canonical text. */
export function decimal(text: DecimalText): Decimal {
  const point = text.indexOf(".");
  if (point < 0) return { units: BigInt(text), scale: 0 };
  return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 };
}

const powers: bigint[] = [1n];

export function powerOfTen(exponent: number): bigint {
  for (let next = powers.length; next <= exponent; next++) powers.push((powers[next - 1] ?? 1n) * 10n);
  return powers[exponent] ?? 10n ** BigInt(exponent);
}

/** The units of `a` at a scale no smaller than its own. */
const unitsAt = (a: Decimal, scale: number): bigint =>
  a.scale === scale ? a.units : a.units * powerOfTen(scale - a.scale);

export function add(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { units: a.units + b.units, scale: a.scale };
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export const negate = (a: Decimal): Decimal => ({ units: -a.units, scale: a.scale });

export const subtract = (a: Decimal, b: Decimal): Decimal => add(a, negate(b));

export const multiply = (a: Decimal, b: Decimal): Decimal => ({ units: a.units * b.units, scale: a.scale + b.scale });

export const absolute = (a: Decimal): Decimal => (a.units < 0n ? negate(a) : a);

export const isZero = (a: Decimal): boolean => a.units === 0n;

/** −1, 0 or 1 as `a` is below, equal to or above `b`. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const difference = unitsAt(a, scale) - unitsAt(b, scale);
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/** `a / b` at `scale` decimals, rounded half to even. `b` must not be zero. */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal {
  const shift = scale + b.scale - a.scale;
  const numerator = shift >= 0 ? a.units * powerOfTen(shift) : a.units;
  const denominator = shift >= 0 ? b.units : b.units * powerOfTen(-shift);
  return { units: roundedQuotient(numerator, denominator), scale };
}

export function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const size = denominator < 0n ? -denominator : denominator;
  const up = twice > size || (twice === size && quotient % 2n !== 0n);
  if (!up) return quotient;
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n;
}

/** The canonical text of an exact value. */
export function decimalText(a: Decimal): DecimalText {
  if (a.scale === 0) return String(a.units);
  const digits = String(a.units < 0n ? -a.units : a.units).padStart(a.scale + 1, "0");
  const fraction = digits.slice(-a.scale).replace(/0+$/, "");
  const text = `${digits.slice(0, -a.scale)}${fraction === "" ? "" : `.${fraction}`}`;
  return a.units < 0n && text !== "0" ? `-${text}` : text;
}

/** Powers of ten up to this one are doubles. */
const EXACT_POWER_MAX = 22;

/** The nearest double, for statistics and screens only. */
export function decimalToNumber(a: Decimal): number {
  const units = Number(a.units);
  // Of two exact doubles the quotient is the nearest double to the true one.
  if (Number.isSafeInteger(units) && a.scale <= EXACT_POWER_MAX) return units / 10 ** a.scale;
  return Number(decimalText(a));
}

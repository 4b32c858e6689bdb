import type { Brand } from "../base/brand.ts";

/**
 * Integers of any size, exact: a double as long as that is (below 2^53, as nearly all are), and a `bigint` beyond. Each
 * has one representation, so that equal ones are the same text; none is −0.
 */
export type Units = Brand<number, "Units"> | Brand<bigint, "Units">;

const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const BIG_SAFE_MAX = BigInt(SAFE_MAX);

/** Those of a safe integer, or of a `bigint` of any size. */
export const unitsFrom = (value: number | bigint): Units =>
  typeof value === "number" ? ((value + 0) as Units) : ofBig(value);

function ofBig(value: bigint): Units {
  return (value <= BIG_SAFE_MAX && value >= -BIG_SAFE_MAX ? Number(value) : value) as Units;
}

const big = (units: Units): bigint => (typeof units === "bigint" ? units : BigInt(units));

/** The powers of ten that doubles have. */
const EXACT_POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const powers: bigint[] = [1n];

function powerOfTen(exponent: number): bigint {
  for (let next = powers.length; next <= exponent; next++) powers.push((powers[next - 1] ?? 1n) * 10n);
  return powers[exponent] ?? 10n ** BigInt(exponent);
}

// A sum or a product of safe integers is exact where the double nearest to it is safe.

export function plus(a: Units, b: Units): Units {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (sum <= SAFE_MAX && sum >= -SAFE_MAX) return sum as Units;
  }
  return ofBig(big(a) + big(b));
}

export function minus(a: Units, b: Units): Units {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (difference <= SAFE_MAX && difference >= -SAFE_MAX) return difference as Units;
  }
  return ofBig(big(a) - big(b));
}

export function times(a: Units, b: Units): Units {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (product <= SAFE_MAX && product >= -SAFE_MAX) return (product + 0) as Units;
  }
  return ofBig(big(a) * big(b));
}

/** `units × 10^exponent`; `exponent` ≥ 0. */
export function timesPowerOfTen(units: Units, exponent: number): Units {
  if (exponent === 0) return units;
  if (typeof units === "number") {
    const product = units * (EXACT_POWERS[exponent] ?? Number.NaN);
    if (product <= SAFE_MAX && product >= -SAFE_MAX) return product as Units;
  }
  return ofBig(big(units) * powerOfTen(exponent));
}

/** `a + b × 10^exponent`; `exponent` ≥ 0. */
export function plusRaised(a: Units, b: Units, exponent: number): Units {
  if (typeof a === "number" && typeof b === "number") {
    const raised = b * (EXACT_POWERS[exponent] ?? Number.NaN);
    const sum = a + raised;
    if (raised <= SAFE_MAX && raised >= -SAFE_MAX && sum <= SAFE_MAX && sum >= -SAFE_MAX) return sum as Units;
  }
  return ofBig(big(a) + big(b) * powerOfTen(exponent));
}

/** The whole part of `units ÷ 10^exponent`; `exponent` ≥ 0. */
export const wholeOfPowerOfTen = (units: Units, exponent: number): Units => ofBig(big(units) / powerOfTen(exponent));

export const negated = (units: Units): Units => (typeof units === "number" ? 0 - units : -units) as Units;

/** −1, 0 or 1. */
export const signOf = (units: Units): -1 | 0 | 1 => (units > 0 ? 1 : units < 0 ? -1 : 0);

/** −1, 0 or 1 as `a` is below, equal to or above `b`. */
export const orderOf = (a: Units, b: Units): -1 | 0 | 1 => (a < b ? -1 : a > b ? 1 : 0);

/** `numerator ÷ denominator`, rounded half to even. The denominator must not be zero. */
export function roundedQuotient(numerator: Units, denominator: Units): Units {
  if (typeof numerator === "number" && typeof denominator === "number") return quotientOf(numerator, denominator);
  return ofBig(bigQuotient(big(numerator), big(denominator)));
}

/** Of safe integers the whole part of the quotient is exact, and so is the rest. */
function quotientOf(numerator: number, denominator: number): Units {
  const quotient = Math.trunc(numerator / denominator);
  return rounded(quotient, numerator - quotient * denominator, denominator);
}

/** A quotient of which `rest ÷ denominator` is left over. */
function rounded(quotient: number, rest: number, denominator: number): Units {
  const twice = Math.abs(rest) * 2;
  const size = Math.abs(denominator);
  if (twice < size || (twice === size && quotient % 2 === 0)) return (quotient + 0) as Units;
  return (quotient + (rest < 0 === denominator < 0 ? 1 : -1) + 0) as Units;
}

function bigQuotient(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const size = denominator < 0n ? -denominator : denominator;
  const up = twice > size || (twice === size && quotient % 2n !== 0n);
  if (!up) return quotient;
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n;
}

/**
 * The part of `amount` that goes with `size` of `whole`, `amount × size ÷ whole`, rounded half to even; 0 ≤ `size` ≤
 * `whole`, `whole` > 0. All of it when they are equal.
 */
export function partOf(amount: Units, size: Units, whole: Units): Units {
  if (size === whole || amount === 0) return amount;
  if (typeof amount === "number" && typeof size === "number" && typeof whole === "number") {
    // What `whole` goes into, and the rest: neither product is larger than `amount` or `whole` squared.
    const each = Math.trunc(amount / whole);
    const rest = (amount - each * whole) * size;
    if (rest <= SAFE_MAX && rest >= -SAFE_MAX) {
      const more = Math.trunc(rest / whole);
      return rounded(each * size + more, rest - more * whole, whole);
    }
  }
  return ofBig(bigQuotient(big(amount) * big(size), big(whole)));
}

/** `whole × 10^exponent + rest`, of an exponent that is known besides. */
export interface Pieces {
  readonly whole: Units;
  readonly rest: Units;
}

interface Share {
  /** 0 ≤ `size` ≤ `all`, `all` > 0. */
  readonly size: Units;
  readonly all: Units;
  /** Of the pieces, ≥ 0. */
  readonly exponent: number;
}

/**
 * As `partOf`, of an amount in two pieces and in two pieces again: these are safe where the amount is far too large to be.
 */
export function partInPieces(amount: Pieces, { size, all, exponent }: Share): Pieces {
  if (size === all) return amount;
  const { whole, rest } = amount;
  if (
    exponent > 0 &&
    typeof whole === "number" &&
    typeof rest === "number" &&
    typeof size === "number" &&
    typeof all === "number"
  ) {
    const each = Math.trunc(whole / all);
    const over = (whole - each * all) * size;
    const more = Math.trunc(over / all);
    const raised = (over - more * all) * (EXACT_POWERS[exponent] ?? Number.NaN);
    const finer = rest * size;
    const left = raised + finer;
    const isExact = isSafe(over) && isSafe(raised) && isSafe(finer) && isSafe(left);
    // A power of ten is even: whether the amount is says its rest.
    if (isExact) return { whole: (each * size + more + 0) as Units, rest: quotientOf(left, all) };
  }
  const total = big(whole) * powerOfTen(exponent) + big(rest);
  const part = bigQuotient(total * big(size), big(all));
  return { whole: ofBig(part / powerOfTen(exponent)), rest: ofBig(part % powerOfTen(exponent)) };
}

const isSafe = (value: number): boolean => value <= SAFE_MAX && value >= -SAFE_MAX;

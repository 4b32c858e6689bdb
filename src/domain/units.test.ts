import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimal, decimalText, scaled, truncate } from "./decimal.ts";
import {
  minus,
  negated,
  orderOf,
  type Pieces,
  partInPieces,
  partOf,
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

const SAFE = 2n ** 53n;

/** Small ones, those at the border of what a double holds, and those far beyond; of either sign. */
const integers = fc.oneof(
  fc.bigInt({ min: -1_000n, max: 1_000n }),
  fc.bigInt({ min: -6n, max: 6n }).chain((off) => fc.constantFrom(SAFE + off, off - SAFE, SAFE / 2n + off)),
  fc.bigInt({ min: -(2n ** 27n) - 9n, max: 2n ** 27n + 9n }),
  fc.bigInt({ min: -SAFE, max: SAFE }),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
);
const positive = integers.map((value) => (value < 0n ? -value : value) + 1n);

/** The one representation of an integer. */
const only = (value: bigint): number | bigint => (value > -SAFE && value < SAFE ? Number(value) : value);

const expectOnly = (units: Units, value: bigint): void => expect(units).toBe(only(value));

const holds = (check: (a: bigint, b: bigint) => void): void =>
  fc.assert(fc.property(integers, integers, check), { numRuns: 1_000 });

const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** The integer nearest to a ratio, the even one of two, by no more than its definition. */
function nearest(numerator: bigint, denominator: bigint): bigint {
  const near = numerator / denominator;
  const off = (candidate: bigint): bigint => size(candidate * denominator - numerator);
  return [near - 1n, near, near + 1n].reduce((best, next) => {
    if (off(next) !== off(best)) return off(next) < off(best) ? next : best;
    return next % 2n === 0n ? next : best;
  });
}

describe("Units", () => {
  test("Are a double where that is safe, else a bigint, and never −0", () => {
    holds((a) => {
      expectOnly(unitsFrom(a), a);
      expectOnly(negated(unitsFrom(a)), -a);
    });
    expect(unitsFrom(-0)).toBe(0);
    expect(unitsFrom(Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(unitsFrom(SAFE)).toBe(SAFE);
    expect(unitsFrom(1n - SAFE)).toBe(-Number.MAX_SAFE_INTEGER);
  });

  test("Add, take away and multiply as integers of any size do", () => {
    holds((a, b) => {
      const [x, y] = [unitsFrom(a), unitsFrom(b)];
      expectOnly(plus(x, y), a + b);
      expectOnly(minus(x, y), a - b);
      expectOnly(times(x, y), a * b);
    });
  });

  test("Are ordered as integers of any size are", () => {
    holds((a, b) => {
      expect(orderOf(unitsFrom(a), unitsFrom(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      expect(signOf(unitsFrom(a))).toBe(a < 0n ? -1 : a > 0n ? 1 : 0);
    });
  });

  test("Take powers of ten, and their whole part without them, however large these are", () => {
    fc.assert(
      fc.property(integers, fc.nat(60), (a, exponent) => {
        expectOnly(timesPowerOfTen(unitsFrom(a), exponent), a * 10n ** BigInt(exponent));
        expectOnly(wholeOfPowerOfTen(unitsFrom(a), exponent), a / 10n ** BigInt(exponent));
      }),
      { numRuns: 1_000 },
    );
  });

  test("Divide to the nearest integer, halves to the even one", () => {
    holds((a, b) => {
      fc.pre(b !== 0n);
      expectOnly(roundedQuotient(unitsFrom(a), unitsFrom(b)), nearest(a, b));
    });
    fc.assert(
      fc.property(fc.bigInt({ min: -SAFE, max: SAFE }), fc.integer({ min: -20, max: 20 }), (a, b) => {
        fc.pre(b !== 0);
        expectOnly(roundedQuotient(unitsFrom(a), unitsFrom(b)), nearest(a, BigInt(b)));
      }),
      { numRuns: 1_000 },
    );
  });

  test("Are parted by size to the nearest integer, halves to the even one", () => {
    const check = (amount: bigint, part: bigint, whole: bigint): void =>
      expectOnly(partOf(unitsFrom(amount), unitsFrom(part), unitsFrom(whole)), nearest(amount * part, whole));
    fc.assert(
      fc.property(integers, positive, integers, (amount, whole, other) => {
        check(amount, size(other) % (whole + 1n), whole);
      }),
      { numRuns: 1_000 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -SAFE, max: SAFE }), fc.nat(40), fc.nat(40), (amount, part, more) => {
        check(amount, BigInt(part), BigInt(part + more + 1));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("Units in two pieces", () => {
  /** What two pieces are together. */
  const joined = ({ whole, rest }: Pieces, exponent: number): bigint =>
    BigInt(whole) * 10n ** BigInt(exponent) + BigInt(rest);

  const check = (pieces: readonly [bigint, bigint], [part, all]: readonly [bigint, bigint], exponent: number): void => {
    const amount = { whole: unitsFrom(pieces[0]), rest: unitsFrom(pieces[1]) };
    const found = partInPieces(amount, { size: unitsFrom(part), all: unitsFrom(all), exponent });
    expect(joined(found, exponent)).toBe(nearest(joined(amount, exponent) * part, all));
    for (const piece of [found.whole, found.rest]) expectOnly(piece, BigInt(piece));
  };

  test("Are parted by size as the whole amount is", () => {
    fc.assert(
      fc.property(integers, integers, positive, integers, fc.nat(12), (whole, rest, all, other, exponent) => {
        check([whole, rest], [size(other) % (all + 1n), all], exponent);
      }),
      { numRuns: 1_000 },
    );
    const small = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    fc.assert(
      fc.property(small, small, fc.nat(40), fc.nat(40), fc.nat(10), (whole, rest, part, more, exponent) => {
        check([whole, rest], [BigInt(part), BigInt(part + more + 1)], exponent);
      }),
      { numRuns: 1_000 },
    );
  });

  test("Stay doubles where the whole amount is far too large for one", () => {
    const amount = { whole: unitsFrom(3_419_662_557_397), rest: unitsFrom(53_102_332) };
    const found = partInPieces(amount, { size: unitsFrom(113), all: unitsFrom(565_236), exponent: 8 });
    expect(typeof found.whole).toBe("number");
    expect(typeof found.rest).toBe("number");
    expect(joined(found, 8)).toBe(nearest(joined(amount, 8) * 113n, 565_236n));
  });

  test("Add a raised one as integers of any size do", () => {
    fc.assert(
      fc.property(integers, integers, fc.nat(40), (a, b, exponent) => {
        expectOnly(plusRaised(unitsFrom(a), unitsFrom(b), exponent), a + b * 10n ** BigInt(exponent));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("Decimals of any size", () => {
  const scales = fc.nat(40);

  test("Are read from their text and written to it again, at the scale of the text", () => {
    fc.assert(
      fc.property(integers, scales, (units, scale) => {
        const text = decimalText(scaled(units, scale));
        const read = decimal(text);
        const decimals = text.split(".")[1]?.length ?? 0;
        expect(read).toEqual(scaled(units / 10n ** BigInt(scale - decimals), decimals));
        expect(decimalText(read)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ["9007199254740991", Number.MAX_SAFE_INTEGER, 0],
    ["-9007199254740991", -Number.MAX_SAFE_INTEGER, 0],
    ["9007199254740992", 2n ** 53n, 0],
    ["-9007199254740993", -(2n ** 53n) - 1n, 0],
    ["90071992.54740993", 9007199254740993n, 8],
    ["0.000000000000000000000000000000000000001", 1, 39],
    ["0", 0, 0],
    ["-0.5", -5, 1],
  ])("Read %s exactly", (text, units, scale) => {
    expect(decimal(text)).toEqual({ units, scale });
  });

  test.each(["1.2.3", "1e3", "x", "-", "--1", "1,5", "0x1g"])("Refuse to read %s", (text) => {
    expect(() => decimal(text)).toThrow(SyntaxError);
  });

  test("Cut off what is finer than wanted, towards 0", () => {
    const cut = (text: string, scale: number): string => decimalText(truncate(decimal(text), scale));
    expect([cut("1.239", 2), cut("-1.239", 2), cut("1.2", 5), cut("12345678901234567890.987654321", 4)]).toEqual([
      "1.23",
      "-1.23",
      "1.2",
      "12345678901234567890.9876",
    ]);
  });
});

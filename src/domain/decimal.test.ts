import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  absolute,
  add,
  canonicalDecimal,
  compare,
  decimal,
  decimalText,
  decimalToNumber,
  divide,
  multiply,
  negate,
  subtract,
  scaled,
  numberOfText,
} from "./decimal.ts";

const texts = fc
  .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat({ max: 20 }))
  .map(([units, scale]) => decimalText(scaled(units, scale)));

describe("canonicalDecimal", () => {
  test.each([
    ["1.50", "1.5"],
    ["2.99E-8", "0.0000000299"],
    [2.99e-8, "0.0000000299"],
    ["0E-10", "0"],
    ["-0.000", "0"],
    [-0, "0"],
    ["007", "7"],
    ["+.5", "0.5"],
    ["1e3", "1000"],
    ["12.", "12"],
    ["0.0005514061527802322867482483620", "0.000551406152780232286748248362"],
    [1e21, "1000000000000000000000"],
  ])("gives one spelling when the number is written as %s", (given, expected) => {
    expect(canonicalDecimal(given)).toBe(expected);
  });

  test.each(["", ".", "-", "1,5", "0x10", "NaN", "Infinity", "1e99", " 1", "1 ", "1..2", "١"])(
    "refuses what is no decimal when given %j",
    (given) => {
      expect(canonicalDecimal(given)).toBeUndefined();
    },
  );

  test("refuses a number that is not finite", () => {
    expect(canonicalDecimal(Number.NaN)).toBeUndefined();
    expect(canonicalDecimal(Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  test("keeps a canonical text as it is", () => {
    fc.assert(fc.property(texts, (text) => canonicalDecimal(text) === text));
  });

  test("says the same as the number it was made from when that is a double", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), (value) => {
        const text = canonicalDecimal(value);
        return text === undefined ? Math.abs(value) < 1e-20 : Number(text) === value + 0;
      }),
    );
  });
});

describe("arithmetic", () => {
  test("adds and takes away again exactly", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => decimalText(subtract(add(decimal(a), decimal(b)), decimal(b))) === a),
    );
  });

  test("multiplies and divides back exactly when the divisor is not zero", () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        fc.pre(b !== "0");
        return compare(divide(multiply(decimal(a), decimal(b)), decimal(b), 20), decimal(a)) === 0;
      }),
    );
  });

  test("rounds half to even when it divides", () => {
    const divided = (a: string, b: string) => decimalText(divide(decimal(a), decimal(b), 0));
    expect([divided("5", "2"), divided("7", "2"), divided("-5", "2"), divided("-7", "2"), divided("1", "3")]).toEqual([
      "2",
      "4",
      "-2",
      "-4",
      "0",
    ]);
  });

  test("orders by value when the scales differ", () => {
    expect(compare(decimal("1.10"), scaled(110, 2))).toBe(0);
    expect(compare(decimal("-2"), decimal("1.5"))).toBe(-1);
    expect(compare(absolute(decimal("-2")), decimal("1.5"))).toBe(1);
    expect(decimalToNumber(negate(decimal("0.1")))).toBe(-0.1);
  });
});

describe("decimalToNumber", () => {
  test("is the double that the text of the value is read as, however large or fine it is", () => {
    const value = fc.tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat(30));
    const small = fc.tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.nat(24));
    fc.assert(
      fc.property(fc.oneof(value, small), ([units, scale]) => {
        const a = scaled(units, scale);
        expect(decimalToNumber(a)).toBe(Number(decimalText(a)));
      }),
    );
  });
});

test("the number of a canonical decimal is what Number makes of it, to the last bit", () => {
  for (const text of [
    "0",
    "7",
    "-7",
    "0.1",
    "-0.05",
    "45.32",
    "1234567890.12345",
    "123456789012345",
    "0.00000000000001",
  ])
    expect(numberOfText(text)).toBe(Number(text));
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat({ max: 24 }), (units, scale) => {
      const text = canonicalDecimal(`${units}e-${scale}`) ?? "0";
      expect(numberOfText(text)).toBe(Number(text));
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: -999_999, max: 999_999 }), fc.nat({ max: 8 }), (units, scale) => {
      const text = canonicalDecimal(`${units}e-${scale}`) ?? "0";
      expect(numberOfText(text)).toBe(Number(text));
    }),
  );
});

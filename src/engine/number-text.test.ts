import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalDecimal } from "../domain/decimal.ts";
import { numberOf } from "./number-text.ts";

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
    expect(numberOf(text)).toBe(Number(text));
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.nat({ max: 24 }), (units, scale) => {
      const text = canonicalDecimal(`${units}e-${scale}`) ?? "0";
      expect(numberOf(text)).toBe(Number(text));
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: -999_999, max: 999_999 }), fc.nat({ max: 8 }), (units, scale) => {
      const text = canonicalDecimal(`${units}e-${scale}`) ?? "0";
      expect(numberOf(text)).toBe(Number(text));
    }),
  );
});

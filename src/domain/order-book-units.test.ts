import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalDecimal, unitsText } from "./decimal.ts";
import { scaleNeeded, unitsOf } from "./order-book-units.ts";

describe("unitsOf", () => {
  test.each([
    ["0.4800", 4, 4_800],
    [".48", 4, 4_800],
    ["5.", 2, 500],
    ["-54.00", 2, -5_400],
    ["-0.00", 2, 0],
    ["61800.20", 1, 618_002],
    ["0.001000", 3, 1],
    ["007", 0, 7],
    ["9007199254740991", 0, Number.MAX_SAFE_INTEGER],
  ])("reads %s at scale %i", (text, scale, units) => {
    expect(unitsOf(text, scale)).toBe(units);
  });

  test.each([
    ["0.481", 2],
    ["9007199254740992", 0],
    ["90071992547409.92", 2],
    ["", 2],
    [".", 2],
    ["-", 2],
    ["-.", 2],
    ["1e3", 2],
    ["+1", 2],
    ["1.2.3", 2],
    ["1,5", 2],
    [" 1", 2],
    ["0x10", 2],
    ["NaN", 2],
    ["1.0x", 1],
    ["--1", 2],
  ])("gives NaN for %j at scale %i", (text, scale) => {
    expect(unitsOf(text, scale)).toBeNaN();
  });
});

test("a text read at the scale that it needs is written as the canonical text", () => {
  const text = fc.tuple(
    fc.boolean(),
    fc.integer({ min: 0, max: 9_999_999 }),
    fc.stringMatching(/^\d{0,7}$/),
    fc.boolean(),
  );
  fc.assert(
    fc.property(text, fc.nat({ max: 1 }), ([negative, whole, fraction, bare], more) => {
      const digits = bare && whole === 0 && fraction !== "" ? "" : String(whole);
      const given = `${negative ? "-" : ""}${digits}${fraction === "" ? "" : `.${fraction}`}`;
      const scale = (scaleNeeded(given) ?? Number.NaN) + more;
      expect(unitsText(unitsOf(given, scale), scale)).toBe(canonicalDecimal(given));
      if (scale > more && more === 0) expect(unitsOf(given, scale - 1)).toBeNaN();
    }),
  );
});

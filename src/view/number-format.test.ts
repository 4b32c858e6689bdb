import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  amount,
  bps,
  cents,
  compact,
  count,
  exact,
  fixed,
  grouped,
  milliseconds,
  percent,
  signedAmount,
  signedFixed,
} from "./number-format.ts";

describe("grouped", () => {
  test("puts commas between thousands when there are many digits", () => {
    expect(grouped("1234567.891")).toBe("1,234,567.891");
  });
  test("shows a true minus when the number is negative", () => {
    expect(grouped("-1234.5")).toBe("−1,234.5");
  });
  test("drops the sign when nothing but zeros is left", () => {
    expect(grouped("-0.00")).toBe("0.00");
  });
  test("keeps every digit when given any canonical decimal", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (value) => {
        expect(grouped(String(value)).replaceAll(",", "").replace("−", "-")).toBe(String(value));
      }),
    );
  });
});

describe("signedFixed", () => {
  test.each([
    [412.8, 2, "+412.80"],
    [-12, 2, "−12.00"],
    [0, 2, "0.00"],
    [-0.001, 2, "0.00"],
    [0.004, 2, "0.00"],
    [-1234.56, 1, "−1,234.6"],
  ])("shows %d with %d decimals as %s when signed", (value, decimals, text) => {
    expect(signedFixed(value, decimals)).toBe(text);
  });
});

describe("compact", () => {
  test.each([
    [9_999, "9,999"],
    [10_000, "10.0K"],
    [12_345, "12.3K"],
    [-12_345, "−12.3K"],
    [999_499, "999K"],
    [999_600, "1.00M"],
    [4_560_000, "4.56M"],
    [7_800_000_000, "7.80B"],
    [1.2e12, "1.20T"],
  ])("shows %d as %s when it is long", (value, text) => {
    expect(compact(value)).toBe(text);
  });
  test("never shows more than six characters and a sign when below a quadrillion", () => {
    fc.assert(
      fc.property(fc.double({ min: -9.99e14, max: 9.99e14, noNaN: true }), (value) => {
        expect(compact(value).replace("−", "").length).toBeLessThanOrEqual(6);
      }),
    );
  });
});

describe("amounts", () => {
  test("carries a sign and a tone when something is gained", () => {
    expect(signedAmount(1.5)).toEqual({ text: "+1.50", tone: "up" });
  });
  test("keeps all digits for hovering when it is compact", () => {
    expect(signedAmount(-123_456.789)).toEqual({ text: "−123K", tone: "down", full: "−123,456.79" });
    expect(amount(8410)).toEqual({ text: "8,410.00", tone: "neutral" });
    expect(count(1_234_567)).toEqual({ text: "1.23M", tone: "neutral", full: "1,234,567" });
  });
  test("is neutral when nothing was gained or lost", () => {
    expect(signedAmount(-0.001)).toEqual({ text: "0.00", tone: "neutral" });
  });
  test("says why when a value is unknown", () => {
    const unknown = { text: "—", tone: "muted", reason: "not reported" };
    expect(cents(undefined, "not reported")).toEqual(unknown);
    expect(bps(undefined, "not reported")).toEqual(unknown);
    expect(percent(null, "not reported")).toEqual(unknown);
    expect(milliseconds(null, "not reported")).toEqual(unknown);
    expect(exact(undefined, "not reported")).toEqual(unknown);
  });
  test("shows each unit as its head says when known", () => {
    expect(cents(3.2, "").text).toBe("+3.20");
    expect(bps(-1.25, "").text).toBe("−1.3");
    expect(percent(0.001, "").text).toBe("0.10");
    expect(milliseconds(84.4, "").text).toBe("84");
    expect(milliseconds(1.24, "").text).toBe("1.2");
    expect(fixed(1234.5, 2)).toBe("1,234.50");
  });
});

describe("exact", () => {
  test.each([
    ["64000.5", "64,000.5"],
    ["0.00001234", "0.00001234"],
    ["-0.5", "−0.5"],
    ["12345678901", "12.3B"],
    ["0.123456789012345", "0.123456789…"],
    ["123.45678901234", "123.4567890…"],
  ])("shows %s as %s when it is a price or a size", (text, shown) => {
    expect(exact(text, "").text).toBe(shown);
  });
  test("keeps all digits for hovering when some are cut", () => {
    expect(exact("1234.123456789", "").full).toBe("1,234.123456789");
  });
});

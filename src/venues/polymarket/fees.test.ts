import { expect, test } from "vitest";
import { takerFee } from "./fees.ts";

test.each([
  ["crypto at even odds", "0.07", "1", "0.5", "1", "0.0175"],
  ["sports at even odds", "0.05", "1", "0.5", "1", "0.0125"],
  ["politics at even odds", "0.04", "1", "0.5", "1", "0.01"],
  ["geopolitics, which is free", "0", "1", "0.5", "1000", "0"],
  ["symmetric: 20 cents", "0.05", "1", "0.2", "100", "0.8"],
  ["symmetric: 80 cents", "0.05", "1", "0.8", "100", "0.8"],
  ["cut to five decimals", "0.04", "1", "0.51", "60.07", "0.60045"],
  ["below a hundred-thousandth", "0.04", "1", "0.001", "0.01", "0"],
  ["the old curve of 15-minute markets", "0.25", "2", "0.5", "100", "1.5625"],
])("%s", (_, rate, exponent, price, size, fee) => {
  expect(takerFee({ rate, exponent }, price, size)).toBe(fee);
});

test("an exponent that is no small whole number is refused, not guessed", () => {
  expect(takerFee({ rate: "0.05", exponent: "0.5" }, "0.5", "1")).toBeUndefined();
  expect(takerFee({ rate: "0.05", exponent: "9" }, "0.5", "1")).toBeUndefined();
});

test("a price beyond a dollar has no fee to tell", () => {
  expect(takerFee({ rate: "0.05", exponent: "1" }, "1.01", "1")).toBeUndefined();
});

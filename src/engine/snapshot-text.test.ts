import fc from "fast-check";
import { expect, test } from "vitest";
import { scaled } from "../domain/decimal.ts";
import { decode, encode } from "./snapshot-text.ts";

const SAFE = 2n ** 53n;
const integers = fc.oneof(
  fc.bigInt({ min: -1_000n, max: 1_000n }),
  fc.bigInt({ min: -3n, max: 3n }).chain((off) => fc.constantFrom(SAFE + off, off - SAFE)),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }),
);

test("What a state holds comes back as it was: exact decimals and their units, large or small, and what is undefined", () => {
  fc.assert(
    fc.property(integers, fc.nat(40), fc.string(), (value, scale, text) => {
      const { units } = scaled(value, 0);
      const state = { money: scaled(value, scale), list: [scaled(value, 0), units, undefined], text, none: undefined };
      expect(decode(encode(state))).toStrictEqual(state);
    }),
  );
});

test("Equal decimals are equal texts however they were made", () => {
  expect(encode(scaled(SAFE - 1n, 2))).toBe(encode(scaled(Number.MAX_SAFE_INTEGER, 2)));
  expect(encode(scaled(-0, 0))).toBe(encode(scaled(0n, 0)));
});

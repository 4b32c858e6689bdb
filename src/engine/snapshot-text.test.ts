import fc from "fast-check";
import { expect, test } from "vitest";
import { decimal, decimalText, scaled } from "../domain/decimal.ts";
import { heldCost } from "../domain/ledger/average-cost.ts";
import { NO_FILLS } from "../domain/ledger/holding.ts";
import { decode, encode, pointFrom, pointText } from "./snapshot-text.ts";

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

test("A point of a ledger that an older fold wrote, its cost in one piece, is read as one of today", () => {
  const position = { quantity: decimal("3"), cost: decimal("-10.333333333333") };
  const read = pointFrom(encode({ ...NO_FILLS, open: { ...NO_FILLS.open, position } }));
  expect(decimalText(read.open.position.quantity)).toBe("3");
  expect(decimalText(heldCost(read.open.position))).toBe("-10.333333333333");
  expect(pointFrom(pointText(read))).toStrictEqual(read);
});

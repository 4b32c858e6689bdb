import fc from "fast-check";
import { expect, test } from "vitest";
import { micros } from "../../base/time.ts";
import { scaled, ZERO } from "../decimal.ts";
import type { LedgerEntry, LedgerFill, LedgerSettlement } from "./entries.ts";
import { inOrder, type KeptEntries, withNewest } from "./kept-entries.ts";

/** Decimals of few and of many digits; a few so fine that their scale has no place beside the others. */
const decimals = fc
  .tuple(
    fc.oneof(fc.bigInt({ min: -500n, max: 500n }), fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n })),
    fc.oneof(fc.nat(12), fc.nat(300)),
  )
  .map(([units, scale]) => scaled(units, scale));

const entered = {
  seq: fc.nat(),
  at: fc.maxSafeInteger().map(micros),
  session: fc.maxSafeInteger().map(micros),
  key: fc.string(),
};

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 3 });

const fills: fc.Arbitrary<LedgerFill> = fc.record({
  ...entered,
  side: fc.constantFrom("buy" as const, "sell" as const),
  size: decimals,
  value: decimals,
  fee: fc.oneof(fc.constant(ZERO), decimals),
  isMaker: fc.constantFrom(true, false, undefined),
  otherFee: maybe(fc.record({ currency: fc.constantFrom("USD", "BNB", ""), amount: decimals })),
  funding: maybe(decimals),
});

const settlements: fc.Arbitrary<LedgerSettlement> = fc.record({ ...entered, payout: decimals });

const entries: fc.Arbitrary<LedgerEntry> = fc.oneof(
  { weight: 5, arbitrary: fills },
  { weight: 1, arbitrary: settlements },
  { weight: 1, arbitrary: fills.map((fill) => ({ ...fill, feeless: true as const })) },
);

const kept = (all: readonly LedgerEntry[]): KeptEntries | undefined =>
  all.reduce<KeptEntries | undefined>(withNewest, undefined);

test("Entries come back as they were put, in their order", () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 20 }), (all) => {
      expect(inOrder(kept(all))).toEqual(all);
    }),
    { numRuns: 500 },
  );
});

test("What was kept stays as it is when one more comes", () => {
  fc.assert(
    fc.property(fc.array(entries, { minLength: 1, maxLength: 5 }), entries, entries, (all, one, other) => {
      const before = kept(all);
      expect(inOrder(withNewest(before, one))).toEqual([...all, one]);
      expect(inOrder(withNewest(before, other))).toEqual([...all, other]);
      expect(inOrder(before)).toEqual(all);
    }),
  );
});

test("The newest stands where its entry does", () => {
  fc.assert(
    fc.property(fc.array(entries, { maxLength: 3 }), entries, (all, entry) => {
      const { seq, at, key } = withNewest(kept(all), entry);
      expect({ seq, at, key }).toEqual({ seq: entry.seq, at: entry.at, key: entry.key });
    }),
  );
});

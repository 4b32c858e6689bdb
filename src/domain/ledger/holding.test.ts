import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Micros } from "../../base/time.ts";
import { type Decimal, decimal, decimalText, multiply, scaled } from "../decimal.ts";
import type { LedgerFill } from "./entries.ts";
import {
  EMPTY_HOLDING,
  type Holding,
  type LedgerPoint,
  NO_FILLS,
  nowOf,
  rebased,
  takeEntry,
  voidFill,
  withEntry,
} from "./holding.ts";

const fillAt = (seq: number, at: number, long: boolean, size: number, price: number): LedgerFill => {
  const [sized, priced] = [decimal(String(size)), scaled(price, 2)];
  return {
    seq,
    at: at as Micros,
    key: `f${seq}`,
    side: long ? "buy" : "sell",
    size: sized,
    value: multiply(sized, priced),
    fee: scaled(price % 7, 3),
    isMaker: long,
    session: 0 as Micros,
  };
};

/** Fills in order of their `seq`, their times nearly so: each at most `late` behind. */
const fills = (late: number): fc.Arbitrary<LedgerFill[]> =>
  fc
    .array(
      fc.tuple(
        fc.integer({ min: 0, max: late }),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5_000 }),
      ),
      { minLength: 1, maxLength: 120 },
    )
    .map((all) =>
      all.map(([behind, long, size, price], index) => fillAt(index + 1, index - behind, long, size, price)),
    );

const inOrder = (all: readonly LedgerFill[]): LedgerFill[] => all.toSorted((a, b) => a.at - b.at || a.seq - b.seq);
const whole = (all: readonly LedgerFill[]): LedgerPoint => inOrder(all).reduce(withEntry, NO_FILLS);

/** Equal values, whatever the scale they are kept at. */
const shown = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === "object" && item !== null && "units" in item && "scale" in item
        ? decimalText(item as Decimal)
        : item,
    ),
  );

const expectSame = (a: LedgerPoint, b: LedgerPoint): void => expect(shown(a)).toEqual(shown(b));

describe("The ledger of an instrument", () => {
  test("Fills that come late among the newest end in the same ledger as in order", () => {
    fc.assert(
      fc.property(fills(30), (all) => {
        const holding = all.reduce(takeEntry, EMPTY_HOLDING);
        expect(holding.staleSince).toBeUndefined();
        expectSame(nowOf(holding), whole(all));
      }),
    );
  });

  test("A fill older than all that are kept leaves the ledger as it was and marks it stale", () => {
    const all = Array.from({ length: 60 }, (_, index) =>
      fillAt(index + 1, 1_000 + index, index % 3 > 0, 2, 100 + index),
    );
    const before = all.reduce(takeEntry, EMPTY_HOLDING);
    const after = takeEntry(before, fillAt(61, 5, true, 1, 99));
    expect(after).toEqual({ ...before, staleSince: 61 });
  });

  test("A ledger made again from its fills is right, with those that came meanwhile", () => {
    fc.assert(
      fc.property(fills(0), fc.integer({ min: 0, max: 20 }), (all, meanwhile) => {
        const ancient = fillAt(1_000, -50, true, 3, 4_000);
        const known = all.slice(0, Math.max(1, all.length - meanwhile));
        const later = all.slice(known.length).map((fill) => ({ ...fill, seq: fill.seq + 2_000 }));
        const stale: Holding = { ...known.reduce(takeEntry, EMPTY_HOLDING), staleSince: 1_000 };
        const grown = later.reduce(takeEntry, stale);
        const holding = rebased(grown, whole([...known, ancient]), 1_000);
        expect(holding.staleSince).toBeUndefined();
        expectSame(nowOf(holding), whole([...known, ancient, ...later]));
      }),
    );
  });

  test("A voided fill leaves the ledger as if it had never been", () => {
    fc.assert(
      fc.property(fills(10), fc.nat(), (all, pick) => {
        const recent = inOrder(all).slice(-32);
        const gone = recent[pick % recent.length];
        if (gone === undefined) return;
        const holding = voidFill(all.reduce(takeEntry, EMPTY_HOLDING), gone.key, 9_999);
        expect(holding.staleSince).toBeUndefined();
        expectSame(nowOf(holding), whole(all.filter((fill) => fill !== gone)));
      }),
    );
  });

  test("A void of a fill that is no longer at hand marks the ledger stale", () => {
    const holding = takeEntry(EMPTY_HOLDING, fillAt(1, 1, true, 1, 1));
    expect(voidFill(holding, "elsewhere", 7)).toEqual({ ...holding, staleSince: 7 });
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { OrderBookSide } from "./order-book-side.ts";

const levelsOf = (side: OrderBookSide): [number, number][] => {
  const levels: [number, number][] = [];
  side.each((key, size) => levels.push([key, size]) > 0);
  return levels;
};

const sorted = (model: ReadonlyMap<number, number>): [number, number][] => [...model].sort(([a], [b]) => a - b);

function put(model: Map<number, number>, key: number, size: number): void {
  if (size === 0) model.delete(key);
  else model.set(key, size);
}

test("holds what a sorted map holds, whatever is set, added and taken away", () => {
  const change = fc.record({
    key: fc.integer({ min: -300, max: 300 }),
    size: fc.integer({ min: 0, max: 3 }),
    added: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 900, size: "max" }), (changes) => {
      const side = new OrderBookSide();
      const model = new Map<number, number>();
      for (const { key, size, added } of changes) {
        const next = added ? (model.get(key) ?? 0) + size - 2 : size;
        if (added) expect(side.add(key, size - 2)).toBe(next);
        else side.set(key, size);
        // A change to less than nothing is refused.
        if (next >= 0) put(model, key, next);
        expect(side.sizeAt(key)).toBe(model.get(key) ?? 0);
      }
      expect(levelsOf(side)).toEqual(sorted(model));
      expect([side.levels, side.bestKey, side.bestSize]).toEqual([
        model.size,
        ...(sorted(model)[0] ?? [Number.NaN, 0]),
      ]);
    }),
    { numRuns: 60 },
  );
});

test("grows to many thousand levels, shrinks to none, and is used again", () => {
  const side = new OrderBookSide();
  const random = seededRandom(3);
  for (let round = 0; round < 2; round++) {
    const model = new Map<number, number>();
    for (let count = 0; count < 6_000; count++) {
      const [key, size] = [random.below(1_000_000), 1 + random.below(9)];
      side.set(key, size);
      model.set(key, size);
    }
    expect(levelsOf(side)).toEqual(sorted(model));
    const keys = [...model.keys()];
    for (const [index, key] of keys.entries()) {
      side.set(key, 0);
      model.delete(key);
      if (index % 1_500 === 0) expect(levelsOf(side)).toEqual(sorted(model));
    }
    expect([side.levels, side.bestKey]).toEqual([0, Number.NaN]);
  }
});

test("a visit ends where the visitor says so", () => {
  const side = new OrderBookSide();
  for (let key = 0; key < 500; key++) side.set(key, 1);
  let seen = 0;
  side.each((key) => {
    seen++;
    return key < 99;
  });
  expect(seen).toBe(100);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../base/random.ts";
import { OrderBookGrid } from "./order-book-grid.ts";
import type { SideLevels } from "./order-book-levels.ts";
import { OrderBookSide } from "./order-book-side.ts";

const levelsOf = (side: SideLevels): [number, number][] => {
  const levels: [number, number][] = [];
  side.each((key, size) => levels.push([key, size]) > 0);
  return levels;
};

const sorted = (model: ReadonlyMap<number, number>): [number, number][] => [...model].sort(([a], [b]) => a - b);

function put(model: Map<number, number>, key: number, size: number): void {
  if (size === 0) model.delete(key);
  else model.set(key, size);
}

const KEY_MAX = 300;
const kinds: readonly [name: string, make: () => SideLevels][] = [
  ["a sorted list", () => new OrderBookSide()],
  ["a grid", () => new OrderBookGrid(-KEY_MAX, 2 * KEY_MAX + 1)],
];

test.each(kinds)("%s holds what a sorted map holds, whatever is set, added and taken away", (_name, make) => {
  const change = fc.record({
    key: fc.integer({ min: -KEY_MAX, max: KEY_MAX }),
    size: fc.integer({ min: 0, max: 3 }),
    added: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 900, size: "max" }), (changes) => {
      const side = make();
      const model = new Map<number, number>();
      for (const { key, size, added } of changes) {
        const next = added ? (model.get(key) ?? 0) + size - 2 : size;
        if (added) expect(side.add(key, size - 2)).toBe(next);
        else side.set(key, size);
        // A change to less than nothing is refused.
        if (next >= 0) put(model, key, next);
        expect(side.sizeAt(key)).toBe(model.get(key) ?? 0);
        expect(side.bestSize).toBe(model.get(Math.min(...model.keys())) ?? 0);
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

test.each(kinds)("a visit of %s ends where the visitor says so", (_name, make) => {
  const side = make();
  for (let key = -KEY_MAX; key < KEY_MAX; key++) side.set(key, 1);
  let seen = 0;
  side.each((key) => {
    seen++;
    return key < 99 - KEY_MAX;
  });
  expect(seen).toBe(100);
});

test("a grid holds nothing at keys that it has no place for", () => {
  const side = new OrderBookGrid(1, 99);
  side.set(1, 5);
  side.set(99, 7);
  expect([-1, 0, 1, 99, 100, 1_000].map((key) => side.sizeAt(key))).toEqual([0, 0, 5, 7, 0, 0]);
});

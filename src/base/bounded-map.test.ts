import { expect, test } from "vitest";
import { seededRandom } from "./random.ts";
import { putBounded } from "./bounded-map.ts";

test("forgets the key that was set longest ago when there are too many", () => {
  const map = new Map<string, number>();
  for (const [index, key] of ["a", "b", "a", "c"].entries()) putBounded(map, key, index, 2);
  expect([...map]).toEqual([
    ["a", 2],
    ["c", 3],
  ]);
});

test("forgets in order of setting however often keys are set again, deleted or cleared meanwhile", () => {
  const map = new Map<number, number>();
  let order: number[] = [];
  const random = seededRandom(7);
  for (let step = 0; step < 20_000; step++) {
    const key = random.below(90);
    if (random.below(10) === 0) {
      map.delete(key);
      order = order.filter((other) => other !== key);
    } else if (random.below(2_000) === 0) {
      map.clear();
      order = [];
    } else {
      putBounded(map, key, step, 40);
      order = [...order.filter((other) => other !== key), key].slice(-40);
    }
    expect([...map.keys()]).toEqual(order);
  }
});

import { expect, test } from "vitest";
import { putBounded } from "./bounded-map.ts";

test("forgets the key that was set longest ago when there are too many", () => {
  const map = new Map<string, number>();
  for (const [index, key] of ["a", "b", "a", "c"].entries()) putBounded(map, key, index, 2);
  expect([...map]).toEqual([
    ["a", 2],
    ["c", 3],
  ]);
});

import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

const LIMITS = { minMs: 100, maxMs: 1000 };

test("doubles up to the limit when failures follow one another", () => {
  const waits = [1, 2, 3, 4, 5, 1000].map((failures) => backoffMs(failures, LIMITS, () => 1));
  expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test("is half chance when chance is least", () => {
  expect(backoffMs(1, LIMITS, () => 0)).toBe(50);
});

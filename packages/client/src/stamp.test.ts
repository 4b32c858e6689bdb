import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds, createIsoClock } from "./stamp.ts";

test("says what a Date says when time goes on, stands still or goes back", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_102_444_800_000 }), { minLength: 1 }), (times) => {
      let index = 0;
      const iso = createIsoClock(() => times[index] ?? 0);
      for (; index < times.length; index++) {
        expect(iso()).toBe(new Date(times[index] ?? 0).toISOString());
        expect(iso()).toBe(new Date(times[index] ?? 0).toISOString());
      }
    }),
  );
});

test("cuts off what is finer than a millisecond when the clock tells it", () => {
  expect(createIsoClock(() => 1_700_000_000_123.9)()).toBe("2023-11-14T22:13:20.123Z");
});

test("never repeats an id when two begin at the same moment", () => {
  const [one, two] = [createIds(1), createIds(1)];
  const ids = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? one() : two()));
  expect(new Set(ids).size).toBe(1000);
});

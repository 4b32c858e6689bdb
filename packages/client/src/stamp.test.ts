import fc from "fast-check";
import { expect, test } from "vitest";
import { createIds, createIsoWriter } from "./stamp.ts";

test("says what a Date says when time goes on, stands still or goes back", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_102_444_800_000 }), { minLength: 1 }), (times) => {
      const iso = createIsoWriter();
      for (const time of times) {
        expect(iso(time)).toBe(new Date(time).toISOString());
        expect(iso(time)).toBe(new Date(time).toISOString());
      }
    }),
  );
});

test("cuts off what is finer than a millisecond when the clock tells it", () => {
  expect(createIsoWriter()(1_700_000_000_123.9)).toBe("2023-11-14T22:13:20.123Z");
});

test("never repeats an id when two begin at the same moment", () => {
  const [one, two] = [createIds(1), createIds(1)];
  const ids = Array.from({ length: 1000 }, (_, index) => (index % 2 === 0 ? one() : two()));
  expect(new Set(ids).size).toBe(1000);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { micros } from "../base/time.ts";
import { EdgeSteps } from "./edge-steps.ts";

const [STEP, COUNT] = [10, 6];
const FIRST = 1_000_000;

test.each([
  ["", FIRST],
  [" before 1970", -FIRST],
])("tells the lowest, the highest and the newest of each step, whatever comes in whatever order%s", (_, first) => {
  const told = fc.record({ at: fc.integer({ min: first, max: first + STEP * COUNT - 1 }), value: fc.integer() });
  fc.assert(
    fc.property(fc.uniqueArray(told, { selector: ({ at }) => at }), (values) => {
      const steps = new EdgeSteps(STEP, COUNT);
      for (const { at, value } of values) steps.take(micros(at), value);
      const found = [...steps.between(micros(first), micros(first + STEP * COUNT))].sort((a, b) => a.from - b.from);
      const begins = [...new Set(values.map(({ at }) => Math.floor(at / STEP) * STEP))].sort((a, b) => a - b);
      expect(found).toEqual(
        begins.map((from) => {
          const of = values.filter(({ at }) => Math.floor(at / STEP) * STEP === from).sort((a, b) => a.at - b.at);
          const each = of.map(({ value }) => value);
          const last = of.at(-1);
          return { from, min: Math.min(...each), max: Math.max(...each), last: last?.value, lastAt: last?.at };
        }),
      );
    }),
  );
});

test("keeps the newest steps, and takes nothing that is older than they are", () => {
  const steps = new EdgeSteps(STEP, COUNT);
  for (let at = FIRST; at < FIRST + 20 * STEP; at += STEP) steps.take(micros(at), at);
  steps.take(micros(FIRST), -1);
  const found = [...steps.between(micros(0), micros(2 * FIRST))].map(({ last }) => last).sort((a, b) => a - b);
  expect(found).toEqual(Array.from({ length: COUNT }, (_, index) => FIRST + (14 + index) * STEP));
});

test("a span takes in the steps that begin in it", () => {
  const steps = new EdgeSteps(STEP, COUNT);
  for (const at of [0, 10, 20, 30]) steps.take(micros(FIRST + at), at);
  const found = [...steps.between(micros(FIRST + 10), micros(FIRST + 30))].map(({ last }) => last);
  expect(found.sort((a, b) => a - b)).toEqual([10, 20]);
});

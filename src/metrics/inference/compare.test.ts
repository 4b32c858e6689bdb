import { describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { BatchedRatio, estimateInterval, ratioOf } from "./batched-ratio.ts";
import { compareEstimates, compareMeans, compareShares, meanSample } from "./compare.ts";
import { normalQuantile } from "./normal.ts";
import { studentProbability, studentQuantile } from "./student.ts";

/** Normal. */
const noise = (random: { next: () => number }): number =>
  normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, random.next())));

describe("Student's distribution", () => {
  test("has its published quantiles, and its probabilities where they are", () => {
    // Tables: t at 97.5 % with 1, 5, 30 degrees of freedom.
    for (const [freedom, wanted] of [
      [1, 12.706204736],
      [5, 2.570581836],
      [30, 2.042272456],
    ] as const) {
      expect(studentQuantile(0.975, freedom)).toBeCloseTo(wanted, 8);
      expect(studentProbability(wanted, freedom)).toBeCloseTo(0.975, 9);
      expect(studentProbability(-wanted, freedom)).toBeCloseTo(0.025, 9);
    }
    expect(studentQuantile(0.975, 1e7)).toBeCloseTo(normalQuantile(0.975), 6);
    // With 1 degree of freedom it is Cauchy's.
    expect(studentProbability(1, 1)).toBeCloseTo(0.75, 12);
  });
});

describe("A comparison", () => {
  test("of means is Welch's, to the digit", () => {
    const a = Float64Array.from({ length: 20 }, (_, index) => index);
    const b = Float64Array.from({ length: 25 }, (_, index) => 3 + index / 2);
    // Means 9.5 and 9; variances 35 and 13.541666…: t = −0.5 ÷ √(1.75 + 0.541666…) = −0.330289…
    const found = compareMeans(meanSample(a), meanSample(b), 0.95);
    if ("reason" in found) throw new Error(found.reason);
    const error = Math.sqrt(35 / 20 + 325 / 24 / 25);
    const freedom = error ** 4 / ((35 / 20) ** 2 / 19 + (325 / 24 / 25) ** 2 / 24);
    expect(found.difference).toBe(-0.5);
    expect(found.p).toBeCloseTo(2 * studentProbability(-0.5 / error, freedom), 12);
    expect(found.high - found.low).toBeCloseTo(2 * studentQuantile(0.975, freedom) * error, 9);
  });

  test("of shares has Newcombe's interval, which never leaves −1 to 1", () => {
    // Newcombe 1998, his example: 56 of 70 and 48 of 80: 0.0524 to 0.3339.
    const found = compareShares({ n: 80, hits: 48 }, { n: 70, hits: 56 }, 0.95);
    if ("reason" in found) throw new Error(found.reason);
    expect(found.difference).toBeCloseTo(0.2, 12);
    expect(found.low).toBeCloseTo(0.0524, 4);
    expect(found.high).toBeCloseTo(0.3339, 4);
    const extreme = compareShares({ n: 20, hits: 0 }, { n: 20, hits: 20 }, 0.95);
    expect("reason" in extreme ? Number.NaN : extreme.high).toBeLessThanOrEqual(1);
    expect(compareShares({ n: 20, hits: 0 }, { n: 20, hits: 0 }, 0.95)).toMatchObject({ difference: 0, p: 1 });
  });

  test("says what it needs", () => {
    const few = { n: 19, mean: 0, variance: 1 };
    expect(compareMeans(few, { ...few, n: 40 }, 0.95)).toEqual({ reason: "needs 20 on each side, has 19 and 40" });
    const flat = { n: 30, mean: 1, variance: 0 };
    expect(compareMeans(flat, flat, 0.95)).toEqual({ reason: "all values are equal" });
    expect(compareEstimates({ n: 30, value: 1, error: 0 }, { n: 30, value: 1, error: 0 }, 0.95)).toEqual({
      reason: "all values are equal",
    });
  });

  test("of two like samples finds a difference about as rarely as it says", () => {
    const random = seededRandom(31);
    let [means, held] = [0, 0];
    const rounds = 600;
    for (let round = 0; round < rounds; round++) {
      const a = meanSample(Float64Array.from({ length: 25 }, () => noise(random)));
      const b = meanSample(Float64Array.from({ length: 60 }, () => 3 * noise(random)));
      const found = compareMeans(a, b, 0.95);
      if ("reason" in found) throw new Error(found.reason);
      if (found.p < 0.05) means++;
      if (found.low <= 0 && found.high >= 0) held++;
    }
    // 5 % of 600 is 30; all but one in a million of such counts lie between 9 and 59.
    expect(means).toBeGreaterThan(8);
    expect(means).toBeLessThan(60);
    expect(held).toBe(rounds - means);
  });
});

describe("A ratio of sums in batches", () => {
  test("is that of all pairs, however many there are, and its error that of neighbours taken together", () => {
    const random = seededRandom(3);
    const plain = new BatchedRatio();
    const [a, b]: [number[], number[]] = [[], []];
    for (let index = 0; index < 5_000; index++) {
      a.push(2 + noise(random));
      b.push(1 + random.next());
      plain.add(a[index] ?? 0, b[index] ?? 0);
    }
    const found = ratioOf([plain]);
    const sum = (values: number[]): number => values.reduce((all, value) => all + value, 0);
    expect(found?.n).toBe(5_000);
    expect(found?.ratio).toBeCloseTo(sum(a) / sum(b), 10);
    // Independent pairs: √Σ(a − R·b)² ÷ Σb, whatever the batches.
    const ratio = sum(a) / sum(b);
    const error = Math.sqrt(a.reduce((all, value, index) => all + (value - ratio * (b[index] ?? 0)) ** 2, 0)) / sum(b);
    expect((found?.error ?? 0) / error).toBeGreaterThan(0.85);
    expect((found?.error ?? 0) / error).toBeLessThan(1.15);
  });

  test("is less sure where neighbours are alike", () => {
    const random = seededRandom(9);
    const [alike, apart] = [new BatchedRatio(), new BatchedRatio()];
    let level = 0;
    for (let index = 0; index < 20_000; index++) {
      level = 0.98 * level + noise(random);
      alike.add(level, 1);
      apart.add(noise(random) / Math.sqrt(1 - 0.98 ** 2), 1);
    }
    const [wide, narrow] = [ratioOf([alike])?.error ?? 0, ratioOf([apart])?.error ?? 0];
    expect(wide).toBeGreaterThan(2 * narrow);
  });

  test("has no error of a few pairs, and none of nothing", () => {
    const few = new BatchedRatio();
    for (let index = 0; index < 9; index++) few.add(1, 1);
    const estimate = ratioOf([few]);
    expect(estimate).toEqual({ ratio: 1, error: undefined, n: 9 });
    expect(estimate && estimateInterval(estimate, 0.95)).toBeUndefined();
    expect(ratioOf([])).toBeUndefined();
  });
});

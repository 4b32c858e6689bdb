import { describe, expect, test } from "vitest";
import { alike, noise } from "../../../test/support/alike.ts";
import { seededRandom } from "../../base/random.ts";
import { BatchedRatio, ratioOf } from "./batched-ratio.ts";
import { compareEstimates, compareMeans, compareShares, meanSample } from "./compare.ts";
import { normalProbability, normalQuantile } from "./normal.ts";
import { studentProbability, studentQuantile } from "./student.ts";

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
    expect(studentQuantile(0.975, Number.POSITIVE_INFINITY)).toBe(normalQuantile(0.975));
    expect(studentProbability(-2, Number.POSITIVE_INFINITY)).toBe(normalProbability(-2));
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
    const sure = { n: 30, value: 1, error: 0, freedom: 5 };
    expect(compareEstimates(sure, sure, 0.95)).toEqual({ reason: "all values are equal" });
    expect(compareEstimates({ ...sure, n: 19 }, sure, 0.95)).toEqual({
      reason: "needs 20 on each side, has 19 and 30",
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

describe("Two estimates", () => {
  test("are compared with the degrees of freedom of both, to the digit", () => {
    // Errors 3 and 4, of 7 and of 15 degrees: 5, with 25² ÷ (9² ÷ 7 + 16² ÷ 15) of them.
    const [a, b] = [
      { n: 64, value: 10, error: 3, freedom: 7 },
      { n: 256, value: 20, error: 4, freedom: 15 },
    ];
    const found = compareEstimates(a, b, 0.95);
    if ("reason" in found) throw new Error(found.reason);
    const freedom = 625 / (81 / 7 + 256 / 15);
    expect(freedom).toBeCloseTo(21.8, 1);
    expect(found.high - found.difference).toBeCloseTo(5 * studentQuantile(0.975, freedom), 9);
    expect(found.p).toBeCloseTo(2 * studentProbability(-2, freedom), 12);
  });

  test("of ratios with like neighbours differ by chance about as often as is said", () => {
    const random = seededRandom(41);
    const rounds = 400;
    let different = 0;
    for (let round = 0; round < rounds; round++) {
      const [a, b] = [alike(random, 64, 0.5), alike(random, 256, 0.5)].map((values) => {
        const series = new BatchedRatio();
        for (const [index, value] of values.entries()) series.add(value, 1, index);
        const { n = 0, ratio = 0, error = 0, freedom = 0 } = ratioOf([series]) ?? {};
        return { n, value: ratio, error, freedom };
      });
      if (a === undefined || b === undefined) throw new Error("no estimate");
      const found = compareEstimates(a, b, 0.95);
      if (!("reason" in found) && found.p < 0.05) different++;
    }
    expect(different).toBeLessThan(0.1 * rounds);
    expect(different).toBeGreaterThan(0.01 * rounds);
  });
});

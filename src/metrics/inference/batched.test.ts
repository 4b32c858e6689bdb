import { describe, expect, test } from "vitest";
import { alike, noise } from "../../../test/support/alike.ts";
import { seededRandom } from "../../base/random.ts";
import { BatchedMean, meanOf } from "./batched-mean.ts";
import { BatchedRatio, estimateInterval, ratioOf } from "./batched-ratio.ts";
import { normalQuantile } from "./normal.ts";
import { studentQuantile } from "./student.ts";
import { hitsInterval, wilsonInterval } from "./wilson.ts";

const LEVEL = 0.95;
const SIZES = [64, 256, 4_096] as const;
/** How much of a value the next one keeps. */
const KEPT = [0, 0.3, 0.5, 0.7] as const;
/** Fewer of many values, which take long. */
const roundsOf = (count: number): number => (count > 1_000 ? 100 : 300);

const seriesOf = (values: ArrayLike<number>, sizes?: ArrayLike<number>): BatchedRatio => {
  const series = new BatchedRatio();
  for (let index = 0; index < values.length; index++) series.add(values[index] ?? 0, sizes?.[index] ?? 1, index);
  return series;
};

const meanSeries = (values: ArrayLike<number>): BatchedMean => {
  const series = new BatchedMean();
  for (let index = 0; index < values.length; index++) series.add(values[index] ?? 0, index);
  return series;
};

describe("The interval of a ratio of sums", () => {
  test.each(SIZES.flatMap((count) => KEPT.map((kept) => [count, kept] as const)))(
    "of %i pairs, each of which keeps %d of the one before, holds the truth 90 to 98 times of 100",
    (count, kept) => {
      let held = 0;
      const rounds = roundsOf(count);
      for (let round = 0; round < rounds; round++) {
        const random = seededRandom(9_000 + round);
        const sizes = Float64Array.from({ length: count }, () => 1 + random.next());
        // What each made of what it moved is 2 and what it shares with its neighbours.
        const values = alike(random, count, kept).map((off, index) => (2 + off) * (sizes[index] ?? 0));
        const estimate = ratioOf([seriesOf(values, sizes)]);
        const interval = estimate && estimateInterval(estimate, LEVEL);
        if (interval !== undefined && interval.low <= 2 && 2 <= interval.high) held++;
      }
      expect(held / rounds).toBeGreaterThanOrEqual(0.9);
      expect(held / rounds).toBeLessThanOrEqual(0.98);
    },
  );

  test("is that of √n batches, to the digit", () => {
    // Of 25 pairs five batches: Σ a of them 10, 20, 15, 10, 20 of Σ b of 5 each. The ratio is 75 ÷ 25 = 3, and they are
    // off by −5, 5, 0, −5, 5: squares 100, products of neighbours −25 + 0 + 0 − 25: they do not resemble one another.
    const values = [2, 4, 3, 2, 4].flatMap((value) => Array.from({ length: 5 }, () => value));
    const found = ratioOf([seriesOf(values)]);
    expect(found).toEqual({ ratio: 3, error: expect.closeTo(Math.sqrt((100 * 5) / 4) / 25, 12), freedom: 4, n: 25 });
    const half = studentQuantile(0.975, 4) * (Math.sqrt(125) / 25);
    expect(found && estimateInterval(found, LEVEL)).toEqual({
      low: expect.closeTo(3 - half, 12),
      high: expect.closeTo(3 + half, 12),
    });
  });

  test("is wider by as much as batches resemble those before them", () => {
    // Off by −5, −5, 0, 5, 5: products 25 + 0 + 0 + 25 of squares 100, and 1 ÷ 5 more: 0.7, of which 0.5 counts.
    const values = [2, 2, 3, 4, 4].flatMap((value) => Array.from({ length: 5 }, () => value));
    expect(ratioOf([seriesOf(values)])?.error).toBeCloseTo(Math.sqrt((100 * 5) / 4) * (Math.sqrt(3) / 25), 12);
  });

  test("of several series is that of neighbours in time, whichever series they are of", () => {
    const random = seededRandom(12);
    const [one, other, both] = [new BatchedRatio(), new BatchedRatio(), new BatchedRatio()];
    for (const [index, value] of alike(random, 500, 0.6).entries()) {
      (index % 3 === 0 ? one : other).add(value, 1, index);
      both.add(value, 1, index);
    }
    const [parted, whole] = [ratioOf([other, one]), ratioOf([both])];
    expect(parted?.ratio).toBeCloseTo(whole?.ratio ?? Number.NaN, 12);
    expect(parted).toMatchObject({ error: expect.closeTo(whole?.error ?? Number.NaN, 12), freedom: 21, n: 500 });
  });

  test("is of bounded memory, and of all pairs however many there are", () => {
    const random = seededRandom(3);
    const plain = new BatchedRatio();
    let [a, b] = [0, 0];
    for (let index = 0; index < 50_000; index++) {
      const [made, moved] = [2 + noise(random), 1 + random.next()];
      [a, b] = [a + made, b + moved];
      plain.add(made, moved, index);
    }
    const found = ratioOf([plain]);
    expect(plain.batches.length).toBeLessThanOrEqual(512);
    expect(found).toMatchObject({ n: 50_000, freedom: 223 });
    expect(found?.ratio).toBeCloseTo(a / b, 10);
    // Independent pairs: the deviation of a − R·b is √(1 + R² ÷ 12), with R = 2 ÷ 1.5.
    const error = Math.sqrt(1 + (2 / 1.5) ** 2 / 12) / (1.5 * Math.sqrt(50_000));
    expect((found?.error ?? 0) / error).toBeGreaterThan(0.85);
    expect((found?.error ?? 0) / error).toBeLessThan(1.25);
  });

  test("is none of few pairs, of nothing, and of what moved nothing", () => {
    const few = seriesOf(Array.from({ length: 19 }, (_, index) => index));
    expect(ratioOf([few])).toEqual({ ratio: 9, error: undefined, freedom: 0, n: 19 });
    expect(estimateInterval({ ratio: 9, error: undefined, freedom: 0 }, LEVEL)).toBeUndefined();
    for (const count of [1, 2]) {
      const estimate = ratioOf([seriesOf(Array.from({ length: count }, () => 3))]);
      expect(estimate).toEqual({ ratio: 3, error: undefined, freedom: 0, n: count });
    }
    expect(ratioOf([])).toBeUndefined();
    expect(ratioOf([new BatchedRatio()])).toBeUndefined();
    expect(ratioOf([seriesOf([1, 2, 3], [0, 0, 0])])).toBeUndefined();
  });

  test("has no width where all are equal, whatever doubles make of that", () => {
    const sizes = Array.from({ length: 400 }, (_, index) => 0.1 + index / 7);
    const found = ratioOf([
      seriesOf(
        sizes.map((size) => size * 0.0003),
        sizes,
      ),
    ]);
    expect(found).toMatchObject({ error: 0, n: 400 });
    expect(found?.ratio).toBeCloseTo(0.0003, 15);
  });
});

describe("The mean of values that may resemble their neighbours", () => {
  test("is that of independent ones where they show nothing of it", () => {
    const random = seededRandom(5);
    const values = Array.from({ length: 200 }, () => noise(random));
    const mean = values.reduce((sum, value) => sum + value, 0) / 200;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(meanOf([meanSeries(values)])).toEqual({
      n: 200,
      mean: expect.closeTo(mean, 12),
      variance: expect.closeTo(squares / 199, 12),
      factor: 1,
      freedom: 199,
    });
  });

  test("counts for less where they do", () => {
    const found = meanOf([meanSeries(alike(seededRandom(6), 2_500, 0.8))]);
    // (1 + 0.8) ÷ (1 − 0.8) = 9 times as much in the long run.
    expect(found.factor).toBeGreaterThan(5);
    expect(found.factor).toBeLessThan(15);
    expect(found.freedom).toBe(49);
  });

  test("of several series is that of all of them", () => {
    const values = Array.from({ length: 60 }, (_, index) => Math.sin(index * index));
    const parts = [values.slice(0, 13), values.slice(13, 14), values.slice(14)].map(meanSeries);
    const [parted, whole] = [meanOf([...parts, new BatchedMean()]), meanOf([meanSeries(values)])];
    expect(parted.mean).toBeCloseTo(whole.mean, 12);
    expect(parted.variance).toBeCloseTo(whole.variance, 12);
  });

  test("of none, of one, of two and of equal ones has no more than is known", () => {
    expect(meanOf([])).toEqual({ n: 0, mean: 0, variance: 0, factor: 1, freedom: 0 });
    expect(meanOf([meanSeries([4])])).toEqual({ n: 1, mean: 4, variance: 0, factor: 1, freedom: 0 });
    expect(meanOf([meanSeries([4, 6])])).toEqual({ n: 2, mean: 5, variance: 2, factor: 1, freedom: 1 });
    const equal = Array.from({ length: 50 }, () => 0.1);
    expect(meanOf([meanSeries(equal), meanSeries(equal)])).toMatchObject({ variance: 0, factor: 1 });
  });
});

describe("The interval of a share of wins", () => {
  /** A win where a normal value that resembles its neighbours is below this. */
  const wins = (seed: number, count: number, { kept, share }: { kept: number; share: number }): Float64Array =>
    alike(seededRandom(seed), count, kept).map((value) => (value < normalQuantile(share) ? 1 : 0));

  test.each(
    SIZES.flatMap((count) => [0.5, 0.8].flatMap((share) => [0, 0.3, 0.6].map((kept) => [share, count, kept] as const))),
  )(
    "of %d among %i trades that keep %d of those before holds the truth 90 to 98 times of 100",
    (share, count, kept) => {
      let [held, narrow] = [0, 0];
      const rounds = roundsOf(count);
      for (let round = 0; round < rounds; round++) {
        const found = meanOf([meanSeries(wins(70_000 + round, count, { kept, share }))]);
        const hits = Math.round(found.mean * count);
        const [interval, plain] = [
          hitsInterval({ hits, n: count, factor: found.factor, freedom: found.freedom }, LEVEL),
          wilsonInterval(hits, count, LEVEL),
        ];
        if ("low" in interval && interval.low <= share && share <= interval.high) held++;
        if ("low" in plain && plain.low <= share && share <= plain.high) narrow++;
      }
      expect(held / rounds).toBeGreaterThanOrEqual(0.9);
      expect(held / rounds).toBeLessThanOrEqual(0.98);
      // Wilson's own takes them for independent.
      if (kept === 0.6) expect(narrow / rounds).toBeLessThan(0.85);
    },
  );

  test("is Wilson's where trades are independent, and at 0 and 1, and none of no trade", () => {
    expect(hitsInterval({ hits: 8, n: 10 }, LEVEL)).toEqual(wilsonInterval(8, 10, LEVEL));
    expect(hitsInterval({ hits: 8, n: 10, factor: 1, freedom: 9 }, LEVEL)).toEqual(wilsonInterval(8, 10, LEVEL));
    expect(hitsInterval({ hits: 0, n: 0 }, LEVEL)).toEqual({ reason: "nothing was tried" });
    expect(hitsInterval({ hits: 0, n: 40, factor: 4, freedom: 5 }, LEVEL)).toMatchObject({
      low: expect.closeTo(0, 12),
    });
    expect(hitsInterval({ hits: 40, n: 40, factor: 4, freedom: 5 }, LEVEL)).toMatchObject({
      high: expect.closeTo(1, 12),
    });
  });
});

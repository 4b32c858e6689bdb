import { describe, expect, test } from "vitest";
import { seededRandom } from "../../base/random.ts";
import { blockLength } from "./block-length.ts";
import {
  correctedInterval,
  independentDraw,
  noInterval,
  percentileInterval,
  resample,
  stationaryDraw,
} from "./bootstrap.ts";
import { normalProbability, normalQuantile } from "./normal.ts";
import { STATISTIC_OF } from "./sampled-statistics.ts";
import { TREND_VALUES_MAX, trendOf } from "./trend.ts";
import { trialsStatistics } from "./trials.ts";
import { wilsonInterval } from "./wilson.ts";

/** About normal, with mean 0 and deviation 1. */
const noise = (random: { next: () => number }): number => {
  let sum = -6;
  for (let draw = 0; draw < 12; draw++) sum += random.next();
  return sum;
};

describe("the normal distribution", () => {
  test("has its quantiles where its probabilities are", () => {
    for (const p of [1e-12, 1e-4, 0.01, 0.05, 0.3, 0.5, 0.7, 0.95, 0.999]) {
      const z = normalQuantile(p);
      expect(Math.abs(normalProbability(z) - p)).toBeLessThan(1e-14);
      expect(normalProbability(-z)).toBeCloseTo(1 - p, 14);
    }
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalProbability(-50)).toBe(0);
    // Published to ten digits.
    expect(normalQuantile(0.975)).toBeCloseTo(1.9599639845, 10);
  });
});

describe("intervals", () => {
  test("hold the true mean about as often as they say", () => {
    const random = seededRandom(20);
    const statistic = STATISTIC_OF.mean;
    let held = 0;
    for (let round = 0; round < 200; round++) {
      const values = Float64Array.from({ length: 40 }, () => 0.3 + noise(random));
      const resampled = resample({ values, statistic, draw: independentDraw(random, 40), resamples: 200 });
      const found = correctedInterval({ values, statistic }, resampled, 0.9);
      if (!("reason" in found) && found.low <= 0.3 && found.high >= 0.3) held++;
    }
    expect(held / 200).toBeGreaterThan(0.83);
    expect(held / 200).toBeLessThan(0.96);
  });

  test("are wider for a series whose neighbours are alike when they are drawn together", () => {
    const random = seededRandom(3);
    const values = new Float64Array(800);
    for (let index = 1; index < values.length; index++) values[index] = 0.8 * (values[index - 1] ?? 0) + noise(random);
    const length = blockLength(values)?.stationary ?? 0;
    expect(length).toBeGreaterThan(5);
    const statistic = STATISTIC_OF.mean;
    const widthOf = (draw: (indexes: Int32Array) => void): number => {
      const found = percentileInterval(resample({ values, statistic, draw, resamples: 400 }), 0.95);
      return "reason" in found ? 0 : found.high - found.low;
    };
    const together = widthOf(stationaryDraw(random, values.length, length));
    expect(together).toBeGreaterThan(1.8 * widthOf(independentDraw(random, values.length)));
  });

  test("are the same for the same seed", () => {
    const values = Float64Array.from({ length: 50 }, (_, index) => Math.sin(index));
    const statistic = STATISTIC_OF.sharpe_per_period;
    const of = () =>
      resample({ values, statistic, draw: stationaryDraw(seededRandom(8), 50, 4), resamples: 100 }).sorted;
    expect(of()).toEqual(of());
  });

  test("are not given for few values, nor where many resamples say nothing", () => {
    const sorted = Float64Array.of(1, 2, 3);
    expect(noInterval(29, { sorted, dropped: 0 })).toBe("needs 30, has 29");
    expect(noInterval(30, { sorted: new Float64Array(95), dropped: 5 })).toBeUndefined();
    expect(noInterval(30, { sorted: new Float64Array(94), dropped: 6 })).toBe("6 % of the resamples have no value");
  });

  test("of a profit factor end where it is unbounded", () => {
    const values = Float64Array.from({ length: 40 }, (_, index) => (index === 0 ? -1 : 2));
    const statistic = STATISTIC_OF.profit_factor;
    const resampled = resample({ values, statistic, draw: independentDraw(seededRandom(1), 40), resamples: 500 });
    expect(percentileInterval(resampled, 0.95)).toMatchObject({ high: Number.POSITIVE_INFINITY });
  });

  test("of a share never leave 0 to 1, and need a try", () => {
    expect(wilsonInterval(0, 0, 0.95)).toEqual({ reason: "nothing was tried" });
    expect(wilsonInterval(0, 3, 0.95)).toMatchObject({ low: 0 });
    expect(wilsonInterval(3, 3, 0.95)).toMatchObject({ high: 1 });
  });
});

describe("trendOf", () => {
  test("is sure of what always rises, and tells its slope", () => {
    const found = trendOf(Float64Array.from({ length: 20 }, (_, index) => 3 * index));
    expect(found).toMatchObject({ n: 20, slope: 3, tau: 1 });
    expect("p" in found && found.p < 1e-8).toBe(true);
  });

  test("counts ties as neither rising nor falling", () => {
    // S = 12 of 28 pairs; two ties of two: variance (8·7·21 − 2·(2·1·9)) ÷ 18 = 63.33; z = 11 ÷ √63.33 = 1.3822.
    const found = trendOf(Float64Array.of(1, 1, 2, 2, 3, 2.5, 0.5, 4));
    if ("reason" in found) throw new Error(found.reason);
    expect(found.tau).toBeCloseTo(12 / 28, 12);
    expect(found.p).toBeCloseTo(0.16690480637428717, 12);
  });

  test("finds a trend in noise about as rarely as it says", () => {
    const random = seededRandom(5);
    let found = 0;
    for (let round = 0; round < 400; round++) {
      const trend = trendOf(Float64Array.from({ length: 40 }, () => noise(random)));
      if ("p" in trend && trend.p < 0.05) found++;
    }
    expect(found / 400).toBeGreaterThan(0.02);
    expect(found / 400).toBeLessThan(0.09);
  });

  test("says why there is none", () => {
    expect(trendOf(Float64Array.of(1, 2, 3))).toEqual({ reason: "needs 8, has 3" });
    expect(trendOf(new Float64Array(9))).toEqual({ reason: "all values are equal" });
    expect(trendOf(new Float64Array(TREND_VALUES_MAX + 1))).toEqual({ reason: "1001 values are more than 1000" });
  });
});

describe("trialsStatistics", () => {
  test("does not judge where a trial has no ratio, and says so", () => {
    const flat = new Float64Array(50);
    const moving = Float64Array.from({ length: 50 }, (_, index) => Math.sin(index) / 100);
    expect(trialsStatistics([flat, moving]).deflated).toMatchObject({
      value: undefined,
      reason: "a trial has no Sharpe ratio",
    });
    expect(trialsStatistics([]).deflated).toMatchObject({ value: undefined, reason: "no trials" });
    expect(trialsStatistics([moving]).deflated).toMatchObject({ reason: "needs 2 trials, has 1" });
  });
});

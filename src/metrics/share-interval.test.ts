import { describe, expect, test } from "vitest";
import { measured, unbounded, unknown } from "./measure.ts";
import { shareInterval } from "./share-interval.ts";

describe("the interval of a metric that is a share", () => {
  test("is Wilson's, in the unit of the metric", () => {
    // 8 of 10: (0.8 + z²/20 ± z √(0.8 · 0.2 ÷ 10 + z²/400)) ÷ (1 + z²/10), z = 1.959964
    const inPercent = shareInterval("win_rate_pct", measured(80, 10));
    expect(inPercent?.low).toBeCloseTo(49.016, 2);
    expect(inPercent?.high).toBeCloseTo(94.332, 2);
    expect(inPercent?.level).toBe(0.95);
    expect(shareInterval("maker_ratio", measured(0.8, 10))?.low).toBeCloseTo(0.49016, 4);
  });

  test("is of fewer things where these resemble one another, and none where nobody knows how much", () => {
    const alike = { ...measured(80, 10), dependence: () => ({ factor: 2, freedom: 4 }) };
    // 8 of 10 worth 4 of 5, with t of 4 degrees: 2.776445.
    const [share, tries, t] = [0.8, 5, 2.776445];
    const scale = 1 + t ** 2 / tries;
    const half = (t * Math.sqrt((share * 0.2) / tries + t ** 2 / (4 * tries ** 2))) / scale;
    expect(shareInterval("win_rate_pct", alike)?.low).toBeCloseTo(
      100 * ((share + t ** 2 / (2 * tries)) / scale - half),
      4,
    );
    expect(shareInterval("win_rate_pct", { ...alike, dependence: () => undefined })).toBeUndefined();
  });

  test("is none of a metric that is no share, and none without a value", () => {
    expect(shareInterval("expectancy_per_trade", measured(0.5, 10))).toBeUndefined();
    expect(shareInterval("win_rate_pct", unknown("no trades"))).toBeUndefined();
    expect(shareInterval("win_rate_pct", unbounded(3))).toBeUndefined();
  });
});

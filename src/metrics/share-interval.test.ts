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

  test("is none of a metric that is no share, and none without a value", () => {
    expect(shareInterval("expectancy_per_trade", measured(0.5, 10))).toBeUndefined();
    expect(shareInterval("win_rate_pct", unknown("no trades"))).toBeUndefined();
    expect(shareInterval("win_rate_pct", unbounded(3))).toBeUndefined();
  });
});

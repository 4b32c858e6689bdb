import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deviationOf, downsideDeviation, momentsOf } from "../returns/moments.ts";
import { deepestFallOf } from "../returns/equity-path.ts";
import { historicalRisk } from "../returns/tail-risk.ts";
import { type Rolling, rollingOf } from "./rolling.ts";
import { WindowMoments } from "./window-moments.ts";

const CONFIDENCE = 0.9;
const aReturn = fc.oneof(fc.double({ min: -0.5, max: 0.5, noNaN: true }), fc.constantFrom(0, 0.01, -0.01, 1e-12, -1));
const series = fc.array(aReturn, { minLength: 1, maxLength: 120 });
const window = fc.integer({ min: 2, max: 25 });

const near = (streamed: number, recomputed: number, scale = 1): boolean =>
  Number.isNaN(recomputed)
    ? Number.isNaN(streamed)
    : Math.abs(streamed - recomputed) <= 1e-9 * Math.max(scale, Math.abs(recomputed));

/** Whether the window that ends at an index says what its returns alone do. */
function agrees(rolling: Rolling, returns: Float64Array, index: number): boolean {
  if (index < rolling.window - 1) return Number.isNaN(rolling.mean[index]);
  const alone = returns.slice(index - rolling.window + 1, index + 1);
  const moments = momentsOf(alone);
  const { valueAtRisk, shortfall } = historicalRisk(alone, CONFIDENCE);
  return (
    near(rolling.mean[index] as number, moments.mean) &&
    near(rolling.volatilityAnnual[index] as number, deviationOf(moments)) &&
    near(rolling.maxDrawdown[index] as number, deepestFallOf(alone)) &&
    near(rolling.valueAtRisk[index] as number, valueAtRisk) &&
    near(rolling.shortfall[index] as number, shortfall)
  );
}

describe("rollingOf", () => {
  test("says of every window what the window alone says, whatever came before", () => {
    fc.assert(
      fc.property(series, window, (values, size) => {
        const returns = Float64Array.from(values);
        const rolling = rollingOf(returns, { window: size, periodsPerYear: 1, confidence: CONFIDENCE });
        return returns.every((_, index) => agrees(rolling, returns, index));
      }),
    );
  });

  test("has no Sortino ratio exactly where the window has nothing below 0, however large the losses before were", () => {
    fc.assert(
      fc.property(series, window, (values, size) => {
        const returns = Float64Array.from(values, (value, index) => (index % 40 < 20 ? value * 1e6 : Math.abs(value)));
        const rolling = rollingOf(returns, { window: size, periodsPerYear: 1, confidence: CONFIDENCE });
        return returns.every((_, index) => {
          if (index < size - 1) return true;
          const alone = returns.slice(index - size + 1, index + 1);
          const downside = downsideDeviation(alone, 0);
          const wanted = downside === 0 ? Number.NaN : momentsOf(alone).mean / downside;
          return near(rolling.sortinoAnnual[index] as number, wanted, 10);
        });
      }),
    );
  });

  test("has no ratio for a window whose losses are too small for their squares", () => {
    const returns = Float64Array.from([-1.5e-162, 0, -1e-70, -1e-70]);
    const { sortinoAnnual, sharpeAnnual } = rollingOf(returns, { window: 2, periodsPerYear: 1, confidence: 0.95 });
    expect([...sortinoAnnual, ...sharpeAnnual].every((value) => Number.isNaN(value))).toBe(true);
    expect(downsideDeviation(returns, 0)).toBe(0);
  });

  test("has no Sharpe ratio for a window of equal returns after a wild one", () => {
    const returns = Float64Array.from([5, -0.9, 300, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]);
    const { sharpeAnnual, volatilityAnnual } = rollingOf(returns, { window: 3, periodsPerYear: 365, confidence: 0.95 });
    expect([...sharpeAnnual.subarray(5)].every((value) => Number.isNaN(value))).toBe(true);
    expect([...volatilityAnnual.subarray(5)]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe("WindowMoments", () => {
  test("counts the downside against its target", () => {
    const moments = new WindowMoments(2, 0.01);
    moments.push(0.005);
    expect(moments.isFull).toBe(false);
    moments.push(0.03);
    expect(moments.sortino).toBeCloseTo((0.0175 - 0.01) / Math.sqrt(0.005 ** 2 / 2), 12);
  });
});

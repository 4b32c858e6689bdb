import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addLatencies,
  countLatency,
  emptyLatencies,
  latencyQuantiles,
  type LatencySketch,
  packedLatencies,
} from "./latency-sketch.ts";

const sketchOf = (all: readonly number[]): LatencySketch => {
  const sketch = emptyLatencies();
  for (const micros of all) countLatency(sketch, micros);
  return sketch;
};

const quantileOf = (sketch: LatencySketch, q: number): number | undefined => latencyQuantiles(sketch, [q]).quantiles[0];

/** From below a microsecond to beyond an hour, as many of each size. */
const duration = fc.double({ min: -1, max: 10.5, noNaN: true }).map((exponent) => 10 ** exponent);
const durations = fc.array(duration, { minLength: 1, maxLength: 200 });
const MICROS = 1_000_000;

describe("a sketch of latencies", () => {
  test("tells quantiles within 2.2 % of the value, from 1 µs to an hour", () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (all, q) => {
        const exact = all.toSorted((a, b) => a - b)[Math.floor(q * (all.length - 1))] ?? Number.NaN;
        const bounded = exact < 1 ? 0 : Math.min(exact, 3_600 * MICROS);
        const told = (quantileOf(sketchOf(all), q) ?? Number.NaN) * MICROS;
        expect(Math.abs(told - bounded)).toBeLessThanOrEqual(0.022 * bounded + 1e-9);
      }),
    );
  });

  test("is the same made of its shards, and without a part of them is the rest", () => {
    fc.assert(
      fc.property(durations, durations, (first, second) => {
        const whole = sketchOf([...first, ...second]);
        const merged = emptyLatencies();
        addLatencies(merged, packedLatencies(sketchOf(first)));
        addLatencies(merged, packedLatencies(sketchOf(second)));
        expect(merged).toEqual(whole);
        expect(latencyQuantiles(merged, []).n).toBe(first.length + second.length);
        addLatencies(merged, packedLatencies(sketchOf(first)), -1);
        expect(merged).toEqual(sketchOf(second));
      }),
    );
  });

  test("tells several quantiles as it tells each", () => {
    fc.assert(
      fc.property(durations, (all) => {
        const wanted = [0, 0.5, 0.5, 0.95, 0.99, 1];
        const sketch = sketchOf(all);
        expect(latencyQuantiles(sketch, wanted)).toEqual({
          quantiles: wanted.map((q) => quantileOf(sketch, q)),
          n: all.length,
        });
      }),
    );
  });

  test("has no quantile of nothing, and keeps its size whatever it counts", () => {
    expect(quantileOf(emptyLatencies(), 0.5)).toBeUndefined();
    expect(sketchOf([0, 5, 1e12, 1e300])).toHaveLength(emptyLatencies().length);
    expect(quantileOf(sketchOf([1e300]), 0.99)).toBe(3_600);
    expect(quantileOf(sketchOf([0]), 0.99)).toBe(0);
  });
});

import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../base/random.ts";
import { blockMeanInterval } from "./block-mean.ts";
import { normalQuantile } from "./normal.ts";

const normal = (random: Random): number => normalQuantile((random.below(1_000_000) + 0.5) / 1_000_000);

/** How many of `rounds` intervals hold the true mean, of values each of which keeps a part of the one before it. */
function covered({ rounds, count, kept }: { rounds: number; count: number; kept: number }): number {
  let within = 0;
  for (let round = 0; round < rounds; round++) {
    const random = seededRandom(1_000 + round);
    const [at, value] = [new Float64Array(count), new Float64Array(count)];
    let held = normal(random) / Math.sqrt(1 - kept * kept);
    for (let index = 0; index < count; index++) {
      held = kept * held + normal(random);
      at[index] = index;
      value[index] = 2 + held;
    }
    const interval = blockMeanInterval({ at, value }, { span: 20, level: 0.95 });
    if ("low" in interval && interval.low <= 2 && 2 <= interval.high) within++;
  }
  return within / rounds;
}

describe("The interval of a mean by blocks", () => {
  test("holds the true mean 95 times of 100 where values are independent", () => {
    expect(covered({ rounds: 1_000, count: 400, kept: 0 })).toBeGreaterThan(0.93);
    expect(covered({ rounds: 1_000, count: 400, kept: 0 })).toBeLessThan(0.97);
  });

  test("and nearly so where they resemble their neighbours", () => {
    expect(covered({ rounds: 1_000, count: 1_000, kept: 0.7 })).toBeGreaterThan(0.92);
  });

  test("is that of Student where every value is a block of its own", () => {
    const at = Float64Array.from({ length: 30 }, (_, index) => index * 100);
    const value = Float64Array.from({ length: 30 }, (_, index) => Math.sin(index));
    const interval = blockMeanInterval({ at, value }, { span: 100, level: 0.95 });
    // n^⅓ is 3: ten blocks of three neighbours, t(0.975, 9) = 2.2622.
    const mean = value.reduce((sum, each) => sum + each, 0) / 30;
    const sums = Array.from({ length: 10 }, (_, block) =>
      value.slice(3 * block, 3 * block + 3).reduce((sum, each) => sum + each - mean, 0),
    );
    const error = Math.sqrt((sums.reduce((all, sum) => all + sum * sum, 0) * 10) / 9) / 30;
    expect(interval).toEqual({
      low: expect.closeTo(mean - 2.2622 * error, 4),
      high: expect.closeTo(mean + 2.2622 * error, 4),
    });
  });

  test("is refused for few values, and for few stretches of time", () => {
    const few = Float64Array.from({ length: 29 }, (_, index) => index);
    expect(blockMeanInterval({ at: few, value: few }, { span: 1, level: 0.95 })).toEqual({
      reason: "needs 30 fills, has 29",
    });
    const near = Float64Array.from({ length: 300 }, (_, index) => index);
    expect(blockMeanInterval({ at: near, value: near }, { span: 100, level: 0.95 })).toEqual({
      reason: "needs 10 stretches of time, has 3",
    });
  });
});

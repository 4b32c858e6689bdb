import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../base/random.ts";
import { normalQuantile } from "../inference/normal.ts";
import { MarkoutTally } from "./markout-tally.ts";

const normal = (random: Random): number => normalQuantile((random.below(1_000_000) + 0.5) / 1_000_000);
const SECOND = 1_000_000;
const FILL = { size: 1, multiplier: 1, isInverse: false, fee: 0 };

/** A market that wanders, and a maker who gains `edge` at each fill and loses `adverse` of it to those who knew more. */
function simulated(seed: number, { horizonS, fillEveryS }: { readonly horizonS: number; readonly fillEveryS: number }) {
  const random = seededRandom(seed);
  const seconds = 20_000;
  const walk = new Float64Array(seconds + horizonS + 1);
  for (let second = 1; second < walk.length; second++)
    walk[second] = (walk[second - 1] as number) + 0.01 * normal(random);
  const tally = new MarkoutTally();
  for (let second = 0; second < seconds; second++) {
    if (random.below(fillEveryS) > 0) continue;
    const side = random.below(2) === 0 ? 1 : -1;
    const mid = 100;
    const moved = (walk[second + horizonS] as number) - (walk[second] as number);
    tally.add(second * SECOND, { ...FILL, side, mid, price: mid - side * 0.02, later: mid + moved - side * 0.005 });
  }
  return tally.measures(horizonS * SECOND);
}

describe("markouts of many fills", () => {
  const isHeld = (interval: { low: number; high: number } | { reason: string }, truth: number): boolean =>
    "low" in interval && interval.low <= truth && truth <= interval.high;

  test.each([
    { horizonS: 1, fillEveryS: 40 },
    { horizonS: 60, fillEveryS: 40 },
    { horizonS: 300, fillEveryS: 40 },
  ])("have what is true in their interval about 95 times of 100: after $horizonS s", (market) => {
    let [held, drifts] = [0, 0];
    for (let round = 0; round < 100; round++) {
      const { meanBpsInterval, meanDriftInterval } = simulated(5_000 + round, market);
      if (isHeld(meanBpsInterval, 1.5)) held++;
      if (isHeld(meanDriftInterval, -0.5)) drifts++;
    }
    expect(held).toBeGreaterThan(88);
    expect(held).toBeLessThan(100);
    expect(drifts).toBe(held);
  });

  test("are spread capture and drift together, each fill alike, by worth, and in the middle", () => {
    const tally = new MarkoutTally();
    tally.add(0, { ...FILL, side: 1, price: 99, mid: 100, later: 102, fee: 0.5 });
    tally.add(1, { ...FILL, side: -1, size: 3, price: 101, mid: 100, later: 102, fee: -0.3 });
    const { n, meanBps, meanDriftBps, weightedBps, medianBps, meanPrice, gross, net, meanNetBps } = tally.measures(1);
    expect(n).toBe(2);
    expect(meanBps).toEqual({ value: (300 - 100) / 2, n: 2 });
    expect(meanDriftBps).toEqual({ value: (200 - 200) / 2, n: 2 });
    expect(weightedBps).toEqual({ value: (300 - 3 * 100) / 4, n: 2 });
    expect(medianBps).toEqual({ value: 100, n: 2 });
    expect(meanPrice).toEqual({ value: 1, n: 2 });
    expect(gross).toEqual({ value: 3 - 3, n: 2 });
    expect(net).toMatchObject({ value: expect.closeTo(-0.2, 12) });
    expect(meanNetBps).toMatchObject({ value: expect.closeTo((300 - 50 - 100 + 10) / 2, 9) });
  });

  test("of an inverse contract are in what it settles in, so that they add up and their fees come off", () => {
    const tally = new MarkoutTally();
    const inverse = { ...FILL, multiplier: 100, isInverse: true };
    // 10 contracts of 100 USD bought at 40,000 with the mid there, later at 50,000: 1,000 · (1 ÷ 40,000 − 1 ÷ 50,000)
    // = 0.025 − 0.02 = 0.005; worth 0.025 at the mid.
    tally.add(0, { ...inverse, side: 1, size: 10, price: 40_000, mid: 40_000, later: 50_000, fee: 0.0001 });
    // 20 sold at 50,000 with the mid at 40,000, later at 40,000: −2,000 · (1 ÷ 50,000 − 1 ÷ 40,000) = 0.01; worth 0.05.
    tally.add(1, { ...inverse, side: -1, size: 20, price: 50_000, mid: 40_000, later: 40_000, fee: -0.0002 });
    const { gross, net, weightedBps, meanNetBps, meanBps, meanDriftBps } = tally.measures(1);
    expect(gross).toEqual({ value: expect.closeTo(0.015, 15), n: 2 });
    expect(net).toEqual({ value: expect.closeTo(0.0151, 15), n: 2 });
    // Both gained 10,000 of a mid of 40,000: 2,500 bps; fees are 0.0001 of 0.025, and −0.0002 of 0.05: 40 and −40 bps.
    expect(meanBps).toEqual({ value: expect.closeTo(2_500, 9), n: 2 });
    expect(weightedBps).toEqual({ value: expect.closeTo(2_500, 9), n: 2 });
    expect(meanNetBps).toEqual({ value: expect.closeTo(2_500, 9), n: 2 });
    expect(meanDriftBps).toEqual({ value: expect.closeTo(1_250, 9), n: 2 });
  });

  test("of one fill and of two have no interval", () => {
    const tally = new MarkoutTally();
    for (const at of [0, 1]) {
      tally.add(at, { ...FILL, side: 1, price: 99, mid: 100, later: 102 });
      const { meanBps, meanBpsInterval, medianBps } = tally.measures(1);
      expect([meanBps, medianBps]).toEqual([
        { value: 300, n: at + 1 },
        { value: 300, n: at + 1 },
      ]);
      expect(meanBpsInterval).toEqual({ reason: `needs 30 fills, has ${at + 1}` });
    }
  });

  test("of no fill, of one at a price of 0, and without a fee say why there is none", () => {
    expect(new MarkoutTally().measures(1).meanBps).toMatchObject({ n: 0, reason: expect.any(String) });
    const tally = new MarkoutTally();
    tally.add(0, { ...FILL, side: 1, price: 99, mid: 100, later: 102, fee: Number.NaN });
    const { gross, net, meanNetBps, meanBps } = tally.measures(1);
    expect(gross).toEqual({ value: 3, n: 1 });
    expect([net, meanNetBps]).toMatchObject([
      { reason: "not every fill says its fee in the currency of its price" },
      { reason: "not every fill says its fee in the currency of its price" },
    ]);
    expect(meanBps.value).toBeCloseTo(300, 9);
    tally.add(1, { ...FILL, side: 1, price: 0, mid: 100, later: 102, isInverse: true });
    expect(tally.measures(1).gross).toMatchObject({ reason: "a fill is worth nothing at its price" });
  });
});

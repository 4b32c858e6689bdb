import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { micros } from "../../src/base/time.ts";
import { decimal, ZERO } from "../../src/domain/decimal.ts";
import type { LedgerFill } from "../../src/domain/ledger/entries.ts";
import { UNKNOWN_TERMS } from "../../src/domain/ledger/terms.ts";
import { FillCourse } from "../../src/engine/attribution/fill-course.ts";
import { evidenceOf } from "../../src/engine/attribution/span-evidence.ts";
import { compareSides, type SideEvidence } from "../../src/engine/comparison/compare-sides.ts";
import { drawdownViews } from "../../src/hub/analysis/day-drawdowns.ts";
import { rollingView, trendViews } from "../../src/hub/analysis/day-windows.ts";
import { COMPARED_MIN } from "../../src/metrics/inference/compare.ts";
import { dailyStatistics, readDaily } from "../../src/metrics/returns/daily-statistics.ts";
import { ReturnReading } from "../../src/metrics/returns/reading.ts";
import { returnIntervals } from "../../src/metrics/returns/return-intervals.ts";

const COUNTS = [0, 1, 2, 3, 19, 20, 21, 29, 30, 60];
const COMPARED_COUNTS = new Set([0, 1, 2, 19, 20, 60]);
const INTERVAL_MIN = 30;
const random = seededRandom(1);

/** Returns that some formula may trip over, by what they are. */
const SHAPES: Readonly<Record<string, (index: number) => number>> = {
  "nothing but 0": () => 0,
  "equal gains": () => 0.01,
  "equal losses": () => -0.01,
  "three times 0.1 and on": () => 0.1,
  "ties of two values": (index) => (index % 2 === 0 ? 0.01 : -0.01),
  "one gain": (index) => (index === 0 ? 0.01 : 0),
  ruin: (index) => (index === 1 ? -1 : 0.01),
  "what doubles lose when it is squared": (index) => 1e-300 * (((index * 7) % 5) - 2),
  "what doubles lose in its fourth power": (index) => 1e-70 * (((index * 7) % 5) - 2),
  "beyond all numbers when it is compounded": (index) => 1e90 * (index % 3),
  chance: () => 0.02 * random.next() - 0.01,
};
const SERIES = Object.entries(SHAPES).flatMap(([shape, of]) =>
  COUNTS.map((count) => [shape, count, Float64Array.from({ length: count }, (_, index) => of(index))] as const),
);

/** Where a number is none, or −0, in something that is told. */
function oddIn(told: unknown, path = ""): string[] {
  if (typeof told === "number") return Number.isFinite(told) && !Object.is(told, -0) ? [] : [`${path} is ${told}`];
  if (typeof told !== "object" || told === null) return [];
  return Object.entries(told).flatMap(([name, value]) => oddIn(value, `${path}.${name}`));
}

describe("The statistics of days", () => {
  test.each(SERIES)("%s, %i times: are numbers or say why not, and no interval is told of few", (_, count, returns) => {
    const reading = new ReturnReading(returns, 365);
    for (const statistic of dailyStatistics({ confidence: 0.95, trials: 5 })) {
      const told = readDaily(statistic, reading);
      expect([statistic.name, ...(told.value === "unbounded" ? [] : oddIn(told))]).toEqual([statistic.name]);
      if (told.value === undefined) expect(told.reason).not.toBe("");
    }
    for (const interval of returnIntervals(reading, { random, resamples: 60, confidence: 0.95 }).values()) {
      if ("reason" in interval) continue;
      expect(count).toBeGreaterThanOrEqual(INTERVAL_MIN);
      expect(interval.low).toBeLessThanOrEqual(interval.high);
    }
    const at = Float64Array.from(returns, (_value, index) => (20_000 + index) * 86_400_000);
    const daily = { returns, at, startEquity: 1_000, days: [], currency: undefined, notes: [], seq: 0 };
    expect(oddIn(drawdownViews(daily))).toEqual([]);
    expect(oddIn([trendViews(returns, 0.95), rollingView(daily, { window: 20, confidence: 0.95 })])).toEqual([]);
  });
});

/** A side whose trades each made as much as one of the returns, and paid as much of it in fees as the others. */
function sideOf(returns: Float64Array): SideEvidence {
  const spans = [{ from: 0, to: Number.MAX_SAFE_INTEGER }];
  const terms = { ...UNKNOWN_TERMS, currency: "USD" };
  const course = new FillCourse({ spans, makesMarkets: true, termsOf: () => terms });
  let seq = 0;
  const fill = (side: "buy" | "sell", value: number): LedgerFill => ({
    ...{ seq: ++seq, at: micros(seq), session: micros(0), key: `${seq}`, side, size: decimal("1") },
    ...{ value: decimal(value.toFixed(8)), fee: ZERO, isMaker: seq % 2 === 0 },
  });
  for (const made of returns) {
    course.take("l", fill("buy", 100), "100");
    course.take("l", fill("sell", 100 + 100 * Math.max(-1, Math.min(1e6, made))), "100");
  }
  const parts = [...course.partsOf(0)].map(([, part]) => ({ currency: "USD", part }));
  return { ...evidenceOf(parts, "USD"), ordersPlaced: returns.length, ordersFilled: returns.length, returns };
}

describe("Comparisons", () => {
  const sides = SERIES.filter(([, count]) => COMPARED_COUNTS.has(count)).map(([shape, count, returns]) => ({
    name: `${shape}, ${count}`,
    side: sideOf(returns),
  }));

  test.each(sides)("of $name with all others are numbers or say why not, and of few tell no difference", ({ side }) => {
    const odd = sides.flatMap((other) =>
      compareSides(side, other.side, { confidence: 0.95, hasBand: true }).flatMap(({ name, ...told }) => {
        const isSaid = told.p === null ? (told.reason ?? "") !== "" : Math.min(told.a.n, told.b.n) >= COMPARED_MIN;
        const isWhole = (told.ci === undefined) === (told.p === null);
        const problems = [...oddIn(told), ...(isSaid && isWhole ? [] : [JSON.stringify(told)])];
        return problems.map((problem) => `${name} against ${other.name}: ${problem}`);
      }),
    );
    expect(odd).toEqual([]);
  });
});

import { describe, expect, test } from "vitest";
import { type Micros, microsFromMs } from "../../src/base/time.ts";
import { seededRandom } from "../../src/base/random.ts";
import { type BOT_NAMES, simulate } from "../../src/bots/simulator/model/simulation.ts";
import { FillCourse, type SpanPart } from "../../src/engine/attribution/fill-course.ts";
import { fillEntry, type FullFill } from "../../src/engine/ledgers.ts";
import { type Terms, UNKNOWN_TERMS } from "../../src/domain/ledger/terms.ts";
import { estimateInterval, ratioOf } from "../../src/metrics/inference/batched-ratio.ts";
import { wilsonInterval } from "../../src/metrics/inference/wilson.ts";
import { ReturnReading } from "../../src/metrics/returns/reading.ts";
import { returnIntervals } from "../../src/metrics/returns/return-intervals.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";

const LEVEL = 0.95;
/** A desk that is right would fall below the bound as rarely as this; the seeds are fixed, so it never does by chance. */
const CHANCE = 1e-4;
const FROM_MS = Date.UTC(2026, 2, 4, 7);

type BotName = (typeof BOT_NAMES)[number];

/** The fewest of so many intervals that may hold the truth: of Binomial(n, 0.95), exactly. */
function fewest(intervals: number): number {
  let [term, below] = [(1 - LEVEL) ** intervals, 0];
  for (let held = 0; held <= intervals; held++) {
    if (below + term > CHANCE) return held;
    below += term;
    term *= ((intervals - held) / (held + 1)) * (LEVEL / (1 - LEVEL));
  }
  return intervals;
}

/** What one simulated bot did, a ledger a part. */
function traded(bot: BotName, seed: number, events: number): SpanPart[] {
  const simulation = simulate({ seed, fromMs: FROM_MS, mode: "simulate", activity: 0.04, bots: [bot] });
  const terms: Terms = { ...UNKNOWN_TERMS, currency: "USDT" };
  const spans = [{ from: 0, to: Number.MAX_SAFE_INTEGER }];
  const course = new FillCourse({ spans, makesMarkets: true, termsOf: () => terms });
  for (let seq = 1; seq <= events; seq++) {
    const told = simulation.next(Number.POSITIVE_INFINITY);
    if (told?.type !== "fill") continue;
    const parsed = parseEvent(told);
    if (!parsed.ok) throw new Error(parsed.error.message);
    const fill = parsed.value as FullFill;
    const ts = microsFromMs(Date.parse(told.ts));
    const recorded = { seq, ts, receivedAt: ts };
    const entry = fillEntry(fill, { terms, recorded, startedAt: 0 as Micros });
    if (entry !== undefined) course.take(fill.symbol, entry, fill.arrival_mid);
  }
  return [...course.partsOf(0)].map(([, part]) => part);
}

/** How many of the intervals hold what all runs together say. */
function held(
  intervals: readonly ({ readonly low: number; readonly high: number } | undefined)[],
  truth: number,
): number {
  return intervals.filter((interval) => interval !== undefined && interval.low <= truth && truth <= interval.high)
    .length;
}

describe("Intervals of single runs of the simulator hold what all of them together say", () => {
  test.each([
    ["perp-eth", 100, 4_000],
    ["mm-alts", 60, 3_000],
  ] as const)("%s: slippage and fees", (bot, runs, events) => {
    const each = Array.from({ length: runs }, (_, seed) => traded(bot, seed + 1, events));
    for (const of of [
      (parts: readonly SpanPart[]) => parts.map(({ slippage }) => slippage),
      (parts: readonly SpanPart[]) => parts.map(({ fees }) => fees),
    ]) {
      const truth = ratioOf(of(each.flat()))?.ratio ?? Number.NaN;
      const intervals = each.map((parts) => {
        const estimate = ratioOf(of(parts));
        return estimate && estimateInterval(estimate, LEVEL);
      });
      expect(held(intervals, truth)).toBeGreaterThanOrEqual(fewest(runs));
    }
    const slippages = each.map((parts) => ratioOf(parts.map(({ slippage }) => slippage)));
    const truth = ratioOf(each.flat().map(({ slippage }) => slippage))?.ratio ?? Number.NaN;
    // Intervals that are too narrow are told apart.
    const narrow = slippages.map((estimate) => estimate && estimateInterval(estimate, 0.5));
    expect(held(narrow, truth)).toBeLessThan(fewest(runs));
  });
});

test("Wilson's intervals of the hit rate of single runs hold that of all of them together", () => {
  const runs = 80;
  const each = Array.from({ length: runs }, (_, seed) => {
    const simulation = simulate({ seed, fromMs: FROM_MS, mode: "simulate", activity: 0.04, bots: ["mm-alts"] });
    for (let told = 0; told < 1_500; told++) simulation.next(Number.POSITIVE_INFINITY);
    const quotes = simulation.truth.report().bots["mm-alts"]?.quotes;
    return { hits: quotes?.hits ?? 0, ended: quotes?.ended ?? 0 };
  });
  const sum = (of: (run: (typeof each)[number]) => number): number => each.reduce((all, run) => all + of(run), 0);
  const truth = sum(({ hits }) => hits) / sum(({ ended }) => ended);
  const intervals = each.map(({ hits, ended }) => {
    const interval = wilsonInterval(hits, ended, LEVEL);
    return "reason" in interval ? undefined : interval;
  });
  expect(held(intervals, truth)).toBeGreaterThanOrEqual(fewest(runs));
});

describe("Bootstrap intervals of daily returns", () => {
  /** Bell-shaped with fat tails: a sum of twelve uniform numbers, at times (10 %) three times as wide. */
  const drawn = (random: ReturnType<typeof seededRandom>): number => {
    let sum = -6;
    for (let draw = 0; draw < 12; draw++) sum += random.next();
    return sum * (random.next() < 0.1 ? 3 : 1);
  };
  const DEVIATION = Math.sqrt(0.9 + 0.1 * 9);

  test("hold the true mean and the true Sharpe ratio about as often as they say", () => {
    const random = seededRandom(77);
    const [runs, days, mean, scale] = [200, 120, 0.001, 0.01];
    const intervals = Array.from({ length: runs }, () => {
      const returns = Float64Array.from({ length: days }, () => mean + scale * drawn(random));
      const reading = new ReturnReading(returns, 365);
      return returnIntervals(reading, { random, resamples: 400, confidence: LEVEL });
    });
    const of = (name: string) =>
      intervals.map((all) => {
        const interval = all.get(name);
        return interval === undefined || "reason" in interval ? undefined : interval;
      });
    expect(held(of("mean"), mean)).toBeGreaterThanOrEqual(fewest(runs));
    const sharpe = (mean / (scale * DEVIATION)) * Math.sqrt(365);
    expect(held(of("sharpe_annual"), sharpe)).toBeGreaterThanOrEqual(fewest(runs));
  });
});

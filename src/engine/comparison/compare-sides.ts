import type { RatioEstimate } from "../../metrics/inference/batched-ratio.ts";
import {
  type Compared,
  compareEstimates,
  compareMeans,
  compareShares,
  type EstimateSample,
  meanSample,
} from "../../metrics/inference/compare.ts";
import type { Share } from "../../metrics/inference/wilson.ts";
import { sharpeError, sharpeSample } from "../../metrics/inference/sharpe-inference.ts";
import { median } from "../../metrics/median.ts";
import { DAYS_MIN, DAYS_PER_YEAR } from "../../metrics/returns/daily-statistics.ts";
import { momentsOf } from "../../metrics/returns/moments.ts";
import type { Difference } from "../../protocol/api-compare.ts";
import type { SpanEvidence } from "../attribution/span-evidence.ts";

/** What is known of one side. */
export interface SideEvidence extends SpanEvidence {
  /** Entry orders, and those of them that were filled at all. */
  readonly ordersPlaced: number;
  readonly ordersFilled: number;
  /** Of whole UTC days. */
  readonly returns: Float64Array;
}

/** One metric of both sides. */
export interface Compare {
  readonly name: string;
  readonly title: string;
  readonly unit: Difference["unit"];
  readonly better: Difference["better"];
  readonly test: string;
  /** What the numbers of the comparison are times, to come into the unit. */
  readonly scale: number;
  readonly value: (side: SideEvidence) => Difference["a"];
  readonly compare: (a: SideEvidence, b: SideEvidence, confidence: number) => Compared;
}

const WELCH = "Welch's t-test, two-sided";
const PROPORTIONS = "two proportions: pooled z-test, Newcombe's interval";
const RATIOS = "t-test of ratios of sums, errors from √n batches of neighbouring fills";
const CLUSTERED = "wider where √n batches of neighbours vary more than independent ones";
const BPS = 10_000;
const PERCENT = 100;

const share = (of: (side: SideEvidence) => Share, what: string) => ({
  test: PROPORTIONS,
  scale: PERCENT,
  value: (side: SideEvidence): Difference["a"] => {
    const { n, hits } = of(side);
    return n === 0 ? { value: null, reason: `no ${what}`, n } : { value: (PERCENT * hits) / n, n };
  },
  compare: (a: SideEvidence, b: SideEvidence, confidence: number) => compareShares(of(a), of(b), confidence),
});

const ratio = (of: (side: SideEvidence) => RatioEstimate | undefined, what: string) => ({
  test: RATIOS,
  scale: BPS,
  value: (side: SideEvidence): Difference["a"] => {
    const estimate = of(side);
    return estimate === undefined
      ? { value: null, reason: `no ${what}`, n: 0 }
      : { value: estimate.ratio * BPS + 0, n: estimate.n };
  },
  compare: (a: SideEvidence, b: SideEvidence, confidence: number) =>
    compareKnown(ratioSample(of(a)), ratioSample(of(b)), confidence),
});

type Known = EstimateSample | { readonly reason: string };

/** Where there are too few for an error there are too few to compare, and that is said. */
const ratioSample = (estimate: RatioEstimate | undefined): Known =>
  estimate === undefined
    ? { reason: "there is nothing on a side" }
    : { n: estimate.n, value: estimate.ratio, error: estimate.error ?? 0, freedom: estimate.freedom };

function compareKnown(a: Known, b: Known, confidence: number): Compared {
  if ("reason" in a) return a;
  return "reason" in b ? b : compareEstimates(a, b, confidence);
}

const daily = (read: (returns: Float64Array) => number) => ({
  value: ({ returns }: SideEvidence): Difference["a"] =>
    returns.length < DAYS_MIN
      ? { value: null, reason: `needs ${DAYS_MIN} days, has ${returns.length}`, n: returns.length }
      : { value: read(returns) + 0, n: returns.length },
});

/** What is compared, in the order of an answer. */
export const COMPARED: readonly Compare[] = [
  {
    name: "expectancy_per_trade",
    title: "Expectancy of a trade, after fees",
    unit: "money",
    better: "higher",
    test: `${WELCH}; ${CLUSTERED}`,
    scale: 1,
    value: (side) =>
      side.made.n === 0 ? { value: null, reason: "no trades", n: 0 } : { value: side.made.mean, n: side.made.n },
    compare: (a, b, confidence) => compareMeans(a.made, b.made, confidence),
  },
  {
    name: "win_rate_pct",
    title: "Win rate, of all trades",
    unit: "percent",
    better: "higher",
    ...share(({ won }) => won, "trades"),
    test: `${PROPORTIONS}; ${CLUSTERED}`,
  },
  {
    name: "slippage_bps",
    title: "Slippage against the mid at arrival, by what was moved",
    unit: "bps",
    better: "lower",
    ...ratio(({ slippage }) => slippage, "fill has a mid at arrival"),
  },
  {
    name: "signal_bps",
    title: "Signal: from the mid of the entry to that of the exit, by what was closed",
    unit: "bps",
    better: "higher",
    ...ratio(({ signal }) => signal, "closing has mids at arrival"),
  },
  {
    name: "fees_bps",
    title: "Fees, by what was moved",
    unit: "bps",
    better: "lower",
    ...ratio(({ fees }) => fees, "fill says its fee in the currency of its profit"),
  },
  {
    name: "maker_ratio_pct",
    title: "Fills as maker",
    unit: "percent",
    better: null,
    ...share(({ makers }) => makers, "fill said which side of the book"),
    test: `${PROPORTIONS}; ${CLUSTERED}`,
  },
  {
    name: "fill_rate_pct",
    title: "Entry orders that were filled at all",
    unit: "percent",
    better: "higher",
    ...share(
      ({ ordersPlaced, ordersFilled }) => ({ n: ordersPlaced, hits: Math.min(ordersPlaced, ordersFilled) }),
      "entry orders",
    ),
  },
  {
    name: "mean_return",
    title: "Mean return of a day",
    unit: "fraction/day",
    better: "higher",
    test: WELCH,
    scale: 1,
    ...daily((returns) => momentsOf(returns).mean),
    compare: (a, b, confidence) => compareMeans(meanSample(a.returns), meanSample(b.returns), confidence),
  },
  {
    name: "volatility_day",
    title: "Volatility of a day: mean distance from the median",
    unit: "fraction/day",
    better: "lower",
    test: "Brown–Forsythe: Welch's t-test of distances from the median",
    scale: 1,
    ...daily((returns) => meanSample(distances(returns)).mean),
    compare: (a, b, confidence) =>
      compareMeans(meanSample(distances(a.returns)), meanSample(distances(b.returns)), confidence),
  },
  {
    name: "sharpe",
    title: "Sharpe of a year",
    unit: "ratio",
    better: "higher",
    test: "z-test with the standard errors of both ratios (Mertens 2002)",
    scale: Math.sqrt(DAYS_PER_YEAR),
    value: ({ returns }) => {
      const sample = sharpeSample(momentsOf(returns));
      if (returns.length < DAYS_MIN)
        return { value: null, reason: `needs ${DAYS_MIN} days, has ${returns.length}`, n: returns.length };
      return "reason" in sample
        ? { value: null, reason: sample.reason, n: returns.length }
        : { value: sample.ratio * Math.sqrt(DAYS_PER_YEAR), n: returns.length };
    },
    compare: (a, b, confidence) => compareKnown(sharpeEstimate(a), sharpeEstimate(b), confidence),
  },
];

function distances(returns: Float64Array): Float64Array {
  const middle = median([...returns]);
  const centre = typeof middle.value === "number" ? middle.value : 0;
  return returns.map((value) => Math.abs(value - centre));
}

function sharpeEstimate({ returns }: SideEvidence): Known {
  const sample = sharpeSample(momentsOf(returns));
  if ("reason" in sample) return sample;
  const error = sharpeError(sample);
  return typeof error.value === "number"
    ? { n: sample.n, value: sample.ratio, error: error.value, freedom: Number.POSITIVE_INFINITY }
    : { reason: error.value === undefined ? error.reason : "the ratio has no error" };
}

interface CompareOptions {
  readonly confidence: number;
  /** Whether each metric says where chance alone leaves the second side. */
  readonly hasBand: boolean;
}

/** Every metric of both sides, with how they differ and how sure that is. */
export const compareSides = (a: SideEvidence, b: SideEvidence, options: CompareOptions): Difference[] =>
  COMPARED.map((metric) => differenceOf(metric, [a, b], options));

function differenceOf(
  { name, title, unit, better, test, scale, value, compare }: Compare,
  [a, b]: readonly [SideEvidence, SideEvidence],
  { confidence, hasBand }: CompareOptions,
): Difference {
  const [ofA, ofB] = [value(a), value(b)];
  const said = { name, title, unit, better, a: ofA, b: ofB, test };
  const none = { difference: null, p: null, significant: null };
  if (ofA.value === null || ofB.value === null)
    return { ...said, ...none, reason: ofB.reason ?? ofA.reason ?? "not known" };
  const difference = ofB.value - ofA.value + 0;
  const found = compare(a, b, confidence);
  if ("reason" in found) return { ...said, ...none, difference, reason: found.reason };
  const [low, high, half] = [found.low * scale, found.high * scale, found.band * scale];
  const band = { low: ofA.value - half, high: ofA.value + half, within: Math.abs(difference) <= half };
  return {
    ...said,
    difference,
    ci: { low, high, level: confidence },
    p: found.p,
    significant: found.p < 1 - confidence,
    ...(hasBand ? { band } : {}),
  };
}

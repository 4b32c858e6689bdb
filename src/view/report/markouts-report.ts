import type { Fills } from "../../metrics/microstructure/columns.ts";
import {
  captureAt,
  type FillQuality,
  type Later,
  laterMids,
  markoutAt,
} from "../../metrics/microstructure/markouts.ts";
import {
  type CaptureSummary,
  type Liquidity,
  type MarkoutSummary,
  summarizeCapture,
  summarizeMarkouts,
} from "../../metrics/microstructure/summaries.ts";
import { blockLength } from "../../metrics/inference/block-length.ts";
import { noInterval, percentileInterval, resample, stationaryDraw } from "../../metrics/inference/bootstrap.ts";
import { STATISTIC_OF } from "../../metrics/inference/sampled-statistics.ts";
import { fixed } from "../number-format.ts";
import type { CurveChart } from "./chart.ts";
import { intervalText, measureText } from "./figure-text.ts";
import { type Figure, type FigureGroup, measureJson, numberJson, type Report, type ReportTable } from "./report.ts";
import type { IntervalOptions } from "../../metrics/returns/return-intervals.ts";

/** Fills held against quotes. */
export interface MarkedFills {
  readonly fills: Fills;
  readonly quality: FillQuality;
  readonly horizonsMs: readonly number[];
  readonly ids: readonly string[];
  readonly quoteCount: number;
  readonly source: string;
}

const LIQUIDITIES = ["maker", "taker", "all"] as const satisfies readonly Liquidity[];
/** JSON lists every fill up to so many. */
const FILLS_LISTED = 10_000;
/** So many values are drawn at most for one interval. */
const DRAWS_MAX = 20_000_000;

const SIGNS =
  "bps of the mid at the fill, > 0 is good for us, slippage > 0 a cost; without a quote then or later a fill is left out";

const horizonName = (afterMs: number): string => `${afterMs / 1000}s`;

/** Markouts, slippage and drift of fills (metrics.md §1). */
export function markoutsReport(marked: MarkedFills, intervals: IntervalOptions): Report {
  const { fills, quality, horizonsMs, quoteCount, source } = marked;
  const parts = LIQUIDITIES.map((liquidity) => ({
    liquidity,
    capture: summarizeCapture(fills, quality, liquidity),
    horizons: summarizeMarkouts(fills, quality, { aftersMs: horizonsMs, liquidity }).map((summary) => ({
      summary,
      interval: meanInterval(markoutsBps(marked, summary.afterMs, liquidity), intervals),
    })),
  }));
  return {
    title: "Fills against quotes",
    about: [source, `${fixed(fills.at.length, 0)} fills`, `${fixed(quoteCount, 0)} quotes`, SIGNS],
    groups: parts.map(groupOf),
    tables: parts.filter(({ capture }) => capture.n > 0).map(tableOf),
    charts: () => (fills.at.length === 0 ? [] : [curveOf(parts)]),
    notes: [],
    json: {
      report: "markouts",
      n: fills.at.length,
      aggregates: Object.fromEntries(parts.map((part) => [part.liquidity, partJson(part)])),
      ...fillsJson(marked),
    },
  };
}

interface Part {
  readonly liquidity: Liquidity;
  readonly capture: CaptureSummary;
  readonly horizons: readonly {
    readonly summary: MarkoutSummary;
    readonly interval: NonNullable<Figure["interval"]>;
  }[];
}

/** The markouts that are known, in order of time. */
function markoutsBps({ fills, quality }: MarkedFills, afterMs: number, liquidity: Liquidity): Float64Array {
  const later = laterMids(fills, quality, afterMs);
  const wanted = liquidity === "maker" ? 1 : 0;
  return quality.mid
    .map((_, index) => markoutAt(fills, quality, later, index).bps)
    .filter((value, index) => !Number.isNaN(value) && (liquidity === "all" || fills.maker[index] === wanted));
}

/** Fills that lie close together share their future: neighbours are drawn together. */
function meanInterval(
  values: Float64Array,
  { random, resamples, confidence }: IntervalOptions,
): NonNullable<Figure["interval"]> {
  const statistic = STATISTIC_OF.mean;
  if (values.length * resamples > DRAWS_MAX) return { reason: "too many fills to draw anew" };
  if (values.length < 2) return { reason: `needs 30, has ${values.length}` };
  const length = Math.max(1, blockLength(values)?.stationary ?? Math.cbrt(values.length));
  const resampled = resample({ values, statistic, draw: stationaryDraw(random, values.length, length), resamples });
  const problem = noInterval(values.length, resampled);
  if (problem !== undefined) return { reason: problem };
  const found = percentileInterval(resampled, confidence);
  if ("reason" in found) return found;
  return { ...found, confidence, method: `stationary bootstrap, blocks of ${fixed(length, 1)} on average` };
}

const nameOf = (liquidity: Liquidity): string => (liquidity === "all" ? "all fills" : `${liquidity} fills`);

function groupOf({ liquidity, capture, horizons }: Part): FigureGroup {
  const figure = (key: string, title: string, unit: Figure["unit"], measure: Figure["measure"]): Figure => ({
    name: `${liquidity}_${key}`,
    title,
    unit,
    measure,
  });
  return {
    title: `${nameOf(liquidity)}, n = ${fixed(capture.n, 0)}`,
    figures: [
      figure("spread_capture_bps", "Spread capture", "bps", capture.meanBps),
      figure("spread_capture_weighted_bps", "Spread capture, by notional", "bps", capture.weightedBps),
      figure("slippage_bps", "Slippage against the mid", "bps", capture.meanSlippageBps),
      figure("spread_capture_total", "Spread captured", "money", capture.total),
      ...horizons.flatMap(({ summary, interval }) => {
        const after = horizonName(summary.afterMs);
        return tabled([
          { ...figure(`markout_${after}_bps`, `Markout after ${after}`, "bps", summary.meanBps), interval },
          figure(`markout_${after}_weighted_bps`, `Markout after ${after}, by notional`, "bps", summary.weightedBps),
          figure(`drift_${after}_bps`, `Drift after ${after}`, "bps", summary.meanDriftBps),
          figure(`markout_${after}_net`, `Made after ${after}, fees taken off`, "money", summary.net),
        ]);
      }),
    ],
  };
}

const tabled = (figures: readonly Figure[]): readonly Figure[] => figures.map((each) => ({ ...each, isTabled: true }));

function tableOf({ liquidity, horizons }: Part): ReportTable {
  return {
    title: `Markouts of ${nameOf(liquidity)}`,
    columns: ["after", "n", "bps", "95 %", "by notional", "drift bps", "made, net", "bps, net"],
    rows: horizons.map(({ summary, interval }) => [
      horizonName(summary.afterMs),
      fixed(summary.n, 0),
      measureText(summary.meanBps, "bps"),
      "reason" in interval ? "—" : intervalText({ interval, unit: "bps" }),
      measureText(summary.weightedBps, "bps"),
      measureText(summary.meanDriftBps, "bps"),
      measureText(summary.net, "money"),
      measureText(summary.meanNetBps, "bps"),
    ]),
  };
}

function curveOf(parts: readonly Part[]): CurveChart {
  const tones = { maker: "main", taker: "other", all: "up" } as const;
  const shown = parts.filter(({ liquidity, capture }) => liquidity !== "all" && capture.n > 0);
  return {
    kind: "curve",
    title: "Markout curve, bps of the mid at the fill",
    about: "Mean of fills at the fill (spread capture) and later, with 95 % intervals",
    unit: "bps",
    places: ["fill", ...(parts[0]?.horizons.map(({ summary }) => horizonName(summary.afterMs)) ?? [])],
    curves: (shown.length > 0 ? shown : parts.slice(-1)).map(({ liquidity, capture, horizons }) => ({
      label: liquidity,
      tone: tones[liquidity],
      points: [
        pointOf(capture.meanBps, { reason: "" }),
        ...horizons.map(({ summary, interval }) => pointOf(summary.meanBps, interval)),
      ],
    })),
  };
}

function pointOf(
  measure: Figure["measure"],
  interval: NonNullable<Figure["interval"]>,
): CurveChart["curves"][number]["points"][number] {
  if (typeof measure.value !== "number") return undefined;
  return "reason" in interval
    ? { value: measure.value }
    : { value: measure.value, low: interval.low, high: interval.high };
}

const partJson = ({ capture, horizons }: Part): object => ({
  ...Object.fromEntries(
    horizons.map(({ summary, interval }) => [
      horizonName(summary.afterMs),
      {
        n: summary.n,
        mean_markout_bps: measureJson(summary.meanBps),
        mean_markout_bps_interval: "reason" in interval ? null : [numberJson(interval.low), numberJson(interval.high)],
        notional_weighted_markout_bps: measureJson(summary.weightedBps),
        mean_drift_bps: measureJson(summary.meanDriftBps),
        qty_weighted_markout_price: measureJson(summary.meanPrice),
        total_gross: measureJson(summary.gross),
        total_net: measureJson(summary.net),
        mean_net_bps: measureJson(summary.meanNetBps),
      },
    ]),
  ),
  spread_capture: {
    n: capture.n,
    mean_bps: measureJson(capture.meanBps),
    notional_weighted_bps: measureJson(capture.weightedBps),
    total_quote: measureJson(capture.total),
    mean_slippage_bps: measureJson(capture.meanSlippageBps),
  },
});

function fillsJson({ ids, fills, quality, horizonsMs }: MarkedFills): object {
  if (ids.length > FILLS_LISTED) return { fills_out: null, fills_out_reason: `more than ${FILLS_LISTED} fills` };
  const laters = horizonsMs.map((afterMs) => laterMids(fills, quality, afterMs));
  return {
    fills_out: ids.map((id, index) => {
      const capture = captureAt(fills, quality, index);
      return {
        id: /^\d{1,15}$/.test(id) ? Number(id) : id,
        mid0: numberJson(quality.mid[index]),
        spread_capture_price: numberJson(capture.spreadCapture),
        spread_capture_bps: numberJson(capture.spreadCaptureBps),
        slippage_bps: numberJson(capture.slippageBps),
        slippage_vs_tob_bps: numberJson(capture.touchSlippageBps),
        fee_bps_of_mid0: numberJson(capture.feeBps),
        markout: Object.fromEntries(
          laters.map((later) => [horizonName(later.afterMs), laterJson({ fills, quality }, later, index)]),
        ),
      };
    }),
  };
}

function laterJson({ fills, quality }: Pick<MarkedFills, "fills" | "quality">, later: Later, index: number): object {
  const markout = markoutAt(fills, quality, later, index);
  return {
    mid: numberJson(later.mid[index]),
    price: numberJson(markout.price),
    bps: numberJson(markout.bps),
    net_pnl: numberJson(markout.net),
    net_bps: numberJson(markout.netBps),
    drift_price: numberJson(markout.drift),
    drift_bps: numberJson(markout.driftBps),
  };
}

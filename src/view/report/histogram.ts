import { normalProbability } from "../../metrics/inference/normal.ts";
import { deviationOf, type Moments } from "../../metrics/returns/moments.ts";
import { quantileOf } from "../../metrics/returns/tail-risk.ts";
import type { HistogramChart } from "./chart.ts";

const BINS = 60;
/** What lies beyond goes into the bins at the ends. */
const SHOWN = 0.002;

/** How often values lie where, beside a normal distribution of the same mean and deviation; of two values or more. */
export function histogramOf(
  values: Float64Array,
  moments: Moments,
  { title, unit, marks }: Pick<HistogramChart, "title" | "unit" | "marks">,
): HistogramChart {
  const [low, high] = [quantileOf(values, SHOWN), quantileOf(values, 1 - SHOWN)];
  const step = (high - low) / BINS || 1;
  const counts = new Array<number>(BINS).fill(0);
  for (let index = 0; index < values.length; index++) {
    const place = Math.max(0, Math.min(BINS - 1, Math.floor(((values[index] as number) - low) / step)));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const deviation = deviationOf(moments);
  const below = (value: number): number =>
    deviation === 0 ? Number(value >= moments.mean) : normalProbability((value - moments.mean) / deviation);
  return {
    kind: "histogram",
    title,
    about: `Mean ${moments.mean}, deviation ${deviation}; the curve is a normal distribution with the same`,
    unit,
    from: low,
    step,
    counts,
    expected: counts.map((_, bin) => values.length * (below(low + (bin + 1) * step) - below(low + bin * step))),
    marks,
  };
}

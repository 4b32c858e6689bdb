import {
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeError,
  type SharpeSample,
  sharpeSample,
} from "../inference/sharpe-inference.ts";
import { type Measure, unknown } from "../measure.ts";
import type { ReturnReading } from "./reading.ts";
import type { ReturnStatistic } from "./statistic.ts";

const TRACK_RECORD_CONFIDENCE = 0.95;

/** How far the Sharpe ratio can be trusted. `benchmarks` are Sharpe ratios per period. */
export const inferenceStatistics = ({
  benchmarks,
}: {
  readonly benchmarks: readonly number[];
}): readonly ReturnStatistic[] => [
  {
    name: "psr_vs_0",
    title: "Probability that the Sharpe ratio is above 0",
    group: "inference",
    unit: "probability",
    formula: "Φ(SR·√(n − 1) ÷ √(1 − S·SR + (b₂ − 1) ÷ 4 · SR²)), SR of a period, population moments",
    differs:
      "QuantStats takes 3 off a kurtosis that is excess already, Lean feeds excess kurtosis in, PerformanceAnalytics leaves kurtosis out unless told otherwise, pypbo and ffn take adjusted moments, Zoonek 2025 the variance under the null.",
    read: (reading) => ofSample(reading, (sample) => probabilisticSharpe(sample, 0)),
  },
  ...benchmarks.map(
    (benchmark): ReturnStatistic => ({
      name: `psr_vs_${benchmark}_per_period`,
      title: `Probability that it is above ${benchmark} a period`,
      group: "inference",
      unit: "probability",
      formula: "as psr_vs_0, with SR less the benchmark in front of the root",
      read: (reading) => ofSample(reading, (sample) => probabilisticSharpe(sample, benchmark)),
    }),
  ),
  {
    name: "sr_std_error",
    title: "Standard error of the Sharpe ratio of a period",
    group: "inference",
    unit: "ratio",
    formula: "√((1 − S·SR + (b₂ − 1) ÷ 4 · SR²) ÷ (n − 1))",
    read: (reading) => ofSample(reading, sharpeError),
  },
  {
    name: "min_track_record_length_vs_0_p95",
    title: "Track record that shows a Sharpe ratio above 0, 95 % sure",
    group: "inference",
    unit: "periods",
    formula: "1 + (1 − S·SR + (b₂ − 1) ÷ 4 · SR²) · (z₀.₉₅ ÷ SR)²",
    differs:
      "Undefined for a ratio of 0 or below, which no track record will show to be above 0; Briones' formula squares the sign away and gives a length.",
    read: (reading) => ofSample(reading, (sample) => minimumTrackRecord(sample, 0, TRACK_RECORD_CONFIDENCE)),
  },
];

function ofSample(reading: ReturnReading, read: (sample: SharpeSample) => Measure): Measure {
  if (reading.n === 0) return unknown("no returns");
  const sample = sharpeSample(reading.moments);
  return "reason" in sample ? unknown(sample.reason, reading.n) : read(sample);
}

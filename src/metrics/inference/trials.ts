import { type Measure, measured, unknown } from "../measure.ts";
import { momentsOf } from "../returns/moments.ts";
import {
  effectiveTrials,
  expectedMaximum,
  minimumTrackRecord,
  probabilisticSharpe,
  type SharpeSample,
  sharpeSample,
} from "./sharpe-inference.ts";

/** What a Sharpe ratio is worth that was chosen among those of many trials; all ratios are per period. */
export interface TrialsStatistics {
  /** Of each trial, in their order; undefined for one without a spread. */
  readonly ratios: readonly (number | undefined)[];
  /** Which trial is judged: the best, unless another was named. */
  readonly selected: number;
  readonly selectedRatio: Measure;
  /** Sample variance (n − 1) of the trials' ratios. */
  readonly variance: Measure;
  /** The ratio that the best of so many trials without skill would show. */
  readonly expectedMaximum: Measure;
  /** Probability that the selected trial is better than that. */
  readonly deflated: Measure;
  /** The same for as many trials as would be independent. */
  readonly effectiveTrials: Measure;
  readonly deflatedEffective: Measure;
  readonly probabilistic: Measure;
  readonly minimumTrackRecord: Measure;
}

/** Bailey and López de Prado 2014. Every trial counts, those given up too: without them the number means nothing. */
export function trialsStatistics(trials: readonly Float64Array[], chosen?: number): TrialsStatistics {
  const samples = trials.map((returns) => sharpeSample(momentsOf(returns)));
  const ratios = samples.map((sample) => ("reason" in sample ? undefined : sample.ratio));
  const selected = chosen ?? best(ratios);
  const sample = samples[selected];
  const spread = varianceOf(ratios);
  const effective = measuredOr(() => effectiveTrials(trials.length, meanCorrelation(trials)), trials.length);
  const of = (read: (sample: SharpeSample) => Measure): Measure => {
    if (sample === undefined) return unknown("no trials");
    return "reason" in sample ? unknown(sample.reason) : read(sample);
  };
  const deflatedFor = (count: Measure): Measure =>
    of((known) => {
      if (typeof count.value !== "number") return count;
      return typeof spread.value === "number"
        ? probabilisticSharpe(known, expectedMaximum(count.value, spread.value))
        : spread;
    });
  return {
    ratios,
    selected,
    selectedRatio: of(({ ratio, n }) => measured(ratio, n)),
    variance: spread,
    expectedMaximum:
      typeof spread.value === "number" ? measured(expectedMaximum(trials.length, spread.value), trials.length) : spread,
    deflated: deflatedFor(measured(trials.length, trials.length)),
    effectiveTrials: effective,
    deflatedEffective: deflatedFor(effective),
    probabilistic: of((known) => probabilisticSharpe(known, 0)),
    minimumTrackRecord: of((known) => minimumTrackRecord(known, 0, 0.95)),
  };
}

function best(ratios: readonly (number | undefined)[]): number {
  let found = 0;
  for (const [index, ratio] of ratios.entries())
    if (ratio !== undefined && ratio > (ratios[found] ?? Number.NEGATIVE_INFINITY)) found = index;
  return found;
}

/** A trial whose ratio is not known would have to be left out, and the spread of the others would be too small. */
function varianceOf(ratios: readonly (number | undefined)[]): Measure {
  const known = ratios.filter((ratio) => ratio !== undefined);
  if (known.length < ratios.length) return unknown("a trial has no Sharpe ratio", known.length);
  if (known.length < 2) return unknown(`needs 2 trials, has ${known.length}`, known.length);
  return measured(momentsOf(Float64Array.from(known)).squares / (known.length - 1), known.length);
}

function measuredOr(read: () => number, n: number): Measure {
  if (n < 2) return unknown(`needs 2 trials, has ${n}`, n);
  const value = read();
  return Number.isFinite(value) ? measured(value, n) : unknown("a trial has no spread", n);
}

/** The mean correlation of the pairs of trials: from standardised sums, without a matrix of all pairs. */
function meanCorrelation(trials: readonly Float64Array[]): number {
  const count = trials.length;
  const length = trials[0]?.length ?? 0;
  const together = new Float64Array(length);
  for (const returns of trials) {
    const { mean, squares } = momentsOf(returns);
    const scale = 1 / Math.sqrt(squares);
    for (let index = 0; index < length; index++)
      together[index] = (together[index] as number) + ((returns[index] as number) - mean) * scale;
  }
  let sum = 0;
  for (const value of together) sum += value * value;
  return (sum - count) / (count * (count - 1));
}

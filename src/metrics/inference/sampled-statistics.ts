import type { Statistic } from "./bootstrap.ts";

/** Statistics of a sample that a bootstrap makes often: of returns, or of the profits of trades. Plain and quick. */

const mean: Statistic = (sample) => (sample.length === 0 ? undefined : sumOf(sample) / sample.length);

/** Mean ÷ sample deviation; undefined without a spread. */
const sharpe: Statistic = (sample) => {
  const centre = sumOf(sample) / sample.length;
  let squares = 0;
  for (let index = 0; index < sample.length; index++) squares += ((sample[index] as number) - centre) ** 2;
  const deviation = Math.sqrt(squares / (sample.length - 1));
  return deviation > 4 * Number.EPSILON * Math.abs(centre) ? centre / deviation : undefined;
};

/** Mean ÷ downside deviation; undefined where nothing is below 0. */
const sortino: Statistic = (sample) => {
  let squares = 0;
  for (let index = 0; index < sample.length; index++) squares += Math.min(sample[index] as number, 0) ** 2;
  return squares === 0 ? undefined : sumOf(sample) / sample.length / Math.sqrt(squares / sample.length);
};

/** Σ gains ÷ |Σ losses|; unbounded without a loss, undefined without either. */
const profitFactor: Statistic = (sample) => {
  let [gains, losses] = [0, 0];
  for (let index = 0; index < sample.length; index++) {
    const value = sample[index] as number;
    if (value > 0) gains += value;
    else losses -= value;
  }
  if (losses > 0) return gains / losses;
  return gains > 0 ? Number.POSITIVE_INFINITY : undefined;
};

/** The part above 0. */
const winRate: Statistic = (sample) => {
  let wins = 0;
  for (let index = 0; index < sample.length; index++) if ((sample[index] as number) > 0) wins++;
  return sample.length === 0 ? undefined : wins / sample.length;
};

/** By their names in reports. */
export const STATISTIC_OF = {
  mean,
  sharpe_per_period: sharpe,
  sortino_per_period: sortino,
  profit_factor: profitFactor,
  win_rate: winRate,
} as const satisfies Readonly<Record<string, Statistic>>;

function sumOf(sample: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < sample.length; index++) sum += sample[index] as number;
  return sum;
}

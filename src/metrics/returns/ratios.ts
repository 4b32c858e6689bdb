import { type Measure, finite, unbounded, unknown } from "../measure.ts";
import { deviationOf, downsideDeviation, isFlat } from "./moments.ts";
import type { ReturnReading } from "./reading.ts";

/** A measure of a series that needs at least so many returns. */
export const needing = (count: number, reading: ReturnReading, read: () => Measure): Measure =>
  reading.n >= count ? read() : unknown(reading.n === 0 ? "no returns" : `needs ${count} returns, has ${reading.n}`);

const EQUAL = "all returns are equal";
const NOT_BELOW = "no return is below the target";

/** What the value of 1 became, less 1. */
export const totalReturn = (reading: ReturnReading): Measure =>
  needing(1, reading, () => finite(reading.growth - 1, reading.n));

/** The sample deviation (n − 1) of a period's return. */
export const volatility = (reading: ReturnReading): Measure =>
  needing(2, reading, () => finite(deviationOf(reading.moments), reading.n));

/** Mean above the risk-free return ÷ deviation, per period; `riskFree` is of one period. */
export const sharpe = (reading: ReturnReading, riskFree = 0): Measure =>
  needing(2, reading, () =>
    isFlat(reading.moments)
      ? unknown(EQUAL, reading.n)
      : finite((reading.moments.mean - riskFree) / deviationOf(reading.moments), reading.n),
  );

/** The return of one period that makes up an annual one. */
export const perPeriod = (annual: number, periodsPerYear: number): number => (1 + annual) ** (1 / periodsPerYear) - 1;

/** Mean above the target ÷ downside deviation, per period; the target is of one period. */
export const sortino = (reading: ReturnReading, target = 0): Measure =>
  needing(2, reading, () => {
    const downside = downsideDeviation(reading.returns, target);
    return downside === 0
      ? unknown(NOT_BELOW, reading.n)
      : finite((reading.moments.mean - target) / downside, reading.n);
  });

/** √ of the mean square below 0, per period; 0 where nothing is. */
export const downsideRisk = (reading: ReturnReading): Measure =>
  needing(2, reading, () => finite(downsideDeviation(reading.returns, 0), reading.n));

/** A value of a period as one of a year, by the root of time: it takes periods for independent. */
export const annualized = (measure: Measure, { periodsPerYear }: ReturnReading): Measure =>
  typeof measure.value === "number" ? finite(measure.value * Math.sqrt(periodsPerYear), measure.n) : measure;

/** ≤ 0; the start is the first peak. */
export const maxDrawdownRatio = (reading: ReturnReading): Measure =>
  needing(1, reading, () => finite(reading.deepest, reading.n));

/** The return of a year that would have made the same of 1. */
export const annualReturn = (reading: ReturnReading): Measure =>
  needing(1, reading, () => {
    const value = reading.growth ** (reading.periodsPerYear / reading.n) - 1;
    return Number.isFinite(value) ? finite(value, reading.n) : unknown("a year of it is beyond any number", reading.n);
  });

/** Annual return ÷ deepest drawdown. */
export const calmar = (reading: ReturnReading): Measure => {
  const annual = annualReturn(reading);
  if (typeof annual.value !== "number") return annual;
  return reading.deepest === 0
    ? unknown("there was no drawdown", reading.n)
    : finite(annual.value / -reading.deepest, reading.n);
};

/** Σ gains ÷ |Σ losses| of periods; whether there was a loss is counted. */
export const profitFactorOfReturns = (reading: ReturnReading): Measure => {
  const { n, wins, lost, gains, losses } = reading.moments;
  return needing(1, reading, () => {
    if (lost > 0) return finite(gains / -losses, n);
    return wins > 0 ? unbounded(n) : unknown("no period won or lost", n);
  });
};

/** Mean gain ÷ |mean loss| of periods. */
export const payoffOfReturns = (reading: ReturnReading): Measure => {
  const { n, wins, lost, gains, losses } = reading.moments;
  return needing(1, reading, () => {
    if (wins === 0) return unknown("no period won", n);
    return lost === 0 ? unbounded(n) : finite(gains / wins / (-losses / lost), n);
  });
};

/** Sharpe per period divided by what |correlation of neighbours| ρ takes: √(1 + 2·Σ (n − k) ÷ n · ρᵏ). */
export function autocorrelatedSharpe(reading: ReturnReading): Measure {
  const plain = sharpe(reading);
  if (typeof plain.value !== "number") return plain;
  return needing(3, reading, () => {
    const rho = Math.abs(neighbourCorrelation(reading.returns));
    if (!Number.isFinite(rho)) return unknown(EQUAL, reading.n);
    let [sum, power] = [0, 1];
    for (let lag = 1; lag < reading.n && power > Number.EPSILON ** 2; lag++) {
      power *= rho;
      sum += ((reading.n - lag) / reading.n) * power;
    }
    return finite(Number(plain.value) / Math.sqrt(1 + 2 * sum), reading.n);
  });
}

/** Correlation of each return with the next. */
function neighbourCorrelation(returns: Float64Array): number {
  const count = returns.length - 1;
  let [meanA, meanB] = [0, 0];
  for (let index = 0; index < count; index++) {
    meanA += (returns[index] as number) / count;
    meanB += (returns[index + 1] as number) / count;
  }
  let [both, squaresA, squaresB] = [0, 0, 0];
  for (let index = 0; index < count; index++) {
    const [a, b] = [(returns[index] as number) - meanA, (returns[index + 1] as number) - meanB];
    both += a * b;
    squaresA += a * a;
    squaresB += b * b;
  }
  return both / Math.sqrt(squaresA * squaresB);
}

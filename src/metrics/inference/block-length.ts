/** How long blocks of a resample should be for it to vary as the series does, in values. */
export interface BlockLength {
  /** The mean length for the stationary bootstrap. */
  readonly stationary: number;
  /** The length for the circular block bootstrap. */
  readonly circular: number;
}

/**
 * Politis and White 2004, with the correction of 2009: long where neighbours are alike. Undefined for a series that is
 * too short or has no spread.
 */
export function blockLength(values: Float64Array): BlockLength | undefined {
  const count = values.length;
  if (count < 9) return undefined;
  const centred = centredOf(values);
  const { covariances, lags } = significantLags(centred);
  let [slope, longRun] = [0, covariances[0] as number];
  for (let lag = 1; lag <= lags; lag++) {
    const weight = lag / lags <= 0.5 ? 1 : 2 * (1 - lag / lags);
    slope += 2 * weight * lag * (covariances[lag] as number);
    longRun += 2 * weight * (covariances[lag] as number);
  }
  const most = Math.ceil(Math.min(3 * Math.sqrt(count), count / 3));
  const lengthFor = (factor: number): number =>
    Math.min(most, Math.cbrt((2 * slope ** 2) / (factor * longRun ** 2)) * Math.cbrt(count));
  const found = { stationary: lengthFor(2), circular: lengthFor(4 / 3) };
  return Number.isFinite(found.stationary) ? found : undefined;
}

function centredOf(values: Float64Array): Float64Array {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  return values.map((value) => value - mean);
}

interface Autocovariance {
  readonly covariances: Float64Array;
  /** Twice the lag after which several correlations in a row are no longer told from 0. */
  readonly lags: number;
}

function significantLags(centred: Float64Array): Autocovariance {
  const count = centred.length;
  const inARow = Math.max(5, Math.trunc(Math.log10(count)));
  const lagMax = Math.min(Math.ceil(Math.sqrt(count)) + inARow, count - 2);
  const limit = 2 * Math.sqrt(Math.log10(count) / count);
  const covariances = new Float64Array(lagMax + 1);
  let quiet = 0;
  let last: number | undefined;
  for (let lag = 0; lag <= lagMax; lag++) {
    const { product, correlation } = lagProduct(centred, lag);
    covariances[lag] = product / count;
    // The run of quiet lags is judged one lag late, as the reference does.
    if (last === undefined && quiet >= inARow) last = lag - inARow;
    quiet = correlation < limit ? quiet + 1 : 0;
  }
  return { covariances, lags: last === undefined ? lagMax : Math.min(2 * Math.max(last, 1), lagMax) };
}

function lagProduct(centred: Float64Array, lag: number): { product: number; correlation: number } {
  const count = centred.length;
  let [product, late, early] = [0, 0, 0];
  for (let index = 0; index + lag < count; index++)
    product += (centred[index] as number) * (centred[index + lag] as number);
  for (let index = 0; index < count; index++) {
    const square = (centred[index] as number) ** 2;
    if (index > lag) late += square;
    if (index < count - lag - 1) early += square;
  }
  return { product, correlation: Math.abs(product) / Math.sqrt(late * early) };
}

import { type Measure, measured, unknown } from "./measure.ts";

/**
 * An equity curve as its drawdown needs it (metrics.md §4): the first value is the starting equity and the first peak.
 * Ratios are magnitudes ≥ 0: 0.05 is 5 % below the peak. Plain data; times in any one unit, not falling.
 */
export interface Drawdown {
  n: number;
  peak: number;
  peakAt: number;
  equity: number;
  at: number;
  maxRatio: number;
  maxAbsolute: number;
  longest: number;
}

export const emptyDrawdown = (): Drawdown => ({
  n: 0,
  peak: 0,
  peakAt: 0,
  equity: 0,
  at: 0,
  maxRatio: 0,
  maxAbsolute: 0,
  longest: 0,
});

/** Takes the equity at a moment in, in place. */
export function takeEquity(drawdown: Drawdown, at: number, equity: number): void {
  if (drawdown.n === 0 || equity >= drawdown.peak) {
    if (isUnderwater(drawdown)) drawdown.longest = Math.max(drawdown.longest, at - drawdown.peakAt);
    drawdown.peak = equity;
    drawdown.peakAt = at;
  }
  drawdown.n++;
  drawdown.at = at;
  drawdown.equity = equity;
  drawdown.maxAbsolute = Math.max(drawdown.maxAbsolute, drawdown.peak - equity);
  if (drawdown.peak > 0) drawdown.maxRatio = Math.max(drawdown.maxRatio, ratioOf(drawdown));
}

/** Whether the newest value is below the peak. */
export const isUnderwater = ({ n, equity, peak }: Drawdown): boolean => n > 0 && equity < peak;

export const currentDrawdown = (drawdown: Drawdown): Measure => againstPeak(drawdown, ratioOf(drawdown));

export const maxDrawdown = (drawdown: Drawdown): Measure => againstPeak(drawdown, drawdown.maxRatio);

/** The largest fall from a peak in money; may be another fall than that of the largest ratio. */
export const maxDrawdownAbsolute = ({ n, maxAbsolute }: Drawdown): Measure =>
  n === 0 ? unknown(NO_EQUITY) : measured(maxAbsolute, n);

/** The longest time from a peak to its recovery, or to the newest value while it is not recovered. */
export function longestDrawdown(drawdown: Drawdown): Measure {
  if (drawdown.n === 0) return unknown(NO_EQUITY);
  const open = isUnderwater(drawdown) ? drawdown.at - drawdown.peakAt : 0;
  return measured(Math.max(drawdown.longest, open), drawdown.n);
}

const NO_EQUITY = "no equity was seen";

/** All of the peak is lost at zero equity; what is below it has no ratio. */
const ratioOf = ({ equity, peak }: Drawdown): number => Math.min(1, 1 - equity / peak);

function againstPeak({ n, peak }: Drawdown, ratio: number): Measure {
  if (n === 0) return unknown(NO_EQUITY);
  return peak > 0 ? measured(ratio, n) : unknown("the peak was not above zero", n);
}

import { type Measure, measured, unknown } from "./measure.ts";

/**
 * An equity curve as its drawdown needs it (metrics.md §4): the first value is the starting equity and the first peak.
 * Ratios are magnitudes ≥ 0: 0.05 is 5 % below the peak. Plain data.
 */
export interface Drawdown {
  n: number;
  peak: number;
  equity: number;
  at: number;
  maxRatio: number;
}

export const emptyDrawdown = (): Drawdown => ({
  n: 0,
  peak: 0,
  equity: 0,
  at: 0,
  maxRatio: 0,
});

/** Takes the equity at a moment in, in place. */
export function takeEquity(drawdown: Drawdown, at: number, equity: number): void {
  if (drawdown.n === 0 || equity >= drawdown.peak) {
    drawdown.peak = equity;
  }
  drawdown.n++;
  drawdown.at = at;
  drawdown.equity = equity;
  if (drawdown.peak > 0) drawdown.maxRatio = Math.max(drawdown.maxRatio, ratioOf(drawdown));
}

export const currentDrawdown = (drawdown: Drawdown): Measure => againstPeak(drawdown, ratioOf(drawdown));

export const maxDrawdown = (drawdown: Drawdown): Measure => againstPeak(drawdown, drawdown.maxRatio);

const NO_EQUITY = "no equity was seen";

/** All of the peak is lost at zero equity; what is below it has no ratio. */
const ratioOf = ({ equity, peak }: Drawdown): number => Math.min(1, (peak - equity) / peak);

function againstPeak({ n, peak }: Drawdown, ratio: number): Measure {
  if (n === 0) return unknown(NO_EQUITY);
  return peak > 0 ? measured(ratio, n) : unknown("the peak was not above zero", n);
}

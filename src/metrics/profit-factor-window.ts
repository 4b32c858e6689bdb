import type { Measure } from "./measure.ts";
import { addTo, emptySum } from "./sum.ts";
import { emptyTally, profitFactor, type TradeTally } from "./trade-statistics.ts";

/** A trade by when it closed and what it made after fees. */
export interface TimedTrade {
  /** In any one unit of time. */
  readonly closedAt: number;
  readonly netPnl: number;
}

/**
 * The profit factor of the trades that closed in `(t − window, t]`, for the close `t` of each trade in turn; trades in
 * order of closing, those of one moment belong together (metrics.md §3). What leaves the window is taken out of sums
 * that keep what rounding takes away, and whether a loss is left is counted.
 */
export function rollingProfitFactor(trades: readonly TimedTrade[], window: number): Measure[] {
  const tally = emptyTally();
  const measures: Measure[] = [];
  let first = 0;
  let next = 0;
  for (const { closedAt } of trades) {
    for (; next < trades.length && at(trades, next) <= closedAt; next++) change(tally, trades[next], 1);
    for (; first < next && at(trades, first) <= closedAt - window; first++) change(tally, trades[first], -1);
    measures.push(profitFactor(tally));
  }
  return measures;
}

const at = (trades: readonly TimedTrade[], index: number): number =>
  trades[index]?.closedAt ?? Number.POSITIVE_INFINITY;

function change(tally: TradeTally, trade: TimedTrade | undefined, by: 1 | -1): void {
  const netPnl = trade?.netPnl ?? 0;
  if (netPnl === 0) tally.evens += by;
  else if (netPnl > 0) {
    tally.wins += by;
    addTo(tally.won, by * netPnl);
    if (tally.wins === 0) Object.assign(tally.won, emptySum());
  } else {
    tally.losses += by;
    addTo(tally.lost, by * netPnl);
    if (tally.losses === 0) Object.assign(tally.lost, emptySum());
  }
}

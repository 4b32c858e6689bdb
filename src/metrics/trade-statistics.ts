import { type Measure, measured, unbounded, unknown } from "./measure.ts";
import { addTo, emptySum, type Sum, sumOf } from "./sum.ts";

/**
 * Closed trades counted by their net profit (metrics.md §3): what most statistics need, and sums of several instruments
 * have. A win is above 0, a loss below, and what is exactly 0 breaks even: it counts among the trades. In one currency.
 */
export interface TradeSums {
  readonly wins: number;
  readonly losses: number;
  readonly evens: number;
  /** Sum of the wins, ≥ 0. */
  readonly won: Sum;
  /** Sum of the losses, ≤ 0. */
  readonly lost: Sum;
}

/** The same of trades in order of closing, with the largest and the streaks; what breaks even ends no streak. Plain data. */
export interface TradeTally extends TradeSums {
  wins: number;
  losses: number;
  evens: number;
  largestWin: number;
  largestLoss: number;
  /** Wins in a row now (> 0), or losses in a row (< 0). */
  streak: number;
  longestWins: number;
  longestLosses: number;
}

export const emptyTally = (): TradeTally => ({
  wins: 0,
  losses: 0,
  evens: 0,
  won: emptySum(),
  lost: emptySum(),
  largestWin: 0,
  largestLoss: 0,
  streak: 0,
  longestWins: 0,
  longestLosses: 0,
});

/** Counts a trade, in place; `netPnl` after fees and funding. Throws when it is not finite. */
export function countTrade(tally: TradeTally, netPnl: number): void {
  if (!Number.isFinite(netPnl)) throw new RangeError(`a trade made ${netPnl}`);
  if (netPnl === 0) tally.evens++;
  else if (netPnl > 0) countWin(tally, netPnl);
  else countLoss(tally, netPnl);
}

function countWin(tally: TradeTally, netPnl: number): void {
  tally.wins++;
  addTo(tally.won, netPnl);
  if (netPnl > tally.largestWin) tally.largestWin = netPnl;
  tally.streak = tally.streak > 0 ? tally.streak + 1 : 1;
  if (tally.streak > tally.longestWins) tally.longestWins = tally.streak;
}

function countLoss(tally: TradeTally, netPnl: number): void {
  tally.losses++;
  addTo(tally.lost, netPnl);
  if (netPnl < tally.largestLoss) tally.largestLoss = netPnl;
  tally.streak = tally.streak < 0 ? tally.streak - 1 : -1;
  if (-tally.streak > tally.longestLosses) tally.longestLosses = -tally.streak;
}

export const tradesOf = ({ wins, losses, evens }: TradeSums): number => wins + losses + evens;

const NO_TRADES = "no trades";
const NO_WINS = "no wins";
const NO_LOSSES = "no losses";

/** Wins ÷ all trades, a ratio. */
export const winRate = (tally: TradeSums): Measure =>
  perTrade(tally, (trades) => measured(tally.wins / trades, trades));

/** Mean net profit of a trade. */
export const expectancy = (tally: TradeSums): Measure =>
  perTrade(tally, (trades) => measured(netProfit(tally) / trades, trades));

/** Gross profit ÷ gross loss; `unbounded` without a loss. Whether there was one is counted, never told from a sum. */
export const profitFactor = (tally: TradeSums): Measure =>
  perTrade(tally, (trades) => {
    if (tally.losses > 0) return measured(sumOf(tally.won) / -sumOf(tally.lost), trades);
    return tally.wins > 0 ? unbounded(trades) : unknown("no trade won or lost", trades);
  });

/** Average win ÷ average loss, as a magnitude; `unbounded` without a loss. */
export const payoff = (tally: TradeSums): Measure =>
  perTrade(tally, (trades) => {
    if (tally.wins === 0) return unknown(NO_WINS, trades);
    if (tally.losses === 0) return unbounded(trades);
    return measured(sumOf(tally.won) / tally.wins / (-sumOf(tally.lost) / tally.losses), trades);
  });

export const netProfit = (tally: TradeSums): number => sumOf(tally.won) + sumOf(tally.lost);

export const averageWin = (tally: TradeSums): Measure =>
  tally.wins === 0 ? none(tally, NO_WINS) : measured(sumOf(tally.won) / tally.wins, tally.wins);

/** ≤ 0. */
export const averageLoss = (tally: TradeSums): Measure =>
  tally.losses === 0 ? none(tally, NO_LOSSES) : measured(sumOf(tally.lost) / tally.losses, tally.losses);

export const largestWin = (tally: TradeTally): Measure =>
  tally.wins === 0 ? none(tally, NO_WINS) : measured(tally.largestWin, tradesOf(tally));

/** ≤ 0. */
export const largestLoss = (tally: TradeTally): Measure =>
  tally.losses === 0 ? none(tally, NO_LOSSES) : measured(tally.largestLoss, tradesOf(tally));

const none = (tally: TradeSums, reason: string): Measure =>
  unknown(tradesOf(tally) === 0 ? NO_TRADES : reason, tradesOf(tally));

function perTrade(tally: TradeSums, measure: (trades: number) => Measure): Measure {
  const trades = tradesOf(tally);
  return trades === 0 ? unknown(NO_TRADES) : measure(trades);
}

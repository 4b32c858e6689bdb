import { type Decimal, ZERO, add, compare, subtract } from "../decimal.ts";
import type { ClosedTrade, Traded, TradedFill } from "./trades.ts";

/** Closed trades counted by what they made, in the currency of the profit, after fees. */
export interface TradeCount {
  readonly wins: number;
  readonly losses: number;
  readonly evens: number;
  /** ≥ 0. */
  readonly won: Decimal;
  /** ≤ 0. */
  readonly lost: Decimal;
  readonly largestWin: Decimal;
  /** ≤ 0. */
  readonly largestLoss: Decimal;
  /** Microseconds that they were held, all together. */
  readonly heldMicros: number;
}

/** What the fills of some span of time did. Money in the currency of the profit, exact. */
export interface Totals {
  /** Gross, before fees. */
  readonly realized: Decimal;
  /** ≥ 0. */
  readonly feesPaid: Decimal;
  /** ≥ 0. */
  readonly rebates: Decimal;
  /** Value of all fills. */
  readonly volume: Decimal;
  readonly fills: number;
  readonly makerFills: number;
  readonly takerFills: number;
  /** One for each fill that closed something. */
  readonly closings: TradeCount;
  /** From flat to flat. */
  readonly roundTrips: TradeCount;
}

const NO_TRADES: TradeCount = {
  wins: 0,
  losses: 0,
  evens: 0,
  won: ZERO,
  lost: ZERO,
  largestWin: ZERO,
  largestLoss: ZERO,
  heldMicros: 0,
};

export const NO_TOTALS: Totals = {
  realized: ZERO,
  feesPaid: ZERO,
  rebates: ZERO,
  volume: ZERO,
  fills: 0,
  makerFills: 0,
  takerFills: 0,
  closings: NO_TRADES,
  roundTrips: NO_TRADES,
};

/** A fill as totals count it. */
export interface CountedFill extends TradedFill {
  readonly isMaker: boolean | undefined;
}

/** The totals with one more fill, which did this. */
export const withTraded = (totals: Totals, fill: CountedFill, { closing, roundTrip }: Traded): Totals => ({
  realized: closing === undefined ? totals.realized : add(totals.realized, closing.grossPnl),
  feesPaid: fill.fee.units > 0n ? add(totals.feesPaid, fill.fee) : totals.feesPaid,
  rebates: fill.fee.units < 0n ? subtract(totals.rebates, fill.fee) : totals.rebates,
  volume: add(totals.volume, fill.value),
  fills: totals.fills + 1,
  makerFills: totals.makerFills + (fill.isMaker === true ? 1 : 0),
  takerFills: totals.takerFills + (fill.isMaker === false ? 1 : 0),
  closings: closing === undefined ? totals.closings : counted(totals.closings, closing),
  roundTrips: roundTrip === undefined ? totals.roundTrips : counted(totals.roundTrips, roundTrip),
});

/** A trade that a bot reported as closed without telling its fills: `fees` are in `grossPnl` not yet. */
export const withReportedTrade = (totals: Totals, closed: ClosedTrade): Totals => ({
  ...totals,
  realized: add(totals.realized, closed.grossPnl),
  feesPaid: closed.fees.units > 0n ? add(totals.feesPaid, closed.fees) : totals.feesPaid,
  rebates: closed.fees.units < 0n ? subtract(totals.rebates, closed.fees) : totals.rebates,
  closings: counted(totals.closings, closed),
  roundTrips: counted(totals.roundTrips, closed),
});

/** The totals of both. Money of one currency only. */
export const sumOfTotals = (a: Totals, b: Totals): Totals => ({
  realized: add(a.realized, b.realized),
  feesPaid: add(a.feesPaid, b.feesPaid),
  rebates: add(a.rebates, b.rebates),
  volume: add(a.volume, b.volume),
  fills: a.fills + b.fills,
  makerFills: a.makerFills + b.makerFills,
  takerFills: a.takerFills + b.takerFills,
  closings: sumOfTrades(a.closings, b.closings),
  roundTrips: sumOfTrades(a.roundTrips, b.roundTrips),
});

const sumOfTrades = (a: TradeCount, b: TradeCount): TradeCount => ({
  wins: a.wins + b.wins,
  losses: a.losses + b.losses,
  evens: a.evens + b.evens,
  won: add(a.won, b.won),
  lost: add(a.lost, b.lost),
  largestWin: compare(a.largestWin, b.largestWin) < 0 ? b.largestWin : a.largestWin,
  largestLoss: compare(a.largestLoss, b.largestLoss) > 0 ? b.largestLoss : a.largestLoss,
  heldMicros: a.heldMicros + b.heldMicros,
});

function counted(count: TradeCount, { netPnl, openedAt, closedAt }: ClosedTrade): TradeCount {
  const heldMicros = count.heldMicros + (closedAt - openedAt);
  if (netPnl.units === 0n) return { ...count, evens: count.evens + 1, heldMicros };
  return netPnl.units > 0n
    ? {
        ...count,
        wins: count.wins + 1,
        won: add(count.won, netPnl),
        largestWin: compare(netPnl, count.largestWin) > 0 ? netPnl : count.largestWin,
        heldMicros,
      }
    : {
        ...count,
        losses: count.losses + 1,
        lost: add(count.lost, netPnl),
        largestLoss: compare(netPnl, count.largestLoss) < 0 ? netPnl : count.largestLoss,
        heldMicros,
      };
}

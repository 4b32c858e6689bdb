import { type Decimal, ZERO, absolute, add, negate, sign } from "../decimal.ts";
import { type Flow, lessFee, NO_FLOW, sumOfFlows, withFlow } from "./flow.ts";
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
  /** Microseconds that they were held, all together. */
  readonly heldMicros: number;
}

/** What the fills of some span of time did. Money in the currency of the profit, exact. */
export interface Totals {
  /** Gross, before fees. */
  readonly realized: Decimal;
  /** Fees paid, and rebates received. */
  readonly fees: Flow;
  /** Those in other currencies than the profit. */
  readonly otherFees: readonly CurrencyFees[];
  readonly funding: Flow;
  /** Value of all fills; what a settlement closed was not traded. */
  readonly volume: Decimal;
  readonly fills: number;
  /** Of instruments that were still held: their payout closed them, and nobody traded. */
  readonly settlements: number;
  readonly makerFills: number;
  readonly takerFills: number;
  /** One for each fill that closed something. */
  readonly closings: TradeCount;
  /** From flat to flat. */
  readonly roundTrips: TradeCount;
}

export const NO_TRADES: TradeCount = {
  wins: 0,
  losses: 0,
  evens: 0,
  won: ZERO,
  lost: ZERO,
  heldMicros: 0,
};

export const NO_TOTALS: Totals = {
  realized: ZERO,
  fees: NO_FLOW,
  otherFees: [],
  funding: NO_FLOW,
  volume: ZERO,
  fills: 0,
  settlements: 0,
  makerFills: 0,
  takerFills: 0,
  closings: NO_TRADES,
  roundTrips: NO_TRADES,
};

/** A fill as totals count it. */
export interface CountedFill extends TradedFill {
  readonly isMaker: boolean | undefined;
  /** A fee in another currency than the profit: > 0 paid, < 0 a rebate. */
  readonly otherFee?: { readonly currency: string; readonly amount: Decimal } | undefined;
  /** > 0 received, < 0 paid. */
  readonly funding?: Decimal | undefined;
  /** The payout of a settlement closed it: nobody traded. */
  readonly settles?: true;
}

/** Fees in one currency. */
export interface CurrencyFees {
  readonly currency: string;
  readonly fees: Flow;
}

function withOtherFee(
  all: readonly CurrencyFees[],
  { currency, amount }: NonNullable<CountedFill["otherFee"]>,
): readonly CurrencyFees[] {
  const [first] = all;
  // Nearly always there is but one.
  if (all.length === 1 && first?.currency === currency) return [{ currency, fees: lessFee(first.fees, amount) }];
  const place = all.findIndex((each) => each.currency === currency);
  const fees = lessFee(all[place]?.fees ?? NO_FLOW, amount);
  return place < 0 ? [...all, { currency, fees }] : all.with(place, { currency, fees });
}

function sumOfFees(a: readonly CurrencyFees[], b: readonly CurrencyFees[]): readonly CurrencyFees[] {
  if (b.length === 0) return a;
  const sums = new Map(a.map(({ currency, fees }) => [currency, fees]));
  for (const { currency, fees } of b) sums.set(currency, sumOfFlows(sums.get(currency) ?? NO_FLOW, fees));
  return [...sums].map(([currency, fees]) => ({ currency, fees }));
}

/** The totals with one more fill, which did this. */
export const withTraded = (totals: Totals, fill: CountedFill, { closing, roundTrip }: Traded): Totals => ({
  realized: closing === undefined ? totals.realized : add(totals.realized, closing.grossPnl),
  fees: lessFee(totals.fees, fill.fee),
  otherFees: fill.otherFee === undefined ? totals.otherFees : withOtherFee(totals.otherFees, fill.otherFee),
  funding: fill.funding === undefined ? totals.funding : withFlow(totals.funding, fill.funding),
  volume: fill.settles === true ? totals.volume : add(totals.volume, absolute(fill.value)),
  fills: totals.fills + (fill.settles === true ? 0 : 1),
  settlements: totals.settlements + (fill.settles === true ? 1 : 0),
  makerFills: totals.makerFills + (fill.isMaker === true ? 1 : 0),
  takerFills: totals.takerFills + (fill.isMaker === false ? 1 : 0),
  closings: closing === undefined ? totals.closings : counted(totals.closings, closing),
  roundTrips: roundTrip === undefined ? totals.roundTrips : counted(totals.roundTrips, roundTrip),
});

/** How often something was taken in: what of two moments has as many is the same. */
export const takenIn = ({ fills, settlements }: Totals): number => fills + settlements;

/** A trade that a bot reported as closed without telling its fills: `fees` are in `grossPnl` not yet. */
export const withReportedTrade = (totals: Totals, closed: ClosedTrade): Totals => ({
  ...totals,
  realized: add(totals.realized, closed.grossPnl),
  fees: lessFee(totals.fees, closed.fees),
  closings: counted(totals.closings, closed),
  roundTrips: counted(totals.roundTrips, closed),
});

/** What came between two totals of which the second is the earlier. */
export const totalsSince = (now: Totals, then: Totals): Totals => sumOfTotals(now, negated(then));

/** The totals of both. Money of one currency only. */
export const sumOfTotals = (a: Totals, b: Totals): Totals => ({
  realized: add(a.realized, b.realized),
  fees: sumOfFlows(a.fees, b.fees),
  otherFees: sumOfFees(a.otherFees, b.otherFees),
  funding: sumOfFlows(a.funding, b.funding),
  volume: add(a.volume, b.volume),
  fills: a.fills + b.fills,
  settlements: a.settlements + b.settlements,
  makerFills: a.makerFills + b.makerFills,
  takerFills: a.takerFills + b.takerFills,
  closings: sumOfTrades(a.closings, b.closings),
  roundTrips: sumOfTrades(a.roundTrips, b.roundTrips),
});

const negated = (totals: Totals): Totals => ({
  realized: negate(totals.realized),
  fees: negatedFlow(totals.fees),
  otherFees: totals.otherFees.map(({ currency, fees }) => ({ currency, fees: negatedFlow(fees) })),
  funding: negatedFlow(totals.funding),
  volume: negate(totals.volume),
  fills: -totals.fills,
  settlements: -totals.settlements,
  makerFills: -totals.makerFills,
  takerFills: -totals.takerFills,
  closings: negatedTrades(totals.closings),
  roundTrips: negatedTrades(totals.roundTrips),
});

const negatedFlow = ({ received, paid }: Flow): Flow => ({ received: negate(received), paid: negate(paid) });

const negatedTrades = ({ wins, losses, evens, won, lost, heldMicros }: TradeCount): TradeCount => ({
  wins: -wins,
  losses: -losses,
  evens: -evens,
  won: negate(won),
  lost: negate(lost),
  heldMicros: -heldMicros,
});

export const sumOfTrades = (a: TradeCount, b: TradeCount): TradeCount => ({
  wins: a.wins + b.wins,
  losses: a.losses + b.losses,
  evens: a.evens + b.evens,
  won: add(a.won, b.won),
  lost: add(a.lost, b.lost),
  heldMicros: a.heldMicros + b.heldMicros,
});

function counted(count: TradeCount, { netPnl, openedAt, closedAt }: ClosedTrade): TradeCount {
  const outcome = sign(netPnl);
  return {
    wins: count.wins + (outcome > 0 ? 1 : 0),
    losses: count.losses + (outcome < 0 ? 1 : 0),
    evens: count.evens + (outcome === 0 ? 1 : 0),
    won: outcome > 0 ? add(count.won, netPnl) : count.won,
    lost: outcome < 0 ? add(count.lost, netPnl) : count.lost,
    heldMicros: count.heldMicros + (closedAt - openedAt),
  };
}

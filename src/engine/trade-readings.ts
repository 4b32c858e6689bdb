import { decimalToNumber, type Decimal } from "../domain/decimal.ts";
import type { Totals, TradeCount } from "../domain/ledger/totals.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import {
  averageLoss,
  averageWin,
  expectancy,
  payoff,
  profitFactor,
  type TradeSums,
  tradesOf,
  winRate,
} from "../metrics/trade-statistics.ts";
import type { TradeStatisticsView, WireMeasure } from "../protocol/api-money.ts";

const MICROS_PER_HOUR = 3_600_000_000;

type TradeSource = { readonly fills: Totals; readonly makesMarkets: boolean } | { readonly reported: Totals };

/** Statistics of the closed trades of a span, from flat to flat or closing by closing (metrics.md §2), net of fees. */
export function tradeStatisticsOf(source: TradeSource): TradeStatisticsView {
  const { basis, count } = tradeCountOf(source);
  const measures = tradeMeasures(count);
  return {
    basis,
    closed: measures.closed,
    wins: count.wins,
    losses: count.losses,
    breakeven: count.evens,
    win_rate_pct: wire(measures.winRatePct),
    expectancy: wire(measures.expectancy),
    profit_factor: wire(measures.profitFactor),
    payoff: wire(measures.payoff),
    avg_holding_hours: wire(measures.avgHoldingHours),
  };
}

/** What closed trades tell; money in the currency of the count. */
interface TradeMeasures {
  readonly closed: number;
  readonly winRatePct: Measure;
  readonly expectancy: Measure;
  readonly profitFactor: Measure;
  readonly payoff: Measure;
  readonly avgWin: Measure;
  /** ≤ 0. */
  readonly avgLoss: Measure;
  readonly avgHoldingHours: Measure;
}

export function tradeMeasures(count: TradeCount): TradeMeasures {
  const sums = sumsOf(count);
  const closed = tradesOf(sums);
  return {
    closed,
    winRatePct: inPercent(winRate(sums)),
    expectancy: expectancy(sums),
    profitFactor: profitFactor(sums),
    payoff: payoff(sums),
    avgWin: averageWin(sums),
    avgLoss: averageLoss(sums),
    avgHoldingHours:
      closed === 0 ? unknown("no trades") : measured(count.heldMicros / closed / MICROS_PER_HOUR, closed),
  };
}

/** The trades that count, and what a trade is among them. */
export function tradeCountOf(source: TradeSource): {
  readonly basis: TradeStatisticsView["basis"];
  readonly count: TradeCount;
} {
  if ("reported" in source) return { basis: "reported", count: source.reported.roundTrips };
  const { fills, makesMarkets } = source;
  return makesMarkets
    ? { basis: "closing_fill", count: fills.closings }
    : { basis: "round_trip", count: fills.roundTrips };
}

/** A measure as the wire has it. */
export const wire = (measure: Measure): WireMeasure =>
  measure.value === undefined
    ? { value: null, reason: measure.reason, n: measure.n }
    : { value: measure.value, n: measure.n };

const inPercent = (measure: Measure): Measure =>
  typeof measure.value === "number" ? measured(measure.value * 100, measure.n) : measure;

const asSum = (value: Decimal) => ({ total: decimalToNumber(value), rest: 0 });

const sumsOf = ({ wins, losses, evens, won, lost }: TradeCount): TradeSums => ({
  wins,
  losses,
  evens,
  won: asSum(won),
  lost: asSum(lost),
});

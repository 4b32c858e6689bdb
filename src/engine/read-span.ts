import type { Micros } from "../base/time.ts";
import { add, type Decimal, decimal, decimalToNumber, multiply, ZERO } from "../domain/decimal.ts";
import type { TradeCount } from "../domain/ledger/totals.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import type { Reading, SpanReading } from "../metrics/scope-reading.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import type { Mode } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { type Made, type Money, moneyOf, netMoney, readMade, readRealized, tellsFills } from "./made.ts";
import { usdRate } from "./money.ts";
import { readOrderWork } from "./read-order-work.ts";
import { tradesPerDay } from "./trade-frequency.ts";
import { tradeCountOf, tradeMeasures } from "./trade-readings.ts";

/** Whose readings: one bot's, or the whole desk's where none is named. Modes are never added together. */
export interface Scope {
  readonly bot?: string | undefined;
  readonly mode: Mode;
}

const USD = "USD";
const ONE = decimal("1");
const NOTHING = "nothing was traded";
const NO_SPAN: Reading = unknown("what is not realised has no past");

/** What trading made and what orders did in a window. */
export function readSpan(state: State, asOf: Micros, scope: Scope, window: MoneyWindow): SpanReading {
  const filter = { ...scope, window, asOf };
  const made = window === "all" ? readMade(state, filter) : readRealized(state, filter);
  const trades = tradeSpan(state, made);
  return {
    ...moneySpan(state, made),
    ...(window === "all" ? {} : { unrealized: NO_SPAN, gross: NO_SPAN, net: NO_SPAN }),
    ...trades,
    tradesPerDay: tradesPerDay(state, { asOf, scope, window, closed: trades.tradesClosed }),
    ...readOrderWork(state, asOf, scope, window),
  };
}

/** The currency that all of it can be summed in: what one unit of each row's is worth in it. */
interface Common {
  readonly currency: string;
  readonly rates: readonly Decimal[];
}

/** USD where every currency has a recorded rate, else the one that there is; else why not. */
export function commonCurrency(state: State, made: readonly { readonly currency: string }[]): Common | string {
  const [first] = made;
  if (first === undefined) return NOTHING;
  const rates = made.map(({ currency }) => usdRate(state, currency));
  if (rates.every((rate) => rate !== undefined)) return { currency: USD, rates };
  if (made.every(({ currency }) => currency === first.currency))
    return { currency: first.currency, rates: made.map(() => ONE) };
  const unrated = made.find((_, index) => rates[index] === undefined);
  return `no recorded rate from ${unrated?.currency} to USD`;
}

type MoneySpan = Pick<
  SpanReading,
  | "realized"
  | "fees"
  | "feesPaid"
  | "rebates"
  | "funding"
  | "fundingReceived"
  | "fundingPaid"
  | "realizedNet"
  | "unrealized"
  | "gross"
  | "net"
  | "volume"
  | "fills"
  | "makerRatio"
>;

function moneySpan(state: State, made: readonly Made[]): MoneySpan {
  const common = commonCurrency(state, made);
  const money = made.map(moneyOf);
  const fills = made.reduce((sum, row) => sum + row.fills.fills + row.pairFills, 0);
  const pairReason = made.find((row) => row.pairReason !== undefined)?.pairReason;
  const openReason = made.find((row) => row.unrealizedReason !== undefined)?.unrealizedReason;
  const sum = (values: readonly Decimal[], reason: string | undefined): Reading => {
    if (typeof common === "string") return unknown(common, fills);
    if (reason !== undefined) return unknown(reason, fills);
    const total = values.reduce((all, value, index) => add(all, multiply(value, common.rates[index] ?? ZERO)), ZERO);
    return { ...finite(decimalToNumber(total), fills), currency: common.currency };
  };
  const each = (of: (money: Money) => Decimal): Reading => sum(money.map(of), pairReason);
  const withOpen = (of: (money: Money) => Decimal): Reading =>
    sum(
      money.map((row, index) => add(of(row), made[index]?.unrealized ?? ZERO)),
      pairReason ?? openReason,
    );
  return {
    realized: each(({ realized }) => realized),
    fees: each(({ fees }) => fees),
    feesPaid: each(({ feesPaid }) => feesPaid),
    rebates: each(({ rebates }) => rebates),
    funding: each(({ funding }) => funding),
    fundingReceived: each(({ fundingReceived }) => fundingReceived),
    fundingPaid: each(({ fundingPaid }) => fundingPaid),
    realizedNet: each(netMoney),
    unrealized: sum(
      made.map(({ unrealized }) => unrealized),
      openReason,
    ),
    gross: withOpen(({ realized }) => realized),
    net: withOpen(netMoney),
    volume: sum(
      made.map((row) => row.fills.volume),
      undefined,
    ),
    fills: made.length === 0 ? unknown(NOTHING) : measured(fills, fills),
    makerRatio: makerRatioOf(made),
  };
}

function makerRatioOf(made: readonly Made[]): Measure {
  const maker = made.reduce((sum, { fills }) => sum + fills.makerFills, 0);
  const sides = made.reduce((sum, { fills }) => sum + fills.makerFills + fills.takerFills, 0);
  return sides <= 0 ? unknown("no fill said which side of the book") : measured(maker / sides, sides);
}

type TradeSpan = Pick<
  SpanReading,
  "tradesClosed" | "winRatePct" | "expectancy" | "profitFactor" | "payoff" | "avgWin" | "avgLoss" | "avgHoldingHours"
>;

function tradeSpan(state: State, made: readonly Made[]): TradeSpan {
  const counts = made.map(countOf);
  const traded = made.filter((_, index) => closedOf(counts[index]) > 0);
  const common = commonCurrency(state, traded);
  const total = counts
    .filter((count) => closedOf(count) > 0)
    .map((count, index) => (typeof common === "string" ? count : inCurrency(count, common.rates[index] ?? ZERO)))
    .reduce(sumOfCounts, NO_COUNT);
  const { closed, winRatePct, profitFactor, payoff, avgHoldingHours, ...amounts } = tradeMeasures(total);
  const ofMoney = (measure: Measure): Reading =>
    typeof common === "string" && closed > 0 ? unknown(common, closed) : measure;
  const amount = (measure: Measure): Reading =>
    typeof common === "string" ? ofMoney(measure) : { ...measure, currency: common.currency };
  return {
    tradesClosed: made.length === 0 ? unknown(NOTHING) : measured(closed, closed),
    winRatePct,
    expectancy: amount(amounts.expectancy),
    profitFactor: ofMoney(profitFactor),
    payoff: ofMoney(payoff),
    avgWin: amount(amounts.avgWin),
    avgLoss: amount(amounts.avgLoss),
    avgHoldingHours,
  };
}

const countOf = ({ bot, mode, fills, reported }: Made): TradeCount =>
  tradeCountOf(tellsFills(bot, mode) ? { fills, makesMarkets: bot.said?.makesMarkets === true } : { reported }).count;

const closedOf = (count: TradeCount | undefined): number =>
  count === undefined ? 0 : count.wins + count.losses + count.evens;

const inCurrency = (count: TradeCount, rate: Decimal): TradeCount => ({
  ...count,
  won: multiply(count.won, rate),
  lost: multiply(count.lost, rate),
});

const NO_COUNT: TradeCount = { wins: 0, losses: 0, evens: 0, won: ZERO, lost: ZERO, heldMicros: 0 };

const sumOfCounts = (a: TradeCount, b: TradeCount): TradeCount => ({
  wins: a.wins + b.wins,
  losses: a.losses + b.losses,
  evens: a.evens + b.evens,
  won: add(a.won, b.won),
  lost: add(a.lost, b.lost),
  heldMicros: a.heldMicros + b.heldMicros,
});

/** A number that came out beyond all numbers is not shown as one. */
export const finite = (value: number, n: number): Measure =>
  Number.isFinite(value) ? measured(value, n) : unknown("too large to be shown", n);

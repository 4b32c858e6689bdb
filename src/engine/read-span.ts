import { MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { add, type Decimal, decimalToNumber, multiply, ZERO } from "../domain/decimal.ts";
import type { TradeCount } from "../domain/ledger/totals.ts";
import { finite, type Measure, measured, unknown } from "../metrics/measure.ts";
import type { Percentiles, Reading, SpanReading } from "../metrics/scope-reading.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import type { Mode } from "./bot-state.ts";
import type { State } from "./fold.ts";
import {
  botsOf,
  firstDayOf,
  type Made,
  type Money,
  moneyOf,
  netMoney,
  readMade,
  readRealized,
  tellsFills,
} from "./made.ts";
import { noRate, PAR, usdRate } from "./money.ts";
import { isPartial, type Part } from "./part.ts";
import { type OrderWork, readMarketDays, readMarketTime, readOrderWork } from "./read-order-work.ts";
import { tradesPerDay } from "./trade-frequency.ts";
import { tradeCountOf, tradeMeasures } from "./trade-readings.ts";
import { winDependence } from "./win-dependence.ts";

/** Whose readings: one bot's, or the whole desk's where none is named. Modes are never added together. */
export interface Scope {
  readonly bot?: string | undefined;
  readonly mode: Mode;
  /** The state is one of the past: what is not realised is what was not at the end of the window. */
  readonly isPast?: boolean;
  /** The UTC days that the window of a state of the past is, since 1970-01-01; undefined where it is not of whole days. */
  readonly pastDays?: readonly number[] | undefined;
  /** The state is that of this part of what was traded. */
  readonly part?: Part | undefined;
}

const USD = "USD";
const NOTHING = "nothing was traded";
/** Of what is known of now alone. */
export const NO_PAST: Reading = unknown("keeps no past: it is read as of now only");
export const NO_PASTS: Percentiles = { p50: NO_PAST, p95: NO_PAST, p99: NO_PAST };
const NO_SPAN: Reading = unknown("what is not realised has no past");

/** What trading made and what orders did in a window. Each part is made when it is first asked for. */
export function readSpan(state: State, asOf: Micros, scope: Scope, window: MoneyWindow): SpanReading {
  return new LazySpan(state, asOf, scope, window);
}

class LazySpan implements SpanReading {
  readonly #state: State;
  readonly #asOf: Micros;
  readonly #scope: Scope;
  readonly #window: MoneyWindow;
  #made: readonly Made[] | undefined;
  #madeMoney: MoneySpan | undefined;
  #madeOpen: OpenSpan | undefined;
  #madeTrades: TradeSpan | undefined;
  #madeWork: OrderWork | undefined;

  constructor(state: State, asOf: Micros, scope: Scope, window: MoneyWindow) {
    this.#state = state;
    this.#asOf = asOf;
    this.#scope = scope;
    this.#window = window;
  }

  get realized(): Reading {
    return this.#money.realized;
  }
  get fees(): Reading {
    return this.#money.fees;
  }
  get feesPaid(): Reading {
    return this.#money.feesPaid;
  }
  get rebates(): Reading {
    return this.#money.rebates;
  }
  get funding(): Reading {
    return this.#money.funding;
  }
  get fundingReceived(): Reading {
    return this.#money.fundingReceived;
  }
  get fundingPaid(): Reading {
    return this.#money.fundingPaid;
  }
  get realizedNet(): Reading {
    return this.#money.realizedNet;
  }
  get volume(): Reading {
    return this.#money.volume;
  }
  get fills(): Reading {
    return this.#money.fills;
  }
  get makerRatio(): Reading {
    return this.#money.makerRatio;
  }
  get unrealized(): Reading {
    return this.#open.unrealized;
  }
  get gross(): Reading {
    return this.#open.gross;
  }
  get net(): Reading {
    return this.#open.net;
  }
  get tradesClosed(): Reading {
    return this.#trades.tradesClosed;
  }
  get winRatePct(): Reading {
    return this.#trades.winRatePct;
  }
  get expectancy(): Reading {
    return this.#trades.expectancy;
  }
  get profitFactor(): Reading {
    return this.#trades.profitFactor;
  }
  get payoff(): Reading {
    return this.#trades.payoff;
  }
  get avgWin(): Reading {
    return this.#trades.avgWin;
  }
  get avgLoss(): Reading {
    return this.#trades.avgLoss;
  }
  get avgHoldingHours(): Reading {
    return this.#trades.avgHoldingHours;
  }
  get tradesPerDay(): Reading {
    if (this.#isPast) return NO_PAST;
    const [state, asOf, scope, window] = [this.#state, this.#asOf, this.#scope, this.#window];
    return tradesPerDay(state, { asOf, scope, window, closed: this.tradesClosed });
  }
  get ordersPlaced(): Reading {
    return this.#work.ordersPlaced;
  }
  get ordersFilled(): Reading {
    return this.#work.ordersFilled;
  }
  get fillRatePct(): Reading {
    return this.#work.fillRatePct;
  }
  get fillRateQtyPct(): Reading {
    return this.#work.fillRateQtyPct;
  }
  get entrySlippageBps(): Reading {
    return this.#work.entrySlippageBps;
  }
  get exitSlippageBps(): Reading {
    return this.#work.exitSlippageBps;
  }
  get timeInMarketPct(): Reading {
    if (this.#isPast) return readMarketDays(this.#state, this.#asOf, this.#scope);
    return readMarketTime(this.#state, this.#asOf, this.#scope, this.#window);
  }
  get orderSent(): Percentiles {
    return this.#isPast ? NO_PASTS : this.#work.orderSent;
  }
  get orderAcknowledged(): Percentiles {
    return this.#isPast ? NO_PASTS : this.#work.orderAcknowledged;
  }
  get orderFilled(): Percentiles {
    return this.#isPast ? NO_PASTS : this.#work.orderFilled;
  }

  get #rows(): readonly Made[] {
    this.#made ??=
      this.#window === "all" ? readMade(this.#state, this.#filter) : readRealized(this.#state, this.#filter);
    return this.#made;
  }

  get #filter() {
    const { bot, mode, part } = this.#scope;
    return { bot, mode, isPart: part !== undefined && isPartial(part), window: this.#window, asOf: this.#asOf };
  }

  get #money(): MoneySpan {
    this.#madeMoney ??= moneySpan(this.#state, this.#rows);
    return this.#madeMoney;
  }

  get #open(): OpenSpan {
    this.#madeOpen ??= this.#window === "all" || this.#isPast ? openSpan(this.#state, this.#openRows) : NO_OPEN;
    return this.#madeOpen;
  }

  get #isPast(): boolean {
    return this.#scope.isPast === true;
  }

  get #openRows(): readonly Made[] {
    return this.#window === "all" ? this.#rows : readMade(this.#state, this.#filter);
  }

  get #trades(): TradeSpan {
    this.#madeTrades ??= tradeSpan(this.#state, this.#rows, this.#days);
    return this.#madeTrades;
  }

  /** The UTC days of the window, and those at its ends; undefined of a past that is not of whole days. */
  get #days(): { readonly first: number; readonly last: number } | undefined {
    const last = Math.floor(this.#asOf / MICROS_PER_DAY);
    const { pastDays } = this.#scope;
    if (this.#isPast)
      return pastDays === undefined || pastDays.length === 0
        ? undefined
        : { first: Math.min(...pastDays), last: Math.max(...pastDays) };
    if (this.#window === "all") return { first: Number.NEGATIVE_INFINITY, last };
    const begun = botsOf(this.#state, this.#scope.bot).map(({ startedAt = 0 }) => startedAt);
    return { first: firstDayOf(this.#window, this.#asOf) ?? Math.floor(Math.min(...begun) / MICROS_PER_DAY), last };
  }

  get #work(): OrderWork {
    this.#madeWork ??= readOrderWork(this.#state, this.#asOf, this.#scope, this.#window);
    return this.#madeWork;
  }
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
    return { currency: first.currency, rates: made.map(() => PAR) };
  const [unrated = ""] = made.flatMap(({ currency }, index) => (rates[index] === undefined ? [currency] : [])).sort();
  return noRate(unrated);
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
  | "volume"
  | "fills"
  | "makerRatio"
>;

type OpenSpan = Pick<SpanReading, "unrealized" | "gross" | "net">;

const NO_OPEN: OpenSpan = { unrealized: NO_SPAN, gross: NO_SPAN, net: NO_SPAN };

/** Sums of rows of money in the one currency that they have together; a reason takes the place of what is not known. */
class Sums {
  readonly common: Common | string;
  readonly fills: number;
  /** What money is the sum of: fills, and settlements. */
  readonly taken: number;
  readonly pairReason: string | undefined;
  /** Why money after fees and funding is not known. */
  readonly netReason: string | undefined;

  constructor(state: State, made: readonly Made[]) {
    this.common = commonCurrency(state, made);
    this.fills = made.reduce((sum, row) => sum + row.fills.fills + row.pairFills, 0);
    this.taken = this.fills + made.reduce((sum, row) => sum + row.fills.settlements, 0);
    this.pairReason = made.find((row) => row.pairReason !== undefined)?.pairReason;
    this.netReason = this.pairReason ?? made.find((row) => row.cashReason !== undefined)?.cashReason;
  }

  of<T>(rows: readonly T[], value: (row: T) => Decimal, reason: string | undefined): Reading {
    const { common, taken } = this;
    if (typeof common === "string") return unknown(common, taken);
    if (reason !== undefined) return unknown(reason, taken);
    let total = ZERO;
    for (const [index, row] of rows.entries()) {
      const amount = value(row);
      const rate = common.rates[index] ?? ZERO;
      total = add(total, rate === PAR ? amount : multiply(amount, rate));
    }
    return { ...finite(decimalToNumber(total), taken), currency: common.currency };
  }
}

function moneySpan(state: State, made: readonly Made[]): MoneySpan {
  const sums = new Sums(state, made);
  const money = made.map(moneyOf);
  const each = (of: (money: Money) => Decimal): Reading => sums.of(money, of, sums.netReason);
  return {
    realized: sums.of(money, ({ realized }) => realized, sums.pairReason),
    fees: each(({ fees }) => fees),
    feesPaid: each(({ feesPaid }) => feesPaid),
    rebates: each(({ rebates }) => rebates),
    funding: each(({ funding }) => funding),
    fundingReceived: each(({ fundingReceived }) => fundingReceived),
    fundingPaid: each(({ fundingPaid }) => fundingPaid),
    realizedNet: each(netMoney),
    volume: sums.of(made, ({ fills }) => fills.volume, undefined),
    fills: made.length === 0 ? unknown(NOTHING) : measured(sums.fills, sums.fills),
    makerRatio: makerRatioOf(made),
  };
}

/** With what is not realised, at the marks of the moment. */
function openSpan(state: State, made: readonly Made[]): OpenSpan {
  const sums = new Sums(state, made);
  const openReason = made.find((row) => row.unrealizedReason !== undefined)?.unrealizedReason;
  const withOpen = (of: (money: Money) => Decimal, reason: string | undefined): Reading =>
    sums.of(made, (row) => add(of(moneyOf(row)), row.unrealized), reason ?? openReason);
  return {
    unrealized: sums.of(made, ({ unrealized }) => unrealized, openReason),
    gross: withOpen(({ realized }) => realized, sums.pairReason),
    net: withOpen(netMoney, sums.netReason),
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

function tradeSpan(
  state: State,
  made: readonly Made[],
  days: { readonly first: number; readonly last: number } | undefined,
): TradeSpan {
  const counts = made.map(countOf);
  const traded = made.filter((_, index) => closedOf(counts[index]) > 0);
  const common = commonCurrency(state, traded);
  const total = counts
    .filter((count) => closedOf(count) > 0)
    .map((count, index) => (typeof common === "string" ? count : inCurrency(count, common.rates[index] ?? ZERO)))
    .reduce(sumOfCounts, NO_COUNT);
  const { closed, winRatePct, profitFactor, payoff, avgHoldingHours, ...amounts } = tradeMeasures(total);
  const dependence = winDependence(traded, days);
  const ofMoney = (measure: Measure): Reading =>
    typeof common === "string" && closed > 0 ? unknown(common, closed) : measure;
  const amount = (measure: Measure): Reading =>
    typeof common === "string" ? ofMoney(measure) : { ...measure, currency: common.currency };
  return {
    tradesClosed: made.length === 0 ? unknown(NOTHING) : measured(closed, closed),
    winRatePct: dependence === undefined ? winRatePct : { ...winRatePct, dependence },
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

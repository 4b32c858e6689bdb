import { isoFromMicros, MICROS_PER_DAY, type Micros, micros, parseTime } from "../base/time.ts";
import {
  type Decimal,
  add,
  decimal,
  decimalText,
  decimalToNumber,
  multiply,
  subtract,
  ZERO,
  isZero,
} from "../domain/decimal.ts";
import { daysOf, nowOf } from "../domain/ledger/holding.ts";
import { NO_TRADES, sumOfTrades, type TradeCount } from "../domain/ledger/totals.ts";
import { eitherReason, type Measure, measured, unknown } from "../metrics/measure.ts";
import type { BotSummary, DaySummary, SummaryDay, SummarySection } from "../protocol/api-summaries.ts";
import { type Activity, activityOfAll, orderCountsOf, type OrderCounts } from "./activity.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { ClosedDay } from "./desk-state.ts";
import type { State } from "./fold.ts";
import { type Made, moneyOf, readMadeOfDay, tellsFills } from "./made.ts";
import { noRate, usdRate } from "./money.ts";
import { timeInMarketPct } from "./presence.ts";
import { HUB_BOT } from "./read-bots.ts";
import { tradeCountOf, tradeMeasures, wire } from "./trade-readings.ts";

export interface DayFilter {
  readonly date: string;
  readonly asOf: Micros;
  /** Of the desk's own section. */
  readonly mode: Mode;
}

/** What one currency of one bot and mode did on the day. */
interface Part {
  readonly currency: string;
  readonly costs: Costs;
  readonly trades: TradeCount;
  readonly reason: string | undefined;
}

interface Costs {
  readonly feesPaid: Decimal;
  readonly rebates: Decimal;
  readonly fundingReceived: Decimal;
  readonly fundingPaid: Decimal;
}

interface BotDay {
  readonly bot: string;
  readonly mode: Mode;
  readonly parts: readonly Part[];
  /** Whether anything at all was told of money. */
  readonly isToldMoney: boolean;
  readonly orders: OrderCounts;
  readonly timeInMarket: Measure;
}

/** USD for one unit of a currency; undefined where no rate is known. */
type RateOf = (currency: string) => Decimal | undefined;

/** Days since 1970-01-01 of a date; undefined for what is no day. */
export function dayOfDate(date: string): number | undefined {
  const at = parseTime(date);
  return at === undefined || at % MICROS_PER_DAY !== 0 ? undefined : at / MICROS_PER_DAY;
}

export const dateOfDay = (day: number): string => isoFromMicros(micros(day * MICROS_PER_DAY)).slice(0, 10);

/**
 * The summary of a UTC day from the facts of that day: of each bot and mode that has any, and of the desk. A day whose
 * end was marked is told with the rates of that moment, so that it comes out the same however often it is made again.
 */
export function readDay(state: State, { date, asOf, mode }: DayFilter): DaySummary | undefined {
  const day = dayOfDate(date);
  if (day === undefined || day * MICROS_PER_DAY >= asOf) return undefined;
  const closed = state.desk.closedDays.get(date);
  const rateOf: RateOf = (currency) => rateAt(state, closed, currency);
  const days = daysOfBots(state, day, asOf, closed);
  return {
    date,
    is_over: (day + 1) * MICROS_PER_DAY <= asOf,
    restated: false,
    desk: deskSection(days, mode, rateOf),
    bots: days.map((each) => botSection(each, rateOf)),
  };
}

/** What the summary of a day needs besides the facts of that day. */
export function dayTerms(state: State, date: string): { usdRates: Record<string, string>; marketMakers: string[] } {
  const day = dayOfDate(date) ?? 0;
  const usdRates: Record<string, string> = {};
  for (const { parts } of daysOfBots(state, day, micros((day + 1) * MICROS_PER_DAY), undefined))
    for (const { currency } of parts) {
      const rate = usdRate(state, currency);
      if (rate !== undefined) usdRates[currency] = decimalText(rate);
    }
  const makers = [...state.bots.values()].filter(({ said }) => said?.makesMarkets === true);
  return { usdRates, marketMakers: makers.map(({ bot }) => bot).sort() };
}

/** The days of which there is anything to tell, newest first. */
export function readDays(state: State, limit: number): SummaryDay[] {
  const days = new Set<number>();
  for (const bot of state.bots.values()) for (const day of daysOfBot(bot)) days.add(day);
  return [...days]
    .sort((a, b) => b - a)
    .slice(0, limit)
    .map(dateOfDay)
    .map((date) => ({ date, is_closed: state.desk.closedDays.has(date) }));
}

function* daysOfBot(bot: BotState): Generator<number> {
  for (const { holding } of bot.ledgers.values()) for (const { day } of daysOf(nowOf(holding))) yield day;
  const entries = [...bot.cash.values(), ...bot.reported.values(), ...bot.marketTime.values()];
  for (const { span } of entries) if (typeof span === "number") yield span;
  for (const { day } of bot.activity) yield day;
  for (const key of bot.activityDays.keys()) yield Number(key.split("\t")[1]);
}

function rateAt(state: State, closed: ClosedDay | undefined, currency: string): Decimal | undefined {
  if (closed === undefined || currency === "USD") return usdRate(state, currency);
  const rate = closed.usdRates[currency];
  return rate === undefined ? undefined : decimal(rate);
}

const MODES: readonly Mode[] = ["live", "paper", "simulate", "demo"];

/** Every bot and mode with facts of the day, by name. */
function daysOfBots(state: State, day: number, asOf: Micros, closed: ClosedDay | undefined): BotDay[] {
  const bots = [...state.bots.values()].filter(({ bot }) => bot !== HUB_BOT);
  const makes = (bot: BotState): boolean => closed?.marketMakers.includes(bot.bot) ?? bot.said?.makesMarkets === true;
  return bots
    .sort((a, b) => (a.bot < b.bot ? -1 : 1))
    .flatMap((bot) => MODES.map((mode) => botDay(state, { bot, mode, day, asOf, makesMarkets: makes(bot) })))
    .filter(hasFacts);
}

interface DayOf {
  readonly bot: BotState;
  readonly mode: Mode;
  readonly day: number;
  readonly asOf: Micros;
  readonly makesMarkets: boolean;
}

function botDay(state: State, { bot, mode, day, asOf, makesMarkets }: DayOf): BotDay {
  const made = readMadeOfDay(state, { bot, mode, day });
  const parts = made.map((each) => partOf(each, makesMarkets)).filter(isTelling);
  return {
    bot: bot.bot,
    mode,
    parts,
    isToldMoney: made.length > 0,
    orders: orderCountsOf(bot, mode, day),
    timeInMarket: timeInMarketPct(bot, mode, day, asOf),
  };
}

const hasFacts = ({ parts, orders, timeInMarket }: BotDay): boolean =>
  parts.length > 0 ||
  orders.ordersPlaced > 0 ||
  orders.ordersFilled > 0 ||
  (typeof timeInMarket.value === "number" && timeInMarket.value > 0);

function partOf(made: Made, makesMarkets: boolean): Part {
  const { bot, mode, fills, reported, currency, pairReason } = made;
  const { feesPaid, rebates, fundingReceived, fundingPaid } = moneyOf(made);
  const { count } = tradeCountOf(tellsFills(bot, mode) ? { fills, makesMarkets } : { reported });
  return { currency, costs: { feesPaid, rebates, fundingReceived, fundingPaid }, trades: count, reason: pairReason };
}

/** A currency in which nothing was made or paid on the day needs no rate. */
const isTelling = ({ costs, trades, reason }: Part): boolean =>
  reason !== undefined ||
  Object.values(costs).some((each: Decimal) => !isZero(each)) ||
  trades.wins + trades.losses + trades.evens > 0;

/** Parts in one currency. */
interface Summed {
  readonly costs: Costs;
  readonly trades: TradeCount;
  /** Why money is not known. */
  readonly reason: string | undefined;
}

const NO_COSTS: Costs = { feesPaid: ZERO, rebates: ZERO, fundingReceived: ZERO, fundingPaid: ZERO };

function summed(parts: readonly Part[], rateOf: RateOf): Summed {
  let costs = NO_COSTS;
  let trades = NO_TRADES;
  let reason: string | undefined;
  for (const part of parts) {
    const rate = rateOf(part.currency);
    reason = eitherReason(reason, part.reason ?? (rate === undefined ? noRate(part.currency) : undefined));
    // Without a rate no money is shown; wins and losses must not become nothing all the same.
    const by = (amount: Decimal): Decimal => (rate === undefined ? amount : multiply(amount, rate));
    costs = {
      feesPaid: add(costs.feesPaid, by(part.costs.feesPaid)),
      rebates: add(costs.rebates, by(part.costs.rebates)),
      fundingReceived: add(costs.fundingReceived, by(part.costs.fundingReceived)),
      fundingPaid: add(costs.fundingPaid, by(part.costs.fundingPaid)),
    };
    trades = sumOfTrades(trades, { ...part.trades, won: by(part.trades.won), lost: by(part.trades.lost) });
  }
  return { costs, trades, reason };
}

const ONE = decimal("1");
const NO_MONEY = "no fills, closed positions or income were reported";

function botSection(day: BotDay, rateOf: RateOf): BotSummary {
  const { bot, mode, parts, isToldMoney } = day;
  const [first] = parts;
  const currency = parts.length === 1 && first !== undefined ? first.currency : "USD";
  const sum = summed(parts, parts.length === 1 ? () => ONE : rateOf);
  const reason = isToldMoney ? sum.reason : NO_MONEY;
  return {
    bot,
    ...sectionOf({ mode, currency, sum: { ...sum, reason }, orders: [day.orders], time: day.timeInMarket }),
  };
}

function deskSection(all: readonly BotDay[], mode: Mode, rateOf: RateOf): SummarySection {
  const days = all.filter((day) => day.mode === mode);
  const sum = summed(
    days.flatMap(({ parts }) => parts),
    rateOf,
  );
  const reason = days.some(({ isToldMoney }) => isToldMoney) ? sum.reason : NO_MONEY;
  const orders = days.map((day) => day.orders);
  return sectionOf({ mode, currency: "USD", sum: { ...sum, reason }, orders, time: deskTime(days) });
}

/** The time in market of several bots is known where they cannot overlap, or one of them was in it all day. */
function deskTime(days: readonly BotDay[]): Measure {
  const known = days.flatMap(({ timeInMarket: { value } }) => (typeof value === "number" ? [value] : []));
  if (known.length === 0) return unknown("no fills were reported");
  const longest = Math.max(...known);
  if (longest >= 100 || known.filter((value) => value > 0).length <= 1) return measured(longest, known.length);
  return unknown("what several bots held overlaps: see each of them", known.length);
}

interface SectionParts {
  readonly mode: Mode;
  readonly currency: string;
  readonly sum: Summed;
  readonly orders: readonly OrderCounts[];
  readonly time: Measure;
}

function sectionOf({ mode, currency, sum, orders, time }: SectionParts): SummarySection {
  const activity = activityOfAll(orders);
  return {
    mode,
    currency,
    costs: costsOf(sum),
    trades: tradesOf(sum, activity),
    execution: {
      orders_placed: activity.ordersPlaced,
      orders_filled: activity.ordersFilled,
      fill_rate_pct: wire(activity.fillRatePct),
    },
    time_in_market_pct: wire(time),
    avg_slippage_bps: wire(activity.avgSlippageBps),
  };
}

function costsOf({ costs, reason }: Summed): SummarySection["costs"] {
  const { feesPaid, rebates, fundingReceived, fundingPaid } = costs;
  const shown = (value: Decimal): number | null => (reason === undefined ? decimalToNumber(value) : null);
  const net = subtract(fundingReceived, fundingPaid);
  return {
    fees_paid: shown(feesPaid),
    rebates: shown(rebates),
    funding_received: shown(fundingReceived),
    funding_paid: shown(fundingPaid),
    net_funding: shown(net),
    total_costs: shown(subtract(subtract(feesPaid, rebates), net)),
    ...(reason === undefined ? {} : { reason }),
  };
}

function tradesOf(
  { trades, reason }: Summed,
  { avgEntrySlippageBps, avgExitSlippageBps }: Omit<Activity, "timeInMarketPct">,
): SummarySection["trades"] {
  const { closed, winRatePct, expectancy, profitFactor, avgHoldingHours } = tradeMeasures(trades);
  const ofMoney = (measure: Measure): Measure =>
    reason === undefined || closed === 0 ? measure : unknown(reason, closed);
  return {
    total_trades: closed,
    wins: trades.wins,
    losses: trades.losses,
    breakeven: trades.evens,
    win_rate_pct: wire(winRatePct),
    expectancy: wire(ofMoney(expectancy)),
    profit_factor: wire(ofMoney(profitFactor)),
    avg_holding_hours: wire(avgHoldingHours),
    avg_entry_slippage_bps: wire(avgEntrySlippageBps),
    avg_exit_slippage_bps: wire(avgExitSlippageBps),
  };
}

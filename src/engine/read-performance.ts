import { isoFromMicros, MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { type Decimal, ZERO, add, decimalToNumber, multiply, subtract } from "../domain/decimal.ts";
import { type Cash, NO_CASH } from "../domain/ledger/cash.ts";
import { netOf, sumOfFlows } from "../domain/ledger/flow.ts";
import { totalsOfDays, totalsOfSession } from "../domain/ledger/holding.ts";
import { NO_TOTALS, sumOfTotals, type Totals } from "../domain/ledger/totals.ts";
import { dailyLoss } from "../metrics/daily-loss.ts";
import { currentDrawdown, maxDrawdown } from "../metrics/drawdown.ts";
import { measured, unknown } from "../metrics/measure.ts";
import type {
  EquityRow,
  MoneyWindow,
  PerformanceAnswer,
  PerformanceRow,
  PerformanceTotal,
} from "../protocol/api-money.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { CashEntry, ReportedEntry, Span } from "./cash.ts";
import type { State } from "./fold.ts";
import { type Ledger, termsOf, unnamedCurrency } from "./ledgers.ts";
import { usdRate } from "./money.ts";
import { readPositions } from "./read-positions.ts";
import { tradeStatisticsOf, wire } from "./trade-readings.ts";

export interface PerformanceFilter {
  readonly bot?: string | undefined;
  /** Every mode when absent. */
  readonly mode?: string | undefined;
  readonly window: MoneyWindow;
}

/** What a bot made in one currency and mode. */
interface Made {
  readonly bot: BotState;
  readonly mode: Mode;
  readonly currency: string;
  fills: Totals;
  reported: Totals;
  cash: Cash;
  /** Profit after fees, and fees, of pair trades in cents. */
  pairNet: Decimal;
  pairFees: Decimal;
  pairFills: number;
  pairReason: string | undefined;
  unrealized: Decimal;
  unrealizedReason: string | undefined;
}

const DAYS: Readonly<Partial<Record<MoneyWindow, number>>> = { today: 1, "7d": 7, "30d": 30 };

/**
 * What trading made in a window, by bot, mode and currency, and all of it in USD: realised profit of the ledgers, fees,
 * funding, and what is not realised at the marks of the moment. Windows of days are UTC days, today's included.
 */
export function readPerformance(
  state: State,
  asOf: Micros,
  filter: PerformanceFilter,
): Omit<PerformanceAnswer, "as_of" | "as_of_seq"> {
  const days = DAYS[filter.window];
  const today = Math.floor(asOf / MICROS_PER_DAY);
  const first = days === undefined ? undefined : today - days + 1;
  const spans = { window: filter.window, first, last: today };
  const made = new Map<string, Made>();
  for (const bot of state.bots.values())
    if (filter.bot === undefined || bot.bot === filter.bot) addBot(made, { state, bot, spans, mode: filter.mode });
  addUnrealized(made, state, asOf, filter);
  const all = [...made.values()];
  return {
    window: filter.window,
    from: first === undefined ? null : isoFromMicros((first * MICROS_PER_DAY) as Micros),
    rows: all.map(rowOf).sort((a, b) => (b.net ?? 0) - (a.net ?? 0)),
    equity: [...state.bots.values()]
      .filter(({ bot }) => filter.bot === undefined || bot === filter.bot)
      .flatMap((bot) => equityOf(bot, filter.mode, today)),
    total: totalOf(state, all),
  };
}

/** A day that nothing was reported of yet has not lost anything that is known. */
const equityOf = (bot: BotState, mode: string | undefined, today: number): EquityRow[] =>
  [...bot.equity.values()]
    .filter((curve) => mode === undefined || curve.mode === mode)
    .map(({ mode: curveMode, venue, currency, drawdown, day, dayEquity }) => ({
      bot: bot.bot,
      mode: curveMode,
      venue: venue ?? null,
      currency: currency ?? null,
      equity: drawdown.equity,
      at: isoFromMicros(drawdown.at as Micros),
      drawdown: wire(currentDrawdown(drawdown)),
      max_drawdown: wire(maxDrawdown(drawdown)),
      daily_loss: wire(day === today ? dailyLoss(dayEquity) : unknown("no equity was reported today")),
    }));

interface Spans {
  readonly window: MoneyWindow;
  readonly first: number | undefined;
  readonly last: number;
}

interface BotPart {
  readonly state: State;
  readonly bot: BotState;
  readonly spans: Spans;
  readonly mode: string | undefined;
}

function addBot(made: Map<string, Made>, part: BotPart): void {
  const { bot, spans, mode } = part;
  const wanted = (each: { readonly mode: Mode }): boolean => mode === undefined || each.mode === mode;
  for (const ledger of bot.ledgers.values()) if (wanted(ledger)) addLedger(made, bot, { ledger, spans });
  for (const entry of bot.reported.values())
    if (wanted(entry) && isIn(entry.span, spans)) addReported(made, part, entry);
  for (const entry of bot.cash.values()) if (wanted(entry) && isIn(entry.span, spans)) addCash(made, bot, entry);
}

interface LedgerPart {
  readonly ledger: Ledger;
  readonly spans: Spans;
}

function addLedger(made: Map<string, Made>, bot: BotState, { ledger, spans }: LedgerPart): void {
  const { mode, terms, symbol } = ledger;
  const totals = windowOf(ledger, spans);
  const sum = sumFor(made, { bot, mode, currency: terms.currency ?? unnamedCurrency(symbol) });
  sum.fills = sumOfTotals(sum.fills, { ...totals, otherFees: {} });
  for (const [currency, fees] of Object.entries(totals.otherFees)) {
    const other = sumFor(made, { bot, mode, currency });
    other.fills = sumOfTotals(other.fills, { ...NO_TOTALS, fees });
  }
}

function addReported(made: Map<string, Made>, { state, bot }: BotPart, entry: ReportedEntry): void {
  const currency = termsOf(state.desk, entry.venue, entry.symbol).currency ?? unnamedCurrency(entry.symbol);
  const sum = sumFor(made, { bot, mode: entry.mode, currency });
  sum.reported = sumOfTotals(sum.reported, entry.totals);
}

function addCash(made: Map<string, Made>, bot: BotState, entry: CashEntry): void {
  const sum = sumFor(made, { bot, mode: entry.mode, currency: entry.currency });
  sum.cash = sumOfCash(sum.cash, entry.cash);
  sum.pairNet = add(sum.pairNet, entry.pairs.pnl);
  sum.pairFees = add(sum.pairFees, entry.pairs.fees);
  sum.pairFills += entry.pairs.fills;
  if (entry.pairs.unpriced > 0) sum.pairReason = `${entry.pairs.unpriced} pair trades said no profit`;
}

function windowOf({ holding }: Ledger, { window, first, last }: Spans): Totals {
  if (window === "all") return holding.now.all;
  if (window === "session") return totalsOfSession(holding.now);
  return totalsOfDays(holding.now, first ?? last, last);
}

const isIn = (span: Span, { window, first, last }: Spans): boolean =>
  typeof span === "number" ? first !== undefined && span >= first && span <= last : span === window;

function sumFor(
  made: Map<string, Made>,
  { bot, mode, currency }: { readonly bot: BotState; readonly mode: Mode; readonly currency: string },
): Made {
  const key = `${bot.bot}\t${mode}\t${currency}`;
  let sum = made.get(key);
  if (sum === undefined) {
    sum = {
      bot,
      mode,
      currency,
      fills: NO_TOTALS,
      reported: NO_TOTALS,
      cash: NO_CASH,
      pairNet: ZERO,
      pairFees: ZERO,
      pairFills: 0,
      pairReason: undefined,
      unrealized: ZERO,
      unrealizedReason: undefined,
    };
    made.set(key, sum);
  }
  return sum;
}

function addUnrealized(made: Map<string, Made>, state: State, asOf: Micros, filter: PerformanceFilter): void {
  for (const { held, view, unrealized } of readPositions(state, asOf, { bot: filter.bot, mode: filter.mode })) {
    const bot = state.bots.get(view.bot);
    if (bot === undefined) continue;
    const currency = view.currency ?? unnamedCurrency(held.symbol);
    const sum = sumFor(made, { bot, mode: held.mode, currency });
    if (unrealized === undefined) sum.unrealizedReason ??= view.unrealized_reason ?? "not known";
    else sum.unrealized = add(sum.unrealized, unrealized);
  }
}

interface Money {
  readonly realized: Decimal;
  readonly fees: Decimal;
  readonly funding: Decimal;
}

/** Which of several sources counts: fills before closed positions; income rows of funding before what fills said. */
function moneyOf({ bot, mode, fills, reported, cash, pairNet, pairFees }: Made): Money {
  const traded = tellsFills(bot, mode) ? fills : reported;
  const saidFees = subtract(ZERO, netOf(traded.fees));
  const fees = saidFees.units === 0n && cash.feeRows > 0 ? subtract(ZERO, netOf(cash.fees)) : saidFees;
  return {
    realized: add(traded.realized, add(pairNet, pairFees)),
    fees: add(fees, pairFees),
    funding: cash.fundingRows > 0 ? netOf(cash.funding) : netOf(traded.funding),
  };
}

/** Whether a bot tells its fills: then what it reports of closed positions does not count besides. */
const tellsFills = (bot: BotState, mode: Mode): boolean =>
  [...bot.ledgers.values()].some((ledger) => ledger.mode === mode);

const netMoney = ({ realized, fees, funding }: Money): Decimal => add(subtract(realized, fees), funding);

function rowOf(made: Made): PerformanceRow {
  const { bot, fills, reported, currency, mode } = made;
  const money = moneyOf(made);
  const known = made.pairReason === undefined;
  const shown = (value: Decimal): number | null => (known ? decimalToNumber(value) : null);
  const sides = fills.makerFills + fills.takerFills;
  return {
    bot: bot.bot,
    mode,
    currency,
    realized: shown(money.realized),
    fees: shown(money.fees),
    funding: shown(money.funding),
    net: shown(netMoney(money)),
    ...(made.pairReason === undefined ? {} : { reason: made.pairReason }),
    unrealized: made.unrealizedReason === undefined ? decimalToNumber(made.unrealized) : null,
    ...(made.unrealizedReason === undefined ? {} : { unrealized_reason: made.unrealizedReason }),
    transfers: decimalToNumber(netOf(made.cash.transfers)),
    adjustments: decimalToNumber(add(netOf(made.cash.adjustments), netOf(made.cash.otherIncome))),
    volume: decimalToNumber(fills.volume),
    fills: fills.fills + made.pairFills,
    maker_ratio: wire(
      sides === 0 ? unknown("no fill said which side of the book") : measured(fills.makerFills / sides, sides),
    ),
    trades: tradeStatisticsOf(
      tellsFills(bot, mode) ? { fills, makesMarkets: bot.said?.makesMarkets === true } : { reported },
    ),
  };
}

/** All rows in USD; money of a currency without a recorded rate leaves the sum unknown. */
function totalOf(state: State, all: readonly Made[]): PerformanceTotal {
  let [realized, fees, funding, unrealized] = [ZERO, ZERO, ZERO, ZERO];
  let reason: string | undefined;
  let unrealizedReason: string | undefined;
  for (const made of all) {
    const rate = usdRate(state, made.currency);
    reason ??= made.pairReason ?? (rate === undefined ? `no recorded rate from ${made.currency} to USD` : undefined);
    unrealizedReason ??= made.unrealizedReason ?? reason;
    if (rate === undefined) continue;
    const money = moneyOf(made);
    realized = add(realized, multiply(money.realized, rate));
    fees = add(fees, multiply(money.fees, rate));
    funding = add(funding, multiply(money.funding, rate));
    unrealized = add(unrealized, multiply(made.unrealized, rate));
  }
  const shown = (value: Decimal): number | null => (reason === undefined ? decimalToNumber(value) : null);
  return {
    realized: shown(realized),
    fees: shown(fees),
    funding: shown(funding),
    net: shown(netMoney({ realized, fees, funding })),
    ...(reason === undefined ? {} : { reason }),
    unrealized: unrealizedReason === undefined ? decimalToNumber(unrealized) : null,
    ...(unrealizedReason === undefined ? {} : { unrealized_reason: unrealizedReason }),
    bots: new Set(all.map(({ bot }) => bot.bot)).size,
  };
}

const sumOfCash = (a: Cash, b: Cash): Cash => ({
  funding: sumOfFlows(a.funding, b.funding),
  fundingRows: a.fundingRows + b.fundingRows,
  fees: sumOfFlows(a.fees, b.fees),
  feeRows: a.feeRows + b.feeRows,
  transfers: sumOfFlows(a.transfers, b.transfers),
  adjustments: sumOfFlows(a.adjustments, b.adjustments),
  otherIncome: sumOfFlows(a.otherIncome, b.otherIncome),
});

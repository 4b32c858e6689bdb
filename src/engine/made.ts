import { MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { type Decimal, ZERO, add, isZero, subtract } from "../domain/decimal.ts";
import { type Cash, NO_CASH } from "../domain/ledger/cash.ts";
import { type Flow, netOf, sumOfFlows } from "../domain/ledger/flow.ts";
import { daysOf, type LedgerPoint, nowOf, totalsOfDays, totalsOfSession } from "../domain/ledger/holding.ts";
import { NO_TOTALS, sumOfTotals, takenIn, type Totals } from "../domain/ledger/totals.ts";
import { eitherReason } from "../metrics/measure.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import type { BotState, Mode } from "./bot-state.ts";
import { type CashEntry, cashKey, type ReportedEntry, type Span } from "./cash.ts";
import type { State } from "./fold.ts";
import { isHeld, type Ledger, termsOf, unnamedCurrency } from "./ledgers.ts";
import { readUnrealized } from "./read-positions.ts";

export interface PerformanceFilter {
  readonly bot?: string | undefined;
  /** Every mode when absent. */
  readonly mode?: string | undefined;
  readonly window: MoneyWindow;
  /** The state is that of a part of what was traded, without cash. */
  readonly isPart?: boolean | undefined;
}

/** What a bot made in one currency and mode. */
export interface Made {
  readonly bot: BotState;
  readonly mode: Mode;
  readonly currency: string;
  /** What each of its ledgers did, and all of them together. */
  readonly ledgers: Totals[];
  fills: Totals;
  /** A fill of any time said a fee in this currency. */
  saysFees: boolean;
  reported: Totals;
  cash: Cash;
  /** Profit after fees, and fees, of pair trades in cents. */
  pairNet: Decimal;
  pairFees: Decimal;
  pairFills: number;
  pairReason: string | undefined;
  /** Why fees and funding are not known, of a part of what was traded. */
  cashReason: string | undefined;
  unrealized: Decimal;
  unrealizedReason: string | undefined;
}

const DAYS: Readonly<Partial<Record<MoneyWindow, number>>> = { today: 1, "7d": 7, "30d": 30 };

/** The first UTC day of a window of days, since 1970-01-01; undefined for a session or all. */
export function firstDayOf(window: MoneyWindow, asOf: Micros): number | undefined {
  const days = DAYS[window];
  return days === undefined ? undefined : Math.floor(asOf / MICROS_PER_DAY) - days + 1;
}

/** What trading made in a window, for each bot, mode and currency, and what is not realised now. */
export function readMade(state: State, filter: MadeFilter): Made[] {
  const made = madeIn(state, filter);
  for (const bot of botsOf(state, filter.bot)) addUnrealized(made, { state, bot, mode: filter.mode });
  return [...made.values()];
}

/** The same without what is not realised: it has no window, and is not read again for each. */
export const readRealized = (state: State, filter: MadeFilter): Made[] => [...madeIn(state, filter).values()];

interface MadeFilter extends PerformanceFilter {
  readonly asOf: Micros;
}

function madeIn(state: State, { bot: name, mode, window, asOf, isPart }: MadeFilter): Map<string, Made> {
  const spans = { window, first: firstDayOf(window, asOf), last: Math.floor(asOf / MICROS_PER_DAY) };
  const made = new Map<string, Made>();
  for (const bot of botsOf(state, name)) addBot(made, { state, bot, spans, mode });
  for (const row of made.values()) {
    row.fills = sumOfLedgers(row.ledgers);
    if (isPart === true) row.cashReason = untoldOfPart(row);
  }
  return made;
}

const FUNDING_UNTOLD = "funding is told by currency, not by venue or asset";

/** Why the funding of one instrument is not known, where income rows tell that of its currency; undefined where fills tell it. */
export const fundingUntold = (bot: BotState, mode: Mode, currency: string): string | undefined =>
  (bot.cash.get(cashKey(mode, currency, "all"))?.cash.fundingRows ?? 0) > 0 ? FUNDING_UNTOLD : undefined;

const FEES_UNTOLD = "fees are told by currency, not by venue or asset";

/** The same of fees, in the currency of the instrument; undefined where a fill in it says one. */
export function feesUntold(bot: BotState, mode: Mode, currency: string): string | undefined {
  const isTold = ({ cash, ...of }: CashEntry): boolean => of.mode === mode && of.span === "all" && cash.feeRows > 0;
  if (![...bot.cash.values()].some(isTold)) return undefined;
  for (const { mode: of, terms, symbol, holding } of bot.ledgers.values()) {
    const { fees, otherFees } = nowOf(holding).all;
    const isOwn = (terms.currency ?? unnamedCurrency(symbol)) === currency && isSaid(fees);
    if (of === mode && (isOwn || otherFees.some((other) => other.currency === currency))) return undefined;
  }
  return FEES_UNTOLD;
}

/** Income rows say no instrument: what they tell of fees and funding belongs to no part. */
function untoldOfPart({ bot, mode, currency, saysFees }: Made): string | undefined {
  const told = bot.cash.get(cashKey(mode, currency, "all"))?.cash ?? NO_CASH;
  if (told.fundingRows > 0) return FUNDING_UNTOLD;
  return told.feeRows > 0 && !saysFees ? FEES_UNTOLD : undefined;
}

/** Sums that were made, by the first of their parts: windows that hold the same of every ledger add it up once. */
const sums = new WeakMap<Totals, { readonly ledgers: readonly Totals[]; readonly sum: Totals }>();

function sumOfLedgers(ledgers: readonly Totals[]): Totals {
  const [first, ...others] = ledgers;
  if (first === undefined || others.length === 0) return first ?? NO_TOTALS;
  const known = sums.get(first);
  if (known?.ledgers.length === ledgers.length && known.ledgers.every((each, index) => each === ledgers[index]))
    return known.sum;
  const sum = others.reduce(sumOfTotals, first);
  sums.set(first, { ledgers, sum });
  return sum;
}

/** What trading made on one UTC day, without what is not realised. */
export function readMadeOfDay(state: State, { bot, mode, day }: DayOfBot): Made[] {
  const made = new Map<string, Made>();
  addBot(made, { state, bot, spans: { window: "today", first: day, last: day }, mode });
  for (const row of made.values()) row.fills = sumOfLedgers(row.ledgers);
  return [...made.values()];
}

interface DayOfBot {
  readonly bot: BotState;
  readonly mode: Mode;
  /** Since 1970-01-01. */
  readonly day: number;
}

/** One bot, or all of them. */
export function botsOf(state: State, name: string | undefined): readonly BotState[] {
  if (name === undefined) return [...state.bots.values()];
  const bot = state.bots.get(name);
  return bot === undefined ? [] : [bot];
}

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
  noteReportedFees(made, part);
}

interface LedgerPart {
  readonly ledger: Ledger;
  readonly spans: Spans;
}

function addLedger(made: Map<string, Made>, bot: BotState, { ledger, spans }: LedgerPart): void {
  const { mode, terms, symbol } = ledger;
  const now = nowOf(ledger.holding);
  const totals = windowOf(now, spans, bot);
  const sum = sumFor(made, { bot, mode, currency: terms.currency ?? unnamedCurrency(symbol) });
  if (totals !== NO_TOTALS) sum.ledgers.push(totals.otherFees.length === 0 ? totals : { ...totals, otherFees: [] });
  sum.saysFees ||= isSaid(now.all.fees);
  for (const { currency } of now.all.otherFees) sumFor(made, { bot, mode, currency }).saysFees = true;
  for (const { currency, fees } of totals.otherFees) {
    const other = sumFor(made, { bot, mode, currency });
    other.ledgers.push({ ...NO_TOTALS, fees });
  }
}

const isSaid = ({ paid, received }: Flow): boolean => !isZero(paid) || !isZero(received);

function addReported(made: Map<string, Made>, { state, bot }: BotPart, entry: ReportedEntry): void {
  const currency = termsOf(state.desk, entry.venue, entry.symbol).currency ?? unnamedCurrency(entry.symbol);
  const sum = sumFor(made, { bot, mode: entry.mode, currency });
  sum.reported = sumOfTotals(sum.reported, entry.totals);
}

/** Closed positions say fees too, of any time. */
function noteReportedFees(made: Map<string, Made>, { state, bot }: BotPart): void {
  for (const { span, mode, venue, symbol, totals } of bot.reported.values()) {
    if (span !== "all" || tellsFills(bot, mode) || !isSaid(totals.fees)) continue;
    const currency = termsOf(state.desk, venue, symbol).currency ?? unnamedCurrency(symbol);
    const sum = made.get(madeKey(bot, mode, currency));
    if (sum !== undefined) sum.saysFees = true;
  }
}

function addCash(made: Map<string, Made>, bot: BotState, entry: CashEntry): void {
  const sum = sumFor(made, { bot, mode: entry.mode, currency: entry.currency });
  sum.cash = sumOfCash(sum.cash, entry.cash);
  sum.pairNet = add(sum.pairNet, entry.pairs.pnl);
  sum.pairFees = add(sum.pairFees, entry.pairs.fees);
  sum.pairFills += entry.pairs.fills;
  if (entry.pairs.unpriced > 0) sum.pairReason = `${entry.pairs.unpriced} pair trades said no profit`;
}

function windowOf(now: LedgerPoint, { window, first, last }: Spans, { startedAt = 0 as Micros }: BotState): Totals {
  if (window === "all") return now.all;
  // A ledger keeps the last session that it had a fill in: of a newer one it has none yet.
  if (window === "session") {
    if (now.session.from < startedAt) return NO_TOTALS;
    return now.session.totals === NO_TOTALS ? now.all : totalsOfSession(now);
  }
  return totalsBetween(now, first ?? last, last);
}

/** Where all that ever was lies between the two days, there is nothing to add up. */
function totalsBetween(now: LedgerPoint, first: number, last: number): Totals {
  let taken = 0;
  for (const { day, totals } of daysOf(now)) if (day >= first && day <= last) taken += takenIn(totals);
  return taken === takenIn(now.all) ? now.all : totalsOfDays(now, first, last);
}

const isIn = (span: Span, { window, first, last }: Spans): boolean =>
  typeof span === "number" ? first !== undefined && span >= first && span <= last : span === window;

const madeKey = (bot: BotState, mode: Mode, currency: string): string => `${bot.bot}\t${mode}\t${currency}`;

function sumFor(
  made: Map<string, Made>,
  { bot, mode, currency }: { readonly bot: BotState; readonly mode: Mode; readonly currency: string },
): Made {
  const key = madeKey(bot, mode, currency);
  let sum = made.get(key);
  if (sum === undefined) {
    sum = {
      bot,
      mode,
      currency,
      ledgers: [],
      fills: NO_TOTALS,
      saysFees: false,
      reported: NO_TOTALS,
      cash: NO_CASH,
      pairNet: ZERO,
      pairFees: ZERO,
      pairFills: 0,
      pairReason: undefined,
      cashReason: undefined,
      unrealized: ZERO,
      unrealizedReason: undefined,
    };
    made.set(key, sum);
  }
  return sum;
}

function addUnrealized(made: Map<string, Made>, { state, bot, mode }: Omit<BotPart, "spans">): void {
  for (const held of bot.ledgers.values()) {
    if (!isHeld(held) || (mode !== undefined && held.mode !== mode)) continue;
    const { currency = unnamedCurrency(held.symbol), unrealized, reason } = readUnrealized(state, held);
    const sum = sumFor(made, { bot, mode: held.mode, currency });
    if (unrealized === undefined) sum.unrealizedReason = eitherReason(sum.unrealizedReason, reason);
    else sum.unrealized = add(sum.unrealized, unrealized);
  }
}

/** Money of a row, in its currency. */
export interface Money {
  /** Gross, of what was closed, before fees. */
  readonly realized: Decimal;
  /** Paid less rebates. */
  readonly fees: Decimal;
  readonly feesPaid: Decimal;
  readonly rebates: Decimal;
  /** Received less paid. */
  readonly funding: Decimal;
  readonly fundingReceived: Decimal;
  readonly fundingPaid: Decimal;
}

/**
 * Which of several sources counts: fills before closed positions, what fills said of fees before income rows, income rows
 * of funding before what fills said. Decided by all that was ever told and not by the window, so that windows add up.
 */
export function moneyOf({ bot, mode, currency, fills, saysFees, reported, cash, pairNet, pairFees }: Made): Money {
  const traded = tellsFills(bot, mode) ? fills : reported;
  const told = bot.cash.get(cashKey(mode, currency, "all"))?.cash ?? NO_CASH;
  const fees = !saysFees && told.feeRows > 0 ? cash.fees : traded.fees;
  const funding = told.fundingRows > 0 ? cash.funding : traded.funding;
  return {
    realized: add(traded.realized, add(pairNet, pairFees)),
    fees: add(subtract(fees.paid, fees.received), pairFees),
    feesPaid: add(fees.paid, pairFees),
    rebates: fees.received,
    funding: netOf(funding),
    fundingReceived: funding.received,
    fundingPaid: funding.paid,
  };
}

/** Whether a bot tells its fills: then what it reports of closed positions does not count besides. */
export const tellsFills = (bot: BotState, mode: Mode): boolean => {
  for (const ledger of bot.ledgers.values()) if (ledger.mode === mode) return true;
  return false;
};

/** Realised profit less fees plus funding. */
export const netMoney = ({ realized, fees, funding }: Money): Decimal => add(subtract(realized, fees), funding);

const sumOfCash = (a: Cash, b: Cash): Cash => ({
  funding: sumOfFlows(a.funding, b.funding),
  fundingRows: a.fundingRows + b.fundingRows,
  fees: sumOfFlows(a.fees, b.fees),
  feeRows: a.feeRows + b.feeRows,
  transfers: sumOfFlows(a.transfers, b.transfers),
  adjustments: sumOfFlows(a.adjustments, b.adjustments),
  otherIncome: sumOfFlows(a.otherIncome, b.otherIncome),
});

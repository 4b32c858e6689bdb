import { isoFromMicros, MICROS_PER_DAY, micros } from "../../base/time.ts";
import { type Decimal, isZero, subtract, ZERO } from "../../domain/decimal.ts";
import { NO_CASH } from "../../domain/ledger/cash.ts";
import type { AttributionRow } from "../../protocol/api-attribution.ts";
import { orderCountsOf } from "../activity.ts";
import type { BotState, Mode } from "../bot-state.ts";
import { cashKey } from "../cash.ts";
import type { State } from "../fold.ts";
import { type Ledger, profitCurrencyOf } from "../ledgers.ts";
import { type Made, moneyOf, netMoney, readRealized, tellsFills } from "../made.ts";
import { markPriceOf } from "../mark-price.ts";
import {
  costOf,
  type DaysPart,
  daysOfPart,
  executionOf,
  type FillCourse,
  openChange,
  partOpen,
} from "./fill-course.ts";
import type { IncomeMoney, IncomeParts } from "./income-parts.ts";
import {
  memoView,
  moneyOfTotals,
  NO_MONEY,
  openView,
  type PartedMoney,
  shownMoney,
  sumOfMoney,
  termsView,
  unarrivedReasons,
} from "./parted-money.ts";

/** All that the profit of one bot in one mode and range is parted by. */
export interface AttributionInput {
  readonly bot: BotState;
  readonly mode: Mode;
  /** Its ledgers as the course met them. */
  readonly ledgers: ReadonlyMap<string, Ledger>;
  /** The range as a state of the past, its session being the range; and the prices of its two ends. */
  readonly past: State;
  readonly pricesFrom: State["samples"];
  readonly pricesTo: State["samples"];
  /** Undefined where its fills cannot be read; `unread` says why. */
  readonly course: FillCourse | undefined;
  /** The whole days of the course's only span that are the range: days since 1970-01-01; all of it when undefined. */
  readonly days: { readonly first: number; readonly end: number } | undefined;
  readonly unread: string | undefined;
  readonly incomes: IncomeParts;
}

/**
 * Where the profit of a bot came from (metrics.md §1): what the market did between the mids at arrival of entries and
 * exits, what execution took, and what it cost. One row for each currency; the terms sum to the net of `readPerformance`,
 * and what they leave over is shown with its reasons.
 */
export function attribute(input: AttributionInput): AttributionRow[] {
  const { bot, mode, past } = input;
  const made = readRealized(past, { bot: bot.bot, mode, window: "session", asOf: micros(0) });
  return made.map((row) => rowOf(row, input, made.length === 1));
}

function rowOf(made: Made, input: AttributionInput, isOnly: boolean): AttributionRow {
  const { currency } = made;
  const assets = assetsOf(made, input);
  const whole = [...assets.values()].reduce(sumOfMoney, NO_MONEY);
  const terms = rowTerms(made, whole, input);
  const open = openView(whole);
  const { net } = terms;
  return {
    bot: made.bot.bot,
    mode: made.mode,
    currency,
    pnl: net === null || open.unrealized === null ? null : shownSum(net, open.unrealized),
    ...terms,
    open,
    memo: { ...memoView(whole), ...(isOnly ? ordersOf(input) : {}) },
    by_asset: assetRows(assets, made, whole),
    by_day: dayRows(made, input),
  };
}

const shownSum = (a: number, b: number): number => Number((a + b).toPrecision(15)) + 0;

/** The whole of a currency: what the fills do not part is the residual. */
function rowTerms(
  made: Made,
  whole: PartedMoney,
  { course, unread }: AttributionInput,
): Omit<AttributionRow, "bot" | "mode" | "currency" | "pnl" | "open" | "memo" | "by_asset" | "by_day"> {
  const money = moneyOf(made);
  const cost = costOf(money.fees, money.funding);
  const costs = { cost: shownMoney(cost), fees: shownMoney(money.fees), funding: shownMoney(money.funding) };
  if (made.pairReason !== undefined || course === undefined) {
    const reason = made.pairReason ?? unread ?? "the fills cannot be read";
    const net = made.pairReason === undefined ? shownMoney(netMoney(money)) : null;
    return { net, signal: null, execution: null, ...costs, residual: null, residual_reasons: [reason] };
  }
  const execution = executionOf(whole);
  const residual = subtract(subtract(subtract(netMoney(money), whole.signal), execution), cost);
  return {
    net: shownMoney(netMoney(money)),
    signal: shownMoney(whole.signal),
    execution: shownMoney(execution),
    ...costs,
    residual: shownMoney(residual),
    residual_reasons: residualReasons(made, whole, residual),
  };
}

function residualReasons(made: Made, whole: PartedMoney, residual: Decimal): string[] {
  const reasons = unarrivedReasons(whole);
  if (made.pairFills > 0) reasons.push(`${made.pairFills} pair trades, which name neither side nor price`);
  const { closings } = made.reported;
  const closed = closings.wins + closings.losses + closings.evens;
  if (!tellsFills(made.bot, made.mode) && closed > 0)
    reasons.push(`${closed} closed positions as the bot reports them, without their fills`);
  return reasons.length === 0 && shownMoney(residual) !== 0 ? ["facts that came while it was read"] : reasons;
}

/** Which of the two sources of fees and of funding counts: as `moneyOf` has it. */
function countsIncome({ bot, mode, currency, saysFees }: Made): { readonly fees: boolean; readonly funding: boolean } {
  const told = bot.cash.get(cashKey(mode, currency, "all"))?.cash ?? NO_CASH;
  return { fees: !saysFees && told.feeRows > 0, funding: told.fundingRows > 0 };
}

/** What each instrument made in the currency, by `venue\tsymbol`; empty for what is of none. */
function assetsOf(made: Made, input: AttributionInput): Map<string, PartedMoney> {
  const assets = new Map<string, PartedMoney>();
  const put = (key: string, money: PartedMoney): void => {
    assets.set(key, sumOfMoney(assets.get(key) ?? NO_MONEY, money));
  };
  const income = countsIncome(made);
  for (const [ledger, part] of partsIn(input)) {
    const key = `${ledger.venue}\t${ledger.symbol}`;
    const otherFees = part.totals.otherFees.get(made.currency);
    if (otherFees !== undefined && !income.fees) put(key, { ...NO_MONEY, fees: otherFees });
    if (profitCurrencyOf(ledger) !== made.currency) continue;
    put(key, fromFills({ ...moneyOfTotals(part.totals, ledger.symbol), ...openOf(ledger, part, input) }, income));
  }
  for (const [key, money] of input.incomes.assetsOf(made.currency)) {
    const counted = fromIncome(money, income);
    if (!isZero(counted.fees) || !isZero(counted.funding)) put(key, { ...NO_MONEY, ...counted });
  }
  return assets;
}

function* partsIn({ course, days, ledgers }: AttributionInput): Generator<readonly [Ledger, DaysPart]> {
  for (const [key, part] of course?.partsOf(0) ?? []) {
    const ledger = ledgers.get(key);
    if (ledger !== undefined) yield [ledger, days === undefined ? part : daysOfPart(part, days.first, days.end)];
  }
}

type Sources = ReturnType<typeof countsIncome>;

const fromFills = (money: PartedMoney, income: Sources): PartedMoney => ({
  ...money,
  fees: income.fees ? ZERO : money.fees,
  funding: income.funding ? ZERO : money.funding,
});

const fromIncome = ({ fees, funding }: IncomeMoney, income: Sources): IncomeMoney => ({
  fees: income.fees ? fees : ZERO,
  funding: income.funding ? funding : ZERO,
});

function openOf(
  ledger: Ledger,
  { before, after }: DaysPart,
  { pricesFrom, pricesTo }: AttributionInput,
): Pick<PartedMoney, "open" | "openReason"> {
  const { terms, venue, symbol } = ledger;
  const from = partOpen(terms, before, markPriceOf(pricesFrom, venue, symbol));
  const to = partOpen(terms, after, markPriceOf(pricesTo, venue, symbol));
  if (from === undefined || to === undefined)
    return {
      open: NO_MONEY.open,
      openReason: `no mark and no book of ${symbol} at the ${to === undefined ? "end" : "beginning"}`,
    };
  return { open: openChange(from, to), openReason: undefined };
}

function assetRows(
  assets: ReadonlyMap<string, PartedMoney>,
  made: Made,
  whole: PartedMoney,
): AttributionRow["by_asset"] {
  const money = moneyOf(made);
  const rest: PartedMoney = {
    ...NO_MONEY,
    realized: subtract(money.realized, whole.realized),
    unparted: subtract(money.realized, whole.realized),
    fees: subtract(money.fees, whole.fees),
    funding: subtract(money.funding, whole.funding),
  };
  const hasRest = [rest.realized, rest.fees, rest.funding].some((value) => shownMoney(value) !== 0);
  const all = new Map(assets);
  if (hasRest) all.set("", sumOfMoney(all.get("") ?? NO_MONEY, rest));
  return [...all]
    .map(([key, part]) => {
      const [venue, symbol] = key === "" ? [null, null] : key.split("\t");
      return {
        venue: venue ?? null,
        symbol: symbol ?? null,
        ...termsView(part),
        open: openView(part),
        memo: memoView(part),
      };
    })
    .sort((a, b) => Math.abs(b.net ?? 0) - Math.abs(a.net ?? 0));
}

function dayRows(made: Made, input: AttributionInput): AttributionRow["by_day"] {
  const days = new Map<number, PartedMoney>();
  const put = (day: number, money: PartedMoney): void => {
    days.set(day, sumOfMoney(days.get(day) ?? NO_MONEY, money));
  };
  const income = countsIncome(made);
  for (const [ledger, part] of partsIn(input))
    for (const [day, { totals }] of part.days) {
      const otherFees = totals.otherFees.get(made.currency);
      if (otherFees !== undefined && !income.fees) put(day, { ...NO_MONEY, fees: otherFees });
      if (profitCurrencyOf(ledger) === made.currency) put(day, fromFills(moneyOfTotals(totals, ledger.symbol), income));
    }
  for (const [day, money] of input.incomes.daysOf(made.currency)) {
    const counted = fromIncome(money, income);
    if (!isZero(counted.fees) || !isZero(counted.funding)) put(day, { ...NO_MONEY, ...counted });
  }
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([day, money]) => ({
      date: isoFromMicros(micros(day * MICROS_PER_DAY)).slice(0, 10),
      ...termsView(money),
      memo: memoView(money),
    }));
}

/** Entry orders that were placed, and those of them that nothing filled. */
function ordersOf({
  past,
  bot,
  mode,
}: AttributionInput): Pick<AttributionRow["memo"], "orders_placed" | "orders_missed"> {
  const state = past.bots.get(bot.bot);
  if (state === undefined) return { orders_placed: 0, orders_missed: 0 };
  const { ordersPlaced, ordersFilled } = orderCountsOf(state, mode, "session");
  return { orders_placed: ordersPlaced, orders_missed: Math.max(0, ordersPlaced - ordersFilled) };
}

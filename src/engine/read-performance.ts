import { compareTexts } from "../base/compare-texts.ts";
import { isoFromMicros, MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { type Decimal, ZERO, add, decimalToNumber, multiply, subtract } from "../domain/decimal.ts";
import { netOf } from "../domain/ledger/flow.ts";
import { dailyLoss } from "../metrics/daily-loss.ts";
import { currentDrawdown, maxDrawdown } from "../metrics/drawdown.ts";
import { eitherReason, measured, unknown } from "../metrics/measure.ts";
import type { EquityRow, PerformanceAnswer, PerformanceRow, PerformanceTotal } from "../protocol/api-money.ts";
import type { BotState } from "./bot-state.ts";
import type { State } from "./fold.ts";
import {
  botsOf,
  firstDayOf,
  type Made,
  moneyOf,
  netMoney,
  type PerformanceFilter,
  readMade,
  tellsFills,
} from "./made.ts";
import { noRate, usdRate } from "./money.ts";
import { type Limits, limitsOf } from "./read-limits.ts";
import { tradeStatisticsOf, wire } from "./trade-readings.ts";

/**
 * What trading made in a window, by bot, mode and currency, and all of it in USD: realised profit of the ledgers, fees,
 * funding, and what is not realised at the marks of the moment. Windows of days are UTC days, today's included.
 */
export function readPerformance(
  state: State,
  asOf: Micros,
  filter: PerformanceFilter,
): Omit<PerformanceAnswer, "as_of" | "as_of_seq"> {
  const first = firstDayOf(filter.window, asOf);
  const today = Math.floor(asOf / MICROS_PER_DAY);
  const all = readMade(state, { ...filter, asOf });
  return {
    window: filter.window,
    from: first === undefined ? null : isoFromMicros((first * MICROS_PER_DAY) as Micros),
    rows: all.map(rowOf).sort((a, b) => (b.net ?? 0) - (a.net ?? 0) || compareTexts(orderOf(a), orderOf(b))),
    equity: botsOf(state, filter.bot)
      .flatMap((bot) => equityOf(bot, filter.mode, { today, limits: limitsOf(state) }))
      .sort((a, b) => compareTexts(orderOf(a), orderOf(b))),
    total: totalOf(state, all),
  };
}

const orderOf = (row: PerformanceRow | EquityRow): string =>
  [row.bot, row.mode, row.currency, "venue" in row ? row.venue : ""].join("\t");

/** A day that nothing was reported of yet has not lost anything that is known. */
const equityOf = (
  bot: BotState,
  mode: string | undefined,
  { today, limits }: { readonly today: number; readonly limits: Limits },
): EquityRow[] =>
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
      drawdown_limit: limits.drawdown_pct,
      daily_loss_limit: limits.daily_loss_pct,
    }));

function rowOf(made: Made): PerformanceRow {
  const { bot, fills, reported, currency, mode } = made;
  const money = moneyOf(made);
  const reason = made.pairReason ?? made.cashReason;
  const shown = (value: Decimal): number | null => (reason === undefined ? decimalToNumber(value) : null);
  const sides = fills.makerFills + fills.takerFills;
  return {
    bot: bot.bot,
    mode,
    currency,
    realized: made.pairReason === undefined ? decimalToNumber(money.realized) : null,
    fees: shown(money.fees),
    funding: shown(money.funding),
    net: shown(netMoney(money)),
    ...(reason === undefined ? {} : { reason }),
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
  let cashReason: string | undefined;
  let unvalued: string | undefined;
  for (const made of all) {
    const rate = usdRate(state, made.currency);
    reason = eitherReason(reason, made.pairReason ?? (rate === undefined ? noRate(made.currency) : undefined));
    cashReason = eitherReason(cashReason, made.cashReason);
    unvalued = eitherReason(unvalued, made.unrealizedReason);
    if (rate === undefined) continue;
    const money = moneyOf(made);
    realized = add(realized, multiply(money.realized, rate));
    fees = add(fees, multiply(money.fees, rate));
    funding = add(funding, multiply(money.funding, rate));
    unrealized = add(unrealized, multiply(made.unrealized, rate));
  }
  const netReason = reason ?? cashReason;
  const unrealizedReason = unvalued ?? reason;
  const shown = (value: Decimal): number | null => (netReason === undefined ? decimalToNumber(value) : null);
  return {
    realized: reason === undefined ? decimalToNumber(realized) : null,
    fees: shown(fees),
    funding: shown(funding),
    net: shown(add(subtract(realized, fees), funding)),
    ...(netReason === undefined ? {} : { reason: netReason }),
    unrealized: unrealizedReason === undefined ? decimalToNumber(unrealized) : null,
    ...(unrealizedReason === undefined ? {} : { unrealized_reason: unrealizedReason }),
    bots: new Set(all.map(({ bot }) => bot.bot)).size,
  };
}

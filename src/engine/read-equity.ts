import { decimalToNumber, ZERO } from "../domain/decimal.ts";
import { dailyLoss } from "../metrics/daily-loss.ts";
import { currentDrawdown, maxDrawdown } from "../metrics/drawdown.ts";
import { finite, unknown } from "../metrics/measure.ts";
import type { NowReading, Reading } from "../metrics/scope-reading.ts";
import type { BotState, Mode } from "./bot-state.ts";
import { isMixed } from "./desk-equity.ts";
import type { EquityCurve } from "./equity.ts";
import type { State } from "./fold.ts";
import { usdRate } from "./money.ts";

const NONE = "no equity was reported";

/** Equity of some bots together: in USD through recorded rates, else in the one currency there is. */
export function readEquity(state: State, bots: readonly BotState[], mode: Mode): Reading {
  const parts = bots.flatMap((bot) => namedCurvesOf(bot, mode).map((curve) => ({ bot, curve })));
  const [first] = parts;
  if (first === undefined) return unknown(NONE);
  const currencies = parts.map(({ bot, curve }) => curve.currency ?? quoteOf(bot, mode));
  const rates = currencies.map((currency) => (currency === undefined ? undefined : usdRate(state, currency)));
  const value = ({ curve }: (typeof parts)[number]): number => curve.drawdown.equity;
  if (rates.every((rate) => rate !== undefined)) {
    const usd = parts.reduce((sum, part, index) => sum + value(part) * decimalToNumber(rates[index] ?? ZERO), 0);
    return { ...finite(usd, parts.length), currency: "USD" };
  }
  const [currency] = currencies;
  if (parts.length > 1 && (currency === undefined || currencies.some((other) => other !== currency)))
    return unknown("equity is in several currencies without rates to USD", parts.length);
  const total = parts.reduce((sum, part) => sum + value(part), 0);
  return { ...finite(total, parts.length), ...(currency === undefined ? {} : { currency }) };
}

/** The bot's own equity as a whole where it reports that, else what each venue reports. */
function curvesOf(bot: BotState, mode: Mode): EquityCurve[] {
  const curves = [...bot.equity.values()].filter((curve) => curve.mode === mode);
  const whole = curves.filter(({ venue }) => venue === undefined);
  return whole.length > 0 ? whole : curves;
}

/** As `curvesOf`; what each venue reports where nothing says in which currency the whole is, but all of them do. */
function namedCurvesOf(bot: BotState, mode: Mode): readonly EquityCurve[] {
  const whole = curvesOf(bot, mode);
  if (whole.some(({ currency, venue }) => venue !== undefined || currency !== undefined)) return whole;
  const venues = [...bot.equity.values()].filter((curve) => curve.mode === mode && curve.venue !== undefined);
  const isNamed = venues.length > 0 && venues.every(({ currency }) => currency !== undefined);
  return isNamed && quoteOf(bot, mode) === undefined ? venues : whole;
}

/** The currency of a bot that trades in one only. */
function quoteOf(bot: BotState, mode: Mode): string | undefined {
  const named = new Set<string | undefined>();
  for (const ledger of bot.ledgers.values()) if (ledger.mode === mode) named.add(ledger.terms.currency);
  const [only] = named;
  return named.size === 1 ? only : undefined;
}

type Losses = Pick<NowReading, "drawdown" | "maxDrawdown" | "dailyLoss">;

/** What follows from the equity curve of one bot. A day that nothing was reported of has not lost anything that is known. */
export function drawdownsOf(bot: BotState | undefined, mode: Mode, today: number): Losses {
  const curves = bot === undefined ? [] : curvesOf(bot, mode);
  const [curve] = curves;
  if (curve === undefined || curves.length > 1)
    return noLosses(curve === undefined ? NONE : "equity is reported by each venue apart", curves.length);
  return lossesOf(curve, today);
}

/** What follows from the equity of all bots together. */
export function deskDrawdowns({ desk }: State, mode: Mode, today: number): Losses {
  const curve = desk.deskEquity.get(mode);
  if (curve === undefined) return noLosses(NONE, 0);
  const bots = Object.values(curve.sums).reduce((sum, part) => sum + part.bots, 0);
  return isMixed(curve)
    ? noLosses("equity is in several currencies without rates to USD", bots)
    : lossesOf(curve, today);
}

const noLosses = (reason: string, n: number): Losses => {
  const none = unknown(reason, n);
  return { drawdown: none, maxDrawdown: none, dailyLoss: none };
};

const lossesOf = (
  { drawdown, day, dayEquity }: Pick<EquityCurve, "drawdown" | "day" | "dayEquity">,
  today: number,
) => ({
  drawdown: currentDrawdown(drawdown),
  maxDrawdown: maxDrawdown(drawdown),
  dailyLoss: day === today ? dailyLoss(dayEquity) : unknown("no equity was reported today"),
});

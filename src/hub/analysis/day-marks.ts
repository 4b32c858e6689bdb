import { MICROS_PER_DAY } from "../../base/time.ts";
import type { BotState } from "../../engine/bot-state.ts";
import type { State } from "../../engine/fold.ts";
import { botsOf } from "../../engine/made.ts";
import { usdRate } from "../../engine/money.ts";
import type { DailyScope } from "./daily-returns.ts";

/** A report that came later than the days are: an older one is too late for a curve, so that they stay as they are. */
const OVER = "over";

/**
 * What the returns of some days depend on, as the fold has it now: as long as all of it is the same, each by identity,
 * the days are. New fills change none of it, nor does an equity of today.
 */
export function dayMarks(state: State, { bot, mode, endDay }: DailyScope): readonly unknown[] {
  const currencies = new Set<string>();
  const marks = botsOf(state, bot).flatMap((each) => marksOf(each, { mode, end: endDay * MICROS_PER_DAY, currencies }));
  // Money is summed at the rates of now.
  for (const currency of currencies) {
    const rate = usdRate(state, currency);
    marks.push(currency, rate?.units, rate?.scale);
  }
  return marks;
}

interface Whose {
  readonly mode: DailyScope["mode"];
  /** The first moment after the days. */
  readonly end: number;
  /** Those that its money is in are added. */
  readonly currencies: Set<string>;
}

/** Of a bot without an equity nothing is told, and there are none. */
function marksOf(bot: BotState, { mode, end, currencies }: Whose): unknown[] {
  const curves = [...bot.equity].filter(([, curve]) => curve.mode === mode);
  if (curves.length === 0) return [];
  const traded = tradedIn(bot, mode);
  for (const currency of traded) currencies.add(currency);
  const marks: unknown[] = [bot.bot, traded.join("\t")];
  for (const [key, curve] of curves) {
    marks.push(key, curve.drawdown.at >= end ? OVER : curve);
    if (curve.currency !== undefined) currencies.add(curve.currency);
  }
  for (const { mode: own, currency, span, cash } of bot.cash.values()) {
    if (own !== mode || span !== "all") continue;
    marks.push(currency, cash.transfers);
    currencies.add(currency);
  }
  return marks;
}

/** The currencies of its ledgers: where there is only one, an equity that names none is in it. */
function tradedIn({ ledgers }: BotState, mode: DailyScope["mode"]): string[] {
  const named = new Set<string>();
  for (const ledger of ledgers.values()) if (ledger.mode === mode) named.add(ledger.terms.currency ?? "");
  return [...named].sort();
}

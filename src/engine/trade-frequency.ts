import { MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { firstDayOf } from "./made.ts";

interface Frequency {
  readonly asOf: Micros;
  readonly scope: { readonly bot?: string | undefined; readonly mode: Mode };
  readonly window: MoneyWindow;
  /** Trades closed in the window. */
  readonly closed: Measure;
}

/** Less time than this says nothing of a day. */
const LEAST_DAYS = 1 / 48;

/** Trades closed for each day of the window that is over, from the bot's first fill on. */
export function tradesPerDay(state: State, { asOf, scope, window, closed }: Frequency): Measure {
  const bot = scope.bot === undefined ? undefined : state.bots.get(scope.bot);
  if (bot === undefined) return unknown("is read for one bot");
  if (typeof closed.value !== "number") return closed;
  const firstAt = bot.presence.get(scope.mode)?.firstAt;
  if (firstAt === undefined) return unknown("no fills were reported");
  const days = (asOf - Math.max(firstAt, beginOf(bot, asOf, window))) / MICROS_PER_DAY;
  if (days < LEAST_DAYS) return unknown("needs half an hour since the first fill", closed.n);
  return measured(closed.value / days, closed.n);
}

function beginOf({ startedAt }: BotState, asOf: Micros, window: MoneyWindow): number {
  if (window === "all") return 0;
  if (window === "session") return startedAt ?? 0;
  return (firstDayOf(window, asOf) ?? 0) * MICROS_PER_DAY;
}

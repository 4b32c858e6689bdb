import { MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { latencyQuantiles } from "../metrics/latency-sketch.ts";
import { type Measure, measured, unknown } from "../metrics/measure.ts";
import { percentilesOf, SHOWN_QUANTILES } from "../metrics/percentiles.ts";
import type { SpanReading } from "../metrics/scope-reading.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import { activityOfAll, orderCountsOf } from "./activity.ts";
import type { BotState, Mode } from "./bot-state.ts";
import type { Span } from "./cash.ts";
import type { State } from "./fold.ts";
import { botsOf, firstDayOf } from "./made.ts";
import { timeInMarketPct } from "./presence.ts";
import { type OrderLeg, readLeg } from "./tallies.ts";
import { toldOf } from "./told.ts";

/** All but the time in market, which is of one bot. */
export type OrderWork = Pick<
  SpanReading,
  | "ordersPlaced"
  | "ordersFilled"
  | "fillRatePct"
  | "fillRateQtyPct"
  | "entrySlippageBps"
  | "exitSlippageBps"
  | "orderSent"
  | "orderAcknowledged"
  | "orderFilled"
>;

/** Time in market is kept by day for somewhat longer. */
const MARKET_DAYS_MAX = 365;

interface Scope {
  readonly bot?: string | undefined;
  readonly mode: Mode;
}

/** What orders of a scope did in a window. A day is added up from nothing but its own facts. */
export function readOrderWork(state: State, asOf: Micros, scope: Scope, window: MoneyWindow): OrderWork {
  const bots = botsOf(state, scope.bot);
  const spans = spansOf(window, asOf);
  const work = activityOfAll(bots.flatMap((bot) => spans.map((span) => orderCountsOf(bot, scope.mode, span))));
  const tellsOrders = bots.some((bot) => toldOf(bot, scope.mode).orders > 0);
  const count = (value: number): Measure => (tellsOrders ? measured(value, value) : unknown("no order was told"));
  return {
    ordersPlaced: count(work.ordersPlaced),
    ordersFilled: count(work.ordersFilled),
    fillRatePct: work.fillRatePct,
    fillRateQtyPct: work.fillRateQtyPct,
    entrySlippageBps: work.avgEntrySlippageBps,
    exitSlippageBps: work.avgExitSlippageBps,
    ...orderPathOf(bots, scope.mode, { window, asOf }),
  };
}

function orderPathOf(
  bots: readonly BotState[],
  mode: Mode,
  when: { readonly window: MoneyWindow; readonly asOf: Micros },
): Pick<OrderWork, "orderSent" | "orderAcknowledged" | "orderFilled"> {
  const of = (leg: OrderLeg, moments: string) =>
    percentilesOf(
      () => latencyQuantiles(readLeg(bots, mode, leg, when) ?? [], SHOWN_QUANTILES),
      `the bot does not report ${moments}`,
    );
  return {
    orderSent: of("sent", "decided_at and sent_at of orders"),
    orderAcknowledged: of("acknowledged", "sent_at of orders and their acknowledgement"),
    orderFilled: of("filled", "the acknowledgement of orders that were filled"),
  };
}

/** The time in market of one bot in a window. */
export function readMarketTime(state: State, asOf: Micros, { bot: name, mode }: Scope, window: MoneyWindow): Measure {
  const bot = name === undefined ? undefined : state.bots.get(name);
  const spans = spansOf(window, asOf);
  const [span] = spans;
  if (bot === undefined || span === undefined) return unknown("is read for one bot");
  return spans.length === 1 ? timeInMarketPct(bot, mode, span, asOf) : timeOfDays(bot, { asOf, mode, days: spans });
}

/** The same of whole UTC days of the past: time in market is kept by day. */
export function readMarketDays(
  state: State,
  asOf: Micros,
  { bot: name, mode, pastDays }: Scope & { readonly pastDays?: readonly number[] | undefined },
): Measure {
  const bot = name === undefined ? undefined : state.bots.get(name);
  if (bot === undefined) return unknown(name === undefined ? "is read for one bot" : "no fills were reported");
  const [first] = pastDays ?? [];
  if (pastDays === undefined || first === undefined) return unknown("is kept by UTC day: ask for steps of whole days");
  if (first <= (bot.presence.get(mode)?.counted ?? 0) / MICROS_PER_DAY - MARKET_DAYS_MAX)
    return unknown(`is kept for ${MARKET_DAYS_MAX} days`);
  return timeOfDays(bot, { asOf, mode, days: pastDays });
}

interface Days {
  readonly asOf: Micros;
  readonly mode: Mode;
  readonly days: readonly Span[];
}

/** Of several days, from that of the first fill on: each by how much of it is over. */
function timeOfDays(bot: BotState, { asOf, mode, days }: Days): Measure {
  let [held, over] = [0, 0];
  let none: Measure = unknown("no fills were reported");
  for (const day of days) {
    const part = timeInMarketPct(bot, mode, day, asOf);
    if (typeof part.value !== "number") none = part;
    else {
      const micros = Math.min(MICROS_PER_DAY, asOf - Number(day) * MICROS_PER_DAY);
      held += part.value * micros;
      over += micros;
    }
  }
  return over > 0 ? measured(held / over, 1) : none;
}

function spansOf(window: MoneyWindow, asOf: Micros): Span[] {
  if (window === "all" || window === "session") return [window];
  const last = Math.floor(asOf / MICROS_PER_DAY);
  const first = firstDayOf(window, asOf) ?? last;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

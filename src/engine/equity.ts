import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_DAY, type Micros } from "../base/time.ts";
import { type DayEquity, beginDay, takeDayEquity } from "../metrics/daily-loss.ts";
import { type Drawdown, emptyDrawdown, takeEquity } from "../metrics/drawdown.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode } from "./bot-state.ts";

/** The equity that a bot or its venue reported, as a curve: in UTC days, from its first value on. */
export interface EquityCurve {
  readonly mode: Mode;
  /** Whose equity: the account's at a venue, or the bot's own as a whole where undefined. */
  readonly venue: string | undefined;
  /** Undefined where the report names none: the bot's quote currency. */
  readonly currency: string | undefined;
  readonly drawdown: Drawdown;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly dayEquity: DayEquity;
}

const CURVES_MAX = 200;

/** Takes the equity of a `risk` or `balance` in; one that is older than the newest comes too late for a curve. */
export function takeReportedEquity(
  state: BotState,
  event: EventOf<"risk"> | EventOf<"balance">,
  { ts, receivedAt }: Recorded,
): void {
  const mode = event.mode ?? "live";
  const key = `${mode}\t${equityVenue(event) ?? ""}`;
  const curve = curveWith(state.equity.get(key), event, effectiveTs(ts, receivedAt));
  if (curve !== undefined) putBounded(state.equity, key, curve, CURVES_MAX);
}

type EquityReport = EventOf<"risk"> | EventOf<"balance">;

/** Whose equity it is: the account's at a venue, or the bot's own where undefined. */
export const equityVenue = (event: EquityReport): string | undefined =>
  event.type === "balance" ? event.venue : undefined;

/** The curve with what was reported at a moment; undefined where that says no equity, or comes too late. */
export function curveWith(before: EquityCurve | undefined, event: EquityReport, at: Micros): EquityCurve | undefined {
  const equity = equityOf(event);
  if (equity === undefined || (before !== undefined && at < before.drawdown.at)) return undefined;
  const drawdown = { ...(before?.drawdown ?? emptyDrawdown()) };
  const day = Math.floor(at / MICROS_PER_DAY);
  const isSameDay = before?.day === day;
  const dayEquity = isSameDay ? { ...before.dayEquity } : beginDay(before?.drawdown.equity ?? equity);
  takeEquity(drawdown, at, equity);
  takeDayEquity(dayEquity, equity);
  return {
    mode: event.mode ?? "live",
    venue: equityVenue(event),
    currency: currencyOf(event) ?? before?.currency,
    drawdown,
    day,
    dayEquity,
  };
}

function equityOf(event: EquityReport): number | undefined {
  const said = event.type === "risk" ? event.equity_quote : event.equity;
  const equity = said === undefined ? undefined : Number(said);
  return equity !== undefined && Number.isFinite(equity) ? equity : undefined;
}

const currencyOf = (event: EquityReport): string | undefined =>
  event.type === "balance" ? event.equity_currency : undefined;

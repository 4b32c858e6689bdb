import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_DAY } from "../base/time.ts";
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
  const equity = equityOf(event);
  if (equity === undefined) return;
  const mode = event.mode ?? "live";
  const venue = event.type === "balance" ? event.venue : undefined;
  const at = effectiveTs(ts, receivedAt);
  const key = `${mode}\t${venue ?? ""}`;
  const before = state.equity.get(key);
  if (before !== undefined && at < before.drawdown.at) return;
  const drawdown = { ...(before?.drawdown ?? emptyDrawdown()) };
  const day = Math.floor(at / MICROS_PER_DAY);
  const isSameDay = before?.day === day;
  const dayEquity = isSameDay ? { ...before.dayEquity } : beginDay(before?.drawdown.equity ?? equity);
  takeEquity(drawdown, at, equity);
  takeDayEquity(dayEquity, equity);
  putBounded(
    state.equity,
    key,
    { mode, venue, currency: currencyOf(event) ?? before?.currency, drawdown, day, dayEquity },
    CURVES_MAX,
  );
}

function equityOf(event: EventOf<"risk"> | EventOf<"balance">): number | undefined {
  const said = event.type === "risk" ? event.equity_quote : event.equity;
  const equity = said === undefined ? undefined : Number(said);
  return equity !== undefined && Number.isFinite(equity) ? equity : undefined;
}

const currencyOf = (event: EventOf<"risk"> | EventOf<"balance">): string | undefined =>
  event.type === "balance" ? event.equity_currency : undefined;

import { isoFromMicros, type Micros } from "../base/time.ts";
import {
  add,
  compare,
  type DecimalText,
  decimal,
  decimalText,
  divide,
  multiply,
  subtract,
  ZERO,
} from "../domain/decimal.ts";
import { type Envelope, eventIdOf, type Interval, type Outcome, symbolOf } from "./arbitrage-market.ts";
import { type ImportItem, told } from "./format.ts";

/**
 * One attempt of the recorded arbitrage bot, told the same way from its table and from its log: ids are made of the
 * execution id and the leg, and fields that both files have read the same, so that an attempt in both counts once.
 */
export interface Attempt {
  readonly envelope: Envelope;
  readonly executionId: string;
  readonly interval: Interval;
  /** Expected net edge in cents per contract; undefined where the file does not say it. */
  readonly edgeCents: number | undefined;
}

/** A leg of an attempt: `A` and `B` as the bot names them, `U` for the unwind of a filled leg. */
export interface Leg {
  readonly name: "A" | "B" | "U";
  readonly venue: string;
  readonly outcome: Outcome;
}

type Extra = Readonly<Record<string, unknown>>;

/** Dollars per contract to cents, to the millionth of a cent (the files carry float noise beyond). */
export const centsOf = (dollars: number): number => Math.round(dollars * 1e8) / 1e6;

const idOf = (attempt: Attempt, ...parts: readonly string[]): string => [attempt.executionId, ...parts].join(":");
const orderIdOf = (attempt: Attempt, leg: Leg): string => idOf(attempt, leg.name);

/** What is equal in all events of one attempt. */
const common = (attempt: Attempt, ts: Micros, id: string) => ({
  ...attempt.envelope,
  ts: isoFromMicros(ts),
  id,
});

const contract = (attempt: Attempt, leg: Leg) => ({
  venue: leg.venue,
  symbol: symbolOf(attempt.interval, leg.outcome),
});

/** Where in a file, and when: what every event of an attempt is told with. */
export interface Telling {
  readonly line: number;
  readonly ts: Micros;
}

/** `executed` when both legs filled; `rejected` with the bot's own status as the reason when not. */
export function opportunityEvent(
  attempt: Attempt,
  action: "detected" | "approved" | "executed" | "rejected",
  { line, ts }: Telling,
  extra: Extra = {},
): ImportItem {
  const eventId = eventIdOf(attempt.interval);
  return told(line, {
    type: "opportunity",
    ...common(attempt, ts, idOf(attempt, action)),
    opportunity_id: attempt.executionId,
    event_id: eventId,
    pair_id: eventId,
    action,
    edge_cents: attempt.edgeCents,
    ...extra,
  });
}

/** What became of an attempt. `realizedPnl` is the bot's: the locked edge before fees and settlement, so never a PnL here. */
export function outcomeEvent(attempt: Attempt, status: string, realizedPnl: DecimalText, telling: Telling): ImportItem {
  const executed = status === "success";
  return opportunityEvent(attempt, executed ? "executed" : "rejected", telling, {
    reason: executed ? undefined : status,
    realized_pnl_reported: realizedPnl,
  });
}

export interface Placing extends Telling {
  readonly price: DecimalText;
  readonly size: DecimalText;
}

export function placedEvent(attempt: Attempt, leg: Leg, placing: Placing, extra: Extra = {}): ImportItem {
  return told(placing.line, {
    type: "order.placed",
    ...common(attempt, placing.ts, idOf(attempt, leg.name, "placed")),
    order_id: orderIdOf(attempt, leg),
    ...contract(attempt, leg),
    side: "buy",
    price: placing.price,
    size: placing.size,
    order_type: "limit",
    intent: "entry",
    pair_id: eventIdOf(attempt.interval),
    ...extra,
  });
}

/** A fill of a leg (bought), or of the unwind of one (sold). */
export function fillEvent(attempt: Attempt, leg: Leg, filling: Placing, extra: Extra = {}): ImportItem {
  return told(filling.line, {
    type: "fill",
    ...common(attempt, filling.ts, idOf(attempt, leg.name, "filled")),
    fill_id: orderIdOf(attempt, leg),
    order_id: orderIdOf(attempt, leg),
    ...contract(attempt, leg),
    side: leg.name === "U" ? "sell" : "buy",
    price: filling.price,
    size: filling.size,
    pair_id: eventIdOf(attempt.interval),
    entry_edge_cents: leg.name === "U" ? undefined : attempt.edgeCents,
    ...extra,
  });
}

/** The end of an order that was not filled, or not wholly. */
export function orderEndEvent(
  attempt: Attempt,
  leg: Leg,
  end: "cancelled" | "rejected",
  { line, ts, filledSize, reason }: Telling & { readonly filledSize: DecimalText; readonly reason: string | undefined },
): ImportItem {
  return told(line, {
    type: `order.${end}`,
    ...common(attempt, ts, idOf(attempt, leg.name, end)),
    order_id: orderIdOf(attempt, leg),
    ...contract(attempt, leg),
    filled_size: filledSize,
    reason: reason?.slice(0, 1024),
  });
}

/** A leg is naked and the bot sells it again. `code` names the step; the message is the bot's own. */
export function troubleEvent(
  attempt: Attempt,
  code: "unwind" | "unwind_failed" | "leg_unclear",
  { line, ts, message, leg = "" }: Telling & { readonly message: string; readonly leg?: string },
  extra: Extra = {},
): ImportItem {
  return told(line, {
    type: "error",
    ...common(attempt, ts, idOf(attempt, code, ...(leg === "" ? [] : [leg]))),
    code,
    message: message.slice(0, 4096),
    severity: code === "unwind_failed" ? "high" : "medium",
    execution_id: attempt.executionId,
    ...extra,
  });
}

const UNWIND_SIZE_DECIMALS = 6;
/** Relative: what float noise in the file may move a size. */
const ROUNDING = 1e-5;
const HALF = decimal("0.5");

/** The size of an unwind: the log tells its price and loss only. */
export interface UnwindSize {
  readonly size: DecimalText;
  readonly source: "derived from the loss" | "assumed equal to the fill";
}

/**
 * Loss ÷ (fill price − unwind price), where the bot lost; the filled size otherwise, because the bot reports a gain as a
 * loss of 0. It may be less than was filled: fees were taken in contracts.
 */
export function unwindSize(
  fill: { price: DecimalText; size: DecimalText },
  price: DecimalText,
  loss: DecimalText,
): UnwindSize {
  const assumed: UnwindSize = { size: fill.size, source: "assumed equal to the fill" };
  const perUnit = subtract(decimal(fill.price), decimal(price));
  if (compare(decimal(loss), ZERO) <= 0 || compare(perUnit, ZERO) <= 0) return assumed;
  const size = decimalText(divide(decimal(loss), perUnit, UNWIND_SIZE_DECIMALS));
  const excess = Number(size) / Number(fill.size) - 1;
  if (Math.abs(excess) < ROUNDING) return { size: fill.size, source: "derived from the loss" };
  return excess > 0 || size === "0" ? assumed : { size, source: "derived from the loss" };
}

/** The middle of a quote, exactly. */
export const midOf = (bid: DecimalText, ask: DecimalText): DecimalText =>
  decimalText(multiply(add(decimal(bid), decimal(ask)), HALF));

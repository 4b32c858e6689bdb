import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_DAY, type Micros, parseTime } from "../base/time.ts";
import { type Decimal, add, canonicalDecimal, decimal, subtract, ZERO } from "../domain/decimal.ts";
import { type Cash, type CashKind, NO_CASH, withCash } from "../domain/ledger/cash.ts";
import type { ClosedTrade } from "../domain/ledger/trades.ts";
import { NO_TOTALS, type Totals, withReportedTrade } from "../domain/ledger/totals.ts";
import type { EventOf, PairFill } from "../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode } from "./bot-state.ts";

/** `all`, `session`, or a day as days since 1970-01-01. */
export type Span = "all" | "session" | number;

/** What a bot's facts say of money in one currency and span, besides its ledgers. */
export interface CashEntry {
  readonly mode: Mode;
  readonly currency: string;
  readonly span: Span;
  readonly cash: Cash;
  /** Document 2's pair trades: profit after fees, and the fees, both of those that said so. */
  readonly pairs: { readonly pnl: Decimal; readonly fees: Decimal; readonly fills: number; readonly unpriced: number };
}

export const cashKey = (mode: Mode, currency: string, span: Span): string => `${mode}\t${currency}\t${span}`;

const ENTRIES_MAX = 4_000;
/** The currency of pair trades. */
export const USD = "USD";
/** No pair trade was told. */
export const NO_PAIRS: CashEntry["pairs"] = { pnl: ZERO, fees: ZERO, fills: 0, unpriced: 0 };

/** A new session begins: what belonged to the last one stays in its days. */
export function beginCashSession(state: BotState): void {
  for (const [key, { span }] of state.cash) if (span === "session") state.cash.delete(key);
  for (const [key, { span }] of state.reported) if (span === "session") state.reported.delete(key);
}

const INCOME_KINDS: Readonly<Record<string, CashKind>> = {
  FUNDING_FEE: "funding",
  SPECIAL_FUNDING_FEE: "funding",
  COMMISSION: "fees",
  REBATE: "fees",
  COMMISSION_REBATE: "fees",
  REFERRAL_KICKBACK: "fees",
  API_REBATE: "fees",
  FEE_RETURN: "fees",
  TRANSFER: "transfers",
  INTERNAL_TRANSFER: "transfers",
  CROSS_COLLATERAL_TRANSFER: "transfers",
  STRATEGY_UMFUTURES_TRANSFER: "transfers",
  COIN_SWAP_DEPOSIT: "transfers",
  COIN_SWAP_WITHDRAW: "transfers",
  DEPOSIT: "transfers",
  WITHDRAW: "transfers",
};

/** An income row of the venue. Realised profit is the ledger's to say: the row is for reconciliation alone. */
export function takeIncome(state: BotState, income: EventOf<"income">, recorded: Recorded): void {
  const kind = incomeKind(income);
  if (kind !== undefined) flow(state, recorded, income.currency, kind, decimal(income.amount));
}

/** What an income row is counted as; undefined for realised profit. */
export const incomeKind = ({ income_type: type }: EventOf<"income">): CashKind | undefined =>
  type === "REALIZED_PNL" ? undefined : (INCOME_KINDS[type] ?? "otherIncome");

export function takeAdjustment(state: BotState, adjustment: EventOf<"adjustment">, recorded: Recorded): void {
  flow(state, recorded, adjustment.currency, "adjustments", decimal(adjustment.amount));
}

/** A pair trade in cents: its profit is after fees. `direction` −1 takes it back. */
export function takePairCash(state: BotState, fill: PairFill, recorded: Recorded, direction: 1 | -1): void {
  eachSpan(state, recorded, USD, (entry) => ({ ...entry, pairs: withPair(entry.pairs, fill, direction) }));
}

/** With one more pair trade, or with −1 one less. */
export function withPair(pairs: CashEntry["pairs"], fill: PairFill, direction: 1 | -1): CashEntry["pairs"] {
  const cents = (value: number | undefined): Decimal => (value === undefined ? ZERO : centsOf(value * direction));
  return {
    pnl: add(pairs.pnl, cents(fill.pnl_cents)),
    fees: add(pairs.fees, cents(fill.fees_cents)),
    fills: pairs.fills + direction,
    unpriced: pairs.unpriced + (fill.pnl_cents === undefined ? direction : 0),
  };
}

/** Trades that a bot reported as closed positions in one instrument and span. They count where it tells no fills. */
export interface ReportedEntry {
  readonly mode: Mode;
  readonly venue: string;
  readonly symbol: string;
  readonly span: Span;
  readonly totals: Totals;
}

/** A position that the bot reports as closed, with what it made. */
export function takeReportedTrade(state: BotState, closed: EventOf<"position.closed">, recorded: Recorded): void {
  const trade = reportedTrade(closed, effectiveTs(recorded.ts, recorded.receivedAt));
  if (trade === undefined) return;
  const { venue, symbol, mode = "live" } = closed;
  for (const span of spansOf(state, recorded)) {
    const key = `${mode}\t${venue}\t${symbol}\t${span}`;
    const before = state.reported.get(key) ?? { mode, venue, symbol, span, totals: NO_TOTALS };
    putBounded(state.reported, key, { ...before, totals: withReportedTrade(before.totals, trade) }, ENTRIES_MAX);
  }
}

/** The trade that a closed position is; undefined where it does not say what it made. */
export function reportedTrade(closed: EventOf<"position.closed">, closedAt: Micros): ClosedTrade | undefined {
  if (closed.realized_pnl === undefined) return undefined;
  const fees = closed.fees === undefined ? ZERO : decimal(closed.fees);
  const said = decimal(closed.realized_pnl);
  const grossPnl = closed.realized_pnl_is_gross === true ? said : add(said, fees);
  return {
    direction: closed.side,
    openedAt: openedAt(closed, closedAt),
    closedAt,
    size: decimal(closed.size),
    grossPnl,
    fees,
    netPnl: subtract(grossPnl, fees),
  };
}

/** Holding times of trades that do not say when they were opened are not known: they count as none. */
function openedAt({ opened_at }: EventOf<"position.closed">, closedAt: Micros): Micros {
  const at = opened_at === undefined ? undefined : parseTime(opened_at);
  return at !== undefined && at < closedAt ? at : closedAt;
}

/** Cents of USD, as exact as the number that said them. */
function centsOf(cents: number): Decimal {
  const { units, scale } = decimal(canonicalDecimal(cents) ?? "0");
  return { units, scale: scale + 2 };
}

const flow = (state: BotState, recorded: Recorded, currency: string, kind: CashKind, amount: Decimal): void =>
  eachSpan(state, recorded, currency, (entry) => ({ ...entry, cash: withCash(entry.cash, kind, amount) }));

function eachSpan(
  state: BotState,
  recorded: Recorded,
  currency: string,
  change: (entry: CashEntry) => CashEntry,
): void {
  const mode = recorded.event.mode ?? "live";
  for (const span of spansOf(state, recorded)) {
    const key = cashKey(mode, currency, span);
    const before = state.cash.get(key) ?? { mode, currency, span, cash: NO_CASH, pairs: NO_PAIRS };
    putBounded(state.cash, key, change(before), ENTRIES_MAX);
  }
}

function spansOf({ startedAt }: BotState, { ts, receivedAt }: Recorded): readonly Span[] {
  const at = effectiveTs(ts, receivedAt);
  const day = Math.floor(at / MICROS_PER_DAY);
  return startedAt === undefined || at >= startedAt ? ["all", day, "session"] : ["all", day];
}

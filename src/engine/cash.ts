import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_DAY, type Micros, parseTime } from "../base/time.ts";
import { type Decimal, add, canonicalDecimal, decimal, subtract, ZERO } from "../domain/decimal.ts";
import { type Cash, type CashKind, NO_CASH, withCash } from "../domain/ledger/cash.ts";
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
const USD = "USD";
const NO_PAIRS: CashEntry["pairs"] = { pnl: ZERO, fees: ZERO, fills: 0, unpriced: 0 };

/** A new session begins: what belonged to the last one stays in its days. */
export function beginCashSession(state: BotState): void {
  for (const [key, { span }] of state.cash) if (span === "session") state.cash.delete(key);
  for (const [key, { span }] of state.reported) if (span === "session") state.reported.delete(key);
}

const INCOME_KINDS: Readonly<Record<string, CashKind>> = {
  FUNDING_FEE: "funding",
  COMMISSION: "fees",
  REBATE: "fees",
  COMMISSION_REBATE: "fees",
  REFERRAL_KICKBACK: "fees",
  TRANSFER: "transfers",
  DEPOSIT: "transfers",
  WITHDRAW: "transfers",
};

/** An income row of the venue. Realised profit is the ledger's to say: the row is for reconciliation alone. */
export function takeIncome(state: BotState, income: EventOf<"income">, recorded: Recorded): void {
  if (income.income_type === "REALIZED_PNL") return;
  flow(state, recorded, income.currency, INCOME_KINDS[income.income_type] ?? "otherIncome", decimal(income.amount));
}

export function takeAdjustment(state: BotState, adjustment: EventOf<"adjustment">, recorded: Recorded): void {
  flow(state, recorded, adjustment.currency, "adjustments", decimal(adjustment.amount));
}

/** A pair trade in cents: its profit is after fees. `direction` −1 takes it back. */
export function takePairCash(state: BotState, fill: PairFill, recorded: Recorded, direction: 1 | -1): void {
  const cents = (value: number | undefined): Decimal => (value === undefined ? ZERO : centsOf(value * direction));
  eachSpan(state, recorded, USD, ({ pairs, ...entry }) => ({
    ...entry,
    pairs: {
      pnl: add(pairs.pnl, cents(fill.pnl_cents)),
      fees: add(pairs.fees, cents(fill.fees_cents)),
      fills: pairs.fills + direction,
      unpriced: pairs.unpriced + (fill.pnl_cents === undefined ? direction : 0),
    },
  }));
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
  if (closed.realized_pnl === undefined) return;
  const fees = closed.fees === undefined ? ZERO : decimal(closed.fees);
  const said = decimal(closed.realized_pnl);
  const grossPnl = closed.realized_pnl_is_gross === true ? said : add(said, fees);
  const closedAt = effectiveTs(recorded.ts, recorded.receivedAt);
  const trade = {
    direction: closed.side,
    openedAt: openedAt(closed, closedAt),
    closedAt,
    size: decimal(closed.size),
    grossPnl,
    fees,
    netPnl: subtract(grossPnl, fees),
  };
  const { venue, symbol, mode = "live" } = closed;
  for (const span of spansOf(state, recorded)) {
    const key = `${mode}\t${venue}\t${symbol}\t${span}`;
    const before = state.reported.get(key) ?? { mode, venue, symbol, span, totals: NO_TOTALS };
    putBounded(state.reported, key, { ...before, totals: withReportedTrade(before.totals, trade) }, ENTRIES_MAX);
  }
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

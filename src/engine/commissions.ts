import { putBounded } from "../base/bounded-map.ts";
import { MICROS_PER_DAY } from "../base/time.ts";
import { type Decimal, decimal, subtract, ZERO } from "../domain/decimal.ts";
import type { EventOf } from "../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode } from "./bot-state.ts";

/** What the venue's income rows of one UTC day say of commissions, on one account in one currency. */
export interface CommissionDay {
  readonly mode: Mode;
  readonly account: string;
  readonly venue: string;
  readonly currency: string;
  /** Since 1970-01-01. */
  readonly day: number;
  /** Paid less rebates: above 0 paid. */
  readonly paid: Decimal;
  readonly rows: number;
}

/** The venue's word for what trades cost. Rebates that it pays later are of no fill. */
const COMMISSION = "COMMISSION";
/** Days of all accounts and currencies of a bot. */
const DAYS_MAX = 4_000;

/** Keeps what an income row says of commissions, to be held against what fills say of fees. */
export function takeCommission(state: BotState, income: EventOf<"income">, recorded: Recorded): void {
  if (income.income_type !== COMMISSION) return;
  const { mode = "live", account = income.bot, venue, currency } = income;
  const day = Math.floor(effectiveTs(recorded.ts, recorded.receivedAt) / MICROS_PER_DAY);
  const key = `${mode}\t${account}\t${venue}\t${currency}\t${day}`;
  const { paid, rows } = state.commissions.get(key) ?? { paid: ZERO, rows: 0 };
  const after = { paid: subtract(paid, decimal(income.amount)), rows: rows + 1 };
  putBounded(state.commissions, key, { mode, account, venue, currency, day, ...after }, DAYS_MAX);
}

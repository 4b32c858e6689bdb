import type { Micros } from "../../base/time.ts";
import type { Decimal } from "../decimal.ts";
import type { CountedFill } from "./totals.ts";

/** Where something stands in the order of the ledger: by the time it took effect, then by `seq`. */
export interface Place {
  readonly at: Micros;
  readonly seq: number;
}

interface Entered extends Place {
  /** The id of the fill at its venue, by which it can be voided; unlike any of another ledger entry. */
  readonly key: string;
  /** When the session of its bot began; 0 before any. */
  readonly session: Micros;
}

export interface LedgerFill extends CountedFill, Entered {
  /** Nobody said its fee: `fee` is 0 so that the ledger goes on, and is not known. Only as analysis reads stored fills. */
  readonly feeless?: true;
}

/** All that is held then is closed at its payout, for nothing. */
export interface LedgerSettlement extends Entered {
  /** What one unit brings, in the currency of the profit. */
  readonly payout: Decimal;
}

export type LedgerEntry = LedgerFill | LedgerSettlement;

/** Whether one comes before another in the order of the ledger. */
export const isBefore = (a: Place, b: Place): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

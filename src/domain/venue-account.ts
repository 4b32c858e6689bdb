import type { Micros } from "../base/time.ts";
import type { DecimalText } from "./decimal.ts";

/** An order that rests at a venue, as the venue says it. */
export interface VenueOrder {
  readonly orderId: string;
  /** What whoever placed it calls it. */
  readonly clientOrderId?: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** Absent where it has none: a stop that will go to market. */
  readonly price?: DecimalText;
  /** As placed, what is filled of it included; 1 of one that closes all that is held, which names no size. */
  readonly size: DecimalText;
  readonly closesAll?: true;
  readonly filledSize?: DecimalText;
}

/** What an account holds of one instrument. In hedge mode one instrument has two of them: they do not cancel out. */
export interface VenuePosition {
  readonly symbol: string;
  /** Signed, in the units that the venue trades in; never 0. */
  readonly size: DecimalText;
  /** In hedge mode, which of the two it is. */
  readonly positionSide?: "long" | "short";
  readonly entryPrice?: DecimalText;
  readonly markPrice?: DecimalText;
}

/** What an account owns. */
export interface VenueBalances {
  readonly balances: readonly {
    readonly currency: string;
    readonly total: DecimalText;
    readonly available?: DecimalText;
  }[];
  /** With what is not realised; absent where the venue does not say it in one currency. */
  readonly equity?: DecimalText;
  readonly equityCurrency?: string;
  /** Distance from liquidation: 1 with nothing at risk, 0 where the venue closes. */
  readonly marginRatio?: number;
}

/**
 * A whole list as the venue told it, or why there is none: a part of one is never told, for it would read as if the rest
 * were gone. `at` is the moment, by our clock, that what is told is not older than.
 */
export type VenueReading<T> =
  | { readonly ok: true; readonly at: Micros; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** What may be said of a key: that it can only read, that this cannot be told, or why it is not used. */
export type KeyCheck =
  | { readonly kind: "read_only" }
  | { readonly kind: "unknown"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** What an account was paid, above 0, or paid. */
export interface VenueIncome {
  /** As the venue calls it: `FUNDING_FEE`, `COMMISSION`, … */
  readonly type: string;
  readonly amount: DecimalText;
  readonly currency: string;
  readonly symbol?: string;
  /** Unique for its type, currency and symbol. */
  readonly transactionId?: string;
  readonly tradeId?: string;
  /** By the venue's clock. */
  readonly at: Micros;
}

/** Both moments included, by the venue's clock. */
export interface IncomeRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** Only of this type. */
  readonly type?: string;
}

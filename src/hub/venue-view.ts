import type { Result } from "../base/result.ts";
import type {
  IncomeRange,
  KeyCheck,
  VenueBalances,
  VenueIncome,
  VenueOrder,
  VenuePosition,
  VenueReading,
} from "../domain/venue-account.ts";
import type { Mode } from "../engine/bot-state.ts";

/**
 * One account at a venue, read and never changed. Calls never reject. A list is whole or not told at all, and dated by our
 * clock with the moment that it is not older than.
 */
export interface VenueView {
  /** What the venue says that the key may do; an error where it could not be asked. */
  readonly checkKey: () => Promise<Result<KeyCheck, string>>;
  readonly openOrders: () => Promise<VenueReading<readonly VenueOrder[]>>;
  readonly positions: () => Promise<VenueReading<readonly VenuePosition[]>>;
  readonly balances: () => Promise<VenueReading<VenueBalances>>;
  /** What it was paid or paid, where the venue tells; whole or not at all. */
  readonly income?: (range: IncomeRange) => Promise<VenueReading<readonly VenueIncome[]>>;
  /** Ends what waits. */
  readonly stop: () => void;
}

/** Whose account it is, and how often it is read. */
export interface VenueAccountPlan {
  /** As the bots call the venue. */
  readonly venue: string;
  /** Those that trade on it: one, unless they share it. */
  readonly bots: readonly [string, ...string[]];
  /** As the bots call the account, where they say one. */
  readonly account: string | undefined;
  readonly mode: Mode;
  readonly everyMs: number;
  /** Whether what the account was paid and charged is read too. */
  readonly readsIncome: boolean;
  /** Money in the quote currency below which a difference is nothing. */
  readonly dust: number;
  /** The venue's symbol → what the bots call it, where that differs. */
  readonly symbols: ReadonlyMap<string, string>;
}

export interface VenueAccount {
  readonly plan: VenueAccountPlan;
  readonly view: VenueView;
}

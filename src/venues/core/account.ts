import type { Result } from "../../base/result.ts";
import type {
  IncomeRange,
  KeyCheck,
  VenueBalances,
  VenueIncome,
  VenueOrder,
  VenuePosition,
  VenueReading,
} from "../../domain/venue-account.ts";
import type { VenueContext } from "./ports.ts";
import type { Secret } from "./secret.ts";
import type { VenueSetting } from "./venue.ts";

/** One account at a venue, read and never changed. */
export interface AccountView {
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

export interface AccountSetup {
  /** What stands in the configuration besides. */
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, Secret | undefined>>;
  readonly context: Pick<VenueContext, "clock" | "timers" | "random" | "http" | "feed">;
}

/** A venue whose accounts can be read. `src/venues/account-registry.ts` lists them all. */
export interface AccountKind {
  /** As the configuration names it. */
  readonly name: string;
  readonly settings: Readonly<Record<string, VenueSetting>>;
  /** Environment variables that hold its credentials; `NAME_FILE` may name a file instead. */
  readonly credentials: Readonly<Record<string, { readonly variable: string; readonly isNeeded: boolean }>>;
  /** The account, or what is wrong with the setup. */
  readonly open: (setup: AccountSetup) => Result<AccountView, string>;
}

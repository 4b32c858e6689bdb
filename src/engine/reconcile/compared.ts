import type { Micros } from "../../base/time.ts";
import type { Decimal } from "../../domain/decimal.ts";
import type { Mode } from "../bot-state.ts";
import type { VenueRead } from "../venue-readings.ts";

/** One quantity as the hub has it from the bots, and as the venue has it. */
export interface Compared {
  readonly kind: "position" | "orders" | "balance" | "fees";
  readonly mode: Mode;
  readonly venue: string;
  /** Those that trade on the account. */
  readonly bots: readonly string[];
  readonly account: string | undefined;
  /** Empty for what is of the whole account. */
  readonly symbol: string;
  /** Of fees: the UTC day that they are of. */
  readonly date?: string | undefined;
  readonly currency: string | undefined;
  /** By our ledger; of orders, how many rest as the bots told; of fees, what fills say. */
  readonly ours: Decimal;
  readonly theirs: Decimal;
  /** What the bots themselves say that they hold; undefined where they do not. */
  readonly reported: Decimal | undefined;
  /** Theirs less ours; of orders, how many only one of the two knows. */
  readonly difference: Decimal;
  /** Beyond what is dust. */
  readonly isApart: boolean;
  /** Of the larger of the two, as a ratio; 0 where they are not apart. */
  readonly drift: number;
  /** Ids of orders that only the bots, or only the venue, know of. */
  readonly onlyOurs: readonly string[];
  readonly onlyTheirs: readonly string[];
  /** What else is known of it, in words. */
  readonly detail?: string;
  /** What the venue told is not older than this. */
  readonly readAt: Micros;
}

/** Equal keys are the same quantity. Fees are of an account, whichever bots trade on it, and of a day. */
export const comparedKey = ({ kind, mode, venue, bots, symbol, ...of }: ComparedPlace): string =>
  kind === "fees"
    ? `${kind}\t${mode}\t${venue}\t${of.account ?? ""}\t${of.currency ?? ""}\t${of.date ?? ""}`
    : `${kind}\t${mode}\t${venue}\t${bots.join(",")}\t${symbol}`;

/** What a comparison is of. */
export type ComparedPlace = Pick<
  Compared,
  "kind" | "mode" | "venue" | "bots" | "account" | "symbol" | "currency" | "date"
>;

/** What every comparison of one account begins with. */
export const beginCompared = ({ mode, venue, sharedBy, account }: VenueRead) => ({
  mode,
  venue,
  bots: sharedBy,
  account,
  currency: undefined,
  reported: undefined,
  onlyOurs: [],
  onlyTheirs: [],
});

import type { RejectedRow } from "../protocol/api.ts";
import type { LoggedFact } from "../protocol/recorded.ts";

/** What one step of the hub changed: handed to the publisher right after the fold has taken it in. */
export interface Changes {
  /** Facts in `seq` order, merges and contradictions among them. */
  readonly facts: readonly LoggedFact[];
  /** Bots whose state or liveness may read differently now. */
  readonly bots: ReadonlySet<string>;
  readonly edges: boolean;
  readonly exposure: boolean;
  /** A mark: what is held may be worth more or less. */
  readonly marks?: boolean;
  /** Instruments whose book is another, by `venue\tsymbol`. */
  readonly books?: ReadonlySet<string>;
  /** A report of an import was kept. */
  readonly imports?: boolean;
  readonly health: boolean;
  /** Time passed: a bot may read as silent, and ages are others. */
  readonly looked?: boolean;
  readonly rejected: readonly RejectedRow[];
}

/** What a step changed that changed nothing. */
export const NO_CHANGES: Changes = {
  facts: [],
  bots: new Set(),
  edges: false,
  exposure: false,
  health: false,
  rejected: [],
};

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
  readonly health: boolean;
  readonly rejected: readonly RejectedRow[];
}

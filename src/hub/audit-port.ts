import type { Micros } from "../base/time.ts";
import type { EventPage } from "./ports.ts";

/** One act as it is kept. `body` is the JSON text of its `auditView` without `n`, which the store adds. */
export interface AuditRow {
  readonly at: Micros;
  /** The family of its action: `key` of `key.made`. */
  readonly kind: string;
  /** Who did it, by name. */
  readonly who: string;
  readonly outcome: "done" | "refused";
  /** Of the fact in the log that it is taken from; each fact is taken once. */
  readonly seq: number | undefined;
  readonly body: string;
}

/** What of the audit is read, newest first; all that is given must hold. */
export interface AuditFilter {
  readonly kind?: string;
  readonly who?: string;
  readonly outcome?: "done" | "refused";
  /** Inclusive. */
  readonly from?: Micros;
  /** Exclusive. */
  readonly to?: Micros;
  /** Rows with a smaller `n`. */
  readonly beforeN?: number;
  readonly limit: number;
}

/** Acts of people and keys, beside the log. Every call rejects with `StoreUnavailable` while the store is away. */
export interface AuditStore {
  /** Durable when it resolves. A row whose `seq` is there already is passed over. */
  readonly add: (rows: readonly AuditRow[]) => Promise<void>;
  /** `lastSeq` of the page is the `n` of its last row. */
  readonly page: (filter: AuditFilter) => Promise<EventPage>;
  /** `seq` of the newest fact that was taken in; 0 before the first. */
  readonly lastSeq: () => Promise<number>;
  /** Deletes what is older than `before`, and what is beyond the bounds of the table; how many rows that were. */
  readonly forget: (before: Micros) => Promise<number>;
}

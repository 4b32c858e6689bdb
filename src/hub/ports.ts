import type { PackedRows } from "./packed-rows.ts";
import type { Micros } from "../base/time.ts";
import type { OrderStatus } from "../protocol/api-trading.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import type { Recorded, Standing } from "../protocol/recorded.ts";
import type { AuditStore } from "./audit-port.ts";
import type { PastReads } from "./past-reads.ts";
import type { RollupStore } from "./rollup-port.ts";

/** One fact on its way into the log. `event` carries its mode; `key` is its natural key. */
export interface AppendRow {
  readonly event: DeskEvent;
  /** The event as canonical JSON, stored as it is. */
  readonly body: string;
  readonly key: string | undefined;
  /** For `fill.voided` and `correction`: the natural key of the fill they speak of, or the event by its id. */
  readonly refersTo: string | undefined;
  readonly ts: Micros;
  readonly receivedAt: Micros;
}

/** What became of an appended row. A duplicate has the `seq` of the statement that was there. */
export interface AppendOutcome {
  readonly seq: number;
  readonly standing: Standing | "duplicate";
  readonly ofSeq?: number;
  /** The event to fold when it is not the one handed in: what a merge adds, or a void with the fill it takes back. */
  readonly event?: DeskEvent;
}

/** Why the log cannot take events now: it may recover by itself. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** Filters of a read of the log; all that are given must hold. */
export interface EventFilter {
  readonly bot?: string;
  readonly type?: string;
  readonly symbol?: string;
  readonly venue?: string;
  readonly mode?: string;
  /** Of fills and orders. */
  readonly orderId?: string;
  /** Of fills. */
  readonly pairId?: string;
  /** Of the events that tell of a command: of those types alone. */
  readonly commandId?: string;
  /** Bot's time, inclusive. */
  readonly from?: Micros;
  /** Bot's time, exclusive. */
  readonly to?: Micros;
  readonly afterSeq?: number;
  readonly beforeSeq?: number;
  readonly order?: "oldest" | "newest";
  readonly limit: number;
}

/** A place in the order of time: by the time that counts (`effectiveTs`), and of the same time by `seq`. */
export interface TimePlace {
  readonly at: Micros;
  readonly seq: number;
}

/** Filters of a read in the order of time, newest first: `from` and `to` are of the time that counts. */
export interface ByTimeFilter
  extends Pick<
    EventFilter,
    "bot" | "symbol" | "venue" | "mode" | "orderId" | "pairId" | "from" | "to" | "beforeSeq" | "limit"
  > {
  /** Where the page before ended. */
  readonly after?: TimePlace;
}

/** What a read of what several events say of one thing is asked for; newest first. */
interface GatheredFilter {
  readonly bot?: string;
  readonly mode?: string;
  readonly from?: Micros;
  readonly to?: Micros;
  readonly beforeSeq?: number;
  /** What was said after this `seq` counts for nothing: the moment that the answer speaks of. */
  readonly upTo: number;
  readonly limit: number;
}

/** Filters of a read of orders: `from` and `to` are of their placing. */
export interface OrderFilter extends GatheredFilter {
  readonly symbol?: string;
  readonly venue?: string;
  readonly orderId?: string;
  readonly strategy?: string;
  readonly status?: OrderStatus;
  /** `seq` of the `order.placed` of every order that rests at that moment, as the fold has it. */
  readonly open: readonly number[];
}

/** Filters of a read of opportunities: `from` and `to` are of their latest statement, `action` is what that says. */
export interface OpportunityFilter extends GatheredFilter {
  readonly action?: string;
  readonly eventId?: string;
  readonly pairId?: string;
}

/** A report of an import as it is kept; one of the same id is replaced. */
export interface ImportRow {
  readonly importId: string;
  readonly receivedAt: Micros;
  /** The report as JSON text. */
  readonly body: string;
}

/** A page of a read: each item is the JSON text of a wire event, ready to send. */
export interface EventPage {
  readonly events: readonly string[];
  /** `seq` of the last item when there may be more. */
  readonly lastSeq: number | undefined;
  readonly complete: boolean;
}

/** A page of a read in the order of time. */
export interface ByTimePage {
  readonly events: readonly string[];
  /** The place of the last item when there may be more. */
  readonly last: TimePlace | undefined;
}

/** One part of a snapshot of the fold: state of one bot, or of the desk, as it was after the event `seq`. */
export interface SnapshotSlice {
  readonly name: string;
  readonly seq: number;
  readonly foldVersion: number;
  readonly body: string;
}

/** A conflated sample to be kept for a while. */
export interface SampleRow {
  readonly key: string;
  readonly type: string;
  readonly bot: string;
  readonly ts: Micros;
  readonly receivedAt: Micros;
  readonly body: string;
}

export interface RejectionRow {
  readonly at: Micros;
  readonly bot: string | undefined;
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly sample: string;
}

/**
 * The log and what is kept beside it. One writer: `append` calls take effect in the order they are made, each as one
 * durable transaction. Reads never wait for the writer. Every call rejects with `StoreUnavailable` while the store is away.
 */
export interface Store extends PastReads {
  readonly kind: "sqlite" | "postgres";
  /** Resolves after the sync to disk. Nothing is stored when it rejects. */
  readonly append: (rows: PackedRows) => Promise<AppendOutcome[]>;
  readonly lastSeq: () => Promise<number>;
  /** Every row with `seq` > `afterSeq` in order, in batches; the next batch is read while `onBatch` works. */
  readonly replay: (afterSeq: number, onBatch: (events: readonly Recorded[]) => void | Promise<void>) => Promise<void>;
  readonly events: (filter: EventFilter) => Promise<EventPage>;
  /** Fills as `fillView` objects, JSON texts, voids and merges applied, in the order of the log. */
  readonly fills: (filter: EventFilter) => Promise<EventPage>;
  /** The same in the order of time, newest first. */
  readonly fillsByTime: (filter: ByTimeFilter) => Promise<ByTimePage>;
  /**
   * Orders that were placed here, as `orderView` objects, newest first, with what became of each. A page may hold fewer
   * than the limit and not be complete: the rest begins at its `lastSeq`.
   */
  readonly orders: (filter: OrderFilter) => Promise<EventPage>;
  /** Opportunities as `opportunityView` objects without titles, in order of their latest statement, newest first; pages as of orders. */
  readonly opportunities: (filter: OpportunityFilter) => Promise<EventPage>;
  /** Kept: the newest 200. */
  readonly saveImport: (row: ImportRow) => Promise<void>;
  /** Newest first. */
  readonly imports: (limit: number) => Promise<ImportRow[]>;
  readonly saveSamples: (samples: readonly SampleRow[]) => Promise<void>;
  /** The newest sample of every stream, to warm the screens after a start. */
  readonly latestSamples: () => Promise<SampleRow[]>;
  readonly saveSlices: (slices: readonly SnapshotSlice[]) => Promise<void>;
  readonly loadSlices: (foldVersion: number) => Promise<SnapshotSlice[]>;
  /** Kept: the newest 10,000 and a count for each (bot, code). */
  readonly saveRejections: (rows: readonly RejectionRow[]) => Promise<void>;
  readonly rejections: (limit: number) => Promise<{
    readonly rows: readonly RejectionRow[];
    readonly counts: readonly { readonly bot: string | undefined; readonly code: string; readonly count: number }[];
  }>;
  /** Deletes samples received before `before`; facts are never deleted. */
  readonly forgetSamples: (before: Micros) => Promise<number>;
  readonly rollups: RollupStore;
  readonly keys: KeyStore;
  readonly audit: AuditStore;
  /** Resolves when the store answers a write, else rejects with the reason. */
  readonly check: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export type Scope = "ingest" | "read" | "metrics" | "control";

/** An API key as it is stored: never the key itself. */
export interface KeyRow {
  readonly prefix: string;
  readonly sha256: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The only bot that an ingest key may speak for; undefined for any. */
  readonly bot: string | undefined;
  readonly createdAt: Micros;
  readonly lastUsedAt: Micros | undefined;
  readonly revokedAt: Micros | undefined;
  /** From then on it is as if it were revoked; undefined when it does not end by itself. */
  readonly expiresAt: Micros | undefined;
}

export interface KeyStore {
  readonly add: (row: KeyRow) => Promise<void>;
  readonly byPrefix: (prefix: string) => Promise<KeyRow | undefined>;
  readonly list: () => Promise<KeyRow[]>;
  readonly revoke: (prefix: string, at: Micros) => Promise<boolean>;
  readonly touch: (prefix: string, at: Micros) => Promise<void>;
}

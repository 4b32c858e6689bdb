import type { Micros } from "../base/time.ts";
import type { Recorded } from "../protocol/recorded.ts";
import type { SampleRow } from "./ports.ts";

/** Samples about in order of receipt: those that were kept together, within a quarter of a second, come in any order. */
export interface SamplePage {
  readonly rows: readonly SampleRow[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: string | undefined;
}

/** Where a read of samples begins: at a moment of receipt, or where the page before ended. */
export type SamplesFrom = { readonly receivedAt: Micros } | { readonly cursor: string };

/** Reads of a store that only the past is asked for. */
export interface PastReads {
  /** The samples that were kept and not yet deleted, a page of a few hundred at a time. */
  readonly samples: (from: SamplesFrom) => Promise<SamplePage>;
  /** Every row of the log that is one of these facts or speaks of one (`of_seq`), by `seq`. For at most 1,000 facts. */
  readonly statementsOf: (seqs: readonly number[]) => Promise<Recorded[]>;
}

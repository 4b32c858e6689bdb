import type { Micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { Grain } from "../engine/rollup/buckets.ts";
import type { RolledKind } from "../engine/rollup/rolled.ts";

/** How far rollups have come. */
export interface RollupProgress {
  /** The last fact that they have taken in. */
  readonly seq: number;
  /** What has come late was taken in too: they equal what the facts up to `seq` add up to. */
  readonly isWhole: boolean;
  /** Nothing is left to be done of what there was when this part was begun. */
  readonly isDone: boolean;
}

export interface RollupFilter {
  /** Every bot when absent. */
  readonly bot?: string | undefined;
  /** Every mode when absent. */
  readonly mode?: Mode | undefined;
  readonly kinds: readonly RolledKind[];
  /** What was known of facts that took effect before each of these, ascending. */
  readonly moments: readonly Micros[];
}

/** The texts of one key's rollups. */
export interface RolledPast {
  readonly kind: RolledKind;
  readonly mode: Mode;
  readonly bot: string;
  readonly parts: readonly string[];
  /** Of a ledger: what its money is counted in, as the text of the terms. */
  readonly terms: string | undefined;
  /** What it adds up to at some moments; `at` and `seq` are of the newest fact in it. */
  readonly points: readonly { readonly at: number; readonly seq: number; readonly text: string }[];
  /** For each moment which point it is, −1 where there was nothing yet. */
  readonly byMoment: readonly number[];
  /** The point of all facts. */
  readonly latest: number;
}

export interface RollupReading {
  readonly seq: number;
  readonly isWhole: boolean;
  readonly pasts: readonly RolledPast[];
}

/**
 * What money and orders add up to, by minute, hour and day, kept beside the log and made of nothing but its facts. Kept
 * as sums since the beginning: what happened between two moments is the difference of two of them.
 */
export interface RollupStore {
  /** Takes a part of what is left into the rollups, as one durable transaction. `grain` is how fine they are to be kept. */
  readonly advance: (grain: Grain) => Promise<RollupProgress>;
  /** Exact for any moment: from the rollup before it, and the facts in between. */
  readonly read: (filter: RollupFilter) => Promise<RollupReading>;
}

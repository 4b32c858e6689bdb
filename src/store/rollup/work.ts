import type { Micros } from "../../base/time.ts";
import { bucketOf, type Grain } from "../../engine/rollup/buckets.ts";
import type { RolledEntry } from "../../engine/rollup/entries.ts";
import type { Rolled } from "../../engine/rollup/rolled.ts";
import { type RollupRow, rowOf } from "./kept.ts";

/** Whether what takes effect at `a` comes before `b` in the order of a key. */
export const isBefore = (
  a: { readonly at: number; readonly seq: number },
  b: { readonly at: number; readonly seq: number },
): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq);

export const inOrder = (entries: RolledEntry[]): RolledEntry[] => entries.sort((a, b) => a.at - b.at || a.seq - b.seq);

/** Rolls entries in their order, and gives a row for each bucket that they end in. */
export class Roll {
  readonly rows: RollupRow[] = [];
  readonly #id: number;
  readonly #grain: Grain;
  #rolled: Rolled | undefined;
  /** Of the newest entry that has no row yet. */
  #bucket: Micros | undefined;

  constructor(id: number, rolled: Rolled | undefined, grain: Grain) {
    this.#id = id;
    this.#rolled = rolled;
    this.#grain = grain;
  }

  get rolled(): Rolled | undefined {
    return this.#rolled;
  }

  take(entries: readonly RolledEntry[]): void {
    for (const entry of entries) {
      const bucket = bucketOf(entry.at, this.#grain);
      if (this.#bucket !== undefined && bucket !== this.#bucket) this.end();
      const after = entry.take(this.#rolled);
      if (after === undefined) continue;
      this.#rolled = after;
      this.#bucket = bucket;
    }
  }

  /** The bucket at hand is over, or all entries are. */
  end(): void {
    if (this.#bucket !== undefined && this.#rolled !== undefined) this.rows.push(rowOf(this.#id, this.#rolled));
    this.#bucket = undefined;
  }
}

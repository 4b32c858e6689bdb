/** What a sequence number says of its frame: to be taken, said before, or after something that was missed. */
export type SequenceStep = "next" | "repeat" | "gap";

/**
 * A number that rises by one with each frame, shared by all books of a subscription (Kalshi's `seq` of a `sid`): a gap
 * says nothing about which of them missed something, so all become stale. Every frame that has the number is told here,
 * those without levels too. After a gap it goes on from the frame that showed it.
 */
export class StepSequence {
  #last: number | undefined;

  accept(sequence: number): SequenceStep {
    const last = this.#last;
    if (last !== undefined && sequence <= last) return "repeat";
    this.#last = sequence;
    return last === undefined || sequence === last + 1 ? "next" : "gap";
  }

  /** A new connection or subscription counts anew. */
  reset(): void {
    this.#last = undefined;
  }
}

/** The update ids of a depth diff: first, last, and the last of the diff before. */
export interface DiffIds {
  readonly first: number;
  readonly last: number;
  readonly previous: number;
}

/**
 * Depth diffs that each name the one before, joined to a snapshot that was read beside them (Binance USD-M `U`, `u`,
 * `pu`). The first diff after a snapshot must span its id; each other must follow the one before.
 */
export class DiffSequence {
  #last: number | undefined;
  #joined = false;

  /** A snapshot up to an update id has been taken. */
  snapshot(lastUpdateId: number): void {
    this.#last = lastUpdateId;
    this.#joined = false;
  }

  /** `gap` also without a snapshot, or when the snapshot is too old for the diff. */
  accept({ first, last, previous }: DiffIds): SequenceStep {
    if (this.#last === undefined) return "gap";
    if (this.#joined ? last <= this.#last : last < this.#last) return "repeat";
    const follows = this.#joined ? previous === this.#last : previous === this.#last || first <= this.#last;
    if (!follows) {
      this.reset();
      return "gap";
    }
    this.#last = last;
    this.#joined = true;
    return "next";
  }

  reset(): void {
    this.#last = undefined;
    this.#joined = false;
  }
}

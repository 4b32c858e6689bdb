import type { Micros } from "../../base/time.ts";
import type { State } from "../../engine/fold.ts";
import type { SampleCoursePlace } from "./sample-course.ts";

/** The fold at a place of the log. Its state is never changed: whoever goes on from it takes a copy. */
export interface Checkpoint {
  readonly state: State;
  /** Entries of the maps of the state. */
  readonly entries: number;
  readonly seq: number;
  /** Running maximum of `effective_ts`. */
  readonly clock: Micros;
  /** Facts folded from the beginning of the log. */
  readonly facts: number;
  /** That, or the time of a sample that came after it. */
  readonly now: Micros;
  readonly samples: SampleCoursePlace;
}

export interface CheckpointLimits {
  readonly count: number;
  /** About how much memory they may hold together. */
  readonly bytes: number;
  /** Facts between two of them at first. */
  readonly everyFacts: number;
}

const LIMITS: CheckpointLimits = { count: 64, bytes: 128 * 1024 * 1024, everyFacts: 4_000 };

/** A slot of a map. */
const SLOT_BYTES = 48;
/** An entry that the checkpoint before does not share: at most one for each fact between. */
const ENTRY_BYTES = 250;

/**
 * Places to go on from, in order. When they become too many or too large, every second goes and they lie twice as far
 * apart. The first is always kept.
 */
export class Checkpoints {
  readonly #limits: CheckpointLimits;
  #all: Checkpoint[] = [];
  #everyFacts: number;

  constructor(limits: Partial<CheckpointLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.#everyFacts = this.#limits.everyFacts;
  }

  get count(): number {
    return this.#all.length;
  }

  /** Whether one is wanted after so many facts. */
  due(facts: number): boolean {
    const last = this.#all.at(-1);
    return last === undefined || facts - last.facts >= this.#everyFacts;
  }

  add(checkpoint: Checkpoint): void {
    this.#all.push(checkpoint);
    while (this.#all.length > 2 && this.#isTooMuch()) {
      this.#all = this.#all.filter((_, index) => index % 2 === 0);
      this.#everyFacts *= 2;
    }
  }

  /** The last one for which `isBefore` holds, which holds for no later one than where it first fails. */
  last(isBefore: (checkpoint: Checkpoint) => boolean): Checkpoint | undefined {
    return this.#all.findLast(isBefore);
  }

  clear(): void {
    this.#all = [];
  }

  #isTooMuch(): boolean {
    if (this.#all.length > this.#limits.count) return true;
    let bytes = 0;
    let before = 0;
    for (const { entries, facts } of this.#all) {
      bytes += entries * SLOT_BYTES + Math.min(entries, facts - before) * ENTRY_BYTES;
      before = facts;
    }
    return bytes > this.#limits.bytes;
  }
}

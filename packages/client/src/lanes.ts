import { Deque } from "./deque.ts";
import type { Draft } from "./draft.ts";

/** One event on its way. */
export interface Entry {
  readonly draft: Draft;
  readonly sample: boolean;
  /** Place in the order of the calls. */
  readonly order: number;
}

/** How much may be in memory. */
export interface LaneLimits {
  readonly events: number;
  /** For facts, when samples make no more room: more than `events` when a disk will take them. */
  readonly facts: number;
  /** UTF-16 units of all lines, more or less. */
  readonly chars: number;
}

/**
 * What is in memory, in the order of the calls and never more than the limits. Facts and samples have a lane each, so
 * that a full memory forgets the oldest samples first: only their newest value counts. What was taken keeps its place
 * in the account until it is released.
 */
export class Lanes {
  readonly #limits: LaneLimits;
  #facts = new Deque<Entry>();
  #samples = new Deque<Entry>();
  #events = 0;
  #chars = 0;
  #nextOrder = 0;

  constructor(limits: LaneLimits) {
    this.#limits = limits;
  }

  /** Events in memory, those that were taken and not released among them. */
  get occupied(): number {
    return this.#events;
  }

  /** Events that can be taken. */
  get waiting(): number {
    return this.#facts.size + this.#samples.size;
  }

  get waitingFacts(): number {
    return this.#facts.size;
  }

  /** Whether half of the room is gone. */
  get isHalfFull(): boolean {
    return this.#events * 2 >= this.#limits.events || this.#chars * 2 >= this.#limits.chars;
  }

  /** Takes in an event, at the cost of older samples when it must. False when there is no room even so. */
  offer(draft: Draft, sample: boolean, onForgotten: () => void): boolean {
    const limit = sample ? this.#limits.events : this.#limits.facts;
    while (this.#events >= this.#limits.events || this.#chars + draft.chars > this.#limits.chars) {
      const oldest = this.#samples.shift();
      if (oldest !== undefined) {
        this.#release(oldest);
        onForgotten();
      } else if (this.#events < limit && this.#chars + draft.chars <= this.#limits.chars) break;
      else return false;
    }
    (sample ? this.#samples : this.#facts).push({ draft, sample, order: this.#nextOrder++ });
    this.#events++;
    this.#chars += draft.chars;
    return true;
  }

  /** Takes up to `count` events that pass `fits`, oldest first; of one lane only when asked. */
  take(count: number, fits: (line: string) => boolean, only?: "facts" | "samples"): Entry[] {
    const taken: Entry[] = [];
    while (taken.length < count) {
      const lane = this.#oldestLane(only);
      const entry = lane.peek();
      if (entry === undefined || !fits(entry.draft.line)) break;
      lane.shift();
      taken.push(entry);
    }
    return taken;
  }

  /** Puts taken events back where they were. */
  restore(entries: readonly Entry[]): void {
    this.#facts.restore(entries.filter((entry) => !entry.sample));
    this.#samples.restore(entries.filter((entry) => entry.sample));
  }

  /** Strikes taken events off the account: they are delivered, on disk, or lost. */
  release(entries: readonly Entry[]): void {
    for (const entry of entries) this.#release(entry);
  }

  /** Forgets everything. */
  clear(): void {
    this.#facts = new Deque();
    this.#samples = new Deque();
    this.#events = 0;
    this.#chars = 0;
  }

  #release(entry: Entry): void {
    this.#events--;
    this.#chars -= entry.draft.chars;
  }

  #oldestLane(only: "facts" | "samples" | undefined): Deque<Entry> {
    if (only !== undefined) return only === "facts" ? this.#facts : this.#samples;
    const fact = this.#facts.peek();
    const sample = this.#samples.peek();
    if (fact === undefined) return this.#samples;
    return sample === undefined || fact.order < sample.order ? this.#facts : this.#samples;
  }
}

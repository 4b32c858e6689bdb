import { assert } from "../../base/assert.ts";
import { type Micros, micros } from "../../base/time.ts";
import { emptyState, reduce, type State } from "../../engine/fold.ts";
import { noteContact, noteTraffic, reduceSample } from "../../engine/sample-state.ts";
import { copyState } from "../../engine/state-copy.ts";
import type { DeskEvent } from "../../protocol/event-types.ts";
import { effectiveTs, type Recorded } from "../../protocol/recorded.ts";
import type { Store } from "../ports.ts";
import type { Timers } from "../timers.ts";
import type { Checkpoint } from "./checkpoints.ts";
import { LogCursor } from "./log-cursor.ts";
import { SampleCourse } from "./sample-course.ts";

export interface CourseOptions {
  readonly store: Pick<Store, "replay" | "samples">;
  readonly timers: Pick<Timers, "breathe">;
  /** The last fact that is played, even when the log grows meanwhile. */
  readonly toSeq: () => number;
  /** Samples received later are not played. */
  readonly heardTo: () => Micros;
  /** Told of every sample that is taken in. */
  readonly onSample?: (event: DeskEvent) => void;
}

/** Facts folded, or parts copied, before other work has its turn: about a millisecond. */
const SLICE = 250;

/**
 * A fold that moves along the log: facts in order of `seq`, and before each fact the samples received before it whose
 * time has come by then. `next` is the fact that comes; it is folded by `take`. Both work on what `fill` has brought.
 */
export class Course {
  readonly #options: CourseOptions;
  #state: State = emptyState();
  #seq = 0;
  #clock = micros(0);
  #now = micros(0);
  #facts = 0;
  #log: LogCursor;
  #samples: SampleCourse;
  #batch: readonly Recorded[] = [];
  #index = 0;
  #ended = false;
  #sinceBreath = 0;

  constructor(options: CourseOptions) {
    this.#options = options;
    this.#log = new LogCursor(options.store, 0);
    this.#samples = new SampleCourse(options.store);
  }

  get state(): State {
    return this.#state;
  }
  get seq(): number {
    return this.#seq;
  }
  /** Running maximum of `effective_ts`; 0 before the first fact. */
  get clock(): Micros {
    return this.#clock;
  }
  /** The clock, or the time of a sample that came after it. */
  get now(): Micros {
    return this.#now;
  }
  /** The latest receipt of a sample that was met since the last `restore`. */
  get heardAt(): Micros {
    return this.#samples.heardAt;
  }
  get facts(): number {
    return this.#facts;
  }

  /** The fact that comes, when it is at hand. */
  get next(): Recorded | undefined {
    const next = this.#batch[this.#index];
    return next !== undefined && next.seq <= this.#options.toSeq() ? next : undefined;
  }

  /** The clock once `next` is folded. */
  clockAfter(next: Recorded): Micros {
    return micros(Math.max(this.#clock, effectiveTs(next.ts, next.receivedAt)));
  }

  /** Brings the next fact and sample to hand; false when there is no further fact. Rejects as the store does. */
  async fill(): Promise<boolean> {
    if (!this.#ended && this.#index >= this.#batch.length) {
      const batch = await this.#log.next().catch((error: unknown) => {
        // The next attempt reads on from here.
        this.#log = new LogCursor(this.#options.store, this.#seq);
        throw error;
      });
      this.#batch = batch ?? [];
      this.#index = 0;
      this.#ended = batch === undefined;
    }
    await this.#samples.fill();
    return this.next !== undefined;
  }

  /** Folds the next fact and the samples before it; undefined when `fill` has to bring more samples first. */
  take(): Recorded | undefined {
    const { next } = this;
    assert(next !== undefined, "a fact is taken that is not at hand");
    if (!this.#takeSamples(next.receivedAt, this.clockAfter(next))) return undefined;
    this.#clock = this.clockAfter(next);
    this.#now = this.#clock;
    const heardAt = micros(Math.min(next.receivedAt, this.#clock));
    noteContact(this.#state.samples, next.event, heardAt);
    noteTraffic(this.#state.samples, next.event, heardAt);
    reduce(this.#state, next);
    this.#seq = next.seq;
    this.#facts++;
    this.#index++;
    return next;
  }

  /** Takes in the samples of before the next fact whose time has come at `until`. Rejects as the store does. */
  async passTo(until: Micros): Promise<void> {
    do await this.fill();
    while (!this.#takeSamples(this.next?.receivedAt ?? micros(this.#options.heardTo() + 1), until));
  }

  /** False when more are to be brought first. */
  #takeSamples(before: Micros, until: Micros): boolean {
    for (;;) {
      const sample = this.#samples.take(before, until, this.#now);
      if (sample === undefined) return true;
      if (sample === "more") return false;
      const { event, ts, receivedAt, due } = sample;
      this.#now = due;
      const heardAt = micros(Math.min(receivedAt, due));
      noteContact(this.#state.samples, event, heardAt);
      noteTraffic(this.#state.samples, event, heardAt);
      reduceSample(this.#state, event, heardAt, ts);
      this.#options.onSample?.(event);
      this.#sinceBreath++;
    }
  }

  /** Folds every fact for which `wanted` holds, up to the first for which it does not; ends early when a slice says so. */
  async advance(wanted: Wanted, on: AdvanceHooks = {}): Promise<void> {
    while (await this.fill()) {
      if (this.#slice(wanted, on) === "done") return;
      if (this.#sinceBreath < SLICE) continue;
      await this.#breathe();
      if ((await on.slice?.()) === false) return;
    }
  }

  #slice(wanted: Wanted, { taken }: AdvanceHooks): "done" | "more" {
    for (let { next } = this; next !== undefined && this.#sinceBreath < SLICE; next = this.next) {
      if (!wanted(next, this.clockAfter(next))) return "done";
      if (this.take() === undefined) return "more";
      taken?.(next);
      this.#sinceBreath++;
    }
    return "more";
  }

  async #breathe(): Promise<void> {
    this.#sinceBreath = 0;
    await this.#options.timers.breathe();
  }

  /** The fold as it is here, to come back to. */
  async checkpoint(): Promise<Checkpoint> {
    const { state, entries } = await this.#copy(this.#state);
    const [seq, clock, now, facts] = [this.#seq, this.#clock, this.#now, this.#facts];
    return { state, entries, seq, clock, now, facts, samples: this.#samples.place };
  }

  /** Goes on from a checkpoint, forward or back. The state is another one afterwards. */
  async restore(checkpoint: Checkpoint): Promise<void> {
    const { state } = await this.#copy(checkpoint.state);
    this.close();
    this.#state = state;
    this.#seq = checkpoint.seq;
    this.#clock = checkpoint.clock;
    this.#now = checkpoint.now;
    this.#facts = checkpoint.facts;
    this.#log = new LogCursor(this.#options.store, checkpoint.seq);
    this.#samples = new SampleCourse(this.#options.store, checkpoint.samples);
    this.#batch = [];
    this.#index = 0;
    this.#ended = false;
  }

  close(): void {
    this.#log.close();
  }

  async #copy(state: State): Promise<{ state: State; entries: number }> {
    const copying = copyState(state);
    for (;;) {
      const step = copying.next();
      if (step.done === true) return step.value;
      await this.#options.timers.breathe();
    }
  }
}

/** Whether a fact is to be folded, by the fact and the clock once it is. */
type Wanted = (next: Recorded, clock: Micros) => boolean;

export interface AdvanceHooks {
  readonly taken?: (fact: Recorded) => void;
  /** Called between slices; false ends the advance. */
  readonly slice?: () => Promise<boolean> | boolean;
}

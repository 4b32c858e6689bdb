import { type Micros, micros } from "../../base/time.ts";
import { effectiveTs } from "../../protocol/recorded.ts";
import type { Store } from "../ports.ts";
import { type PlayedSample, SampleCursor, type SamplePlace } from "./sample-cursor.ts";

/** A sample with the moment of the replay at which it comes. */
export interface DueSample extends PlayedSample {
  readonly due: Micros;
}

/** Where a course of samples stands. */
export interface SampleCoursePlace {
  readonly cursor: SamplePlace;
  /** Told already, and not yet due; the one that is due first at the beginning. */
  readonly waiting: readonly DueSample[];
}

/** Samples that may wait for their time at once: those behind them wait until there is room. */
const WAITING_MAX = 500;

/**
 * The samples of a log as they come due: none before the facts that were received before it, and none before its own
 * time, however early it was told. Which have come by a moment does not depend on the steps in which it was reached.
 */
export class SampleCourse {
  readonly #cursor: SampleCursor;
  readonly #waiting: DueSample[];
  #heardAt = micros(0);

  constructor(store: Pick<Store, "samples">, place?: SampleCoursePlace) {
    this.#cursor = new SampleCursor(store, place?.cursor);
    this.#waiting = [...(place?.waiting ?? [])];
  }

  /** To go on from later. */
  get place(): SampleCoursePlace {
    return { cursor: this.#cursor.place, waiting: [...this.#waiting] };
  }

  /** The latest receipt of a sample that was told here. */
  get heardAt(): Micros {
    return this.#heardAt;
  }

  /** Brings the next sample to hand when there is one. */
  fill(): Promise<void> {
    return this.#cursor.fill();
  }

  /**
   * Takes the next of the samples received before `before` that is due at `until` or earlier; `now`: the moment that is
   * reached. Undefined when there is none, "more" when `fill` has to bring some first.
   */
  take(before: Micros, until: Micros, now: Micros): DueSample | "more" | undefined {
    for (let { head } = this.#cursor; this.#waiting.length < WAITING_MAX; { head } = this.#cursor) {
      if (head === undefined && !this.#cursor.ended) return "more";
      if (head === undefined || head.receivedAt >= before) break;
      const sample = this.#cursor.take();
      this.#heardAt = micros(Math.max(this.#heardAt, sample.receivedAt));
      this.#wait({ ...sample, due: micros(Math.max(now, effectiveTs(sample.ts, sample.receivedAt))) });
    }
    const [first] = this.#waiting;
    return first !== undefined && first.due <= until ? this.#waiting.shift() : undefined;
  }

  #wait(sample: DueSample): void {
    const after = this.#waiting.findLastIndex(({ due }) => due <= sample.due);
    this.#waiting.splice(after + 1, 0, sample);
  }
}

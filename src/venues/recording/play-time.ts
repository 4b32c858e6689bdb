import { type Clock, type Micros, micros } from "../../base/time.ts";
import type { Timers } from "../core/ports.ts";

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const MICROS_PER_MS = 1_000;

/** The time of a recording: it moves when the player moves it, and what is due runs in its order. */
export class PlayTime implements Clock, Timers {
  #now: number;
  #order = 0;
  /** The next to run last. */
  readonly #waiting: Waiting[] = [];

  constructor(start: Micros) {
    this.#now = start;
  }

  readonly now = (): Micros => micros(this.#now);

  readonly after = (run: () => void, ms: number): (() => void) => {
    const waiting = { at: this.#now + Math.max(0, Math.round(ms * MICROS_PER_MS)), order: this.#order++, run };
    const index = this.#waiting.findLastIndex(({ at }) => at > waiting.at) + 1;
    this.#waiting.splice(index, 0, waiting);
    return () => {
      const at = this.#waiting.indexOf(waiting);
      if (at >= 0) this.#waiting.splice(at, 1);
    };
  };

  /** When the next timer is due; undefined when none waits. */
  get nextAt(): number | undefined {
    return this.#waiting.at(-1)?.at;
  }

  /** Runs the next timer if it is due until `at`; else moves to `at`, never back. True when one ran. */
  step(at: number): boolean {
    const next = this.#waiting.at(-1);
    if (next === undefined || next.at > at) {
      this.#now = Math.max(this.#now, at);
      return false;
    }
    this.#waiting.pop();
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }
}

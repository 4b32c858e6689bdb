import type { Micros } from "../base/time.ts";

/** What was told in one step of time. */
export interface EdgeStep {
  /** The first moment of the step. */
  readonly from: Micros;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  /** When the last one was told. */
  readonly lastAt: Micros;
}

/** Numbers that are kept of a step: which it is, and what was told in it. */
const WIDTH = 5;
const [NUMBER, MIN, MAX, LAST, LAST_AT] = [0, 1, 2, 3, 4] as const;

/** Lowest, highest and newest value of each of the newest steps, in a ring that never grows. */
export class EdgeSteps {
  /** In microseconds. */
  readonly step: number;
  readonly #count: number;
  readonly #kept: Float64Array;

  constructor(step: number, count: number) {
    this.step = step;
    this.#count = count;
    this.#kept = new Float64Array(count * WIDTH).fill(Number.NaN);
  }

  /** How far back it reaches, microseconds. */
  get span(): number {
    return this.step * this.#count;
  }

  /** Takes a value of any moment; one whose place has gone to a later step is too old. */
  take(at: Micros, value: number): void {
    const number = Math.floor(at / this.step);
    // Before 1970 the remainder is below zero.
    const place = (((number % this.#count) + this.#count) % this.#count) * WIDTH;
    const held = this.#of(place, NUMBER);
    if (held > number) return;
    if (held !== number) {
      this.#kept.set([number, value, value, value, at], place);
      return;
    }
    this.#kept[place + MIN] = Math.min(this.#of(place, MIN), value);
    this.#kept[place + MAX] = Math.max(this.#of(place, MAX), value);
    if (at < this.#of(place, LAST_AT)) return;
    this.#kept[place + LAST] = value;
    this.#kept[place + LAST_AT] = at;
  }

  /** The steps that begin in a span, in any order. */
  *between(from: Micros, to: Micros): Generator<EdgeStep> {
    for (let place = 0; place < this.#kept.length; place += WIDTH) {
      const begin = (this.#of(place, NUMBER) * this.step) as Micros;
      if (!(begin >= from && begin < to)) continue;
      const [min, max, last] = [this.#of(place, MIN), this.#of(place, MAX), this.#of(place, LAST)];
      yield { from: begin, min, max, last, lastAt: this.#of(place, LAST_AT) as Micros };
    }
  }

  #of(place: number, index: number): number {
    return this.#kept[place + index] ?? Number.NaN;
  }
}

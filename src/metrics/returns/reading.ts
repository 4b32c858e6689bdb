import { deepestFallOf } from "./equity-path.ts";
import { type Moments, momentsOf } from "./moments.ts";

/** A series of returns as its statistics read it: what several of them need is made once, when the first asks. */
export class ReturnReading {
  /** Simple returns of one period each, finite and ≥ −1. */
  readonly returns: Float64Array;
  readonly periodsPerYear: number;
  #moments: Moments | undefined;
  #deepest: number | undefined;

  constructor(returns: Float64Array, periodsPerYear: number) {
    this.returns = returns;
    this.periodsPerYear = periodsPerYear;
  }

  get n(): number {
    return this.returns.length;
  }

  get moments(): Moments {
    this.#moments ??= momentsOf(this.returns);
    return this.#moments;
  }

  /** The deepest drawdown, ≤ 0; a fall from the start counts. */
  get deepest(): number {
    this.#deepest ??= deepestFallOf(this.returns);
    return this.#deepest;
  }

  /** The value of 1 at the end, ≥ 0. */
  get growth(): number {
    let value = 1;
    for (let index = 0; index < this.n; index++) value *= 1 + (this.returns[index] as number);
    return value;
  }
}

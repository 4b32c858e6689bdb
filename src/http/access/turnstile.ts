import { ProblemError } from "../problem.ts";

/** Lets few pieces of costly work through at once and keeps a short queue; beyond it callers are sent away. */
export class Turnstile {
  readonly #atOnce: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }) {
    this.#atOnce = atOnce;
    this.#waitingMax = waiting;
  }

  /** The result of the work once it had its turn; throws a problem `rate_limited` when too many wait already. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }

  async #turn(): Promise<void> {
    if (this.#inside < this.#atOnce) {
      this.#inside += 1;
      return;
    }
    if (this.#waiting.length >= this.#waitingMax) {
      throw new ProblemError("rate_limited", { detail: "Too many sign-ins at once.", retryAfterS: 2 });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

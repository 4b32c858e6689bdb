/** Counts how long the hub has given no sign of life. A process that did not run meanwhile has not waited for it. */
export class Silence {
  readonly #limitMs: number;
  readonly #onLimit: () => void;
  readonly #now: () => number;
  readonly #stepMs: number;
  readonly #timer: NodeJS.Timeout;
  #quietMs = 0;
  #lookedAt: number;
  #told = false;

  /** `now`: monotonic, in ms. `onLimit` is called once for each silence. */
  constructor({ limitMs, onLimit, now }: { limitMs: number; onLimit: () => void; now: () => number }) {
    this.#limitMs = limitMs;
    this.#onLimit = onLimit;
    this.#now = now;
    this.#stepMs = Math.min(1_000, Math.max(5, limitMs / 20));
    this.#lookedAt = now();
    this.#timer = setInterval(() => this.#look(), this.#stepMs);
    this.#timer.unref();
  }

  /** The hub was heard. */
  heard(): void {
    this.#quietMs = 0;
    this.#told = false;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const at = this.#now();
    // What came while the bot was busy with something else is read after this: its pause does not count.
    this.#quietMs += Math.min(at - this.#lookedAt, this.#stepMs * 2);
    this.#lookedAt = at;
    if (this.#quietMs < this.#limitMs || this.#told) return;
    this.#told = true;
    this.#onLimit();
  }
}

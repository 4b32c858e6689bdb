/** Time that a test moves by hand: what is scheduled runs when `advance` passes it, in order. */
export class HandTime {
  #nowMs = 0;
  #order = 0;
  readonly #due = new Map<number, { readonly atMs: number; readonly run: () => void }>();

  readonly schedule = (run: () => void, ms: number): (() => void) => {
    const key = this.#order++;
    this.#due.set(key, { atMs: this.#nowMs + ms, run });
    return () => this.#due.delete(key);
  };

  get nowMs(): number {
    return this.#nowMs;
  }

  get waiting(): number {
    return this.#due.size;
  }

  /** Moves on by `ms`; promises that are ready settle before and after each step. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      const [key, { atMs, run }] = next;
      this.#due.delete(key);
      this.#nowMs = Math.max(this.#nowMs, atMs);
      run();
      await settle();
    }
    this.#nowMs = end;
  }

  #next(end: number): readonly [number, { readonly atMs: number; readonly run: () => void }] | undefined {
    return [...this.#due.entries()]
      .filter(([, { atMs }]) => atMs <= end)
      .sort(([a, one], [b, other]) => one.atMs - other.atMs || a - b)[0];
  }
}

/** Lets every promise that is ready have its turn. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

import { Cell } from "./cell.ts";

/** What was read last, or why it could not be. */
export interface Kept<T> {
  readonly data?: T;
  readonly trouble?: string;
}

interface KeyedReadsOptions<T> {
  /** Reads what has this key; rejects with words for whoever looks at it. */
  readonly read: (key: string) => Promise<T>;
  /** How old something that is wanted may get, ms. */
  readonly everyMs: number;
  /** Local time in ms. */
  readonly nowMs: () => number;
}

/** What could not be read is tried again so soon, ms, or when it would be old anyhow. */
const RETRY_MS = 10_000;

/** Keys that are kept although nothing shows them now: a list that is scrolled back shows what it had. */
const HELD = 500;

/**
 * Reads what is on the screen and nothing else: one read at a time, the one that waited longest first, each again once
 * it is old.
 */
export class KeyedReads<T> {
  readonly #options: KeyedReadsOptions<T>;
  readonly #cells = new Map<string, Cell<Kept<T> | undefined>>();
  readonly #wanted = new Map<string, number>();
  readonly #readAt = new Map<string, number>();
  #isReading = false;

  constructor(options: KeyedReadsOptions<T>) {
    this.#options = options;
  }

  /** What was read of this key; undefined until it came. */
  cellOf(key: string): Cell<Kept<T> | undefined> {
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    this.#forgetSome();
    const cell = new Cell<Kept<T> | undefined>(undefined);
    this.#cells.set(key, cell);
    return cell;
  }

  /** Says that this key is on the screen, until the function that it returns is called. */
  want(key: string): () => void {
    this.#wanted.set(key, (this.#wanted.get(key) ?? 0) + 1);
    void this.refresh();
    return () => {
      const left = (this.#wanted.get(key) ?? 1) - 1;
      if (left > 0) this.#wanted.set(key, left);
      else this.#wanted.delete(key);
    };
  }

  /** Reads all that is wanted and old; resolves when nothing is left. Call it now and then. */
  async refresh(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (let key = this.#due(); key !== undefined; key = this.#due()) await this.#readOne(key);
    } finally {
      this.#isReading = false;
    }
  }

  #due(): string | undefined {
    const before = this.#options.nowMs() - this.#options.everyMs;
    const at = (key: string): number => this.#readAt.get(key) ?? Number.NEGATIVE_INFINITY;
    return [...this.#wanted.keys()].filter((key) => at(key) <= before).toSorted((a, b) => at(a) - at(b))[0];
  }

  async #readOne(key: string): Promise<void> {
    this.#readAt.set(key, this.#options.nowMs());
    const cell = this.cellOf(key);
    try {
      cell.set({ data: await this.#options.read(key) });
    } catch (cause) {
      const { data } = cell.get() ?? {};
      const { nowMs, everyMs } = this.#options;
      this.#readAt.set(key, nowMs() - Math.max(0, everyMs - RETRY_MS));
      cell.set({
        ...(data === undefined ? {} : { data }),
        trouble: cause instanceof Error ? cause.message : String(cause),
      });
    }
    cell.notify();
  }

  #forgetSome(): void {
    for (const key of this.#cells.keys()) {
      if (this.#cells.size < HELD) return;
      if (this.#wanted.has(key)) continue;
      this.#cells.delete(key);
      this.#readAt.delete(key);
    }
  }
}

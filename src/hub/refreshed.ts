import type { Schedule } from "./outlet.ts";

export interface RefreshedOptions<T> {
  /** Resolves with undefined when it could not be read: it is then read again. */
  readonly read: () => Promise<T | undefined>;
  readonly schedule: Schedule;
  /** At least this long between two readings. */
  readonly restMs: number;
  /** Whether somebody still wants it: nothing is read again for nobody. */
  readonly wanted: () => boolean;
  /** Called when there is another value. */
  readonly changed: () => void;
}

/** The newest answer of a read that takes its time, for whoever needs it at once. One reading at a time. */
export class Refreshed<T> {
  readonly #options: RefreshedOptions<T>;
  #value: T | undefined;
  #phase: "idle" | "reading" | "resting" = "idle";
  #again = false;

  constructor(options: RefreshedOptions<T>) {
    this.#options = options;
  }

  /** Undefined until it was read. */
  get value(): T | undefined {
    return this.#value;
  }

  /** Forgets what was read: nobody looked at it for a while. */
  forget(): void {
    this.#value = undefined;
  }

  /** Reads it again soon, and once more when this is asked meanwhile. */
  refresh(): void {
    if (this.#phase !== "idle") {
      this.#again = true;
      return;
    }
    this.#phase = "reading";
    this.#again = false;
    void this.#options.read().then((value) => {
      this.#phase = "resting";
      this.#options.schedule(() => {
        this.#phase = "idle";
        if (this.#again && this.#options.wanted()) this.refresh();
      }, this.#options.restMs);
      if (value === undefined) this.#again = true;
      else {
        this.#value = value;
        this.#options.changed();
      }
    });
  }
}

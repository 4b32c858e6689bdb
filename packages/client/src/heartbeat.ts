/** The reporter's own sign of life: due at once, then at every interval, made when it is sent. */
export class Heartbeat {
  readonly #make: () => string;
  #due: boolean;

  constructor(enabled: boolean, make: () => string) {
    this.#make = make;
    this.#due = enabled;
  }

  /** An interval has passed. */
  ring(): void {
    this.#due = true;
  }

  /** One line of JSON when a heartbeat is due, which then is not any more. */
  take(): string | undefined {
    if (!this.#due) return undefined;
    this.#due = false;
    return this.#make();
  }

  /** The one that was taken did not arrive. */
  giveBack(): void {
    this.#due = true;
  }
}

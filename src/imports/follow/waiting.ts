/** Waits that a word from elsewhere may end. */
export class Waiting {
  #wake: (() => void) | undefined;
  #isWoken = false;

  /** Ends the wait under way, or the next one. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#isWoken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#wake = undefined;
    this.#isWoken = false;
  }
}

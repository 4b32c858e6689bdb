import type { BookTicker } from "./frames.ts";

const WAITING_MAX = 256;

/**
 * Holds a book to the best bid and ask that the venue tells beside it: after the same update both must say the same.
 * Tickers are told of more updates than depth is, and come before or after it.
 */
export class TopCheck {
  /** Tickers of updates that the book has not reached, oldest first. */
  #waiting: BookTicker[] = [];
  #compared = 0;

  /** How often book and ticker described the same update. */
  get compared(): number {
    return this.#compared;
  }

  /** Takes a ticker; gives the one to compare with when the book stands at its update. */
  ticker(ticker: BookTicker, lastUpdateId: number | undefined): BookTicker | undefined {
    if (lastUpdateId === undefined || ticker.u > lastUpdateId) {
      if (this.#waiting.length === WAITING_MAX) this.#waiting.shift();
      this.#waiting.push(ticker);
      return undefined;
    }
    return ticker.u === lastUpdateId ? this.#counted(ticker) : undefined;
  }

  /** The ticker of the update that the book has just reached, when it came before. */
  reached(lastUpdateId: number): BookTicker | undefined {
    const waiting = this.#waiting;
    let passed = 0;
    while (passed < waiting.length && (waiting[passed]?.u ?? 0) <= lastUpdateId) passed++;
    if (passed === 0) return undefined;
    const newest = waiting[passed - 1];
    waiting.splice(0, passed);
    return newest?.u === lastUpdateId ? this.#counted(newest) : undefined;
  }

  clear(): void {
    this.#waiting = [];
  }

  #counted(ticker: BookTicker): BookTicker {
    this.#compared++;
    return ticker;
  }
}

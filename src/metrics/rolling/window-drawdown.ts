/**
 * The deepest fall within the newest returns, one return at a time: each window begins at its own height. Made of blocks
 * like `WindowMoments`, so that nothing is taken away and nothing of the past stays.
 */
export class WindowDrawdown {
  readonly size: number;
  readonly #block: Float64Array;
  /** Of the block before from each place on, beginning at 1: the lowest value, and the deepest fall. */
  readonly #endGrowth: Float64Array;
  readonly #endHighest: Float64Array;
  readonly #endDeepest: Float64Array;
  #filled = 0;
  #isWhole = false;
  #growth = 1;
  #highest = 1;
  #lowest = 1;
  #deepest = 1;

  /** Of the newest `size` ≥ 1 returns. */
  constructor(size: number) {
    this.size = size;
    this.#block = new Float64Array(size);
    this.#endGrowth = new Float64Array(size);
    this.#endHighest = new Float64Array(size);
    this.#endDeepest = new Float64Array(size);
  }

  isFull = false;
  /** Of the window, while it is full: the lowest value ÷ the highest before it − 1, ≤ 0. */
  deepest = 0;

  push(value: number): void {
    if (this.#filled === this.size) this.#closeBlock();
    this.#block[this.#filled++] = value;
    this.#growth *= 1 + value;
    if (this.#growth > this.#highest) this.#highest = this.#growth;
    if (this.#growth < this.#lowest) this.#lowest = this.#growth;
    this.#deepest = Math.min(this.#deepest, this.#growth / this.#highest);
    this.isFull = this.#isWhole || this.#filled === this.size;
    if (this.isFull) this.deepest = this.#joined() - 1;
  }

  /** A fall lies in the end of the block before, in the beginning of this one, or goes from the one into the other. */
  #joined(): number {
    if (this.#filled === this.size) return this.#deepest;
    const from = this.#filled;
    const across = ((this.#endGrowth[from] as number) * this.#lowest) / (this.#endHighest[from] as number);
    return Math.min(this.#endDeepest[from] as number, this.#deepest, across);
  }

  #closeBlock(): void {
    let [growth, highest, lowest, deepest] = [1, 1, 1, 1];
    for (let index = this.size - 1; index >= 0; index--) {
      const factor = 1 + (this.#block[index] as number);
      growth *= factor;
      highest = Math.max(1, factor * highest);
      lowest = Math.min(1, factor * lowest);
      deepest = Math.min(deepest, lowest);
      this.#endGrowth[index] = growth;
      this.#endHighest[index] = highest;
      this.#endDeepest[index] = deepest;
    }
    this.#isWhole = true;
    this.#filled = 0;
    this.#growth = 1;
    this.#highest = 1;
    this.#lowest = 1;
    this.#deepest = 1;
  }
}

import { rootMeanSquare } from "../returns/moments.ts";

/**
 * Mean, spread and downside of the newest values of a series, one value at a time. Sums are only ever put together, never
 * taken apart again: a window without losses has a downside of exactly 0, however long the series runs.
 *
 * The series is cut into blocks as long as the window. A window is the end of one block and the beginning of the next, and
 * both are kept: the ends of the whole block before, and the beginning of the block at hand.
 */
export class WindowMoments {
  readonly size: number;
  readonly #target: number;
  readonly #block: Float64Array;
  /** Of the values of the block before from each place on. */
  readonly #endMeans: Float64Array;
  readonly #endSquares: Float64Array;
  readonly #endDownsides: Float64Array;
  #filled = 0;
  #isWhole = false;
  /** Of the values of the block at hand. */
  #beginMean = 0;
  #beginSquares = 0;
  #beginDownside = 0;

  /** Of the newest `size` ≥ 2 values; what is below `target` is downside. */
  constructor(size: number, target = 0) {
    this.size = size;
    this.#target = target;
    this.#block = new Float64Array(size);
    this.#endMeans = new Float64Array(size);
    this.#endSquares = new Float64Array(size);
    this.#endDownsides = new Float64Array(size);
  }

  /** Whether as many values came as the window holds. */
  isFull = false;
  /** Of the window, while it is full: its mean, and Σ (value − mean)². */
  mean = 0;
  squares = 0;
  /** Σ min(value − target, 0)². */
  downside = 0;

  push(value: number): void {
    if (this.#filled === this.size) this.#closeBlock();
    this.#block[this.#filled++] = value;
    const distance = value - this.#beginMean;
    this.#beginMean += distance / this.#filled;
    this.#beginSquares += distance * (value - this.#beginMean);
    const below = Math.min(value - this.#target, 0);
    this.#beginDownside += below * below;
    this.isFull = this.#isWhole || this.#filled === this.size;
    if (this.isFull) this.#join();
  }

  /** The mean ÷ the sample deviation; NaN where all values are equal as far as doubles can tell. */
  get sharpe(): number {
    const deviation = this.deviation;
    return deviation === 0 ? Number.NaN : this.mean / deviation;
  }

  /** The sample deviation, exactly 0 where all values are equal as far as doubles can tell. */
  get deviation(): number {
    const deviation = rootMeanSquare(this.squares, this.size - 1);
    return deviation <= 4 * Number.EPSILON * Math.abs(this.mean) ? 0 : deviation;
  }

  /** What the mean is above the target ÷ the downside deviation; NaN where nothing is below the target. */
  get sortino(): number {
    const downside = rootMeanSquare(this.downside, this.size);
    return downside === 0 ? Number.NaN : (this.mean - this.#target) / downside;
  }

  #join(): void {
    const ended = this.size - this.#filled;
    if (ended === 0) {
      this.mean = this.#beginMean;
      this.squares = this.#beginSquares;
      this.downside = this.#beginDownside;
      return;
    }
    const from = this.#filled;
    const distance = this.#beginMean - (this.#endMeans[from] as number);
    const share = from / this.size;
    this.mean = (this.#endMeans[from] as number) + distance * share;
    this.squares = (this.#endSquares[from] as number) + this.#beginSquares + distance * distance * ended * share;
    this.downside = (this.#endDownsides[from] as number) + this.#beginDownside;
  }

  #closeBlock(): void {
    let [mean, squares, downside] = [0, 0, 0];
    for (let index = this.size - 1; index >= 0; index--) {
      const value = this.#block[index] as number;
      const distance = value - mean;
      mean += distance / (this.size - index);
      squares += distance * (value - mean);
      const below = Math.min(value - this.#target, 0);
      downside += below * below;
      this.#endMeans[index] = mean;
      this.#endSquares[index] = squares;
      this.#endDownsides[index] = downside;
    }
    this.#isWhole = true;
    this.#filled = 0;
    this.#beginMean = 0;
    this.#beginSquares = 0;
    this.#beginDownside = 0;
  }
}

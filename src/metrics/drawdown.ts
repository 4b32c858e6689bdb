import { type Measure, measured, unknown } from "./measure.ts";

const NO_EQUITY = "no equity was seen";
const RUIN = "the peak was not above zero";

/**
 * Drawdown of an equity curve (metrics.md §4), one value at a time; the first value is the starting equity and the first
 * peak. Ratios are magnitudes ≥ 0: 0.05 is 5 % below the peak.
 */
export class Drawdown {
  #n = 0;
  #peak = 0;
  #peakAt = 0;
  #equity = 0;
  #maxRatio = 0;
  #maxAbsolute = 0;
  #longest = 0;
  #at = 0;

  /** `at` in any one unit of time, not falling. */
  take(at: number, equity: number): void {
    if (this.#n++ === 0 || equity >= this.#peak) {
      if (this.#n > 1 && this.#equity < this.#peak) this.#longest = Math.max(this.#longest, at - this.#peakAt);
      this.#peak = equity;
      this.#peakAt = at;
    }
    this.#at = at;
    this.#equity = equity;
    this.#maxAbsolute = Math.max(this.#maxAbsolute, this.#peak - equity);
    if (this.#peak > 0) this.#maxRatio = Math.max(this.#maxRatio, Math.min(1, 1 - equity / this.#peak));
  }

  get current(): Measure {
    if (this.#n === 0) return unknown(NO_EQUITY);
    return this.#peak > 0 ? measured(Math.min(1, 1 - this.#equity / this.#peak), this.#n) : unknown(RUIN, this.#n);
  }

  get max(): Measure {
    if (this.#n === 0) return unknown(NO_EQUITY);
    return this.#peak > 0 ? measured(this.#maxRatio, this.#n) : unknown(RUIN, this.#n);
  }

  /** The largest fall from a peak in money; may be another fall than the largest ratio. */
  get maxAbsolute(): Measure {
    return this.#n === 0 ? unknown(NO_EQUITY) : measured(this.#maxAbsolute, this.#n);
  }

  /** The longest time from a peak to its recovery, or to the newest value while it is not recovered. */
  get longest(): Measure {
    if (this.#n === 0) return unknown(NO_EQUITY);
    const open = this.#equity < this.#peak ? this.#at - this.#peakAt : 0;
    return measured(Math.max(this.#longest, open), this.#n);
  }

  /** Whether the newest value is below the peak. */
  get underwater(): boolean {
    return this.#equity < this.#peak;
  }
}

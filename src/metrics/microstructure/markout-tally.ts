import type { Interval } from "../inference/bootstrap.ts";
import { blockMeanInterval } from "../inference/block-mean.ts";
import { type Measure, measured, unknown } from "../measure.ts";

/** One fill at one horizon, with all that its markout is made of (metrics.md §1). */
export interface MarkedFill {
  /** 1 for a buy, −1 for a sell. */
  readonly side: 1 | -1;
  readonly price: number;
  readonly size: number;
  /** At the fill, and later. */
  readonly mid: number;
  readonly later: number;
  /** Units of the underlying in one of size; of an inverse contract, of the currency of the price. */
  readonly multiplier: number;
  /** Whether profit is paid in the underlying: size ÷ price is what it is worth then, and money is in that. */
  readonly isInverse: boolean;
  /** > 0 paid; NaN where it is not known in the currency of the profit. */
  readonly fee: number;
}

/** Fills in order of time, some of which count. */
export interface MarkoutMeasures {
  readonly n: number;
  readonly meanBps: Measure;
  readonly meanBpsInterval: Interval;
  readonly medianBps: Measure;
  readonly weightedBps: Measure;
  readonly meanNetBps: Measure;
  readonly meanDriftBps: Measure;
  readonly meanDriftInterval: Interval;
  /** Mean of s · (later − mid) ÷ mid, a ratio. */
  readonly meanDrift: Measure;
  readonly meanPrice: Measure;
  /** Σ of what the markouts are worth, and the same less fees, in the currency of the profit. */
  readonly gross: Measure;
  readonly net: Measure;
}

const BPS = 1e4;
const LEVEL = 0.95;
/** Fills within one horizon share most of what moves their marks: blocks of four leave little of that between them. */
const HORIZONS_A_BLOCK = 4;
const NOTHING = unknown("no fill has a mid at the fill and a mark then");

/**
 * Sums up the markouts of fills at one horizon. bps are of the mid at the fill, so that markout = spread capture + drift.
 * Fills come in order of time.
 */
export class MarkoutTally {
  readonly #at: number[] = [];
  readonly #bps: number[] = [];
  readonly #drift: number[] = [];
  #weight = 0;
  #weighted = 0;
  #price = 0;
  #gross = 0;
  #fees = 0;
  #feeBps = 0;
  #feeless = 0;

  add(at: number, { side, price, size, mid, later, multiplier, isInverse, fee }: MarkedFill): void {
    const gained = side * (later - price);
    const bps = (gained / mid) * BPS;
    const contracts = size * multiplier;
    const weight = isInverse ? contracts / mid : contracts * mid;
    this.#at.push(at);
    this.#bps.push(bps);
    this.#drift.push(((side * (later - mid)) / mid) * BPS);
    this.#weight += weight;
    this.#weighted += weight * bps;
    this.#price += gained;
    // 1 ÷ price − 1 ÷ later, without the digits that two such small numbers lose.
    this.#gross += isInverse ? (gained * contracts) / (price * later) : gained * contracts;
    if (Number.isNaN(fee)) this.#feeless++;
    else {
      this.#fees += fee;
      this.#feeBps += (fee / weight) * BPS;
    }
  }

  get n(): number {
    return this.#bps.length;
  }

  /** `horizonMicros`: how long after the fills the marks were. */
  measures(horizonMicros: number): MarkoutMeasures {
    const n = this.#bps.length;
    const interval = (value: readonly number[]): Interval =>
      blockMeanInterval({ at: this.#at, value }, { span: HORIZONS_A_BLOCK * horizonMicros, level: LEVEL });
    const withFees = (value: number): Measure =>
      n > 0 && this.#feeless > 0
        ? unknown("not every fill says its fee in the currency of its price", n)
        : known(value, n);
    const bps = sum(this.#bps);
    const drift = sum(this.#drift);
    return {
      n,
      meanBps: known(bps / n, n),
      meanBpsInterval: interval(this.#bps),
      medianBps: n === 0 ? NOTHING : measured(middleOf(Float64Array.from(this.#bps).sort()), n),
      weightedBps: known(this.#weighted / this.#weight, n),
      meanNetBps: withFees((bps - this.#feeBps) / n),
      meanDriftBps: known(drift / n, n),
      meanDriftInterval: interval(this.#drift),
      meanDrift: known(drift / BPS / n, n),
      meanPrice: known(this.#price / n, n),
      gross: known(this.#gross, n),
      net: withFees(this.#gross - this.#fees),
    };
  }
}

/** The middle of values in order, or the mean of the two in the middle. */
function middleOf(sorted: Float64Array): number {
  const upper = sorted.length >> 1;
  const lower = sorted.length % 2 === 1 ? upper : upper - 1;
  return ((sorted[lower] as number) + (sorted[upper] as number)) / 2;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function known(value: number, n: number): Measure {
  if (n === 0) return NOTHING;
  return Number.isFinite(value) ? measured(value, n) : unknown("a fill is worth nothing at its price", n);
}

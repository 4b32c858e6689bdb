import { type Marks, midsOf, quotesAtFills, valuesAsOf } from "./as-of.ts";
import type { Fills, Quotes } from "./columns.ts";

/**
 * The quotes that fills are held against (metrics.md §1), in columns; NaN where there is none: before the first quote and
 * after the last. What follows from them for a fill is made when it is asked for.
 */
export interface FillQuality {
  /** The mid at the fill. */
  readonly mid: Float64Array;
  /** The best price of the side that a taker would have taken: the ask for a buy, the bid for a sell. */
  readonly touch: Float64Array;
  readonly marks: Marks;
}

/** The quotes of every fill. Nothing is known after `until`, the last quote if not given. */
export function fillQuality(
  fills: Fills,
  quotes: Quotes,
  until: number = quotes.at.at(-1) ?? Number.NEGATIVE_INFINITY,
): FillQuality {
  return { ...quotesAtFills(fills, quotes, until), marks: { at: quotes.at, value: midsOf(quotes), until } };
}

/** The mid a while after each fill. */
export interface Later {
  readonly afterMs: number;
  readonly mid: Float64Array;
}

export const laterMids = ({ at }: Fills, { marks }: FillQuality, afterMs: number): Later => ({
  afterMs,
  mid: valuesAsOf(at, afterMs, marks),
});

/** What a fill was worth when it was made. NaN where there is no quote; fees in bps where the fee is not known. */
export interface Capture {
  /** s · (mid − price), a price, > 0 is good; the same in bps of the mid. */
  readonly spreadCapture: number;
  readonly spreadCaptureBps: number;
  /** The same with its sign turned: > 0 is a cost. */
  readonly slippageBps: number;
  /** s · (price − touch) ÷ touch. */
  readonly touchSlippageBps: number;
  readonly feeBps: number;
}

/** What a fill was worth a while later; bps are of the mid at the fill, so that markout = spread capture + drift. */
export interface FillMarkout {
  /** s · (later mid − price), a price, > 0 is good. */
  readonly price: number;
  readonly bps: number;
  /** Markout · quantity − fee, money; markout in bps less the fee in bps. */
  readonly net: number;
  readonly netBps: number;
  /** s · (later mid − mid at the fill): < 0 is adverse selection. */
  readonly drift: number;
  readonly driftBps: number;
}

export const BPS = 1e4;

export function captureAt(fills: Fills, { mid, touch }: FillQuality, index: number): Capture {
  const side = fills.side[index] as number;
  const price = fills.price[index] as number;
  const middle = mid[index] as number;
  const reached = touch[index] as number;
  const spreadCapture = side * (middle - price);
  return {
    spreadCapture,
    spreadCaptureBps: (spreadCapture / middle) * BPS,
    slippageBps: ((side * (price - middle)) / middle) * BPS,
    touchSlippageBps: ((side * (price - reached)) / reached) * BPS,
    feeBps: ((fills.fee[index] as number) / (middle * (fills.quantity[index] as number))) * BPS,
  };
}

export function markoutAt(fills: Fills, { mid }: FillQuality, { mid: marks }: Later, index: number): FillMarkout {
  const side = fills.side[index] as number;
  const quantity = fills.quantity[index] as number;
  const fee = fills.fee[index] as number;
  const middle = mid[index] as number;
  const mark = marks[index] as number;
  const price = side * (mark - (fills.price[index] as number));
  const drift = side * (mark - middle);
  const bps = (price / middle) * BPS;
  return {
    price,
    bps,
    net: price * quantity - fee,
    netBps: bps - (fee / (middle * quantity)) * BPS,
    drift,
    driftBps: (drift / middle) * BPS,
  };
}

import { midsOf, quotesAsOf, valuesAt } from "./as-of.ts";
import type { Fills, Quotes } from "./columns.ts";

/**
 * What each fill was worth against the quotes then (metrics.md §1). In columns, NaN where there is no value: no quote
 * before the fill, or after the last quote. In bps everything is of the mid at the fill, so that markout is spread capture
 * plus drift exactly. Markout, drift and spread capture > 0 are good for us, slippage > 0 is a cost.
 */
export interface FillQuality {
  /** The mid at the fill, and how far the price was on the better side of it: s · (mid − price). */
  readonly mid: Float64Array;
  readonly spreadCapture: Float64Array;
  readonly spreadCaptureBps: Float64Array;
  /** −spread capture in bps. */
  readonly slippageBps: Float64Array;
  /** Against the side of the book that was taken: s · (price − touch) ÷ touch. */
  readonly touchSlippageBps: Float64Array;
  readonly feeBps: Float64Array;
  readonly horizons: readonly Markout[];
}

/** What a fill was worth a while later. */
export interface Markout {
  readonly afterMs: number;
  readonly mid: Float64Array;
  /** s · (later mid − price), a price; the same in bps. */
  readonly price: Float64Array;
  readonly bps: Float64Array;
  /** Markout · quantity − fee, money; markout in bps less the fee in bps. */
  readonly net: Float64Array;
  readonly netBps: Float64Array;
  /** s · (later mid − mid at the fill): < 0 is adverse selection. */
  readonly drift: Float64Array;
  readonly driftBps: Float64Array;
}

const BPS = 1e4;

/** The quality of every fill; a horizon counts in ms. Nothing is known after `until`, the last quote if not given. */
export function fillQuality(
  fills: Fills,
  quotes: Quotes,
  {
    horizonsMs,
    until = quotes.at.at(-1) ?? Number.NEGATIVE_INFINITY,
  }: { horizonsMs: readonly number[]; until?: number },
): FillQuality {
  const mids = midsOf(quotes);
  const atFill = quotesAsOf(fills.at, quotes.at, { afterMs: 0, until });
  const mid = valuesAt(atFill, mids);
  const count = fills.at.length;
  const [spreadCapture, spreadCaptureBps, slippageBps] = [columnOf(count), columnOf(count), columnOf(count)];
  const [touchSlippageBps, feeBps] = [columnOf(count), columnOf(count)];
  for (let index = 0; index < count; index++) {
    const side = fills.side[index] as number;
    const price = fills.price[index] as number;
    const middle = mid[index] as number;
    const capture = side * (middle - price);
    spreadCapture[index] = capture;
    spreadCaptureBps[index] = (capture / middle) * BPS;
    slippageBps[index] = ((side * (price - middle)) / middle) * BPS;
    const quote = atFill[index] as number;
    const touch = quote < 0 ? Number.NaN : ((side > 0 ? quotes.ask[quote] : quotes.bid[quote]) as number);
    touchSlippageBps[index] = ((side * (price - touch)) / touch) * BPS;
    feeBps[index] = ((fills.fee[index] as number) / (middle * (fills.quantity[index] as number))) * BPS;
  }
  const horizons = horizonsMs.map((afterMs) => {
    const later = valuesAt(quotesAsOf(fills.at, quotes.at, { afterMs, until }), mids);
    return markoutOf(fills, { afterMs, mid, later, feeBps });
  });
  return { mid, spreadCapture, spreadCaptureBps, slippageBps, touchSlippageBps, feeBps, horizons };
}

interface Later {
  readonly afterMs: number;
  readonly mid: Float64Array;
  readonly later: Float64Array;
  readonly feeBps: Float64Array;
}

function markoutOf(fills: Fills, { afterMs, mid, later, feeBps }: Later): Markout {
  const count = fills.at.length;
  const [price, bps, net, netBps] = [columnOf(count), columnOf(count), columnOf(count), columnOf(count)];
  const [drift, driftBps] = [columnOf(count), columnOf(count)];
  for (let index = 0; index < count; index++) {
    const side = fills.side[index] as number;
    const middle = mid[index] as number;
    const mark = later[index] as number;
    const gained = side * (mark - (fills.price[index] as number));
    const moved = side * (mark - middle);
    price[index] = gained;
    bps[index] = (gained / middle) * BPS;
    net[index] = gained * (fills.quantity[index] as number) - (fills.fee[index] as number);
    netBps[index] = (gained / middle) * BPS - (feeBps[index] as number);
    drift[index] = moved;
    driftBps[index] = (moved / middle) * BPS;
  }
  return { afterMs, mid: later, price, bps, net, netBps, drift, driftBps };
}

const columnOf = (count: number): Float64Array => new Float64Array(count);

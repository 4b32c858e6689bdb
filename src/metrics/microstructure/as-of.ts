import type { Fills, Quotes } from "./columns.ts";

/** Times to look at: each plus `afterMs`, and none after `until`, beyond which nobody knows. In order. */
export interface Moments {
  readonly times: Float64Array;
  readonly afterMs: number;
  readonly until: number;
}

/**
 * The value that stood at each moment: of the last quote told by then, ties included; NaN where there was none yet, or
 * nobody knows. One pass over both (a merge join), so times and quotes have to be in order.
 */
export function valuesAsOf(
  { times, afterMs, until }: Moments,
  quotedAt: Float64Array,
  values: Float64Array,
): Float64Array {
  const found = new Float64Array(times.length);
  const count = quotedAt.length;
  let next = 0;
  for (let index = 0; index < times.length; index++) {
    const time = (times[index] as number) + afterMs;
    while (next < count && (quotedAt[next] as number) <= time) next++;
    found[index] = time > until || next === 0 ? Number.NaN : (values[next - 1] as number);
  }
  return found;
}

/** What is known at each fill: the mid, and the ask for a buy or the bid for a sell; NaN as in `valuesAsOf`. */
export function quotesAtFills(
  { at, side }: Fills,
  { at: quotedAt, bid, ask }: Quotes,
  until: number,
): { readonly mid: Float64Array; readonly touch: Float64Array } {
  const [mid, touch] = [new Float64Array(at.length), new Float64Array(at.length)];
  let next = 0;
  for (let index = 0; index < at.length; index++) {
    const time = at[index] as number;
    while (next < quotedAt.length && (quotedAt[next] as number) <= time) next++;
    const isKnown = next > 0 && time <= until;
    const [low, high] = [bid[next - 1] as number, ask[next - 1] as number];
    mid[index] = isKnown ? (low + high) / 2 : Number.NaN;
    touch[index] = isKnown ? ((side[index] as number) > 0 ? high : low) : Number.NaN;
  }
  return { mid, touch };
}

/** The mid of each quote, in price. */
export function midsOf({ bid, ask }: Quotes): Float64Array {
  const mids = new Float64Array(bid.length);
  for (let index = 0; index < bid.length; index++) mids[index] = ((bid[index] as number) + (ask[index] as number)) / 2;
  return mids;
}

import type { Fills, Quotes } from "./columns.ts";

/** Values that stand from their time (ms, in order) until the next; after `until` nobody knows. */
export interface Marks {
  readonly at: Float64Array;
  readonly value: Float64Array;
  readonly until: number;
}

/**
 * The value that stood at each time plus `afterMs`: the last one told by then, ties included; NaN where there was none yet,
 * or nobody knows. One pass over both (a merge join), so the times have to be in order.
 */
export function valuesAsOf(times: Float64Array, afterMs: number, { at, value, until }: Marks): Float64Array {
  const found = new Float64Array(times.length);
  let next = 0;
  for (let index = 0; index < times.length; index++) {
    const time = (times[index] as number) + afterMs;
    while (next < at.length && (at[next] as number) <= time) next++;
    found[index] = time > until || next === 0 ? Number.NaN : (value[next - 1] as number);
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

import type { Quotes } from "./columns.ts";

/**
 * The quote that stood at each time plus `afterMs`: the index of the last one told by then, ties included; −1 where there
 * was none yet, or where the time is after `until`, beyond which nobody knows. One pass over both (a merge join), so the
 * times have to be in order.
 */
export function quotesAsOf(
  times: Float64Array,
  quotedAt: Float64Array,
  { afterMs, until }: { readonly afterMs: number; readonly until: number },
): Int32Array {
  const found = new Int32Array(times.length);
  let next = 0;
  for (let index = 0; index < times.length; index++) {
    const time = (times[index] as number) + afterMs;
    while (next < quotedAt.length && (quotedAt[next] as number) <= time) next++;
    found[index] = time > until ? -1 : next - 1;
  }
  return found;
}

/** The mid of each quote, in price. */
export function midsOf({ bid, ask }: Quotes): Float64Array {
  const mids = new Float64Array(bid.length);
  for (let index = 0; index < bid.length; index++) mids[index] = ((bid[index] as number) + (ask[index] as number)) / 2;
  return mids;
}

/** The value of each index, NaN where it is −1. */
export function valuesAt(indexes: Int32Array, values: Float64Array): Float64Array {
  const found = new Float64Array(indexes.length);
  for (let index = 0; index < indexes.length; index++) {
    const at = indexes[index] as number;
    found[index] = at < 0 ? Number.NaN : (values[at] as number);
  }
  return found;
}

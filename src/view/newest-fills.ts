import type { FillView } from "../protocol/api.ts";

/**
 * The newest `limit` fills of `held` and `incoming`, newest first, each `seq` once. `held` is newest first;
 * `incoming` is in any order, and what it says of a `seq` replaces what was held. Returns `held` itself when
 * nothing changed.
 */
export function newestFills(
  held: readonly FillView[],
  incoming: readonly FillView[],
  limit: number,
): readonly FillView[] {
  if (incoming.length === 0) return held;
  const fresh = newestOnce(incoming);
  const newestHeld = held[0]?.seq ?? -1;
  const oldestFresh = fresh.at(-1)?.seq ?? -1;
  if (oldestFresh > newestHeld) return [...fresh, ...held].slice(0, limit);
  return newestOnce([...held, ...fresh]).slice(0, limit);
}

function newestOnce(fills: readonly FillView[]): FillView[] {
  const bySeq = new Map<number, FillView>();
  for (const fill of fills) bySeq.set(fill.seq, fill);
  return [...bySeq.values()].sort((a, b) => b.seq - a.seq);
}

/** What a reader of the past holds after an older page was added: never more than `limit`, the newest let go first. */
export interface OlderFills {
  readonly fills: readonly FillView[];
  /** How many of the newest were let go to make room. */
  readonly letGo: number;
}

/** Adds an older page at the end, each `seq` once. */
export function withOlderPage(held: readonly FillView[], page: readonly FillView[], limit: number): OlderFills {
  const all = newestOnce([...held, ...page]);
  const letGo = Math.max(0, all.length - limit);
  return { fills: all.slice(letGo), letGo };
}

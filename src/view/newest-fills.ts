import { type Micros, micros, parseTime } from "../base/time.ts";
import type { FillView } from "../protocol/api.ts";
import { effectiveTs } from "../protocol/recorded.ts";

/**
 * The newest `limit` fills of `held` and `incoming`, newest first by the time that counts, each `seq` once. `held` is
 * in that order; `incoming` is in any, and what it says of a `seq` replaces what was held. Returns `held` itself when
 * nothing changed.
 */
export function newestFills(
  held: readonly FillView[],
  incoming: readonly FillView[],
  limit: number,
): readonly FillView[] {
  if (incoming.length === 0) return held;
  const fresh = newestOnce(incoming);
  const [newestHeld, oldestFresh] = [held[0], fresh.at(-1)];
  const isOnTop =
    newestHeld === undefined ||
    (oldestFresh !== undefined && newestFirst(placed(oldestFresh), placed(newestHeld)) < 0 && !knows(held, fresh));
  return (isOnTop ? [...fresh, ...held] : newestOnce([...held, ...fresh])).slice(0, limit);
}

/** Whether one of the fills is held already. */
function knows(held: readonly FillView[], fresh: readonly FillView[]): boolean {
  const seqs = new Set(fresh.map(({ seq }) => seq));
  return held.some(({ seq }) => seqs.has(seq));
}

interface Placed {
  readonly fill: FillView;
  /** The time that counts. */
  readonly at: Micros;
}

const placed = (fill: FillView): Placed => ({
  fill,
  at: effectiveTs(parseTime(fill.timestamp) ?? NEVER, parseTime(fill.received_at) ?? NEVER),
});

const NEVER = micros(0);

const newestFirst = (a: Placed, b: Placed): number => b.at - a.at || b.fill.seq - a.fill.seq;

function newestOnce(fills: readonly FillView[]): FillView[] {
  const bySeq = new Map<number, FillView>();
  for (const fill of fills) bySeq.set(fill.seq, fill);
  return [...bySeq.values()]
    .map(placed)
    .sort(newestFirst)
    .map(({ fill }) => fill);
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

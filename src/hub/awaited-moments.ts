/** Moments of one kind, ascending; those before `head` are over. */
interface Lane {
  readonly moments: number[];
  head: number;
}

/** Moments that are over in a lane before room is made. */
const OVER_MAX = 64;

/**
 * Moments at which something is to be known, the first of them at hand. They come in lanes: what is awaited so long after
 * each fill comes nearly in order, so that it is put at the end of its lane, and what is over goes from its beginning.
 */
export class AwaitedMoments {
  readonly #lanes: (Lane | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts a moment in its place in a lane, once. */
  add(moment: number, place: number): void {
    this.#lanes[place] ??= { moments: [], head: 0 };
    const { moments, head } = this.#lanes[place];
    const last = moments.length - 1;
    const at = last < head || (moments[last] as number) < moment ? last + 1 : firstFrom(moments, head, moment);
    if (moments[at] === moment) return;
    if (at > last) moments.push(moment);
    else moments.splice(at, 0, moment);
    this.#size++;
  }

  has(moment: number): boolean {
    return this.#lanes.some(
      (lane) => lane !== undefined && lane.moments[firstFrom(lane.moments, lane.head, moment)] === moment,
    );
  }

  /** The first of all; ∞ where none is awaited. */
  get first(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes) {
      const moment = lane?.moments[lane.head];
      if (moment !== undefined && moment < first) first = moment;
    }
    return first;
  }

  /** Those before a moment are over. */
  dropBefore(moment: number): void {
    if (this.#size === 0) return;
    for (const lane of this.#lanes) {
      if (lane === undefined) continue;
      const { moments, head } = lane;
      while (lane.head < moments.length && (moments[lane.head] as number) < moment) lane.head++;
      this.#size -= lane.head - head;
      if (lane.head < OVER_MAX || 2 * lane.head < moments.length) continue;
      moments.splice(0, lane.head);
      lane.head = 0;
    }
  }
}

/** The place of the first moment that is no earlier than one, from `head` on. */
function firstFrom(moments: readonly number[], head: number, moment: number): number {
  let [low, high] = [head, moments.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((moments[middle] as number) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

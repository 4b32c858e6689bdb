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
 * Where all lanes of a fill are awaited, and fills come in order, the fill is kept once for all of them.
 */
export class AwaitedMoments {
  /** How long after its start lane 1 awaits a moment, and each that follows; ascending. */
  readonly #after: readonly number[];
  /** Starts whose lanes are all awaited, ascending, and the first in each lane that is not over. */
  readonly #starts: number[] = [];
  readonly #heads: number[];
  /** The moments of those; ∞ where all are over. */
  readonly #next: number[];
  readonly #lanes: (Lane | undefined)[] = [];
  /** Moments in `#lanes`. */
  #apart = 0;
  #size = 0;
  #first = Number.POSITIVE_INFINITY;

  constructor(after: readonly number[]) {
    this.#after = after;
    this.#heads = after.map(() => 0);
    this.#next = after.map(() => Number.POSITIVE_INFINITY);
  }

  get size(): number {
    return this.#size;
  }

  /** The first of all; ∞ where none is awaited. */
  get first(): number {
    return this.#first;
  }

  /** Puts the moments of lane 1 and all that follow after a start in their places, each once. */
  follow(start: number): void {
    const last = this.#starts.at(-1);
    if (this.#apart > 0 || (last !== undefined && start <= last)) {
      for (const [place, after] of this.#after.entries()) this.add(start + after, place + 1);
      return;
    }
    this.#starts.push(start);
    this.#size += this.#after.length;
    for (let lane = 0; lane < this.#next.length; lane++)
      this.#next[lane] = Math.min(this.#next[lane] as number, start + (this.#after[lane] as number));
    this.#first = Math.min(this.#first, this.#next[0] ?? Number.POSITIVE_INFINITY);
  }

  /** Puts a moment in its place in a lane, once. */
  add(moment: number, place: number): void {
    if (place > 0 && this.#follows(moment, place - 1)) return;
    this.#lanes[place] ??= { moments: [], head: 0 };
    const { moments, head } = this.#lanes[place];
    const last = moments.length - 1;
    const at = last < head || (moments[last] as number) < moment ? last + 1 : firstFrom(moments, head, moment);
    if (moments[at] === moment) return;
    if (at > last) moments.push(moment);
    else moments.splice(at, 0, moment);
    this.#apart++;
    this.#size++;
    this.#first = Math.min(this.#first, moment);
  }

  has(moment: number): boolean {
    if (moment < this.#first) return false;
    for (let lane = 0; lane < this.#after.length; lane++) if (this.#follows(moment, lane)) return true;
    return this.#lanes.some(
      (lane) => lane !== undefined && lane.moments[firstFrom(lane.moments, lane.head, moment)] === moment,
    );
  }

  /** Those before a moment are over. */
  dropBefore(moment: number): void {
    if (moment <= this.#first) return;
    this.#first = Number.POSITIVE_INFINITY;
    this.#dropFollowing(moment);
    if (this.#apart > 0) this.#dropApart(moment);
  }

  /** Whether a moment is awaited after one of the starts. */
  #follows(moment: number, lane: number): boolean {
    const start = moment - (this.#after[lane] ?? Number.NaN);
    return this.#starts[firstFrom(this.#starts, this.#heads[lane] as number, start)] === start;
  }

  #dropFollowing(moment: number): void {
    const starts = this.#starts;
    const heads = this.#heads;
    const next = this.#next;
    for (let lane = 0; lane < heads.length; lane++) {
      if ((next[lane] as number) < moment) this.#dropInLane(lane, moment);
      if ((next[lane] as number) < this.#first) this.#first = next[lane] as number;
    }
    // The last lane awaits longest.
    const over = heads.at(-1) ?? 0;
    if (over < OVER_MAX || 2 * over < starts.length) return;
    starts.splice(0, over);
    for (let lane = 0; lane < heads.length; lane++) heads[lane] = (heads[lane] as number) - over;
  }

  #dropInLane(lane: number, moment: number): void {
    const starts = this.#starts;
    const after = this.#after[lane] as number;
    let head = this.#heads[lane] as number;
    while (head < starts.length && (starts[head] as number) + after < moment) head++;
    this.#size -= head - (this.#heads[lane] as number);
    this.#heads[lane] = head;
    this.#next[lane] = head < starts.length ? (starts[head] as number) + after : Number.POSITIVE_INFINITY;
  }

  #dropApart(moment: number): void {
    for (const lane of this.#lanes) {
      if (lane === undefined) continue;
      const { moments, head } = lane;
      while (lane.head < moments.length && (moments[lane.head] as number) < moment) lane.head++;
      this.#size -= lane.head - head;
      this.#apart -= lane.head - head;
      if (lane.head < moments.length) this.#first = Math.min(this.#first, moments[lane.head] as number);
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

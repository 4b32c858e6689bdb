/** Moments of one kind, ascending; those before `head` are over. */
interface Lane {
  readonly moments: number[];
  head: number;
}

/** Moments that are over in a lane before room is made. */
const OVER_MAX = 64;
/** Numbers in `beside` that are not these moments. */
const BESIDE = 5;
/** Where in it the first moment is, and where the lanes begin. */
const [FIRST, NEXT] = [BESIDE, BESIDE + 1];
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Moments at which something is to be known, the first of them at hand. They come in lanes: what is awaited so long after
 * each fill comes nearly in order, so that it is put at the end of its lane, and what is over goes from its beginning.
 * Where all lanes of a fill are awaited, and fills come in order, the fill is kept once for all of them.
 */
export class AwaitedMoments {
  /** How long after its start lane 1 awaits a moment, and each that follows; ascending. */
  readonly #after: readonly number[];
  /**
   * The first moment of all; of each lane its first among those after the starts (∞ where all are over), and the place of
   * the start of that; and from `#starts` on the starts whose lanes are all awaited, ascending. Side by side, as there are
   * many instruments, and seldom is one at hand.
   */
  readonly #at: number[];
  readonly #starts: number;
  readonly #lanes: (Lane | undefined)[] = [];
  /** Moments in `#lanes`, and those of them in lanes from 1 on. */
  #apart = 0;
  #apartAfter = 0;
  #size = 0;

  constructor(after: readonly number[]) {
    this.#after = after;
    this.#starts = NEXT + 2 * after.length;
    const places = after.map(() => this.#starts);
    this.#at = [...Array.from({ length: BESIDE }, () => NEVER), NEVER, ...after.map(() => NEVER), ...places];
  }

  /** Numbers that are looked at together with `first`, whatever they are: the first `BESIDE` are the caller's. */
  get beside(): number[] {
    return this.#at;
  }

  get size(): number {
    return this.#size;
  }

  /** The first of all; ∞ where none is awaited. */
  get first(): number {
    return this.#at[FIRST] as number;
  }

  /** Puts the moments of lane 1 and all that follow after a start in their places, each once. */
  follow(start: number): void {
    const after = this.#after;
    const at = this.#at;
    if (this.#apartAfter > 0 || (at.length > this.#starts && start <= (at[at.length - 1] as number))) {
      for (let lane = 0; lane < after.length; lane++) this.add(start + (after[lane] as number), lane + 1);
      return;
    }
    at.push(start);
    this.#size += after.length;
    for (let lane = 0; lane < after.length; lane++)
      if (at[NEXT + lane] === NEVER) at[NEXT + lane] = start + (after[lane] as number);
    if ((at[NEXT] as number) < (at[FIRST] as number)) at[FIRST] = at[NEXT] as number;
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
    if (place > 0) this.#apartAfter++;
    this.#size++;
    this.#at[FIRST] = Math.min(this.first, moment);
  }

  has(moment: number): boolean {
    if (moment < this.first) return false;
    for (let lane = 0; lane < this.#after.length; lane++) if (this.#follows(moment, lane)) return true;
    return this.#lanes.some(
      (lane) => lane !== undefined && lane.moments[firstFrom(lane.moments, lane.head, moment)] === moment,
    );
  }

  /** Those before a moment are over. */
  dropBefore(moment: number): void {
    if (moment <= this.first) return;
    this.#dropFollowing(moment);
    if (this.#apart > 0) this.#dropApart(moment);
  }

  /** Whether a moment is awaited after one of the starts. */
  #follows(moment: number, lane: number): boolean {
    const start = moment - (this.#after[lane] ?? Number.NaN);
    return this.#at[firstFrom(this.#at, this.#headOf(lane), start)] === start;
  }

  #headOf(lane: number): number {
    return this.#at[NEXT + this.#after.length + lane] as number;
  }

  #dropFollowing(moment: number): void {
    const at = this.#at;
    let first = NEVER;
    for (let lane = 0; lane < this.#after.length; lane++) {
      if ((at[NEXT + lane] as number) < moment) this.#dropInLane(lane, moment);
      if ((at[NEXT + lane] as number) < first) first = at[NEXT + lane] as number;
    }
    at[FIRST] = first;
    this.#makeRoom();
  }

  /** The last lane awaits longest. */
  #makeRoom(): void {
    const over = this.#headOf(this.#after.length - 1) - this.#starts;
    if (over < OVER_MAX || 2 * over < this.#at.length - this.#starts) return;
    this.#at.splice(this.#starts, over);
    for (let place = NEXT + this.#after.length; place < this.#starts; place++)
      this.#at[place] = (this.#at[place] as number) - over;
  }

  #dropInLane(lane: number, moment: number): void {
    const at = this.#at;
    const after = this.#after[lane] as number;
    const before = this.#headOf(lane);
    let head = before;
    while (head < at.length && (at[head] as number) + after < moment) head++;
    this.#size -= head - before;
    at[NEXT + this.#after.length + lane] = head;
    at[NEXT + lane] = head < at.length ? (at[head] as number) + after : NEVER;
  }

  #dropApart(moment: number): void {
    for (const [place, lane] of this.#lanes.entries()) {
      if (lane === undefined) continue;
      const { moments, head } = lane;
      while (lane.head < moments.length && (moments[lane.head] as number) < moment) lane.head++;
      this.#size -= lane.head - head;
      this.#apart -= lane.head - head;
      if (place > 0) this.#apartAfter -= lane.head - head;
      if (lane.head < moments.length) this.#at[FIRST] = Math.min(this.first, moments[lane.head] as number);
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

/** The marks of one instrument that the log has, and from when until when each is known to have stood. Times in µs. */
export class MarkTimeline {
  /** Ascending, each once. */
  readonly #at: number[] = [];
  readonly #until: number[] = [];
  readonly #mid: number[] = [];
  #known = Number.NEGATIVE_INFINITY;

  /** Up to here something is known of it: what was not kept of before will not come. */
  get knownUntil(): number {
    return this.#known;
  }

  get isEmpty(): boolean {
    return this.#at.length === 0;
  }

  get length(): number {
    return this.#at.length;
  }

  /** The log says that `mid` stood from `at` until just before `until`: perhaps once more, and longer. */
  add(at: number, until: number, mid: number): void {
    if (at > this.#known) this.#known = at;
    const place = this.#last(at);
    if (this.#at[place] === at) {
      this.#until[place] = Math.max(this.#until[place] as number, until);
      this.#mid[place] = mid;
      return;
    }
    this.#at.splice(place + 1, 0, at);
    this.#until.splice(place + 1, 0, until);
    this.#mid.splice(place + 1, 0, mid);
  }

  /** What stood at a moment; NaN where nobody knows. A newer mark ends an older one, whatever was said of that. */
  midAt(moment: number): number {
    const place = this.#last(moment);
    return place >= 0 && moment < (this.#until[place] as number) ? (this.#mid[place] as number) : Number.NaN;
  }

  /** The place of the last that began by a moment; −1 where none did. */
  #last(moment: number): number {
    const at = this.#at;
    const newest = at.length - 1;
    if (newest < 0 || (at[newest] as number) <= moment) return newest;
    let [low, high] = [0, newest];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((at[middle] as number) <= moment) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

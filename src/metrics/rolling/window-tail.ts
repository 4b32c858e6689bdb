/**
 * The lowest of the newest values of a series, one value at a time: their quantile and their mean. The few lowest are kept
 * in order; the others wait in a heap, from which those too old go when they come to its top, or when it is full.
 */
export class WindowTail {
  readonly size: number;
  /** How many of the lowest make up the mean, and where between the last of them and the next the quantile lies. */
  readonly #count: number;
  readonly #share: number;
  readonly #kept: number;
  readonly #low: Float64Array;
  readonly #lowSeq: Float64Array;
  #lowCount = 0;
  readonly #rest: Float64Array;
  readonly #restSeq: Float64Array;
  #restCount = 0;
  readonly #recent: Float64Array;
  #seq = 0;

  /** Of the newest `size` ≥ 1 values; the tail is the part `alpha` of them, in (0, 1). */
  constructor(size: number, alpha: number) {
    this.size = size;
    const rank = (size - 1) * alpha;
    this.#count = Math.floor(rank) + 1;
    this.#share = rank - Math.floor(rank);
    this.#kept = Math.min(size, this.#count + 1);
    this.#low = new Float64Array(this.#kept);
    this.#lowSeq = new Float64Array(this.#kept);
    const capacity = 4 * size + 4;
    this.#rest = new Float64Array(capacity);
    this.#restSeq = new Float64Array(capacity);
    this.#recent = new Float64Array(size);
  }

  get isFull(): boolean {
    return this.#seq >= this.size;
  }

  push(value: number): void {
    const seq = this.#seq++;
    const place = seq % this.size;
    if (seq >= this.size) this.#remove(this.#recent[place] as number, seq - this.size);
    this.#recent[place] = value;
    if (this.#lowCount < this.#kept) this.#insert(value, seq);
    else if (value < (this.#low[this.#kept - 1] as number)) {
      this.#lowCount--;
      this.#wait(this.#low[this.#lowCount] as number, this.#lowSeq[this.#lowCount] as number);
      this.#insert(value, seq);
    } else this.#wait(value, seq);
  }

  /** The quantile of type 7 of a full window. */
  get quantile(): number {
    const low = this.#low[this.#count - 1] as number;
    return this.#share === 0 ? low : low + this.#share * ((this.#low[this.#count] as number) - low);
  }

  /** The mean of what is not above the quantile, by count, of a full window. */
  get mean(): number {
    let [even, odd] = [0, 0];
    for (let index = 0; index + 1 < this.#count; index += 2) {
      even += this.#low[index] as number;
      odd += this.#low[index + 1] as number;
    }
    if (this.#count % 2 === 1) even += this.#low[this.#count - 1] as number;
    return (even + odd) / this.#count;
  }

  /** Among the lowest, in order; there is room. */
  #insert(value: number, seq: number): void {
    let place = this.#lowCount++;
    while (place > 0 && (this.#low[place - 1] as number) > value) {
      this.#low[place] = this.#low[place - 1] as number;
      this.#lowSeq[place] = this.#lowSeq[place - 1] as number;
      place--;
    }
    this.#low[place] = value;
    this.#lowSeq[place] = seq;
  }

  /** One that waits stays where it is until it comes to the top. */
  #remove(value: number, seq: number): void {
    if (value > (this.#low[this.#lowCount - 1] as number)) return;
    const place = this.#lowSeq.subarray(0, this.#lowCount).indexOf(seq);
    if (place < 0) return;
    this.#low.copyWithin(place, place + 1, this.#lowCount);
    this.#lowSeq.copyWithin(place, place + 1, this.#lowCount);
    this.#lowCount--;
    while (this.#restCount > 0) {
      const [next, nextSeq] = [this.#rest[0] as number, this.#restSeq[0] as number];
      this.#restCount--;
      this.#sink(0, this.#rest[this.#restCount] as number, this.#restSeq[this.#restCount] as number);
      if (nextSeq <= seq) continue;
      this.#insert(next, nextSeq);
      return;
    }
  }

  #wait(value: number, seq: number): void {
    if (this.#restCount === this.#rest.length) this.#forget(seq - this.size);
    let place = this.#restCount++;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if ((this.#rest[above] as number) <= value) break;
      this.#rest[place] = this.#rest[above] as number;
      this.#restSeq[place] = this.#restSeq[above] as number;
      place = above;
    }
    this.#rest[place] = value;
    this.#restSeq[place] = seq;
  }

  /** Lets go of all that wait and are too old. */
  #forget(oldest: number): void {
    let kept = 0;
    for (let index = 0; index < this.#restCount; index++) {
      if ((this.#restSeq[index] as number) <= oldest) continue;
      this.#rest[kept] = this.#rest[index] as number;
      this.#restSeq[kept] = this.#restSeq[index] as number;
      kept++;
    }
    this.#restCount = kept;
    for (let place = (kept >> 1) - 1; place >= 0; place--)
      this.#sink(place, this.#rest[place] as number, this.#restSeq[place] as number);
  }

  #sink(from: number, value: number, seq: number): void {
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.#restCount) break;
      if (below + 1 < this.#restCount && (this.#rest[below + 1] as number) < (this.#rest[below] as number)) below++;
      if ((this.#rest[below] as number) >= value) break;
      this.#rest[place] = this.#rest[below] as number;
      this.#restSeq[place] = this.#restSeq[below] as number;
      place = below;
    }
    this.#rest[place] = value;
    this.#restSeq[place] = seq;
  }
}

/** The newest values of a series in order of size, one value at a time: their quantiles without sorting each window anew. */
export class WindowOrder {
  readonly size: number;
  readonly #sorted: Float64Array;
  readonly #recent: Float64Array;
  #count = 0;
  #oldest = 0;

  /** Of the newest `size` ≥ 1 values. */
  constructor(size: number) {
    this.size = size;
    this.#sorted = new Float64Array(size);
    this.#recent = new Float64Array(size);
  }

  get isFull(): boolean {
    return this.#count === this.size;
  }

  push(value: number): void {
    if (this.isFull) this.#replace(this.#recent[this.#oldest] as number, value);
    else {
      const place = this.#placeOf(value, this.#count);
      this.#sorted.copyWithin(place + 1, place, this.#count);
      this.#sorted[place] = value;
      this.#count++;
    }
    this.#recent[this.#oldest] = value;
    this.#oldest = this.#oldest + 1 === this.size ? 0 : this.#oldest + 1;
  }

  /** The quantile of type 7 of a full window. */
  quantile(q: number): number {
    const rank = (this.size - 1) * q;
    const lower = Math.floor(rank);
    const low = this.#sorted[lower] as number;
    return rank === lower ? low : low + (rank - lower) * ((this.#sorted[lower + 1] as number) - low);
  }

  /** The mean of the `count` lowest of a full window. */
  lowestMean(count: number): number {
    let sum = 0;
    for (let index = 0; index < count; index++) sum += this.#sorted[index] as number;
    return sum / count;
  }

  /** Only what lies between the place of the one that goes and of the one that comes moves. */
  #replace(old: number, value: number): void {
    const from = this.#placeOf(old, this.size);
    if (value > old) {
      const to = this.#placeOf(value, this.size) - 1;
      this.#sorted.copyWithin(from, from + 1, to + 1);
      this.#sorted[to] = value;
    } else {
      const to = this.#placeOf(value, this.size);
      this.#sorted.copyWithin(to + 1, to, from);
      this.#sorted[to] = value;
    }
  }

  /** The place of the first that is not below the value. */
  #placeOf(value: number, count: number): number {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The newest `capacity` items, oldest first when read. Adding to a full ring forgets the oldest. */
export class Ring<T> {
  readonly capacity: number;
  #items: T[] = [];
  #start = 0;

  constructor(capacity: number, items: readonly T[] = []) {
    this.capacity = capacity;
    for (const item of items.slice(-capacity)) this.#items.push(item);
  }

  get size(): number {
    return this.#items.length;
  }

  add(item: T): void {
    if (this.#items.length < this.capacity) {
      this.#items.push(item);
      return;
    }
    this.#items[this.#start] = item;
    this.#start = (this.#start + 1) % this.capacity;
  }

  /** A copy, oldest first. */
  toArray(): T[] {
    return this.#start === 0
      ? [...this.#items]
      : [...this.#items.slice(this.#start), ...this.#items.slice(0, this.#start)];
  }

  /** A copy of at most `limit` items, newest first. */
  newest(limit: number): T[] {
    return this.toArray().slice(-limit).reverse();
  }
}

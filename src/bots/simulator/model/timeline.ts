interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** What is going to happen, soonest first; what was planned first comes first at equal times. */
export class Timeline {
  readonly #heap: Entry[] = [];
  #planned = 0;

  /** When the next thing happens; undefined when nothing is planned. */
  get nextMs(): number | undefined {
    return this.#heap[0]?.atMs;
  }

  plan(atMs: number, run: () => void): void {
    const entry = { atMs, order: this.#planned++, run };
    let index = this.#heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || before(parent, entry)) break;
      this.#heap[index] = parent;
      index = above;
    }
    this.#heap[index] = entry;
  }

  /** Takes the next thing out; undefined when nothing is planned. */
  take(): Entry | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (last !== undefined && first !== last) this.#sink(last);
    return first;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const rightFirst = left !== undefined && right !== undefined && before(right, left);
      const child = rightFirst ? right : left;
      if (child === undefined || before(entry, child)) break;
      heap[index] = child;
      index = 2 * index + (rightFirst ? 2 : 1);
    }
    heap[index] = entry;
  }
}

const before = (a: Entry, b: Entry): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

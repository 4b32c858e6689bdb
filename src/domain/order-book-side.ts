import type { SideLevels } from "./order-book-levels.ts";

/** Levels that a leaf holds at most. Small enough that an insertion moves little, big enough that leaves are few. */
const LEAF_MAX = 64;
const LEAF_MIN = LEAF_MAX / 4;

interface Leaf {
  count: number;
  readonly keys: Float64Array;
  readonly sizes: Float64Array;
}

const newLeaf = (): Leaf => ({ count: 0, keys: new Float64Array(LEAF_MAX), sizes: new Float64Array(LEAF_MAX) });

/**
 * One side of a book: sizes by key, sorted by rising key, the best first. A sorted list of small sorted leaves: a change
 * costs two short binary searches and moves at most one leaf, however deep the book is. Prices are keys: that of a bid
 * negated, so that the best is the least on both sides.
 */
export class OrderBookSide implements SideLevels {
  readonly #leaves: Leaf[] = [newLeaf()];
  #levels = 0;

  /** How many levels hold something. */
  get levels(): number {
    return this.#levels;
  }

  /** The key of the best level; NaN when there is none. */
  get bestKey(): number {
    return this.#levels === 0 ? Number.NaN : (this.#leaves[0]?.keys[0] ?? Number.NaN);
  }

  /** The size at the best level; 0 when there is none. */
  get bestSize(): number {
    return this.#levels === 0 ? 0 : (this.#leaves[0]?.sizes[0] ?? 0);
  }

  /** The size at a key; 0 when nothing is there. */
  sizeAt(key: number): number {
    const leaf = this.#leafAt(this.#leafIndex(key));
    const index = lowerBound(leaf, key);
    return index < leaf.count && leaf.keys[index] === key ? (leaf.sizes[index] ?? 0) : 0;
  }

  /** Puts `size` at a key; 0 takes the level away. */
  set(key: number, size: number): void {
    const at = this.#leafIndex(key);
    const leaf = this.#leafAt(at);
    const index = lowerBound(leaf, key);
    const known = index < leaf.count && leaf.keys[index] === key;
    if (size === 0) {
      if (known) this.#remove(leaf, index, at);
    } else if (known) leaf.sizes[index] = size;
    else this.#insert({ leaf, index, at }, key, size);
  }

  /** Adds `change` to the size at a key and gives the new size; a negative one is given, and not put there. */
  add(key: number, change: number): number {
    const at = this.#leafIndex(key);
    const leaf = this.#leafAt(at);
    const index = lowerBound(leaf, key);
    const known = index < leaf.count && leaf.keys[index] === key;
    const size = (known ? (leaf.sizes[index] ?? 0) : 0) + change;
    if (size < 0) return size;
    if (size === 0) {
      if (known) this.#remove(leaf, index, at);
    } else if (known) leaf.sizes[index] = size;
    else this.#insert({ leaf, index, at }, key, size);
    return size;
  }

  /** Calls `visit` with key and size, the best first, until it gives false. */
  each(visit: (key: number, size: number) => boolean): void {
    for (const leaf of this.#leaves) {
      for (let index = 0; index < leaf.count; index++) {
        if (!visit(leaf.keys[index] ?? 0, leaf.sizes[index] ?? 0)) return;
      }
    }
  }

  #leafAt(at: number): Leaf {
    const leaf = this.#leaves[at];
    if (leaf === undefined) throw new RangeError("a side of a book always has its leaf");
    return leaf;
  }

  /** The last leaf that begins at or before a key, else the first. */
  #leafIndex(key: number): number {
    const leaves = this.#leaves;
    let low = 0;
    let high = leaves.length - 1;
    // Most changes are near the best.
    if (high > 0 && key < (leaves[1]?.keys[0] ?? 0)) return 0;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((leaves[middle]?.keys[0] ?? 0) <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #insert(place: { leaf: Leaf; index: number; at: number }, key: number, size: number): void {
    let { leaf, index } = place;
    if (leaf.count === LEAF_MAX) {
      const right = split(leaf);
      this.#leaves.splice(place.at + 1, 0, right);
      if (index > leaf.count) {
        index -= leaf.count;
        leaf = right;
      }
    }
    const { keys, sizes, count } = leaf;
    for (let to = count; to > index; to--) {
      keys[to] = keys[to - 1] ?? 0;
      sizes[to] = sizes[to - 1] ?? 0;
    }
    keys[index] = key;
    sizes[index] = size;
    leaf.count = count + 1;
    this.#levels++;
  }

  #remove(leaf: Leaf, index: number, at: number): void {
    const { keys, sizes } = leaf;
    const count = leaf.count - 1;
    for (let to = index; to < count; to++) {
      keys[to] = keys[to + 1] ?? 0;
      sizes[to] = sizes[to + 1] ?? 0;
    }
    leaf.count = count;
    this.#levels--;
    if (count < LEAF_MIN && this.#leaves.length > 1) this.#mend(at);
  }

  /** Joins a leaf that has become small with a neighbour that has room; an empty one goes in any case. */
  #mend(at: number): void {
    const left = at > 0 ? at - 1 : at;
    const [first, second] = [this.#leafAt(left), this.#leafAt(left + 1)];
    if (first.count + second.count > LEAF_MAX / 2 && first.count > 0 && second.count > 0) return;
    first.keys.set(second.keys.subarray(0, second.count), first.count);
    first.sizes.set(second.sizes.subarray(0, second.count), first.count);
    first.count += second.count;
    this.#leaves.splice(left + 1, 1);
  }
}

/** The first index whose key is not less than `key`. */
function lowerBound({ keys, count }: Leaf, key: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Moves the upper half of a full leaf to a new one. */
function split(leaf: Leaf): Leaf {
  const right = newLeaf();
  const half = LEAF_MAX / 2;
  right.keys.set(leaf.keys.subarray(half));
  right.sizes.set(leaf.sizes.subarray(half));
  right.count = LEAF_MAX - half;
  leaf.count = half;
  return right;
}

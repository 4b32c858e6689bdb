/**
 * The levels of one side of a book: sizes by key, the best level at the least key. Keys are prices in whole units, that
 * of a bid negated; sizes are whole units too.
 */
export interface SideLevels {
  /** How many levels hold something. */
  readonly levels: number;
  /** The key of the best level; NaN when there is none. */
  readonly bestKey: number;
  /** The size at the best level; 0 when there is none. */
  readonly bestSize: number;
  /** The size at a key; 0 when nothing is there. */
  readonly sizeAt: (key: number) => number;
  /** Puts `size` at a key; 0 takes the level away. */
  readonly set: (key: number, size: number) => void;
  /** Adds `change` to the size at a key and gives the new size; a negative one is given, and not put there. */
  readonly add: (key: number, change: number) => number;
  /** Calls `visit` with key and size, the best first, until it gives false. */
  readonly each: (visit: (key: number, size: number) => boolean) => void;
}

/** Puts levels to where keys and sizes are multiplied so; false when one of them needs more than 53 bits. */
export function rescaleInto(
  to: SideLevels,
  from: SideLevels,
  by: { readonly key: number; readonly size: number },
): boolean {
  let fits = true;
  from.each((key, size) => {
    to.set(key * by.key, size * by.size);
    fits = Number.isSafeInteger(key * by.key) && Number.isSafeInteger(size * by.size);
    return fits;
  });
  return fits;
}

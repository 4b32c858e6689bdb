import { hash } from "node:crypto";

const ID_CHARS = 24;
const REMEMBERED_MAX = 200_000;

/** A short id that only the content decides: the same content has it in any file, at any time. */
export const contentId = (content: string): string => hash("sha256", content, "hex").slice(0, ID_CHARS);

/**
 * Ids for content that may be said more than once in a file and count each time: the first has the plain content id, the
 * second `…:2`, and so on, whatever stands between them. Remembers the newest 200,000 contents, so that memory stays
 * bounded: the same content further apart than that is taken for the same event.
 */
export class Occurrences {
  readonly #seen = new Map<string, number>();

  idOf(content: string): string {
    const id = contentId(content);
    const count = (this.#seen.get(id) ?? 0) + 1;
    this.#seen.delete(id);
    this.#seen.set(id, count);
    if (this.#seen.size > REMEMBERED_MAX) forgetOldest(this.#seen);
    return count === 1 ? id : `${id}:${count}`;
  }
}

/** The newest things said, so that what is said once in a file is not sent a thousand times. Bounded like `Occurrences`. */
export class Told {
  readonly #seen = new Map<string, true>();

  /** True the first time that a name is asked for. */
  isNew(name: string): boolean {
    if (this.#seen.has(name)) return false;
    this.#seen.set(name, true);
    if (this.#seen.size > REMEMBERED_MAX) forgetOldest(this.#seen);
    return true;
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

import { hash } from "node:crypto";

const ID_CHARS = 24;
const REMEMBERED_MAX = 200_000;

/** A short id that only the content decides: the same content has it in any file, at any time. */
export const contentId = (content: string): string => hash("sha256", content, "hex").slice(0, ID_CHARS);

const ID_CHARS_MAX = 128;

/** The text itself where it is short enough for an id of an event, else its beginning and its content id. */
export const boundedId = (text: string): string =>
  text.length <= ID_CHARS_MAX ? text : `${text.slice(0, ID_CHARS_MAX - ID_CHARS - 1)}:${contentId(text)}`;

/**
 * Ids for content that may be said more than once in a file and count each time: the first has the plain content id, the
 * second `…:2`, and so on, whatever stands between them. Remembers at least the newest 100,000 contents and at most
 * 200,000, so that memory stays bounded: the same content further apart than that is taken for the same event.
 */
export class Occurrences {
  readonly #seen = new Recent<number>();

  idOf(content: string): string {
    const id = contentId(content);
    const count = (this.#seen.get(id) ?? 0) + 1;
    this.#seen.set(id, count);
    return count === 1 ? id : `${id}:${count}`;
  }
}

/** The newest things said, so that what is said once in a file is not sent a thousand times. Bounded like `Occurrences`. */
export class Told {
  readonly #seen = new Recent<true>();

  /** True the first time that a name is asked for. */
  isNew(name: string): boolean {
    const isNew = this.#seen.get(name) === undefined;
    if (isNew) this.#seen.set(name, true);
    return isNew;
  }
}

/** Two generations: the older is dropped whole when the newer is full, which costs nothing for each entry. */
class Recent<T> {
  #newer = new Map<string, T>();
  #older = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  set(key: string, value: T): void {
    if (this.#newer.size >= REMEMBERED_MAX / 2) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#newer.set(key, value);
  }
}

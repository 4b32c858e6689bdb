import type { AppendRow } from "../ports.ts";
import { TextSet } from "./text-set.ts";

/** What rows are known by: an id of their bot, and the natural key of what they say. */
export interface RowNames {
  readonly bot: string;
  readonly id: string | undefined;
  readonly key: string | undefined;
}

/** The names of every row of a log, so that it can be told of a row that it is surely new. About 40 bytes a row. */
export class KnownNames {
  readonly #ids = new TextSet();
  readonly #bots = new Map<string, number>();
  readonly #keys = new TextSet();
  readonly #namesMax: number;

  constructor(namesMax: number) {
    this.#namesMax = namesMax;
  }

  /** There is no room for more: whether a row is new cannot be told any longer. */
  get isFull(): boolean {
    return [this.#ids, this.#keys].some(({ size, isCrowded }) => size > this.#namesMax || isCrowded);
  }

  /** Notes a row; true when no row that was noted before has its id or its key. */
  add({ bot, id, key }: RowNames): boolean {
    const isNewId = id === undefined || this.#ids.add(id, id.length - 1, this.#numberOf(bot));
    const isNewKey = key === undefined || this.#keys.add(key, endOfName(key) - 1);
    return isNewId && isNewKey;
  }

  /** Of a bot, so that its ids are told apart from those of others. */
  #numberOf(bot: string): number {
    const known = this.#bots.get(bot);
    if (known !== undefined) return known;
    this.#bots.set(bot, this.#bots.size + 1);
    return this.#bots.size;
  }

  /** The same for a row on its way into the log: never sure where it speaks of another row. */
  addIncoming({ event: { bot, id }, key, refersTo }: AppendRow): boolean {
    return refersTo === undefined && this.add({ bot, id, key });
  }
}

/** Where the name that a natural key begins with ends: what tells it from its neighbours. */
function endOfName(key: string): number {
  const tab = key.indexOf("\t");
  return tab < 0 ? key.length : tab;
}

import { ensure } from "../base/assert.ts";

export interface FactLogOptions<T> {
  readonly topic: string;
  /** The newest facts kept for subscribers that are behind or come back. */
  readonly capacity: number;
  /** The sum of their bytes above which the oldest facts go, however few they are. */
  readonly maxBytes: number;
  /** `seq` of the last fact before this log begins. */
  readonly startSeq: number;
  /** The payload as JSON text. */
  readonly data: (payload: T) => string;
}

/** Facts that are kept where none of them was ever heard. */
const UNHEARD_KEPT = 10;

/** What a reader finds at an index: the frame to send, or that its content is still being read, or could not be. */
export type FactFrame = string | "pending" | "lost";

interface Slot<T> {
  readonly seq: number;
  bytes: number;
  payload: T | "pending" | "lost";
  frame: string | undefined;
}

/**
 * The newest facts of one topic, shared by all its subscribers: each of them holds only an index, so a slow one costs
 * no memory. A frame is made once, when the first subscriber needs it. Indices grow for ever; `first` to `end` are kept.
 */
export class FactLog<T extends object> {
  readonly #options: FactLogOptions<T>;
  readonly #slots: (Slot<T> | undefined)[] = [];
  #limit: number;
  /** Where the facts begin that nobody heard; undefined while somebody does. */
  #unheardFrom: number | undefined;
  #first = 0;
  #end = 0;
  #bytes = 0;
  #floor: number;

  constructor(options: FactLogOptions<T>) {
    this.#options = options;
    this.#limit = options.capacity;
    this.#floor = options.startSeq;
  }

  /** Index of the oldest fact kept. */
  get first(): number {
    return this.#first;
  }

  /** Index of the fact that comes next. */
  get end(): number {
    return this.#end;
  }

  /** Every fact after this `seq` is kept. */
  get floor(): number {
    return this.#floor;
  }

  /** Somebody hears: keeps as many facts as it has room for. */
  hear(): void {
    this.#unheardFrom = undefined;
    this.#limit = this.#options.capacity;
  }

  /**
   * Nobody hears any more: keeps so many facts, for whoever comes back soon. Once nobody heard any of them they are of no
   * use but to one who has just read: few are kept then, for thousands a second would grow old.
   */
  rest(count: number): void {
    this.#unheardFrom = this.#end;
    this.#limit = Math.min(count, this.#options.capacity);
    this.#evictTo(this.#limit);
  }

  /** `bytes`: about how much memory the payload holds. */
  append(seq: number, payload: T, bytes: number): void {
    this.#add({ seq, bytes, payload, frame: undefined });
  }

  /** Keeps a fact's place while its content is read; the function takes the content, or undefined when there is none. */
  appendPending(seq: number): (payload: T | undefined) => void {
    const slot: Slot<T> = { seq, bytes: 0, payload: "pending", frame: undefined };
    this.#add(slot);
    return (payload) => {
      slot.payload = payload ?? "lost";
    };
  }

  /** Index of the first kept fact after `seq`; `end` when there is none. */
  indexAfter(seq: number): number {
    let low = this.#first;
    let high = this.#end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#slot(middle).seq > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The content of the fact with this `seq`; undefined when it is not kept or not known. */
  find(seq: number): T | undefined {
    const index = this.indexAfter(seq) - 1;
    if (index < this.#first) return undefined;
    const slot = this.#slot(index);
    return slot.seq === seq ? contentOf(slot) : undefined;
  }

  /** The content at an index from `first` to before `end`; undefined while it is not known. */
  payload(index: number): T | undefined {
    return contentOf(this.#slot(index));
  }

  /** The frame at an index from `first` to before `end`. */
  frame(index: number): FactFrame {
    const slot = this.#slot(index);
    if (slot.payload === "pending" || slot.payload === "lost") return slot.payload;
    slot.frame ??= `{"op":"fact","topic":"${this.#options.topic}","data":${this.#options.data(slot.payload)},"seq":${slot.seq}}`;
    return slot.frame;
  }

  #add(slot: Slot<T>): void {
    if (this.#unheardFrom !== undefined && this.#first > this.#unheardFrom)
      this.#limit = Math.min(this.#limit, UNHEARD_KEPT);
    this.#evictTo(this.#limit - 1);
    this.#slots[this.#end % this.#options.capacity] = slot;
    this.#end++;
    this.#bytes += slot.bytes;
    while (this.#bytes > this.#options.maxBytes && this.#end - this.#first > 1) this.#evict();
  }

  #evict(): void {
    const slot = this.#slot(this.#first);
    this.#floor = slot.seq;
    this.#bytes -= slot.bytes;
    // A fact whose content is still being read writes it into its slot, which nobody finds any more.
    this.#slots[this.#first % this.#options.capacity] = undefined;
    this.#first++;
  }

  #evictTo(count: number): void {
    while (this.#end - this.#first > count) this.#evict();
  }

  #slot(index: number): Slot<T> {
    return ensure(this.#slots[index % this.#options.capacity], "an index between first and end has a fact");
  }
}

const contentOf = <T extends object>(slot: Slot<T>): T | undefined =>
  typeof slot.payload === "string" ? undefined : slot.payload;

const OBJECT_BYTES = 64;
/** The object around the text of a fact, and its slot. */
const FACT_BYTES = 160;

/** About how many bytes the log of a topic holds for a fact. */
export const factBytes = (fact: { readonly body: string }): number => fact.body.length + FACT_BYTES;

const DEPTH_MAX = 8;

/** About how many bytes a plain value holds: cheap, for bounds, not for accounts. What lies deeper than 8 levels counts as little. */
export function roughBytes(value: unknown, depth = 0): number {
  if (typeof value === "string") return value.length + 16;
  if (typeof value !== "object" || value === null) return 8;
  if (depth > DEPTH_MAX) return OBJECT_BYTES;
  let bytes = OBJECT_BYTES;
  for (const item of Array.isArray(value) ? value : Object.values(value)) bytes += roughBytes(item, depth + 1);
  return bytes;
}

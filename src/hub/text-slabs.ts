import type { PackedRows } from "./packed-rows.ts";

const SLAB_BYTES = 64 * 1024;
const SLABS_KEPT = 64;
/** A character is no longer: a text that leaves so much of a slab free was not cut. */
const CHARACTER_BYTES = 4;

/**
 * Memory outside of the heap, which the writer's thread sees too, for texts on their way to the log. Thousands of them wait
 * there for the disk at once: on the heap each would grow old meanwhile, and V8 would look through all that lives to find
 * that it is gone. What was given back is lent again.
 */
export class TextSlabs {
  readonly #free: SharedArrayBuffer[] = [];

  /** A text as UTF-8, in a slab of its own; undefined where it needs all of one, or more. */
  hold(text: string): Uint8Array | undefined {
    const memory = this.#free.pop() ?? new SharedArrayBuffer(SLAB_BYTES);
    const bytes = Buffer.from(memory).write(text);
    if (bytes <= SLAB_BYTES - CHARACTER_BYTES) return Buffer.from(memory, 0, bytes);
    this.#free.push(memory);
    return undefined;
  }

  /** Takes the memory of rows back that nobody reads any more. */
  takeBack({ parts }: PackedRows): void {
    for (const part of parts)
      if (typeof part !== "string" && part.buffer instanceof SharedArrayBuffer && this.#free.length < SLABS_KEPT)
        this.#free.push(part.buffer);
  }
}

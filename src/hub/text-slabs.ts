import type { PackedRows } from "./packed-rows.ts";

const SLAB_BYTES = 64 * 1024;
const SLABS_KEPT = 64;

/**
 * Memory outside of the heap, which the writer's thread sees too, for texts on their way to the log. Thousands of them wait
 * there for the disk at once: on the heap each would grow old meanwhile, and V8 would look through all that lives to find
 * that it is gone. What was given back is lent again.
 */
export class TextSlabs {
  readonly #free: SharedArrayBuffer[] = [];

  /** A text as UTF-8, in a slab of its own; undefined where it needs more than one. */
  hold(text: string): Uint8Array | undefined {
    const bytes = Buffer.byteLength(text);
    if (bytes > SLAB_BYTES) return undefined;
    const slab = Buffer.from(this.#free.pop() ?? new SharedArrayBuffer(SLAB_BYTES), 0, bytes);
    slab.write(text);
    return slab;
  }

  /** Takes the memory of rows back that nobody reads any more. */
  takeBack({ parts }: PackedRows): void {
    for (const part of parts)
      if (typeof part !== "string" && part.buffer instanceof SharedArrayBuffer && this.#free.length < SLABS_KEPT)
        this.#free.push(part.buffer);
  }
}

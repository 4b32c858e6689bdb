const SLOTS_FIRST = 1 << 16;
const LOAD_MAX = 0.6;
const FNV_PRIME = 0x01000193;
const FNV_BASIS = 0x811c9dc5;

/**
 * Finds rows by a text that it does not keep: of each text it has 32 bits, and asks whether a row that has the same bits
 * is the one. Eight bytes a slot outside of the heap, so that millions of ids cost no collection of garbage.
 */
export class FactIndex {
  #hashes = new Uint32Array(SLOTS_FIRST);
  /** 0 is an empty slot. */
  #rows = new Uint32Array(SLOTS_FIRST);
  #count = 0;

  /** The row that was added under this hash and for which `isIt` holds. */
  find(hash: number, isIt: (row: number) => boolean): number | undefined {
    const mask = this.#rows.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = this.#rows[slot] ?? 0;
      if (row === 0) return undefined;
      if (this.#hashes[slot] === hash && isIt(row)) return row;
    }
  }

  /** `row`: above 0. */
  add(hash: number, row: number): void {
    if (this.#count >= this.#rows.length * LOAD_MAX) this.#grow();
    this.#count++;
    this.#put(hash, row);
  }

  #put(hash: number, row: number): void {
    const mask = this.#rows.length - 1;
    let slot = hash & mask;
    while (this.#rows[slot] !== 0) slot = (slot + 1) & mask;
    this.#rows[slot] = row;
    this.#hashes[slot] = hash;
  }

  #grow(): void {
    const [hashes, rows] = [this.#hashes, this.#rows];
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#rows = new Uint32Array(rows.length * 2);
    for (let slot = 0; slot < rows.length; slot++) {
      const row = rows[slot] ?? 0;
      if (row !== 0) this.#put(hashes[slot] ?? 0, row);
    }
  }
}

/** 32 bits of a text, spread evenly (FNV-1a over its characters, then mixed). */
export function textHash(text: string): number {
  let hash = FNV_BASIS;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

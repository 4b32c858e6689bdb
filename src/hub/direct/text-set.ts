const SLOTS_FIRST = 1 << 17;
const LOAD_MAX = 0.6;
/** Up to here there are four times as many slots each time, then twice: to move all of them again takes a while. */
const SLOTS_FEW = 1 << 21;
const WORDS = 2;
/** Slots that are looked at for a text: of texts that nobody has chosen for it, not a tenth of them. */
const LOOKED_AT_MAX = 10_000;
/** Letters that differ in these bits alone lie within so many slots: digits do. */
const NEAR_BITS = 4;
const NEAR_MASK = (1 << NEAR_BITS) - 1;

/**
 * Tells which texts are surely new. Of each it has 64 bits, outside of the heap: about 20 bytes a text once they are
 * many, and no garbage to collect. Two texts of the same bits are taken for the same, which makes one of them less sure,
 * and nothing wrong.
 */
export class TextSet {
  #words = new Uint32Array(SLOTS_FIRST * WORDS);
  #mask = SLOTS_FIRST - 1;
  #count = 0;
  #isCrowded = false;

  /** Texts lie so close that some found no place: of none it is sure any more. */
  get isCrowded(): boolean {
    return this.#isCrowded;
  }

  get size(): number {
    return this.#count;
  }

  /**
   * True when the text was surely not added before with the same `salt`. Texts that differ in a digit at `near` alone lie
   * beside one another, so that a counter there finds its place in memory that was just used.
   */
  add(text: string, near: number, salt = 0): boolean {
    let low = Math.imul(0x811c9dc5 ^ salt, 0x01000193) ^ text.length;
    let high = Math.imul(0x9747b28c ^ salt, 0xc2b2ae35);
    for (let index = 0, end = near; ; index = near + 1, end = text.length) {
      // Four characters are 64 bits: each step maps them and the bits so far to others, no two alike.
      for (const whole = end - 3; index < whole; index += 4) {
        low = Math.imul(low ^ text.charCodeAt(index) ^ (text.charCodeAt(index + 1) << 16), 0x9e3779b1);
        high = Math.imul(
          high ^ text.charCodeAt(index + 2) ^ (text.charCodeAt(index + 3) << 16) ^ (low >>> 15),
          0x85ebca6b,
        );
        low ^= high >>> 13;
      }
      for (; index < end; index++) {
        low = Math.imul(low ^ text.charCodeAt(index), 0x9e3779b1);
        high = Math.imul(high ^ (low >>> 15), 0x85ebca6b);
        low ^= high >>> 13;
      }
      if (end === text.length) break;
    }
    const letter = text.charCodeAt(near);
    // No more letters lie beside one another than there are places for.
    high = Math.imul(high ^ (letter >>> NEAR_BITS), 0x85ebca6b);
    low = Math.imul(low ^ (low >>> 16) ^ high, 0xc2b2ae35);
    high = Math.imul(high ^ (high >>> 16) ^ low, 0x27d4eb2f);
    low = (low ^ (low >>> 13)) + (letter & NEAR_MASK);
    high = (high ^ (high >>> 15)) + Math.imul(letter, 0x9e3779b1);
    // Two zeros are an empty slot.
    return this.#put(low >>> 0, (high | 1) >>> 0);
  }

  #put(low: number, high: number): boolean {
    const words = this.#words;
    let slot = low & this.#mask;
    for (let left = this.#isCrowded ? 0 : LOOKED_AT_MAX; left > 0; left--, slot = (slot + 1) & this.#mask) {
      const at = slot * WORDS;
      if (words[at + 1] === 0) {
        words[at] = low;
        words[at + 1] = high;
        this.#count++;
        if (this.#count >= (this.#mask + 1) * LOAD_MAX) this.#grow();
        return true;
      }
      if (words[at] === low && words[at + 1] === high) return false;
    }
    this.#isCrowded = true;
    return false;
  }

  #grow(): void {
    const words = this.#words;
    this.#words = new Uint32Array(words.length * (this.#mask < SLOTS_FEW / 2 ? 4 : 2));
    this.#mask = this.#words.length / WORDS - 1;
    this.#count = 0;
    for (let at = 0; at < words.length; at += WORDS) {
      const high = words[at + 1] ?? 0;
      if (high !== 0) this.#put(words[at] ?? 0, high);
    }
  }
}

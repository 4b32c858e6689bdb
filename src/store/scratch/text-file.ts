import { closeSync, openSync, readSync, writeSync } from "node:fs";

const BUFFER_BYTES = 1024 * 1024;
/** Bytes that a character of a text takes at most. */
const UTF8_MAX = 3;
const PLACES_FIRST = 1 << 16;

/** Texts one after another in a file of this process: written in large pieces, and any of them read again. */
export class TextFile {
  readonly #file: number;
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #used = 0;
  #written = 0;
  /** Where each text begins, and behind the last one where the next will. */
  #places = new Float64Array(PLACES_FIRST);
  #count = 0;

  /** Makes the file, which must not be there. */
  constructor(path: string) {
    this.#file = openSync(path, "wx+", 0o600);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a text; its number is the `count` before. Throws as the file system does. */
  add(text: string): void {
    const bytesMax = text.length * UTF8_MAX;
    if (bytesMax > this.#buffer.length - this.#used) this.#makeRoom(bytesMax);
    this.#used += this.#buffer.write(text, this.#used, "utf8");
    this.#count++;
    if (this.#count >= this.#places.length) {
      const more = new Float64Array(this.#places.length * 2);
      more.set(this.#places);
      this.#places = more;
    }
    this.#places[this.#count] = this.#written + this.#used;
  }

  /** The text of that number, counted from 0; empty when there is none. */
  at(number: number): string {
    if (number >= this.#count) return "";
    const from = this.#places[number] ?? 0;
    const to = this.#places[number + 1] ?? from;
    if (from >= this.#written) return this.#buffer.toString("utf8", from - this.#written, to - this.#written);
    const bytes = Buffer.allocUnsafe(to - from);
    let done = 0;
    while (done < bytes.length) {
      const read = readSync(this.#file, bytes, done, bytes.length - done, from + done);
      if (read === 0) throw new Error("a text of a scratch file is not there any more");
      done += read;
    }
    return bytes.toString("utf8");
  }

  close(): void {
    closeSync(this.#file);
  }

  #makeRoom(bytes: number): void {
    for (let done = 0; done < this.#used; )
      done += writeSync(this.#file, this.#buffer, done, this.#used - done, this.#written + done);
    this.#written += this.#used;
    this.#used = 0;
    if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(bytes);
  }
}

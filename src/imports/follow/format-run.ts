import type { Micros } from "../../base/time.ts";
import type { ImportFormat, ImportItem, ImportOptions } from "../format.ts";

/**
 * One run of a format over a text that comes piece by piece, with all that the format remembers between its rows. Pieces
 * end with whole lines. The same text in other pieces gives the same items in the same order, as a whole file would.
 */
export class FormatRun {
  readonly format: ImportFormat;
  /** Rows read so far. */
  rows = 0;
  readonly #pieces = new Pieces();
  readonly #items: AsyncIterator<ImportItem>;
  #next: Promise<IteratorResult<ImportItem>> | undefined;

  /** `modifiedAt` as `ImportInput` has it: only of a file that is read whole, because it moves while a file grows. */
  constructor(format: ImportFormat, options: ImportOptions, modifiedAt?: Micros) {
    this.format = format;
    const rowRead = () => {
      this.rows++;
    };
    this.#items = format.open({ chunks: this.#pieces, options, rowRead, modifiedAt })[Symbol.asyncIterator]();
  }

  /** What the format makes of this piece: all its items until it asks for more. Throws what the format throws. */
  async feed(piece: string): Promise<ImportItem[]> {
    this.#pieces.push(piece);
    return this.#drain();
  }

  /** What the format held back until the end of the text. No piece may follow. */
  async end(): Promise<ImportItem[]> {
    this.#pieces.close();
    return this.#drain();
  }

  async #drain(): Promise<ImportItem[]> {
    const items: ImportItem[] = [];
    const hungry = this.#pieces.hungry();
    for (;;) {
      this.#next ??= this.#items.next();
      const step = await Promise.race([this.#next, hungry]);
      if (step === "hungry") return items;
      this.#next = undefined;
      if (step.done === true) return items;
      items.push(step.value);
    }
  }
}

/** Pieces of text as they are pushed; says when its reader waits for one that is not there. */
class Pieces implements AsyncIterable<string> {
  readonly #waiting: string[] = [];
  #closed = false;
  #wake: (() => void) | undefined;
  #hungry: (() => void) | undefined;

  push(piece: string): void {
    this.#waiting.push(piece);
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Resolves when all pieces have been read and another is asked for. */
  hungry(): Promise<"hungry"> {
    return new Promise((resolve) => {
      this.#hungry = () => resolve("hungry");
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    for (;;) {
      for (let piece = this.#waiting.shift(); piece !== undefined; piece = this.#waiting.shift()) yield piece;
      if (this.#closed) return;
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#hungry?.();
      await woken;
    }
  }
}

/** A line of a text, counted from 1. `text` is undefined when the line is longer than `LINE_CHARS_MAX`. */
export interface Line {
  readonly line: number;
  readonly text: string | undefined;
}

/** The longest line that is read: longer ones are dropped while they stream by, so that memory stays bounded. */
export const LINE_CHARS_MAX = 1_048_576;

/** The lines of a streamed text, ended by LF or CRLF; empty ones are left out. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<Line, void> {
  for await (const lines of lineBatchesOf(chunks)) for (const line of lines) yield line;
}

/** The lines that end in each chunk of a text, together. */
export async function* lineBatchesOf(chunks: AsyncIterable<string>): AsyncGenerator<readonly Line[], void> {
  const splitter = new Splitter();
  for await (const chunk of chunks) {
    const lines = splitter.take(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last !== undefined) yield [last];
}

/** Cuts a text into lines as its pieces come. */
class Splitter {
  #line = 1;
  #held = "";
  #tooLong = false;

  take(chunk: string): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      this.#held += chunk.slice(from, end);
      const found = this.end();
      if (found !== undefined) lines.push(found);
      this.#line++;
      from = end + 1;
    }
    if (!this.#tooLong) this.#held += chunk.slice(from);
    if (this.#held.length > LINE_CHARS_MAX) {
      this.#held = "";
      this.#tooLong = true;
    }
    return lines;
  }

  /** The line at hand, which ends here. */
  end(): Line | undefined {
    const [held, tooLong] = [this.#held, this.#tooLong];
    this.#held = "";
    this.#tooLong = false;
    return tooLong ? { line: this.#line, text: undefined } : lineOf(this.#line, held);
  }
}

function lineOf(line: number, raw: string): Line | undefined {
  if (raw.length > LINE_CHARS_MAX) return { line, text: undefined };
  const text = raw.trim();
  return text === "" ? undefined : { line, text };
}

const HEAD_LINES = 20;

/** The first lines of a file's beginning that are not empty, without the last one, which may be cut. */
export function headLines(head: string): string[] {
  const lines = head.split("\n", HEAD_LINES + 1);
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  return whole.map((line) => line.trim()).filter((line) => line !== "");
}

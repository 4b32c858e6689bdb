/** A line of a text, counted from 1. `text` is undefined when the line is longer than `LINE_CHARS_MAX`. */
export interface Line {
  readonly line: number;
  readonly text: string | undefined;
}

/** The longest line that is read: longer ones are dropped while they stream by, so that memory stays bounded. */
export const LINE_CHARS_MAX = 1_048_576;

/** The lines of a streamed text, ended by LF or CRLF; empty ones are left out. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<Line, void> {
  let line = 1;
  let held = "";
  let tooLong = false;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      const found = tooLong ? { line, text: undefined } : lineOf(line, held + chunk.slice(from, end));
      if (found !== undefined) yield found;
      line++;
      from = end + 1;
      held = "";
      tooLong = false;
    }
    if (!tooLong) held += chunk.slice(from);
    if (held.length > LINE_CHARS_MAX) {
      held = "";
      tooLong = true;
    }
  }
  const last = tooLong ? { line, text: undefined } : lineOf(line, held);
  if (last !== undefined) yield last;
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

/** One record of a CSV file: its fields, or why it is not one. `line` is where it begins, counted from 1. */
export type CsvRecord =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly problem: string };

/** The longest record that is read. A quote that is never closed spoils its own line, not the rest of the file. */
export const RECORD_CHARS_MAX = 1_048_576;

/**
 * Reads CSV as RFC 4180 has it: comma, double quotes, quotes doubled within, line breaks within quotes; LF and CRLF
 * may be mixed. Empty lines are left out. A quote within an unquoted field stands for itself, as writers that never quote
 * leave it. Streams: memory is bounded by one chunk and one record.
 */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<CsvRecord, void> {
  const reader = new CsvReader();
  for await (const chunk of chunks) yield* reader.take(chunk);
  yield* reader.end();
}

type Step = { readonly fields: readonly string[]; readonly next: number } | "more" | { readonly problem: string };

class CsvReader {
  #text = "";
  #line = 1;

  *take(chunk: string): Generator<CsvRecord, void> {
    this.#text += chunk;
    yield* this.#records(false);
  }

  *end(): Generator<CsvRecord, void> {
    if (this.#text !== "" && !this.#text.endsWith("\n")) this.#text += "\n";
    yield* this.#records(true);
  }

  *#records(ended: boolean): Generator<CsvRecord, void> {
    let at = 0;
    while (at < this.#text.length) {
      const step = readRecord(this.#text, at);
      if (step === "more" && !ended && this.#text.length - at <= RECORD_CHARS_MAX) break;
      const line = this.#line;
      const next = step !== "more" && "fields" in step ? step.next : afterLine(this.#text, at);
      this.#line += newlines(this.#text, at, next);
      at = next;
      if (step === "more") yield { line, problem: "a line or quoted field without an end" };
      else if ("problem" in step) yield { line, problem: step.problem };
      else if (step.fields.length > 1 || step.fields[0] !== "") yield { line, fields: step.fields };
    }
    this.#text = this.#text.slice(at);
  }
}

function afterLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function readRecord(text: string, at: number): Step {
  const end = text.indexOf("\n", at);
  if (end < 0) return "more";
  const line = text.slice(at, end);
  if (line.startsWith('"') || line.includes(',"')) return readQuoted(text, at);
  return { fields: (line.endsWith("\r") ? line.slice(0, -1) : line).split(","), next: end + 1 };
}

/** A record with quotes in it, field by field. */
function readQuoted(text: string, start: number): Step {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at);
    if (field === "more" || "problem" in field) return field;
    fields.push(field.value);
    at = field.next;
    if (text[at] === ",") at++;
    else return { fields, next: text[at] === "\r" ? at + 2 : at + 1 };
  }
}

type Field = { readonly value: string; readonly next: number } | "more" | { readonly problem: string };

function plainField(text: string, at: number): Field {
  const end = text.indexOf("\n", at);
  if (end < 0) return "more";
  const comma = text.indexOf(",", at);
  if (comma >= 0 && comma < end) return { value: text.slice(at, comma), next: comma };
  const value = text.slice(at, end);
  return { value: value.endsWith("\r") ? value.slice(0, -1) : value, next: end };
}

function quotedField(text: string, at: number): Field {
  let value = "";
  let from = at + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0 || quote + 1 >= text.length) return "more";
    value += text.slice(from, quote);
    if (text[quote + 1] === '"') {
      value += '"';
      from = quote + 2;
      continue;
    }
    return afterQuote(text, quote + 1, value);
  }
}

function afterQuote(text: string, next: number, value: string): Field {
  const after = text[next];
  if (after === "," || after === "\n") return { value, next };
  if (after !== "\r") return { problem: "text after a closing quote" };
  if (next + 1 >= text.length) return "more";
  return text[next + 1] === "\n" ? { value, next } : { problem: "text after a closing quote" };
}

import { parseExactJson } from "../protocol/exact-json.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { LineProblem } from "./event-line.ts";
import { WrongFormat } from "./format.ts";
import { LINE_CHARS_MAX, linesOf } from "./lines.ts";

/** A value of a JSON text, or why there is none. `line` is the line of NDJSON, or the place in an array, from 1. */
export type JsonRow =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly problem: LineProblem };

/** The longest JSON document that is read whole: it has to be held in memory. */
const DOCUMENT_CHARS_MAX = 64 * 1_048_576;

const NESTED_MAX = 200;
const [QUOTE, BACKSLASH] = [34, 92];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [91, 93, 123, 125];

/** Python writes these where JSON has no number. */
const NO_NUMBER = /([:,[]\s*)(?:NaN|-?Infinity)(?=\s*[,}\]])/g;

/**
 * JSON as bots write it: integers beyond 2^53 come back as text with all their digits, and Python's `NaN` and `Infinity`
 * as null.
 */
function parseBotJson(text: string): Result<unknown, LineProblem> {
  try {
    const value = parseExactJson(text);
    return isTooDeep(text) ? err({ reason: `nested deeper than ${NESTED_MAX}`, detail: "" }) : ok(value);
  } catch (error) {
    const mended = text.replace(NO_NUMBER, "$1null");
    if (mended !== text) return parseBotJson(mended);
    return err({ reason: "not JSON", detail: error instanceof Error ? error.message : String(error) });
  }
}

/** Whether the values of a JSON text stand deeper in one another than anybody means, which would exhaust the stack. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) depth++;
    else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth--;
    if (depth > NESTED_MAX) return true;
  }
  return false;
}

function stringEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1);
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length : at;
}

function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text.charCodeAt(from - 1) === BACKSLASH) from--;
  return (at - from) % 2 === 1;
}

/** The lines of NDJSON, streaming. */
export async function* jsonLines(chunks: AsyncIterable<string>): AsyncGenerator<JsonRow, void> {
  for await (const { line, text } of linesOf(chunks)) {
    const parsed = text === undefined ? err(tooLong) : parseBotJson(text);
    yield parsed.ok ? { line, value: parsed.value } : { line, problem: parsed.error };
  }
}

const tooLong: LineProblem = { reason: `longer than ${LINE_CHARS_MAX} characters`, detail: "" };

/** A whole file as one JSON document. Throws `WrongFormat` when it is none, or larger than 64 MiB. */
export async function jsonDocument(chunks: AsyncIterable<string>): Promise<unknown> {
  const parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > DOCUMENT_CHARS_MAX)
      throw new WrongFormat("a JSON document larger than 64 MiB: write it as one JSON object a line");
    parts.push(chunk);
  }
  const parsed = parseBotJson(parts.join(""));
  if (parsed.ok) return parsed.value;
  throw new WrongFormat(`${parsed.error.reason}: ${parsed.error.detail}`);
}

/** The rows of a JSON array, or of NDJSON, told apart by the first line; an object over several lines is one row. */
export async function* jsonRows(chunks: AsyncIterable<string>): AsyncGenerator<JsonRow, void> {
  const { begun, rest } = await withFirstLine(chunks);
  const first = begun.trimStart().split("\n", 1)[0]?.trim() ?? "";
  if (first === "") return;
  if (first.startsWith("{") && first.endsWith("}")) {
    yield* jsonLines(rest);
    return;
  }
  const value = await jsonDocument(rest);
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (let index = 0; index < rows.length; index++) yield { line: index + 1, value: rows[index] };
}

/** Reads on until a line that says something has ended, and gives the text back whole. */
async function withFirstLine(chunks: AsyncIterable<string>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let begun = "";
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) break;
    begun += next.value;
    if (begun.trimStart().includes("\n") || begun.length > LINE_CHARS_MAX) break;
  }
  return { begun, rest: resumed(begun, iterator) };
}

async function* resumed(begun: string, iterator: AsyncIterator<string>): AsyncGenerator<string, void> {
  if (begun !== "") yield begun;
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) return;
    yield next.value;
  }
}

import { err, ok, type Result } from "../base/result.ts";

/** Why a line is not what it should be: the same words for the same fault, and what was found. */
export interface LineProblem {
  readonly reason: string;
  readonly detail: string;
}

/** A line of NDJSON as an object; its numbers may have lost digits, so the text is what is sent on. */
export function eventLine(text: string): Result<Readonly<Record<string, unknown>>, LineProblem> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return ok(value);
    return err({ reason: "not a JSON object", detail: text.slice(0, 80) });
  } catch (error) {
    return err({ reason: "not JSON", detail: error instanceof Error ? error.message : String(error) });
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The JSON object `text` with fields added at its end, all else letter by letter as it was: 19-digit ids and decimals of
 * 28 digits stay whole, which a parse and a new text would not keep.
 */
export function withFields(text: string, fields: Readonly<Record<string, string>>): string {
  const added = JSON.stringify(fields).slice(1, -1);
  if (added === "") return text;
  const body = text.slice(0, text.lastIndexOf("}")).trimEnd();
  return `${body}${body.endsWith("{") ? "" : ","}${added}}`;
}

/**
 * The JSON object `text` without the fields `names` of its top level, all else letter by letter as it was. `text` is
 * known to be JSON.
 */
export function withoutFields(text: string, names: ReadonlySet<string>): string {
  const kept: string[] = [];
  let at = text.indexOf("{") + 1;
  while (text.charCodeAt(at) !== CLOSE_BRACE) {
    const end = memberEnd(text, at);
    const nameFrom = text.indexOf('"', at);
    const name = text.slice(nameFrom + 1, stringEnd(text, nameFrom));
    if (!names.has(name)) kept.push(text.slice(at, end));
    if (text.charCodeAt(end) !== COMMA) break;
    at = end + 1;
  }
  return `{${kept.join(",").trim()}}`;
}

const [QUOTE, COMMA, BACKSLASH] = [34, 44, 92];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [91, 93, 123, 125];

/** The place of the comma or brace that ends the member of an object beginning at `from`. */
function memberEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (depth === 0 && (code === COMMA || code === CLOSE_BRACE)) return at;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return text.length;
}

/** The place of the quote that ends the string whose first quote stands at `from`. */
function stringEnd(text: string, from: number): number {
  let end = text.indexOf('"', from + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

/** Whether an odd number of backslashes stands before a place. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === BACKSLASH) before--;
  return (at - before) % 2 === 0;
}

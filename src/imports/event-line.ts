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

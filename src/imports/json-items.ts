import { type ImportInput, type ImportItem, mapped, refused } from "./format.ts";
import { Fields, isObject, type JsonObject } from "./json-fields.ts";
import { type JsonRow, jsonLines, jsonRows } from "./json-text.ts";
import { headLines } from "./lines.ts";

type MapRow = (row: Fields) => readonly ImportItem[];

/** Maps NDJSON line by line, streaming. */
export const lineItems = (input: ImportInput, map: MapRow): AsyncGenerator<ImportItem, void> =>
  itemsOf(jsonLines(input.chunks), input, map);

/** Maps NDJSON, streaming, or the objects of a JSON array. */
export const rowItems = (input: ImportInput, map: MapRow): AsyncGenerator<ImportItem, void> =>
  itemsOf(jsonRows(input.chunks), input, map);

async function* itemsOf(rows: AsyncIterable<JsonRow>, input: ImportInput, map: MapRow) {
  for await (const row of rows) {
    input.rowRead();
    const { line } = row;
    if ("problem" in row) yield refused(line, row.problem.reason, row.problem.detail);
    else yield* mapped(line, () => map(new Fields(line, row.value)));
  }
}

/** Whether one of the first lines is a JSON object with all these fields. */
export const hasLineWith = (head: string, names: readonly string[]): boolean =>
  headLines(head).some((line) => {
    const value = jsonOf(line);
    return value !== undefined && names.every((name) => Object.hasOwn(value, name));
  });

/** Whether a file that begins so is JSON in which one of each group of field names stands. */
export function hasNames(head: string, ...groups: readonly (readonly string[])[]): boolean {
  if (!/^\s*[[{]/.test(head)) return false;
  return groups.every((names) => names.some((name) => head.includes(`"${name}"`)));
}

function jsonOf(line: string): JsonObject | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    // A line that is no JSON tells nothing of the format; it is refused when it is read.
    return undefined;
  }
}

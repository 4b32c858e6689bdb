import type { Micros } from "../../src/base/time.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";
import type { DeskEvent } from "../../src/protocol/event-types.ts";
import { openDatabase } from "../../src/imports/database-source.ts";
import type { DatabaseFormat, ImportFormat, ImportItem, ImportOptions } from "../../src/imports/format.ts";

/** What a format made of a text. */
export interface Imported {
  readonly rows: number;
  readonly items: readonly ImportItem[];
  /** Every event as the hub would have it, with the line that told it. */
  readonly events: readonly { readonly line: number; readonly event: DeskEvent }[];
  /** Events that the hub would refuse. None is expected of any format but Deskwatch's own. */
  readonly invalid: readonly string[];
  readonly refused: readonly { readonly line: number; readonly refused: string }[];
  readonly leftOut: readonly string[];
}

/** Runs a format over a text, and each of its events through the hub's own parser. */
export async function importText(
  format: ImportFormat,
  chunks: AsyncIterable<string>,
  options: Partial<ImportOptions> = {},
  modifiedAt?: Micros,
): Promise<Imported> {
  let rows = 0;
  const items: ImportItem[] = [];
  const rowRead = () => {
    rows++;
  };
  const input = { chunks, modifiedAt, options: { bot: undefined, mode: undefined, ...options }, rowRead };
  for await (const item of format.open(input)) items.push(item);
  return importedOf(rows, items);
}

/** Runs a format over a database file, and each of its events through the hub's own parser. */
export async function importDatabase(
  format: DatabaseFormat,
  path: string,
  options: Partial<ImportOptions> = {},
): Promise<Imported> {
  const { database, close } = await openDatabase(path, {});
  let rows = 0;
  const rowRead = () => {
    rows++;
  };
  try {
    const given = { bot: undefined, mode: undefined, ...options };
    const items = [...format.openDatabase({ database, options: given, rowRead })];
    return importedOf(rows, items);
  } finally {
    await close();
  }
}

function importedOf(rows: number, items: readonly ImportItem[]): Imported {
  const parsed = items.flatMap((item) =>
    "body" in item ? [{ line: item.line, result: parseEvent(JSON.parse(item.body)) }] : [],
  );
  return {
    rows,
    items,
    events: parsed.flatMap(({ line, result }) => (result.ok ? [{ line, event: result.value }] : [])),
    invalid: parsed.flatMap(({ line, result }) => (result.ok ? [] : [`${line}: ${JSON.stringify(result.error)}`])),
    refused: items.filter((item) => "refused" in item),
    leftOut: items.flatMap((item) => ("leftOut" in item ? [item.leftOut] : [])),
  };
}

/** A text as it would be read from a file, in pieces of the given size. */
export async function* inChunks(text: string, size = 65_536): AsyncGenerator<string, void> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

/** How many events there are of each type. */
export function countTypes(events: readonly { readonly event: DeskEvent }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { event } of events) counts[event.type] = (counts[event.type] ?? 0) + 1;
  return counts;
}

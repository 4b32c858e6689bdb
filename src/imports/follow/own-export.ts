import { fillView } from "../../protocol/api.ts";
import { sessionView } from "../../protocol/api-sessions.ts";
import { opportunityView, orderbookView, orderView, positionView } from "../../protocol/api-trading.ts";
import { eventLine } from "../event-line.ts";
import { headLines } from "../lines.ts";

/** Files of a store of ours: a directory that holds one of them is never entered (docs/decisions/0011). */
export const STORE_FILES: ReadonlySet<string> = new Set(["deskwatch.sqlite", "deskwatch.db", "lock.sqlite"]);

/** Where it is marked as ours, a directory holds an export. */
export const MANIFEST_FILE = "manifest.json";

const CSV_MARKS = ["seq", "received_at", "effective_ts"];

/** The headers of the tables that a hub answers and exports besides events. */
const TABLE_HEADERS: ReadonlySet<string> = new Set(
  [fillView, orderView, positionView, opportunityView, orderbookView, sessionView].map(({ shape }) =>
    Object.keys(shape).join(","),
  ),
);

/** Whether a file that begins so is a table that a hub answers and exports. */
export function isOwnTable(head: string): boolean {
  const header = headLines(head)[0] ?? "";
  if (TABLE_HEADERS.has(header)) return true;
  const columns = new Set(header.split(","));
  return CSV_MARKS.every((mark) => columns.has(mark));
}

/** Whether a file that begins so was written by a hub: events with what only a hub adds. */
export function isOwnExport(head: string): boolean {
  if (isOwnTable(head)) return true;
  const lines = headLines(head);
  if (/^\s*\{\s*"exported_by"\s*:\s*"deskwatch"/.test(head)) return true;
  return lines.some((line) => {
    const parsed = eventLine(line);
    return parsed.ok && typeof parsed.value["seq"] === "number" && typeof parsed.value["received_at"] === "string";
  });
}

/** Whether a JSON document was written by a hub, or is an answer of one that somebody kept. */
export function isOwnDocument(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if ("exported_by" in value && value.exported_by === "deskwatch") return true;
  return "as_of" in value && "as_of_seq" in value;
}

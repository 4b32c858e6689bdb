import { isoFromMicros } from "../base/time.ts";
import { type ImportInput, type ImportItem, Unmappable } from "./format.ts";
import { Fields, isObject } from "./json-fields.ts";

/** How bots name the moment that a file of theirs is of. */
export const TIME_NAMES = [
  "ts",
  "timestamp",
  "generated_at",
  "updated_at",
  "last_updated",
  "last_update",
  "exported_at",
  "as_of",
  "created_at",
  "datetime",
  "time",
] as const;

/** The moment that a document is of. `own` is false when it is when the file was last changed. */
export interface FileTime {
  readonly ts: string;
  readonly own: boolean;
}

/** The document's own time, else when its file was last changed. Refuses the document when neither is known. */
export function fileTime(document: unknown, { modifiedAt }: ImportInput): FileTime {
  const own = isObject(document) ? new Fields(1, document).iso(TIME_NAMES) : undefined;
  if (own !== undefined) return { ts: own, own: true };
  if (modifiedAt === undefined) throw new Unmappable("the file says no time, and when it was changed is not known");
  return { ts: isoFromMicros(modifiedAt), own: false };
}

/** What is said of a document whose time is its file's. */
export const fileTimeItems = ({ own }: FileTime): ImportItem[] =>
  own ? [] : [{ line: 1, leftOut: "the file says no time: told at the time of its last change" }];

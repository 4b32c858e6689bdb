import { basename } from "node:path";
import { eventLine } from "../event-line.ts";
import { BINARY } from "./followed.ts";
import { withoutHoles } from "./hole.ts";
import { isOwnExport } from "./own-export.ts";

/** How a file is followed, told from its beginning and its name. */
export type FileKind =
  /** Nothing in it yet. */
  | { readonly kind: "empty" }
  /** Rows are appended to it. */
  | { readonly kind: "lines" }
  /** One JSON document, overwritten in place. */
  | { readonly kind: "document" }
  /** Compressed, written once. */
  | { readonly kind: "archive" }
  | { readonly kind: "skipped"; readonly why: string };

const SQLITE = "SQLite format 3\0";
const LINES_NAME = /\.(?:ndjson|jsonl|log|csv|txt)(?:\.|$)/i;
const JSON_NAME = /\.json$/i;
const ZSTD = 0xfd2fb528;

export function kindOf(head: Buffer, path: string): FileKind {
  if (head.length === 0) return { kind: "empty" };
  if (isCompressed(head)) return { kind: "archive" };
  const why = skippedFor(head);
  if (why !== undefined) return { kind: "skipped", why };
  return { kind: isDocument(head.toString("utf8"), basename(path)) ? "document" : "lines" };
}

/** Why a file that begins so is not followed; undefined when it may be. */
export function skippedFor(head: Buffer): string | undefined {
  if (head.toString("latin1", 0, SQLITE.length) === SQLITE)
    return "an SQLite file: deskwatch import reads it once, following one is not possible";
  const text = withoutHoles(head.toString("latin1"));
  if ((text === "" && head.length > 0) || text.includes("\0")) return BINARY;
  return isOwnExport(head.toString("utf8")) ? "an export of Deskwatch itself" : undefined;
}

/** gzip or zstd, by their magic number. */
function isCompressed(head: Buffer): boolean {
  return (head[0] === 0x1f && head[1] === 0x8b) || (head.length >= 4 && head.readUInt32LE(0) === ZSTD);
}

/** One object on one line may be either: then the name decides. */
function isDocument(head: string, name: string): boolean {
  const text = head.trimStart();
  if (text.startsWith("[")) return JSON_NAME.test(name) || /^\[\s*[\]{]/.test(text);
  if (!text.startsWith("{")) return false;
  if (LINES_NAME.test(name)) return false;
  const [first = "", ...rest] = text.split("\n");
  const alone = eventLine(first).ok;
  if (!alone) return JSON_NAME.test(name) || rest.length > 0;
  const isRepeated = rest.some((line) => line.trim() !== "");
  return JSON_NAME.test(name) && !isRepeated;
}

import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isOwnTable, MANIFEST_FILE } from "./follow/own-export.ts";

/** Why a file that an export of a hub has besides its events is not read. */
export const EXPORTED_PART =
  "it is a part of an export of Deskwatch and would count twice: import the export's events.ndjson, which holds all of it";

const EVENTS_FILE = /^events\.ndjson(?:\.gz|\.zst)?$/;

/** Whether a file of that path is the log of an export, by its name. */
export const isExportedLog = (path: string): boolean => EVENTS_FILE.test(basename(path));

/** Whether a file that begins so is of an export, and not its events: by its header, or by the manifest beside it. */
export async function isExportedPart(path: string, head: string): Promise<boolean> {
  return isOwnTable(head) || (!isExportedLog(path) && (await exportedBeside(path)).has(basename(path)));
}

/** The names of the files of the export in the directory of `path`; none where there is no manifest of ours. */
async function exportedBeside(path: string): Promise<ReadonlySet<string>> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(dirname(path), MANIFEST_FILE), "utf8"));
    if (!isOfExport(manifest)) return new Set();
    return new Set([MANIFEST_FILE, "README.txt", ...manifest.files.map(({ file }) => String(file))]);
  } catch {
    // Without one that can be read, the header alone tells.
    return new Set();
  }
}

interface Named {
  readonly files: readonly { readonly file?: unknown }[];
}

const isOfExport = (value: unknown): value is Named =>
  typeof value === "object" &&
  value !== null &&
  "exported_by" in value &&
  value.exported_by === "deskwatch" &&
  "files" in value &&
  Array.isArray(value.files) &&
  value.files.every((file: unknown) => typeof file === "object" && file !== null);

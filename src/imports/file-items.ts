import { stat } from "node:fs/promises";
import { microsFromMs } from "../base/time.ts";
import { EXPORTED_PART, isExportedPart } from "./exported-part.ts";
import { isDatabase, openDatabase } from "./database-source.ts";
import { type ImportItem, type ImportOptions, WrongFormat } from "./format.ts";
import { type AnyFormat, detectDatabase, detectFormat, formatOfColumns } from "./registry.ts";
import { openText } from "./text-source.ts";

/** A file to be read. */
export interface FileToRead {
  readonly file: string;
  /** Read it as this; detected from its beginning when undefined. */
  readonly format: AnyFormat | undefined;
  readonly options: ImportOptions;
  /** Bytes of the file read since the last call. */
  readonly onBytes: (count: number) => void;
}

/** What is known and held of a file while it is read. */
export interface Opened {
  format: AnyFormat | undefined;
  close: () => void | Promise<void>;
}

/** What the rows of a file became, in its order, some at a time. Throws what `isOfTheFile` knows. */
export async function* fileItems(
  { file, format, options, onBytes }: FileToRead,
  opened: Opened,
  rowRead: () => void,
): AsyncGenerator<Iterable<ImportItem>, void> {
  const source = await openText(file, onBytes);
  opened.close = source.close;
  if (isDatabase(source.head)) {
    source.close();
    yield* databaseItems({ file, format, options, onBytes }, opened, rowRead);
    return;
  }
  if (await isExportedPart(file, source.head)) throw new WrongFormat(EXPORTED_PART);
  opened.format = format ?? detectFormat(source.head, file, options.columns) ?? formatOfColumns(file, options.columns);
  if (opened.format === undefined) throw new WrongFormat(source.head === "" ? EMPTY : UNKNOWN);
  if ("openDatabase" in opened.format) throw new WrongFormat("the file is no SQLite database");
  const modifiedAt = microsFromMs((await stat(file)).mtimeMs);
  const input = { chunks: source.chunks, options, rowRead, modifiedAt };
  if (opened.format.openBatches !== undefined) yield* opened.format.openBatches(input);
  else for await (const item of opened.format.open(input)) yield [item];
}

async function* databaseItems(
  { file, format, options }: FileToRead,
  opened: Opened,
  rowRead: () => void,
): AsyncGenerator<Iterable<ImportItem>, void> {
  const { database, tables, close } = await openDatabase(file, {});
  opened.close = close;
  opened.format = format ?? detectDatabase(tables);
  if (opened.format === undefined) throw new WrongFormat("no format has tables such as this database's");
  if (!("openDatabase" in opened.format)) throw new WrongFormat(`a database is not ${opened.format.name}`);
  for (const item of opened.format.openDatabase({ database, options, rowRead })) yield [item];
}

const EMPTY = "the file is empty";
const UNKNOWN =
  "this is none of the formats that deskwatch import --help lists; if it is one of them, name it with --format";

/** Faults of a file (unreadable, damaged, of another format) have a code or name of their own; ours do not. */
export const isOfTheFile = (error: unknown): boolean =>
  error instanceof Error && (error.name === "WrongFormat" || ("code" in error && typeof error.code === "string"));

import type { Micros } from "../../base/time.ts";
import { type ImportFormat, type ImportItem, type ImportOptions, refused } from "../format.ts";
import { detectFormat } from "../registry.ts";
import { HEAD_CHARS } from "../text-source.ts";
import { FormatRun } from "./format-run.ts";
import { withoutHoles } from "./hole.ts";
import { isHeader, isNewHeader } from "./table-header.ts";

/** How rows are read: as a given format or as the one that their beginning has. */
export interface RowsOptions {
  readonly format: ImportFormat | undefined;
  readonly options: ImportOptions;
}

/** Which text: its name helps to know its format, and its time is that of what has none of its own. */
export interface TextOrigin {
  readonly path: string;
  readonly modifiedAt?: Micros;
}

/** Where the format's own text began in an earlier run of ours, and which it was. */
interface KnownRun {
  readonly runFrom: number;
  readonly format: ImportFormat | undefined;
}

/** How a table was read whose file was emptied: its writer goes on, and does not write the header again. */
export interface CarriedHeader {
  readonly format: ImportFormat;
  readonly header: string;
}

const LF = 10;
const START_LINES_MAX = 50;

/**
 * The rows of a growing file, from whole lines as they come. Finds the format where the file begins, or at a header that
 * comes later; when the header of a table changes, what follows is read under the new one, as a file of its own. Rows that
 * begin without a header, and that no format knows, are read under the one that stood in their file before.
 */
export class TextRows {
  /** Where the format's own text begins: the start of the file, or the newest header. */
  runFrom: number;
  #run: FormatRun | undefined;
  #header: string | undefined;
  #rowsBefore = 0;
  readonly #rows: RowsOptions;
  readonly #origin: TextOrigin;
  #known: ImportFormat | undefined;
  #carried: CarriedHeader | undefined;

  constructor(rows: RowsOptions, origin: TextOrigin, known?: KnownRun, carried?: CarriedHeader) {
    this.#carried = carried;
    this.#rows = rows;
    this.#origin = origin;
    this.#known = known?.format;
    this.runFrom = known?.runFrom ?? 0;
  }

  /** What to read rows under that have no header; undefined before any, and of what is no table. */
  get carried(): CarriedHeader | undefined {
    if (this.#run === undefined) return this.#carried;
    return this.#header === undefined ? undefined : { format: this.#run.format, header: this.#header };
  }

  get format(): string | undefined {
    return this.#run?.format.name;
  }

  /** Rows read so far. */
  get rows(): number {
    return this.#rowsBefore + (this.#run?.rows ?? 0);
  }

  /** Whole lines that stand at `offset` of the file. Undefined: no format is known for them yet, give them again with more. */
  async feed(lines: Buffer, offset: number): Promise<ImportItem[] | undefined> {
    const text = withoutHoles(offset === 0 ? withoutMark(lines.toString("utf8")) : lines.toString("utf8"));
    if (this.#run === undefined) return this.#begin(lines, offset, text);
    const change = this.#header === undefined ? -1 : changedHeaderAt(text, this.#header);
    if (change < 0) return this.#run.feed(text);
    const [before, after] = [text.slice(0, textAt(text, change)), lines.subarray(bytesBefore(lines, change))];
    const items = [...(await this.#run.feed(before)), ...(await this.#run.end())];
    this.#rowsBefore += this.#run.rows;
    this.#run = undefined;
    const at = offset + lines.length - after.length;
    const rest = await this.feed(after, at);
    if (rest !== undefined) return [...items, ...rest];
    // A header that no format knows: its rows cannot be told, and must not be read under the old names.
    this.runFrom = at;
    return [
      ...items,
      refused(change + 1, "the header changed to one that no format knows", firstLine(after.toString())),
    ];
  }

  async end(): Promise<ImportItem[]> {
    return this.#run === undefined ? [] : this.#run.end();
  }

  async #begin(lines: Buffer, offset: number, text: string): Promise<ImportItem[] | undefined> {
    const start = this.#startOf(text);
    if (start === undefined) return undefined;
    this.#carried = undefined;
    const begun = text.slice(textAt(text, start.line));
    this.runFrom = offset + (start.line === 0 ? 0 : bytesBefore(lines, start.line));
    this.#header = isHeader(firstLine(begun)) ? firstLine(begun) : start.header;
    this.#run = new FormatRun(start.format, this.#rows.options, this.#origin.modifiedAt);
    if (start.header !== undefined) await this.#run.feed(`${start.header}\n`);
    const skipped = text
      .slice(0, text.length - begun.length)
      .split("\n")
      .filter((line) => line.trim() !== "");
    const items = skipped.map((line, index) => refused(index + 1, "a row before the header", line));
    return [...items, ...((await this.feed(lines.subarray(this.runFrom - offset), this.runFrom)) ?? [])];
  }

  /** The first line where a format begins: the first of all, or a header further down. */
  #startOf(text: string): Start | undefined {
    const given = this.#rows.format ?? this.#known;
    this.#known = undefined;
    const carried = this.#carriedFor(text);
    if (given !== undefined) return { line: 0, format: given, header: carried?.header };
    if (carried !== undefined && this.#detected(text) === undefined) return { line: 0, ...carried };
    for (let line = 0; line < START_LINES_MAX; line++) {
      const at = textAt(text, line);
      if (at >= text.length) return undefined;
      const rest = text.slice(at);
      const format = line === 0 || isHeader(firstLine(rest)) ? this.#detected(rest) : undefined;
      if (format !== undefined) return { line, format, header: undefined };
    }
    return undefined;
  }

  #detected(text: string): ImportFormat | undefined {
    return detectFormat(text.slice(0, HEAD_CHARS), this.#origin.path, this.#rows.options.columns);
  }

  /** The header of before, where no other comes first and a row has as many fields; the first may have lost its beginning. */
  #carriedFor(text: string): CarriedHeader | undefined {
    const carried = this.#carried;
    if (carried === undefined || isHeader(firstLine(text))) return undefined;
    const width = carried.header.split(",").length;
    return text.split("\n", START_LINES_MAX).some((line) => line.split(",").length >= width) ? carried : undefined;
  }
}

interface Start {
  readonly line: number;
  readonly format: ImportFormat;
  /** To be read before the rows: it does not stand there. */
  readonly header: string | undefined;
}

const withoutMark = (text: string): string => (text.startsWith("\ufeff") ? text.slice(1) : text);
const firstLine = (text: string): string => (text.split("\n", 1)[0] ?? "").trim();

/** The number of the first line of `text` that is another header; -1 when there is none. */
function changedHeaderAt(text: string, header: string): number {
  return text.split("\n").findIndex((line) => line !== "" && isNewHeader(line, header));
}

/** Where line number `line` (from 0) begins. */
function textAt(text: string, line: number): number {
  let at = 0;
  for (let passed = 0; passed < line; passed++) {
    const end = text.indexOf("\n", at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  return at;
}

function bytesBefore(bytes: Buffer, line: number): number {
  let at = 0;
  for (let passed = 0; passed < line; passed++) at = bytes.indexOf(LF, at) + 1;
  return at;
}

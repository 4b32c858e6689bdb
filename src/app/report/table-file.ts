import { err, ok, type Result } from "../../base/result.ts";
import { parseTime } from "../../base/time.ts";
import { type CsvRecord, csvRecords } from "../../imports/csv.ts";
import { openText } from "../../imports/text-source.ts";

/** A row that says nothing sound: its line in the file, counted from 1, and why. */
export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
}

/** What reading a file came to besides its values. */
export interface ReadOutcome {
  readonly rows: number;
  /** The first of them; `refusedCount` are all. */
  readonly refused: readonly RefusedRow[];
  readonly refusedCount: number;
}

/** Why one row cannot be taken; thrown while a row is read, told with its line. */
export class BadRow extends Error {
  override readonly name = "BadRow";
}

/** One row of a table by the names of its columns. */
export class TableRow {
  /** As the header writes them; they are found whatever their case. */
  readonly names: readonly string[];
  readonly #columns: ReadonlyMap<string, number>;
  fields: readonly string[] = [];

  constructor(names: readonly string[]) {
    this.names = names;
    this.#columns = new Map(names.map((name, index) => [name.toLowerCase(), index]));
  }

  has(column: string): boolean {
    return this.#columns.has(column.toLowerCase());
  }

  /** The cell without spaces around it; empty where the column is absent. */
  text(column: string): string {
    return this.fields[this.#columns.get(column.toLowerCase()) ?? -1]?.trim() ?? "";
  }

  /** A number within 1e15; what is within 1e-30 of 0 is 0. */
  number(column: string): number {
    const text = this.text(column);
    if (text === "") throw new BadRow(`${column} is empty`);
    if (!NUMBER.test(text)) throw new BadRow(`${column} is no finite number: ${text.slice(0, 40)}`);
    const value = Number(text);
    if (Math.abs(value) > SIZE_MAX) throw new BadRow(`${column} is too large: ${text.slice(0, 40)}`);
    return Math.abs(value) < SIZE_MIN ? 0 : value;
  }

  /** Epoch ms from the first of these columns that there is: any time that events may have, of a name that ends in _ms ms. */
  time(columns: readonly string[]): number {
    const column = columns.find((name) => this.has(name)) ?? columns[0] ?? "";
    const text = this.text(column);
    const isMs = column.endsWith("_ms") && NUMBER.test(text);
    const at = isMs ? Number(text) : (parseTime(text) ?? Number.NaN) / US_PER_MS;
    if (text === "") throw new BadRow(`${column} is empty`);
    if (!(at >= EARLIEST_MS && at <= LATEST_MS)) throw new BadRow(`${column} is no time: ${text.slice(0, 40)}`);
    return at;
  }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Beyond it sums of powers leave the range of doubles; no price, return or profit is so large. */
const SIZE_MAX = 1e15;
/** What is nearer to 0 is 0: its powers would be, and its spread not. */
const SIZE_MIN = 1e-30;
const US_PER_MS = 1_000;
const EARLIEST_MS = Date.UTC(1900, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);
const REFUSED_SHOWN = 20;

/** What a file needs to have: of each entry one of its names. */
export type NeededColumns = readonly (readonly string[])[];

/**
 * Reads a CSV file with a header, plain, gzip or zstd, a row at a time. A row that `take` throws `BadRow` for is refused
 * and the others go on. An error says why the file as a whole cannot be read.
 */
export async function readTable(
  path: string,
  needed: NeededColumns,
  take: (row: TableRow) => void,
): Promise<Result<ReadOutcome, string>> {
  try {
    const source = await openText(path);
    try {
      return await readRecords(source.chunks, { path, needed, take });
    } finally {
      source.close();
    }
  } catch (error) {
    return err(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Reading {
  readonly path: string;
  readonly needed: NeededColumns;
  readonly take: (row: TableRow) => void;
}

async function readRecords(
  chunks: AsyncIterable<string>,
  { path, needed, take }: Reading,
): Promise<Result<ReadOutcome, string>> {
  let rows: RowReader | undefined;
  for await (const record of csvRecords(chunks)) {
    if (rows !== undefined) rows.read(record);
    else if ("problem" in record) return err(`${path} has no header: ${record.problem}`);
    else {
      const header = readHeader(record.fields, needed);
      if (!header.ok) return err(`${path}: ${header.error}`);
      rows = new RowReader(header.value, take);
    }
  }
  return rows === undefined ? err(`${path} is empty`) : ok(rows);
}

class RowReader implements ReadOutcome {
  rows = 0;
  readonly refused: RefusedRow[] = [];
  refusedCount = 0;
  readonly #row: TableRow;
  readonly #take: (row: TableRow) => void;

  constructor(row: TableRow, take: (row: TableRow) => void) {
    this.#row = row;
    this.#take = take;
  }

  read(record: CsvRecord): void {
    this.rows++;
    const reason = this.#refusalOf(record);
    if (reason === undefined) return;
    this.refusedCount++;
    if (this.refused.length < REFUSED_SHOWN) this.refused.push({ line: record.line, reason });
  }

  #refusalOf(record: CsvRecord): string | undefined {
    if ("problem" in record) return record.problem;
    const width = this.#row.names.length;
    if (record.fields.length !== width) return `has ${record.fields.length} cells, the header ${width}`;
    this.#row.fields = record.fields;
    return refusalOf(this.#row, this.#take);
  }
}

function refusalOf(row: TableRow, take: (row: TableRow) => void): string | undefined {
  try {
    take(row);
    return undefined;
  } catch (error) {
    if (error instanceof BadRow) return error.message;
    throw error;
  }
}

function readHeader(fields: readonly string[], needed: NeededColumns): Result<TableRow, string> {
  const names = fields.map((name) => name.trim());
  const row = new TableRow(names);
  const absent = needed.filter((alternatives) => !alternatives.some((name) => row.has(name)));
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) return err("two columns have one name");
  if (absent.length === 0) return ok(row);
  const wanted = absent.map((alternatives) => alternatives.join(" or ")).join(", ");
  return err(`no column ${wanted}; the file has ${names.join(", ").slice(0, 200)}`);
}

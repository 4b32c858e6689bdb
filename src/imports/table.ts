import { isoFromMicros, type Micros, parseTime } from "../base/time.ts";
import { canonicalDecimal, type DecimalText } from "../domain/decimal.ts";
import { type CsvRecord, csvRecords } from "./csv.ts";
import { type ImportInput, type ImportItem, mapped, refused, Unmappable, WrongFormat } from "./format.ts";

const NOTHING = new Set(["", "None", "none", "null", "NaN", "nan"]);

/** One row of a CSV file under its header. Every reader refuses the row with a reason when the cell is not what it should be. */
export class Row {
  readonly line: number;
  readonly fields: readonly string[];
  readonly #columns: ReadonlyMap<string, number>;

  constructor(line: number, fields: readonly string[], columns: ReadonlyMap<string, number>) {
    this.line = line;
    this.fields = fields;
    this.#columns = columns;
  }

  /** The cell, or undefined when it is empty or says `None`, or when there is no such column. */
  get(column: string): string | undefined {
    const value = this.fields[this.#columns.get(column) ?? -1]?.trim();
    return value === undefined || NOTHING.has(value) ? undefined : value;
  }

  need(column: string): string {
    const value = this.get(column);
    if (value === undefined) throw new Unmappable(`no ${column}`);
    return value;
  }

  decimal(column: string): DecimalText | undefined {
    const value = this.get(column);
    if (value === undefined) return undefined;
    const text = canonicalDecimal(value);
    if (text === undefined) throw new Unmappable(`${column} is not a decimal`, value);
    return text;
  }

  needDecimal(column: string): DecimalText {
    const value = this.decimal(column);
    if (value === undefined) throw new Unmappable(`no ${column}`);
    return value;
  }

  number(column: string): number | undefined {
    const value = this.decimal(column);
    return value === undefined ? undefined : Number(value);
  }

  time(column: string): Micros | undefined {
    const value = this.get(column);
    if (value === undefined) return undefined;
    const at = parseTime(value);
    if (at === undefined) throw new Unmappable(`${column} is not a time`, value);
    return at;
  }

  needTime(column: string): Micros {
    const value = this.time(column);
    if (value === undefined) throw new Unmappable(`no ${column}`);
    return value;
  }

  iso(column: string): string | undefined {
    const at = this.time(column);
    return at === undefined ? undefined : isoFromMicros(at);
  }

  flag(column: string): boolean | undefined {
    const value = this.get(column)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value === "true" || value === "1") return true;
    if (value === "false" || value === "0") return false;
    throw new Unmappable(`${column} is neither true nor false`, value);
  }
}

/** Whether a file that begins so is a CSV file with all these columns. */
export function hasColumns(head: string, columns: readonly string[]): boolean {
  const found = new Set((head.split("\n", 1)[0] ?? "").trim().split(","));
  return columns.every((column) => found.has(column));
}

/** Maps a CSV file with a header row by row. */
export async function* tableItems(
  input: ImportInput,
  columns: readonly string[],
  map: (row: Row) => readonly ImportItem[],
): AsyncGenerator<ImportItem, void> {
  let header: ReadonlyMap<string, number> | undefined;
  for await (const record of csvRecords(input.chunks)) {
    if (header === undefined) {
      header = headerOf(record, columns);
      continue;
    }
    input.rowRead();
    yield* rowItems(record, header, map);
  }
  if (header === undefined) throw new WrongFormat("the file is empty");
}

function headerOf(record: CsvRecord, columns: readonly string[]): ReadonlyMap<string, number> {
  if ("problem" in record) throw new WrongFormat(`the header is not CSV: ${record.problem}`);
  const header = new Map(record.fields.map((name, index) => [name.trim(), index]));
  const absent = columns.filter((column) => !header.has(column));
  if (absent.length > 0) throw new WrongFormat(`columns missing: ${absent.join(", ")}`);
  return header;
}

function rowItems(
  record: CsvRecord,
  header: ReadonlyMap<string, number>,
  map: (row: Row) => readonly ImportItem[],
): readonly ImportItem[] {
  const { line } = record;
  if ("problem" in record) return [refused(line, record.problem)];
  const found = record.fields.length;
  if (found !== header.size) return [refused(line, `expected ${header.size} fields`, `found ${found}`)];
  return mapped(line, () => map(new Row(line, record.fields, header)));
}

import { Cells } from "./cells.ts";
import { type CsvRecord, csvRecords } from "./csv.ts";
import { type ImportInput, type ImportItem, mapped, refused, WrongFormat } from "./format.ts";

/** One row of a CSV file under its header. */
export class Row extends Cells {
  readonly line: number;
  readonly fields: readonly string[];
  readonly #columns: ReadonlyMap<string, number>;

  constructor(line: number, fields: readonly string[], columns: ReadonlyMap<string, number>) {
    super();
    this.line = line;
    this.fields = fields;
    this.#columns = columns;
  }

  protected cell(column: string): string | undefined {
    return this.fields[this.#columns.get(column) ?? -1];
  }
}

/** Where the fields of a row are, told by the header. */
export interface Header {
  readonly columns: ReadonlyMap<string, number>;
  /** How many fields every row has. */
  readonly width: number;
  /** Fields that are the same in every row; `columns` counts them on from `width`. */
  readonly constants: readonly string[];
}

/** Whether a file that begins so is a CSV file with all these columns. */
export function hasColumns(head: string, columns: readonly string[]): boolean {
  const found = new Set((head.split("\n", 1)[0] ?? "").trim().split(","));
  return columns.every((column) => found.has(column));
}

/** Maps a CSV file with a header row by row. */
export const tableItems = (
  input: ImportInput,
  columns: readonly string[],
  map: (row: Row) => readonly ImportItem[],
): AsyncGenerator<ImportItem, void> => headedItems(input, (names) => exactHeader(names, columns), map);

/** Maps a CSV file row by row, its header read by `readHeader`, which throws `WrongFormat` when it is another's. */
export async function* headedItems(
  input: ImportInput,
  readHeader: (names: readonly string[]) => Header,
  map: (row: Row) => readonly ImportItem[],
): AsyncGenerator<ImportItem, void> {
  let header: Header | undefined;
  for await (const record of csvRecords(input.chunks)) {
    if (header === undefined) {
      if ("problem" in record) throw new WrongFormat(`the header is not CSV: ${record.problem}`);
      header = readHeader(record.fields);
      continue;
    }
    input.rowRead();
    yield* rowItems(record, header, map);
  }
  if (header === undefined) throw new WrongFormat("the file is empty");
}

function exactHeader(names: readonly string[], columns: readonly string[]): Header {
  const header = new Map(names.map((name, index) => [name.trim(), index]));
  const absent = columns.filter((column) => !header.has(column));
  if (absent.length > 0) throw new WrongFormat(`columns missing: ${absent.join(", ")}`);
  return { columns: header, width: header.size, constants: [] };
}

function rowItems(
  record: CsvRecord,
  { columns, width, constants }: Header,
  map: (row: Row) => readonly ImportItem[],
): readonly ImportItem[] {
  const { line } = record;
  if ("problem" in record) return [refused(line, record.problem)];
  const found = record.fields.length;
  if (found !== width) return [refused(line, `expected ${width} fields`, `found ${found}`)];
  const fields = constants.length === 0 ? record.fields : [...record.fields, ...constants];
  return mapped(line, () => map(new Row(line, fields, columns)));
}

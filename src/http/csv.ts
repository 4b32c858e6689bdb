/** Rows as CSV (RFC 4180), each given as its JSON text. */
export interface CsvTable {
  /** The first line of every answer, with its line end. */
  readonly header: string;
  /** The line of one row, with its line end. */
  readonly line: (rowText: string) => string;
}

/**
 * A table with these columns: the fields of a row by their names, an empty cell for one that a row lacks. `whole` is the
 * column, if any, that holds the row itself.
 */
export const csvTable = (columns: readonly string[], whole?: string): CsvTable => ({
  header: `${columns.join(",")}\r\n`,
  line: (rowText) => {
    const row: Record<string, unknown> = JSON.parse(rowText);
    return `${columns.map((column) => csvCell(column === whole ? rowText : row[column])).join(",")}\r\n`;
  },
});

const NUMBER = /^-?\d+(?:\.\d+)?$/;
const FORMULA = /^[=+\-@\t\r]/;

/**
 * One cell: quoted where it must be. Text that a spreadsheet would run as a formula gets an apostrophe in front;
 * numbers stay what they are, also negative ones.
 */
export function csvCell(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Events as CSV (RFC 4180). The columns are the same for every type, so that the header of a stream is known before its
 * rows: what most events have in common, and the whole event as JSON in `body`.
 */
export const CSV_COLUMNS = [
  "seq",
  "type",
  "bot",
  "id",
  "ts",
  "received_at",
  "effective_ts",
  "mode",
  "strategy",
  "account",
  "venue",
  "symbol",
  "side",
  "price",
  "size",
  "fee",
  "fee_currency",
  "order_id",
  "fill_id",
  "body",
] as const;

/** The first line of every CSV answer, with its line end. */
export const CSV_HEADER = `${CSV_COLUMNS.join(",")}\r\n`;

/** The line of one event, given as its JSON text, with its line end. */
export function csvLine(eventText: string): string {
  const event: Record<string, unknown> = JSON.parse(eventText);
  const cells = CSV_COLUMNS.map((column) => (column === "body" ? csvCell(eventText) : csvCell(event[column])));
  return `${cells.join(",")}\r\n`;
}

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

import { type FILL_FIELDS, type FillEvent, type FillMarks, fillView } from "../view/fill-view.ts";
import type { Recorded } from "../protocol/recorded.ts";
import { micros } from "../base/time.ts";
import type { Content } from "./statement.ts";

export type ColumnValue = string | number | null;

type Kind = "text" | "number" | "boolean";

/** The columns of `fills` that come from the fill itself, in their order, and what they hold. */
export const FILL_COLUMNS = {
  bot: "text",
  id: "text",
  type: "text",
  mode: "text",
  fill_id: "text",
  quote_id: "text",
  reference_price: "text",
  mid: "text",
  funding: "text",
  account: "text",
  strategy: "text",
  venue: "text",
  symbol: "text",
  side: "text",
  price: "text",
  size: "text",
  order_id: "text",
  is_maker: "boolean",
  fee: "text",
  fee_currency: "text",
  pair_id: "text",
  entry_edge_cents: "number",
  realized_edge_cents: "number",
  slippage_cents: "number",
  fees_cents: "number",
  size_usd: "number",
  pnl_cents: "number",
} as const satisfies Record<string, Kind> & Record<(typeof FILL_FIELDS)[number], Kind>;

export type FillColumn = keyof typeof FILL_COLUMNS;

/** Their names, in the order of `fillValues`. */
export const fillColumnNames = Object.keys(FILL_COLUMNS).filter(isFillColumn);

const COLUMNS: readonly (readonly [FillColumn, Kind])[] = fillColumnNames.map((name) => [name, FILL_COLUMNS[name]]);

const ENVELOPE_COLUMNS: ReadonlySet<string> = new Set(["bot", "id", "type", "mode", "fill_id"]);

/** The columns that a later statement may fill in. */
export const mergeableColumns = fillColumnNames.filter((name) => !ENVELOPE_COLUMNS.has(name));

/** What nearly every fill says. */
const USUAL: readonly FillColumn[] = [
  ...(["bot", "id", "type", "mode", "fill_id", "venue", "symbol", "side", "price", "size"] as const),
  ...(["order_id", "is_maker", "fee", "fee_currency", "mid"] as const),
];

/** The names of the columns with what few fills say at the end: there a fill says nothing more, as a rule. */
export const usualFirst = [...USUAL, ...fillColumnNames.filter((name) => !USUAL.includes(name))];

const USUAL_FIRST: readonly (readonly [FillColumn, Kind])[] = usualFirst.map((name) => [name, FILL_COLUMNS[name]]);

/** The column values of a fill, in the order of `fillColumnNames`; null where it does not say, or says nonsense. */
export const fillValues = (event: Content, mode: string): ColumnValue[] =>
  COLUMNS.map(([name, kind]) => columnValue(name === "mode" ? mode : event[name], kind));

/** Puts them at the end of `values` in the order of `usualFirst`, and leaves out those after the last that it says. */
export function addSaid(values: ColumnValue[], event: Content, mode: string): void {
  let end = values.length;
  for (const [name, kind] of USUAL_FIRST) {
    const value = columnValue(name === "mode" ? mode : event[name], kind);
    values.push(value);
    if (value !== null) end = values.length;
  }
  values.length = end;
}

/** The value of one column; null for a value of another kind, as in an unknown field of the same name. */
export function fillValue(event: Content, name: FillColumn): ColumnValue {
  return columnValue(event[name], FILL_COLUMNS[name]);
}

/** A row of `fills` as read: its columns by name. */
export type FillRow = Readonly<Record<string, unknown>>;

/** The JSON text of a fill as every reader sees it, from its row. */
export function fillText(row: FillRow): string {
  const event: Record<string, unknown> = {};
  for (const name of fillColumnNames) {
    const value = row[name];
    if (value !== null && value !== undefined)
      event[name] = FILL_COLUMNS[name] === "boolean" ? value === 1 || value === true : value;
  }
  const recorded: Recorded<FillEvent> = {
    seq: Number(row["seq"]),
    ts: micros(Number(row["ts"])),
    receivedAt: micros(Number(row["received_at"])),
    standing: "fact",
    ofSeq: undefined,
    event: event as FillEvent,
  };
  return JSON.stringify(fillView(recorded, marksOf(row)));
}

const marksOf = (row: FillRow): FillMarks => ({
  voided: isSet(row["voided"]),
  contradicted: isSet(row["contradicted"]),
  correction: typeof row["correction"] === "string" ? row["correction"] : undefined,
});

const isSet = (value: unknown): boolean => value === 1 || value === true;

function isFillColumn(name: string): name is FillColumn {
  return Object.hasOwn(FILL_COLUMNS, name);
}

function columnValue(value: unknown, kind: Kind): ColumnValue {
  if (value === undefined) return null;
  switch (kind) {
    case "text":
      return typeof value === "string" && isPrintable(value) ? value : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? Number(value) : null;
  }
}

/** Fields that a type does not know are kept as they came: only what a column can hold everywhere goes into one. */
const isPrintable = (text: string): boolean => !CONTROL.test(text);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f]/;

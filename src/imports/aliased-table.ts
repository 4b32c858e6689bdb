import { err, ok, type Result } from "../base/result.ts";
import { type AliasedField, orderAliases, tradeAliases } from "./column-aliases.ts";
import { type ImportInput, type ImportItem, type ImportOptions, WrongFormat } from "./format.ts";
import { type Header, headedItems, type Row } from "./table.ts";

const plain = (name: string): string => name.replace(/[\s_]+/g, "").toLowerCase();

/** The names of the fields that `--columns` may choose columns for, in files of this format, or of any. */
function choosable(format: string | undefined): string[] {
  const fields = format === "trades-csv" ? tradeAliases : format === "orders-csv" ? orderAliases : undefined;
  return [...new Set((fields ?? [...tradeAliases, ...orderAliases]).map(({ field }) => field))];
}

/**
 * What `--columns` says: `size=volume,venue='binance'` has for our name of a field the file's name of its column, or in
 * single quotes the value that it has in every row; nothing when it is not given. An error says what is wrong with the
 * text, or which field no file of `format` has, before any file is looked at.
 */
export function columnChoices(text: string | undefined, format?: string): Result<ReadonlyMap<string, string>, string> {
  const chosen = new Map<string, string>();
  if (text === undefined) return ok(chosen);
  const known = choosable(format);
  for (const part of text.split(",")) {
    const [ours = "", ...rest] = part.split("=");
    const [field, theirs] = [ours.trim(), rest.join("=").trim()];
    if (field === "" || theirs === "") return err(`--columns is ours=theirs, with commas between (found ${part})`);
    if (!known.includes(field)) return err(`--columns: no field ${field}; there are ${known.join(", ")}`);
    chosen.set(field, theirs);
  }
  return ok(chosen);
}

/** The names of the columns that a file beginning so has, if it is a CSV file. */
const namesOf = (head: string): string[] =>
  (head.split("\n", 1)[0] ?? "").split(",").map((name) => name.trim().replace(/^"(.*)"$/, "$1"));

/** Whether a file that begins so has a column, at least, for each field that is required and that `chosen` does not name. */
export function hasRequired(
  head: string,
  fields: readonly AliasedField[],
  chosen: ImportOptions["columns"] = new Map(),
): boolean {
  const found = new Set(namesOf(head).map(plain));
  return fields.every(
    (field) =>
      field.isRequired !== true ||
      chosen.has(field.field) ||
      [...field.names, ...(field.otherwise ?? [])].some((name) => found.has(plain(name))),
  );
}

/** Maps a CSV file row by row, with our names for its columns. */
export const aliasedItems = (
  input: ImportInput,
  fields: readonly AliasedField[],
  map: (row: Row) => readonly ImportItem[],
): AsyncGenerator<ImportItem, void> =>
  headedItems(input, (names) => aliasedHeader(names, fields, input.options.columns ?? new Map()), map);

/** Throws `WrongFormat` when a required field has no column, or any field has several; it says what to pass. */
function aliasedHeader(
  names: readonly string[],
  fields: readonly AliasedField[],
  chosen: NonNullable<ImportOptions["columns"]>,
): Header {
  const stray = [...chosen.keys()].find((name) => !fields.some(({ field }) => field === name));
  if (stray !== undefined)
    throw new WrongFormat(`--columns: no field ${stray}; there are ${fields.map(({ field }) => field).join(", ")}`);
  const [columns, constants] = [new Map<string, number>(), [] as string[]];
  for (const field of fields) {
    const choice = chosen.get(field.field);
    const constant = choice === undefined ? undefined : /^'(.*)'$/.exec(choice)?.[1];
    if (constant !== undefined) columns.set(field.field, names.length + constants.push(constant) - 1);
    else {
      const index = columnOf(names, field, choice);
      if (index !== undefined) columns.set(field.field, index);
    }
  }
  const absent = fields.filter(({ field, isRequired }) => isRequired === true && !columns.has(field));
  if (absent.length > 0) throw new WrongFormat(`${absent.map(howToName).join("; ")}; the file has ${names.join(", ")}`);
  return { columns, width: names.length, constants };
}

const howToName = ({ field }: AliasedField): string => `no column for ${field}: pass --columns "${field}=…"`;

function columnOf(
  names: readonly string[],
  { field, names: aliases, otherwise = [] }: AliasedField,
  choice: string | undefined,
): number | undefined {
  const [first = [], second = []] = (choice === undefined ? [aliases, otherwise] : [[choice]]).map((wanted) =>
    placesOf(names, wanted),
  );
  const found = first.length > 0 ? first : second;
  if (found.length === 0 && choice !== undefined)
    throw new WrongFormat(`--columns: no column ${choice}; the file has ${names.join(", ")}`);
  if (found.length > 1) {
    const several = found.map((index) => names[index]?.trim());
    throw new WrongFormat(
      `${several.join(" and ")} could each be ${field}: say which with --columns "${field}=${several[0]}"`,
    );
  }
  return found[0];
}

/** The places of the columns that have one of these names; a column written exactly so leaves no doubt. */
function placesOf(names: readonly string[], wanted: readonly string[]): number[] {
  const exact = wanted.length === 1 ? names.findIndex((name) => name.trim() === wanted[0]) : -1;
  if (exact >= 0) return [exact];
  const known = new Set(wanted.map(plain));
  return names.flatMap((name, index) => (known.has(plain(name)) ? [index] : []));
}

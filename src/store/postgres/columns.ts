import { FIELD_SEPARATOR } from "../../hub/packed-rows.ts";
import { ROW_SEPARATOR } from "../wire-text.ts";

export type Cell = string | number | null;

/** A column of rows on their way to the server, and the type of its array there. */
export interface Column {
  readonly name: string;
  readonly type: "text" | "bigint" | "boolean" | "double precision";
  /** Bodies hold anything but control characters; the rest never holds the separator, as it is printable. */
  readonly values: readonly Cell[];
}

/**
 * Columns as a table in FROM: each column travels as one text that the server splits, which costs neither escaping
 * here nor parsing of array literals there. An empty text is NULL. `before` is the number of parameters before these.
 */
export function tableOf(
  columns: readonly Column[],
  before = 0,
): { readonly from: string; readonly parameters: string[] } {
  const arrays = columns.map(
    ({ type }, index) => `string_to_array($${before + index + 1}, E'\\x1e', '')${type === "text" ? "" : `::${type}[]`}`,
  );
  return {
    from: `unnest(${arrays.join(", ")}) AS given (${columns.map(({ name }) => name).join(", ")})`,
    parameters: columns.map(({ values }) => values.map((value) => value ?? "").join(ROW_SEPARATOR)),
  };
}

/** Columns read as one text: NULL becomes an empty one. */
export const packedColumns = (names: readonly string[]): string => `concat(${names.join(", E'\\x1f', ")}) AS packed`;

/** The cells of a row that was read as one text. */
export const unpackCells = (packed: unknown): string[] => String(packed).split(FIELD_SEPARATOR);

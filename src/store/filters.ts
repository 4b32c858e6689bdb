import type { EventFilter } from "../hub/ports.ts";

export type SqlParameter = string | number;

/** What differs between the dialects in a filter. */
export interface FilterDialect {
  /** The placeholder of the parameter with this number, from 1. */
  readonly placeholder: (number: number) => string;
  /** The column of the bot's time, written so that it does not lead a page's query to sort. */
  readonly time: string;
  /** The condition that the field of an event, within its body, is the text of the given placeholders. */
  readonly bodyFieldIs: (field: "symbol" | "venue", needle: string, value: string) => string;
}

/** A filter as SQL: conditions joined by AND, order, and the parameters in order. */
export interface FilterSql {
  readonly where: string;
  readonly order: "ASC" | "DESC";
  readonly parameters: SqlParameter[];
}

/** A page is never larger, whatever is asked. */
export const PAGE_ROWS_MAX = 10_000;

/** The number of rows to fetch: one more than asked for tells whether there are more. */
export const rowsToFetch = (filter: EventFilter): number => Math.min(Math.max(filter.limit, 1), PAGE_ROWS_MAX) + 1;

/** The conditions of a read of `events` or `fills`, whose `fills` has the fields of a body as columns. */
export function filterSql(filter: EventFilter, table: "events" | "fills", dialect: FilterDialect): FilterSql {
  const conditions: string[] = [];
  const parameters: SqlParameter[] = [];
  const bind = (value: SqlParameter) => dialect.placeholder(parameters.push(value));
  const compare = (column: string, operator: string, value: SqlParameter | undefined) => {
    if (value !== undefined) conditions.push(`${column} ${operator} ${bind(value)}`);
  };
  compare("bot", "=", filter.bot);
  compare("type", "=", filter.type);
  compare("mode", "=", filter.mode);
  compare(dialect.time, ">=", filter.from);
  compare(dialect.time, "<", filter.to);
  compare("seq", ">", filter.afterSeq);
  compare("seq", "<", filter.beforeSeq);
  for (const field of ["symbol", "venue"] as const) {
    const value = filter[field];
    if (value === undefined) continue;
    if (table === "fills") compare(field, "=", value);
    else conditions.push(dialect.bodyFieldIs(field, bind(`"${field}":${JSON.stringify(value)}`), bind(value)));
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  return { where, order: filter.order === "newest" ? "DESC" : "ASC", parameters };
}

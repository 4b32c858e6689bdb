import type { Row } from "../row-mapping.ts";

/** One statement of SQL, as a dialect writes it. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

/** Work that asks a database and goes on with the rows: run at once by SQLite, after a while by PostgreSQL. */
export type Rolling<T> = Generator<Statement, T, readonly Row[]>;

/** What SQLite and PostgreSQL write differently. */
export interface Dialect {
  /** The parameter with a number, from 1. */
  readonly parameter: (number: number) => string;
  /** A table with one column, `wanted`, of the texts, or whole numbers, of a JSON array. */
  readonly texts: (parameter: string) => string;
  readonly numbers: (parameter: string) => string;
  /** A table of pairs of whole numbers, `first` and `second`. */
  readonly pairs: (parameter: string) => string;
  /** Joins a small table with a large one whose index is to be used. */
  readonly join: string;
  /** Whether a text contains another. */
  readonly contains: (text: string, part: string) => string;
  /**
   * `events AS e`, or only those parts of it in which the bot (parameter) and any of the types may be found whose times
   * reach from one moment to another (parameters); what it lets through is checked again.
   */
  readonly eventsOf: (where: EventsWhere) => string;
}

export interface EventsWhere {
  readonly bot?: string | undefined;
  readonly types?: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A statement put together: each value is bound to its place. */
export function statement(
  dialect: Dialect,
  build: (bind: (value: string | number | null) => string) => string,
): Statement {
  const values: (string | number | null)[] = [];
  const sql = build((value) => dialect.parameter(values.push(value)));
  return { sql, values };
}

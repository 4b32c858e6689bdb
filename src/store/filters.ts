import type { EventFilter } from "../hub/ports.ts";
import type { FactFilter } from "./gathering.ts";

export type SqlParameter = string | number;

/** The parameters of a statement, in order; each is bound to its placeholder. */
export class Parameters {
  readonly values: SqlParameter[] = [];
  readonly #placeholder: (number: number) => string;

  /** `placeholder` is how the dialect writes the parameter with a number, from 1. */
  constructor(placeholder: (number: number) => string) {
    this.#placeholder = placeholder;
  }

  /** The placeholder of one more parameter. */
  bind(value: SqlParameter): string {
    return this.#placeholder(this.values.push(value));
  }
}

/** The condition that a field of an event, within its body, has the value of the given placeholders. */
export type BodyFieldIs = (field: BodyField, needle: string, value: string) => string;

/** Fields of a body that a read may ask for; `fills` has a column for each of them. */
const BODY_FIELDS = [
  ["symbol", "symbol"],
  ["venue", "venue"],
  ["orderId", "order_id"],
  ["pairId", "pair_id"],
  ["action", "action"],
] as const satisfies readonly (readonly [keyof FactFilter, string])[];
type BodyField = (typeof BODY_FIELDS)[number][1];

/** A page is never larger, whatever is asked. */
const PAGE_ROWS_MAX = 10_000;

/** The number of rows to fetch: one more than asked for tells whether there are more. */
export const rowsToFetch = (filter: EventFilter): number => Math.min(Math.max(filter.limit, 1), PAGE_ROWS_MAX) + 1;

/** The conditions of a read of `events` or of `fills`, whose columns hold what a body of `events` holds. */
export function conditionsOf(filter: FactFilter, parameters: Parameters, bodyFieldIs?: BodyFieldIs): string[] {
  const conditions: string[] = [];
  const compare = (column: string, operator: string, value: SqlParameter | undefined) => {
    if (value !== undefined) conditions.push(`${column} ${operator} ${parameters.bind(value)}`);
  };
  compare("bot", "=", filter.bot);
  compare("type", "=", filter.type);
  compare("mode", "=", filter.mode);
  compare("ts", ">=", filter.from);
  compare("ts", "<", filter.to);
  compare("seq", ">", filter.afterSeq);
  compare("seq", "<", filter.beforeSeq);
  for (const [name, field] of BODY_FIELDS) {
    const value = filter[name];
    if (value === undefined) continue;
    if (bodyFieldIs === undefined) compare(field, "=", value);
    else {
      const needle = parameters.bind(`"${field}":${JSON.stringify(value)}`);
      conditions.push(bodyFieldIs(field, needle, parameters.bind(value)));
    }
  }
  return conditions;
}

/** Conditions as a WHERE clause, empty when there are none. */
export const whereAll = (conditions: readonly string[]): string =>
  conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;

/** The direction of a page by `seq`. */
export const orderOf = (filter: EventFilter): "ASC" | "DESC" => (filter.order === "newest" ? "DESC" : "ASC");

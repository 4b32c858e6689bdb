import type { EventFilter } from "../hub/ports.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
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
  ["commandId", "command_id"],
] as const satisfies readonly (readonly [keyof FactFilter, string])[];
type BodyField = (typeof BODY_FIELDS)[number][1];

/** The events that tell of commands. */
const COMMAND_TYPES: readonly (DeskEvent["type"] & `command.${string}`)[] = [
  "command.issued",
  "command.delivered",
  "command.acknowledged",
  "command.verified",
  "command.late",
  "command.expired",
];

/** The types that a read may find, by which the log is indexed; undefined for any. */
export const typesOf = ({ type, commandId }: EventFilter): readonly string[] | undefined =>
  type !== undefined ? [type] : commandId === undefined ? undefined : COMMAND_TYPES;

/** The condition that a column has one of these values. */
export function isAnyOf(column: string, values: readonly string[], parameters: Parameters): string {
  const bound = values.map((value) => parameters.bind(value));
  return bound.length === 1 ? `${column} = ${bound[0]}` : `${column} IN (${bound.join()})`;
}

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
  const types = typesOf(filter);
  if (types !== undefined) conditions.push(isAnyOf("type", types, parameters));
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

import type { EventFilter } from "../hub/ports.ts";
import { contentOf } from "./plan.ts";
import type { Row } from "./row-mapping.ts";
import { type Content, withMerge } from "./statement.ts";

/** First statements of one type, newest first. */
export interface FactFilter extends EventFilter {
  readonly action?: string;
  /** Only rows with one of these `seq`. */
  readonly seqs?: readonly number[];
}

/**
 * What is asked of a store while a page is put together from several events of each thing. `facts`: first statements that
 * pass a filter, one more than its limit; `keys`: those with a natural key; `merges`: what later statements added;
 * `fills`: the rows of orders. All but `facts` leave out what was said after `upTo`.
 */
export type LogQuestion =
  | { readonly ask: "facts"; readonly filter: FactFilter }
  | { readonly ask: "keys"; readonly keys: readonly string[]; readonly upTo: number }
  | { readonly ask: "merges"; readonly of: readonly number[]; readonly upTo: number }
  | { readonly ask: "fills"; readonly orderIds: readonly string[]; readonly upTo: number };

/** Puts something together by questions that whoever runs it answers: at once, or after a while. */
export type Gathering<T> = Generator<LogQuestion, T, readonly Row[]>;

/** A first statement with what was added to it. */
export interface Statement {
  readonly seq: number;
  readonly ts: number;
  readonly key: string;
  readonly content: Content;
}

/** Rows looked at in one go, where not every one of them is shown. */
export const CANDIDATES = 500;

/** The statements with these natural keys and what was added to them up to a `seq`, by key; `known` are rows at hand. */
export function* statementsOf(
  keys: readonly string[],
  known: readonly Row[],
  upTo: number,
): Gathering<Map<string, Statement>> {
  const rows = [...known, ...(keys.length === 0 ? [] : yield { ask: "keys", keys, upTo })];
  const of = rows.map((row) => Number(row["seq"]));
  const merges = new Map<number, Content[]>();
  for (const row of of.length === 0 ? [] : yield { ask: "merges", of, upTo }) {
    const first = Number(row["of_seq"]);
    const said = contentOf(String(row["body"]));
    const before = merges.get(first);
    if (before === undefined) merges.set(first, [said]);
    else before.push(said);
  }
  const statements = new Map<string, Statement>();
  for (const row of rows) {
    const seq = Number(row["seq"]);
    const key = String(row["key"]);
    const content = (merges.get(seq) ?? []).reduce(withMerge, contentOf(String(row["body"])));
    statements.set(key, { seq, ts: Number(row["ts"]), key, content });
  }
  return statements;
}

/** The named fields of a statement that it has. */
export function fieldsOf(content: Content, names: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of names) if (content[name] !== undefined) fields[name] = content[name];
  return fields;
}

import type { Client } from "pg";
import { micros } from "../../base/time.ts";
import { effectiveTs, type Standing } from "../../protocol/recorded.ts";
import { FILL_COLUMNS, fillColumnNames, fillValue, fillValues, mergeableColumns } from "../fill-columns.ts";
import type { IncomingRow } from "../packed-row.ts";
import { type Content, withMerge } from "../statement.ts";
import { type Cell, type Column, tableOf } from "./columns.ts";

/** A row as the log stores it. */
export interface StoredRow {
  readonly seq: number;
  readonly row: IncomingRow;
  readonly standing: Standing;
  readonly ofSeq: number | undefined;
  readonly claimsId: boolean;
  readonly body: string;
}

/** A fill for the projection. */
export interface NewFill {
  readonly seq: number;
  readonly row: IncomingRow;
  readonly content: Content;
  readonly voided: boolean;
}

/** Stores rows in bulk; how many were, as those whose id or key is there already are left out. */
export async function insertEvents(client: Client, rows: readonly StoredRow[]): Promise<number> {
  const text = (name: string, of: (row: StoredRow) => Cell): Column => ({ name, type: "text", values: rows.map(of) });
  const whole = (name: string, of: (row: StoredRow) => Cell): Column => ({
    name,
    type: "bigint",
    values: rows.map(of),
  });
  const { from, parameters } = tableOf([
    whole("seq", ({ seq }) => seq),
    whole("ts", ({ row }) => row.ts),
    whole("received_at", ({ row }) => row.receivedAt),
    text("bot", ({ row }) => row.bot),
    text("id", ({ row, claimsId }) => (claimsId ? (row.id ?? null) : null)),
    text("type", ({ row }) => row.type),
    text("mode", ({ row }) => row.mode),
    text("key", ({ row }) => row.key ?? null),
    text("standing", ({ standing }) => standing),
    whole("of_seq", ({ ofSeq }) => ofSeq ?? null),
    text("body", ({ body }) => body),
  ]);
  const sql = `INSERT INTO events SELECT * FROM ${from} ON CONFLICT DO NOTHING`;
  return (await client.query({ name: "insert-events", text: sql, values: parameters })).rowCount ?? 0;
}

const SQL_TYPES = { text: "text", number: "double precision", boolean: "boolean" } as const;

/** Adds new fills to the projection. */
export async function insertFills(client: Client, fills: readonly NewFill[]): Promise<void> {
  if (fills.length === 0) return;
  const whole = (name: string, of: (fill: NewFill) => Cell): Column => ({
    name,
    type: "bigint",
    values: fills.map(of),
  });
  const cells = fills.map(({ row, content }) =>
    fillValues({ ...content, bot: row.bot, type: row.type, mode: row.mode }),
  );
  const columns: Column[] = [
    whole("seq", ({ seq }) => seq),
    whole("ts", ({ row }) => row.ts),
    whole("received_at", ({ row }) => row.receivedAt),
    whole("effective_ts", ({ row }) => effectiveTs(micros(row.ts), micros(row.receivedAt))),
    ...fillColumnNames.map((name, index) => ({
      name,
      type: SQL_TYPES[FILL_COLUMNS[name]],
      values: cells.map((values) => values[index] ?? null),
    })),
    { name: "voided", type: "boolean", values: fills.map(({ voided }) => (voided ? 1 : 0)) },
  ];
  const { from, parameters } = tableOf(columns);
  const names = columns.map(({ name }) => name).join(", ");
  const text = `INSERT INTO fills (${names}, contradicted) SELECT ${names}, false FROM ${from}`;
  await client.query({ name: "insert-fills", text, values: parameters });
}

/** Fills in what later statements add to fills; what was known stays. */
export async function addToFills(
  client: Client,
  additions: readonly { readonly seq: number; readonly added: Content }[],
): Promise<void> {
  const bySeq = new Map<number, Content>();
  for (const { seq, added } of additions) bySeq.set(seq, withMerge(bySeq.get(seq) ?? {}, added));
  if (bySeq.size === 0) return;
  const { from, parameters } = tableOf([
    { name: "seq", type: "bigint", values: [...bySeq.keys()] },
    ...mergeableColumns.map((name) => ({
      name,
      type: SQL_TYPES[FILL_COLUMNS[name]],
      values: [...bySeq.values()].map((added) => fillValue(added, name)),
    })),
  ]);
  const sets = mergeableColumns.map((name) => `${name} = coalesce(fills.${name}, given.${name})`).join(", ");
  await client.query(`UPDATE fills SET ${sets} FROM ${from} WHERE fills.seq = given.seq`, parameters);
}

/** Marks fills as taken back, or as contradicted. */
export async function markFills(
  client: Client,
  mark: "voided" | "contradicted",
  seqs: readonly number[],
): Promise<void> {
  if (seqs.length === 0) return;
  await client.query(`UPDATE fills SET ${mark} = true WHERE seq = ANY ($1::bigint[])`, [seqs]);
}

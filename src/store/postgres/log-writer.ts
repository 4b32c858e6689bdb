import type { Client } from "pg";
import { micros } from "../../base/time.ts";
import { effectiveTs, type Standing } from "../../protocol/recorded.ts";
import { FILL_COLUMNS, fillColumnNames, fillValue, fillValues, mergeableColumns } from "../fill-columns.ts";
import type { IncomingRow } from "../../hub/packed-rows.ts";
import { type Content, withMerge } from "../statement.ts";
import { type Cell, type Column, tableOf } from "./columns.ts";

/** A row as the log stores it. */
export interface StoredRow {
  /** Its place in the group: the first has 0, and the seq that the group begins with. */
  readonly offset: number;
  readonly row: IncomingRow;
  readonly standing: Standing;
  readonly ofSeq: number | undefined;
  readonly claimsId: boolean;
  readonly body: string;
}

/** A fill for the projection. */
export interface NewFill {
  readonly offset: number;
  readonly row: IncomingRow;
  readonly content: Content;
  readonly voided: boolean;
}

/** An insert made ready while the connection was busy; it is completed by the seq that the group begins with. */
interface Insert {
  readonly text: string;
  readonly parameters: readonly string[];
}

/** Stores a whole group that is new, and the note that it was, as one statement: one transaction, one round trip. */
export function insertGroup(rows: readonly StoredRow[], fills: readonly NewFill[]) {
  const parts: Insert[] = [];
  const add = (part: Insert) => parts.push(part);
  add(eventsInsert(rows, 4));
  if (fills.length > 0) add(fillsInsert(fills, 4 + (parts[0]?.parameters.length ?? 0)));
  const inserts = parts.map(({ text }, index) => `part_${index} AS (${text})`);
  const text = `WITH ${inserts.join(", ")} ${noteInsert(["$2", "$3", "$4"])}`;
  const parameters = parts.flatMap((part) => part.parameters);
  return async (client: Client, firstSeq: number, commit: CommitNote): Promise<void> => {
    const values = [firstSeq, commit.slot, commit.token, commit.reply, ...parameters];
    await client.query({ name: `insert-group-${parts.length}`, text, values });
  };
}

/** How a group is found again when its commit was not seen. */
export interface CommitNote {
  readonly slot: number;
  readonly token: string;
  readonly reply: string;
}

/** Keeps the note of a group, within its transaction. */
export async function saveNote(client: Client, { slot, token, reply }: CommitNote): Promise<void> {
  await client.query({ name: "save-note", text: noteInsert(["$1", "$2", "$3"]), values: [slot, token, reply] });
}

const noteInsert = (values: readonly string[]): string =>
  `INSERT INTO commits (slot, token, reply) VALUES (${values.join(", ")})
   ON CONFLICT (slot) DO UPDATE SET token = excluded.token, reply = excluded.reply`;

/** Stores rows in bulk. Rejects with a violation of uniqueness when the id or key of one is there already. */
export async function insertEvents(client: Client, rows: readonly StoredRow[], firstSeq: number): Promise<void> {
  if (rows.length === 0) return;
  const { text, parameters } = eventsInsert(rows, 1);
  await client.query({ name: "insert-events", text, values: [firstSeq, ...parameters] });
}

/** Adds new fills to the projection. */
export async function insertFills(client: Client, fills: readonly NewFill[], firstSeq: number): Promise<void> {
  if (fills.length === 0) return;
  const { text, parameters } = fillsInsert(fills, 1);
  await client.query({ name: "insert-fills", text, values: [firstSeq, ...parameters] });
}

function eventsInsert(rows: readonly StoredRow[], before: number): Insert {
  const text = (name: string, of: (row: StoredRow) => Cell): Column => ({ name, type: "text", values: rows.map(of) });
  const whole = (name: string, of: (row: StoredRow) => Cell): Column => ({
    name,
    type: "bigint",
    values: rows.map(of),
  });
  const columns: Column[] = [
    whole("seq", ({ offset }) => offset),
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
  ];
  return inserting("events", columns, before);
}

const SQL_TYPES = { text: "text", number: "double precision", boolean: "boolean" } as const;

function fillsInsert(fills: readonly NewFill[], before: number): Insert {
  const whole = (name: string, of: (fill: NewFill) => Cell): Column => ({
    name,
    type: "bigint",
    values: fills.map(of),
  });
  const cells = fills.map(({ row, content }) => fillValues(content, row.mode));
  const columns: Column[] = [
    whole("seq", ({ offset }) => offset),
    whole("ts", ({ row }) => row.ts),
    whole("received_at", ({ row }) => row.receivedAt),
    whole("effective_ts", ({ row }) => effectiveTs(micros(row.ts), micros(row.receivedAt))),
    ...fillColumnNames.map((name, index) => ({
      name,
      type: SQL_TYPES[FILL_COLUMNS[name]],
      values: cells.map((values) => values[index] ?? null),
    })),
    { name: "voided", type: "boolean", values: fills.map(({ voided }) => Number(voided)) },
    { name: "contradicted", type: "boolean", values: fills.map(() => 0) },
  ];
  return inserting("fills", columns, before);
}

/** An insert of these columns, the first of which is the row's offset from the seq that is the first parameter. */
function inserting(table: "events" | "fills", columns: readonly Column[], before: number): Insert {
  const { from, parameters } = tableOf(columns, before);
  const names = columns.map(({ name }) => name);
  const values = ["seq + $1::bigint", ...names.slice(1)];
  return { text: `INSERT INTO ${table} (${names.join(", ")}) SELECT ${values.join(", ")} FROM ${from}`, parameters };
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

/** Notes why fills were corrected, by their `seq`. */
export async function correctFills(client: Client, reasons: ReadonlyMap<number, string>): Promise<void> {
  if (reasons.size === 0) return;
  const { from, parameters } = tableOf([
    { name: "seq", type: "bigint", values: [...reasons.keys()] },
    { name: "reason", type: "text", values: [...reasons.values()] },
  ]);
  await client.query(`UPDATE fills SET correction = given.reason FROM ${from} WHERE fills.seq = given.seq`, parameters);
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

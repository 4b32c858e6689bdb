import type { DatabaseSync, StatementSync } from "node:sqlite";
import { micros } from "../../base/time.ts";
import { effectiveTs } from "../../protocol/recorded.ts";
import { fillColumnNames, fillValue, fillValues, mergeableColumns } from "../fill-columns.ts";
import { type IncomingRow, ROW_SEPARATOR, unpackRow } from "../packed-row.ts";
import { contentOf, type FillEffect, type Plan, planRow } from "../plan.ts";
import type { GroupReply, OddRow } from "../reply.ts";
import { type Content, isFillType } from "../statement.ts";
import { SqliteFactBook } from "./fact-book.ts";
import { inTransaction } from "./transaction.ts";

/** Outcomes of groups that are kept: more than can be in flight. */
const COMMITS_KEPT = 8;

/** Appends to the log and keeps the projection of fills with it. The only one to give `seq`. */
export class EventWriter {
  readonly #database: DatabaseSync;
  readonly #book: SqliteFactBook;
  readonly #insertEvent: StatementSync;
  readonly #insertFill: StatementSync;
  readonly #addToFill: StatementSync;
  readonly #voidFill: StatementSync;
  readonly #contradictFill: StatementSync;
  readonly #insertVoidAhead: StatementSync;
  readonly #deleteVoidAhead: StatementSync;
  readonly #saveReply: StatementSync;
  #voidsAhead: Set<string>;
  #nextSeq: number;
  #commits: number;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#book = new SqliteFactBook(database);
    this.#insertEvent = database.prepare(
      "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    );
    const fillColumns = ["seq", "ts", "received_at", "effective_ts", ...fillColumnNames, "voided", "contradicted"];
    this.#insertFill = database.prepare(
      `INSERT INTO fills (${fillColumns.join(", ")}) VALUES (${fillColumns.map(() => "?").join(", ")})`,
    );
    const additions = mergeableColumns.map((name) => `${name} = coalesce(${name}, ?)`);
    this.#addToFill = database.prepare(`UPDATE fills SET ${additions.join(", ")} WHERE seq = ?`);
    this.#voidFill = database.prepare("UPDATE fills SET voided = 1 WHERE seq = ?");
    this.#contradictFill = database.prepare("UPDATE fills SET contradicted = 1 WHERE seq = ?");
    this.#insertVoidAhead = database.prepare("INSERT INTO voids_ahead VALUES (?) ON CONFLICT DO NOTHING");
    this.#deleteVoidAhead = database.prepare("DELETE FROM voids_ahead WHERE fill_key = ?");
    this.#saveReply = database.prepare("INSERT OR REPLACE INTO commits VALUES (?, ?, ?)");
    this.#voidsAhead = voidsAheadIn(database);
    this.#nextSeq = nextSeqIn(database);
    this.#commits = 0;
  }

  /** Makes a group durable in one transaction, with its outcome under `token`. Throws when nothing of it was stored. */
  append(rows: string, token: string): GroupReply {
    const first = this.#nextSeq;
    try {
      return inTransaction(this.#database, () => this.#appendRows(rows, token));
    } catch (error) {
      this.#nextSeq = first;
      this.#voidsAhead = voidsAheadIn(this.#database);
      throw error;
    }
  }

  /** The outcome of a group that was committed, undefined when it was not. */
  outcomeOf(token: string): GroupReply | undefined {
    const row = this.#database.prepare("SELECT reply FROM commits WHERE token = ?").get(token);
    return row === undefined ? undefined : (JSON.parse(String(row["reply"])) as GroupReply);
  }

  #appendRows(rows: string, token: string): GroupReply {
    const first = this.#nextSeq;
    const odd: OddRow[] = [];
    let index = 0;
    for (const text of rows.split(ROW_SEPARATOR)) {
      const row = unpackRow(text);
      if (row.refersTo !== undefined || !this.#insertNew(row)) odd.push(this.#insertPlanned(row, index));
      index++;
    }
    const reply = { first, odd };
    // Of eight slots, the oldest is overwritten: enough for the groups that can be in flight.
    if (this.#nextSeq > first) this.#saveReply.run(this.#commits++ % COMMITS_KEPT, token, JSON.stringify(reply));
    return reply;
  }

  /** The plain way of nearly every row; false when its id or key is there already. */
  #insertNew(row: IncomingRow): boolean {
    const { ts, receivedAt, bot, id, type, mode, key, body } = row;
    const seq = this.#nextSeq;
    const stored = this.#insertEvent.run(
      seq,
      ts,
      receivedAt,
      bot,
      id ?? null,
      type,
      mode,
      key ?? null,
      "fact",
      null,
      body,
    );
    if (stored.changes === 0) return false;
    this.#nextSeq++;
    if (isFillType(type)) this.#writeFill(seq, row, contentOf(body));
    return true;
  }

  #insertPlanned(row: IncomingRow, index: number): OddRow {
    const plan = planRow(row, this.#book);
    if (plan.standing === "duplicate") return { index, ...plan };
    const seq = this.#nextSeq++;
    const { standing, ofSeq, body, changed } = plan;
    const id = plan.claimsId ? (row.id ?? null) : null;
    const stored = this.#insertEvent.run(
      seq,
      row.ts,
      row.receivedAt,
      row.bot,
      id,
      row.type,
      row.mode,
      row.key ?? null,
      standing,
      ofSeq ?? null,
      body,
    );
    if (stored.changes !== 1) throw new Error(`a ${standing} of type ${row.type} met a row that its plan did not see`);
    this.#apply(seq, row, plan);
    return { index, standing, seq, ...(ofSeq === undefined ? {} : { ofSeq }), ...(changed ? { body } : {}) };
  }

  #apply(seq: number, row: IncomingRow, plan: Extract<Plan, { effect: unknown }>): void {
    const { effect } = plan;
    if (effect?.kind === "insert") this.#writeFill(seq, row, plan.content);
    else if (effect !== undefined) this.#applyToFill(effect);
  }

  #applyToFill(effect: Exclude<FillEffect, { kind: "insert" }>): void {
    switch (effect.kind) {
      case "add":
        this.#addToFill.run(...mergeableColumns.map((name) => fillValue(effect.added, name)), effect.seq);
        return;
      case "void":
        this.#voidFill.run(effect.seq);
        return;
      case "contradict":
        this.#contradictFill.run(effect.seq);
        return;
      case "void-ahead":
        this.#insertVoidAhead.run(effect.fillKey);
        this.#voidsAhead.add(effect.fillKey);
        return;
    }
  }

  #writeFill(seq: number, row: IncomingRow, content: Content): void {
    const voided = row.key !== undefined && this.#voidsAhead.delete(row.key);
    if (voided) this.#deleteVoidAhead.run(row.key ?? null);
    const effective = effectiveTs(micros(row.ts), micros(row.receivedAt));
    const values = fillValues({ ...content, bot: row.bot, type: row.type, mode: row.mode });
    this.#insertFill.run(seq, row.ts, row.receivedAt, effective, ...values, voided ? 1 : 0, 0);
  }
}

const nextSeqIn = (database: DatabaseSync): number =>
  Number(database.prepare("SELECT coalesce(max(seq), 0) + 1 AS next FROM events").get()?.["next"]);

const voidsAheadIn = (database: DatabaseSync): Set<string> =>
  new Set(
    database
      .prepare("SELECT fill_key FROM voids_ahead")
      .all()
      .map((row) => String(row["fill_key"])),
  );

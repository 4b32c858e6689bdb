import type { DatabaseSync, StatementSync } from "node:sqlite";
import { micros } from "../../base/time.ts";
import { effectiveTs } from "../../protocol/recorded.ts";
import { addSaid, type ColumnValue, fillValue, mergeableColumns, usualFirst } from "../fill-columns.ts";
import type { IncomingRow } from "../../hub/packed-rows.ts";
import { type FillEffect, namesOf } from "../plan.ts";
import type { Content } from "../statement.ts";

/** Keeps the projection of fills, within the transaction that appends to the log. */
export class FillWriter {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #add: StatementSync;
  readonly #void: StatementSync;
  readonly #contradict: StatementSync;
  readonly #correct: StatementSync;
  readonly #insertVoidAhead: StatementSync;
  readonly #deleteVoidAhead: StatementSync;
  readonly #insertCorrectionAhead: StatementSync;
  readonly #deleteCorrectionAhead: StatementSync;
  /** Fills that were taken back before they were reported, by their key. */
  #voidsAhead = new Set<string>();
  /** Why fills were corrected before they were reported, by what they were named by. */
  #correctionsAhead = new Map<string, string>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    const columns = ["seq", "ts", "received_at", "effective_ts", "voided", "contradicted", ...usualFirst];
    const places = columns.map(() => "?").join(", ");
    this.#insert = database.prepare(`INSERT INTO fills (${columns.join(", ")}) VALUES (${places})`);
    const additions = mergeableColumns.map((name) => `${name} = coalesce(${name}, ?)`);
    this.#add = database.prepare(`UPDATE fills SET ${additions.join(", ")} WHERE seq = ?`);
    this.#void = database.prepare("UPDATE fills SET voided = 1 WHERE seq = ?");
    this.#contradict = database.prepare("UPDATE fills SET contradicted = 1 WHERE seq = ?");
    this.#insertVoidAhead = database.prepare("INSERT INTO voids_ahead VALUES (?) ON CONFLICT DO NOTHING");
    this.#deleteVoidAhead = database.prepare("DELETE FROM voids_ahead WHERE fill_key = ?");
    this.#correct = database.prepare("UPDATE fills SET correction = ? WHERE seq = ?");
    this.#insertCorrectionAhead = database.prepare("INSERT OR REPLACE INTO corrections_ahead VALUES (?, ?)");
    this.#deleteCorrectionAhead = database.prepare("DELETE FROM corrections_ahead WHERE name = ?");
    this.reload();
  }

  /** Reads again what is kept in memory, after a rollback. */
  reload(): void {
    const rows = this.#database.prepare("SELECT fill_key FROM voids_ahead").all();
    this.#voidsAhead = new Set(rows.map((row) => String(row["fill_key"])));
    const corrections = this.#database.prepare("SELECT name, reason FROM corrections_ahead").all();
    this.#correctionsAhead = new Map(corrections.map(({ name, reason }) => [String(name), String(reason)]));
  }

  /** A new fill: taken back or corrected at once when that was said before it. */
  insert(seq: number, row: IncomingRow, content: Content): void {
    const { ts, receivedAt, mode, key } = row;
    const voided = key !== undefined && this.#voidsAhead.delete(key);
    if (voided) this.#deleteVoidAhead.run(key);
    const effective = effectiveTs(micros(ts), micros(receivedAt));
    const values: ColumnValue[] = [seq, ts, receivedAt, effective, voided ? 1 : 0, 0];
    addSaid(values, content, mode);
    // What has no value here is null.
    this.#insert.run(...values);
    if (this.#correctionsAhead.size > 0) this.#correctAtOnce(seq, row);
  }

  #correctAtOnce(seq: number, row: IncomingRow): void {
    for (const name of namesOf(row)) {
      const reason = this.#correctionsAhead.get(name);
      if (reason === undefined) continue;
      this.#correct.run(reason, seq);
      this.#deleteCorrectionAhead.run(name);
      this.#correctionsAhead.delete(name);
    }
  }

  /** What a later event does to a fill. */
  apply(effect: Exclude<FillEffect, { kind: "insert" }>): void {
    switch (effect.kind) {
      case "add":
        this.#add.run(...mergeableColumns.map((name) => fillValue(effect.added, name)), effect.seq);
        return;
      case "void":
        this.#void.run(effect.seq);
        return;
      case "contradict":
        this.#contradict.run(effect.seq);
        return;
      case "correct":
        this.#correct.run(effect.reason, effect.seq);
        return;
      case "correct-ahead":
        this.#insertCorrectionAhead.run(effect.name, effect.reason);
        this.#correctionsAhead.set(effect.name, effect.reason);
        return;
      case "void-ahead":
        this.#insertVoidAhead.run(effect.fillKey);
        this.#voidsAhead.add(effect.fillKey);
        return;
    }
  }
}

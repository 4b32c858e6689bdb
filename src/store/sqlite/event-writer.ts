import type { DatabaseSync, StatementSync } from "node:sqlite";
import { eachRow, type IncomingRow, type PackedRows } from "../../hub/packed-rows.ts";
import { contentOf, planRow, type StoringPlan } from "../plan.ts";
import type { GroupReply, OddRow } from "../reply.ts";
import { isFillType } from "../statement.ts";
import { BlockIndex } from "./block-index.ts";
import { SqliteFactBook } from "./fact-book.ts";
import { FillWriter } from "./fill-writer.ts";
import { inTransaction } from "./transaction.ts";

/** Outcomes of groups that are kept: more than can be in flight. */
const COMMITS_KEPT = 8;
/** Of a transaction that takes many groups. */
const ROWS_A_COMMIT = 20_000;

/** Appends to the log and keeps what goes with it: the projection of fills and the index of blocks. Gives `seq`. */
export class EventWriter {
  readonly #database: DatabaseSync;
  readonly #book: SqliteFactBook;
  readonly #blocks: BlockIndex;
  readonly #fills: FillWriter;
  readonly #insertFact: StatementSync;
  readonly #insertPlan: StatementSync;
  readonly #saveReply: StatementSync;
  #nextSeq: number;
  #commits = 0;
  #rolledBack = false;
  #uncommitted = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#book = new SqliteFactBook(database);
    this.#blocks = new BlockIndex(database);
    this.#fills = new FillWriter(database);
    this.#insertFact = database.prepare(
      "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'fact', NULL, ?) ON CONFLICT DO NOTHING",
    );
    this.#insertPlan = database.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#saveReply = database.prepare("INSERT OR REPLACE INTO commits VALUES (?, ?, ?)");
    this.#nextSeq = nextSeqIn(database);
  }

  /** Makes a group durable in one transaction, with its outcome under `token`. Throws when nothing of it was stored. */
  append(rows: PackedRows, token: string): GroupReply {
    this.#recover();
    const first = this.#nextSeq;
    try {
      return inTransaction(this.#database, () => this.#appendRows(rows, token));
    } catch (error) {
      this.#nextSeq = first;
      this.#rolledBack = true;
      throw error;
    }
  }

  /**
   * Takes a group into the transaction at hand, which is committed once it has `ROWS_A_COMMIT` rows, or by `commit`. Where
   * it throws, nothing since the last commit was stored, and this writer is of no further use.
   */
  appendToMany(rows: PackedRows): GroupReply {
    if (!this.#database.isTransaction) this.#database.exec("BEGIN IMMEDIATE");
    const reply = this.#takeRows(rows);
    this.#uncommitted += rows.count;
    if (this.#uncommitted >= ROWS_A_COMMIT) this.commit();
    return reply;
  }

  /** Commits what `appendToMany` has taken. */
  commit(): void {
    this.#uncommitted = 0;
    if (!this.#database.isTransaction) return;
    this.#blocks.flush();
    this.#database.exec("COMMIT");
  }

  /** The outcome of a group that was committed, undefined when it was not. */
  outcomeOf(token: string): GroupReply | undefined {
    const row = this.#database.prepare("SELECT reply FROM commits WHERE token = ?").get(token);
    return row === undefined ? undefined : (JSON.parse(String(row["reply"])) as GroupReply);
  }

  /** What is kept in memory may be ahead of the database after a rollback. */
  #recover(): void {
    if (!this.#rolledBack) return;
    this.#fills.reload();
    this.#blocks.forget();
    this.#rolledBack = false;
  }

  #appendRows(rows: PackedRows, token: string): GroupReply {
    const first = this.#nextSeq;
    const reply = this.#takeRows(rows);
    if (this.#nextSeq === first) return reply;
    this.#blocks.flush();
    this.#saveReply.run(this.#commits++ % COMMITS_KEPT, token, JSON.stringify(reply));
    return reply;
  }

  #takeRows(rows: PackedRows): GroupReply {
    const first = this.#nextSeq;
    const odd: OddRow[] = [];
    eachRow(rows, (row, index) => {
      if (row.refersTo !== undefined || !this.#insertNew(row)) odd.push(this.#insertPlanned(row, index));
    });
    return { first, odd };
  }

  /** The plain way of nearly every row; false when its id or key is there already. */
  #insertNew(row: IncomingRow): boolean {
    const { ts, receivedAt, bot, id, type, mode, key, body } = row;
    const seq = this.#nextSeq;
    const stored = this.#insertFact.run(seq, ts, receivedAt, bot, id ?? null, type, mode, key ?? null, body);
    if (stored.changes === 0) return false;
    this.#nextSeq++;
    this.#blocks.note(seq, row);
    if (isFillType(type)) this.#fills.insert(seq, row, contentOf(body));
    return true;
  }

  #insertPlanned(row: IncomingRow, index: number): OddRow {
    const plan = planRow(row, this.#book);
    if (plan.standing === "duplicate") return { index, ...plan };
    const seq = this.#nextSeq++;
    this.#insertPlan.run(...columnsOf(seq, row, plan));
    this.#blocks.note(seq, row);
    const { standing, ofSeq, body, changed, effect } = plan;
    if (effect?.kind === "insert") this.#fills.insert(seq, row, contentOf(body));
    else if (effect !== undefined) this.#fills.apply(effect);
    return { index, standing, seq, ...(ofSeq === undefined ? {} : { ofSeq }), ...(changed ? { body } : {}) };
  }
}

function columnsOf(seq: number, row: IncomingRow, plan: StoringPlan): (string | number | null)[] {
  const { ts, receivedAt, bot, type, mode, key } = row;
  const id = plan.claimsId ? (row.id ?? null) : null;
  return [seq, ts, receivedAt, bot, id, type, mode, key ?? null, plan.standing, plan.ofSeq ?? null, plan.body];
}

const nextSeqIn = (database: DatabaseSync): number =>
  Number(database.prepare("SELECT coalesce(max(seq), 0) + 1 AS next FROM events").get()?.["next"]);

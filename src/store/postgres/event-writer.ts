import type { Client } from "pg";
import { type IncomingRow, type PackedRows, unpackRows } from "../../hub/packed-rows.ts";
import { contentOf } from "../plan.ts";
import type { GroupReply } from "../reply.ts";
import { isFillType } from "../statement.ts";
import { PrefetchedBook } from "./fact-book.ts";
import { type CommitNote, insertGroup, saveNote, type StoredRow } from "./log-writer.ts";
import { isSaidAhead, PlannedGroup, type SaidAhead } from "./planned-group.ts";
import { isAnswer, isRepeat } from "./postgres-error.ts";

/** Outcomes of groups that are kept: more than can be in flight. */
const COMMITS_KEPT = 8;

/** Groups that are planned after one with restatements, before all-new ones are expected again. */
const PLANNED_IN_A_ROW = 16;

/** The connection broke after COMMIT was sent: whether the group is durable is known to the server alone. */
export class CommitUnknown extends Error {
  override readonly name = "CommitUnknown";
  readonly token: string;

  constructor(token: string, cause: unknown) {
    super("the connection broke while a commit was under way", { cause });
    this.token = token;
  }
}

/** Appends to the log on one connection, which must hold the lock of the single writer. Calls must not overlap. */
export class EventWriter {
  readonly #client: Client;
  #nextSeq: number;
  #ahead: SaidAhead;
  #commits = 0;
  #plannedLeft = 0;

  private constructor(client: Client, state: LogState) {
    this.#client = client;
    this.#nextSeq = state.nextSeq;
    this.#ahead = state.ahead;
  }

  /** A writer that goes on where the log ends. */
  static async on(client: Client): Promise<EventWriter> {
    return new EventWriter(client, await stateOf(client));
  }

  /** Makes a group durable in one transaction, with its outcome under `token`. Throws `CommitUnknown` when it may be. */
  async append(group: ReadyGroup, token: string): Promise<GroupReply> {
    const { rows } = group;
    const plain = this.#isPlain(rows) ? await this.#appendPlain(group, token) : undefined;
    if (plain !== undefined) return plain;
    const planned = await this.#appendPlanned(rows, token);
    this.#plannedLeft = planned.odd.length > 0 ? PLANNED_IN_A_ROW : this.#plannedLeft - 1;
    return planned;
  }

  /** The outcome of a group that was committed, undefined when it was not. */
  async outcomeOf(token: string): Promise<GroupReply | undefined> {
    const { rows } = await this.#client.query("SELECT reply FROM commits WHERE token = $1", [token]);
    return rows[0] === undefined ? undefined : (JSON.parse(String(rows[0]["reply"])) as GroupReply);
  }

  /** Where restatements come, more will follow: then it is cheaper to look first than to try in vain. */
  #isPlain(rows: readonly IncomingRow[]): boolean {
    if (this.#plannedLeft > 0) return false;
    return rows.every((row) => row.refersTo === undefined && !isSaidAhead(this.#ahead, row));
  }

  /** The way of nearly every group: all rows are new. Undefined, and nothing stored, when one is not. */
  async #appendPlain({ rows, insert }: ReadyGroup, token: string): Promise<GroupReply | undefined> {
    const reply = { first: this.#nextSeq, odd: [] };
    try {
      await insert(this.#client, reply.first, this.#note(token, reply));
    } catch (error) {
      if (isRepeat(error)) return undefined;
      throw isAnswer(error) ? error : new CommitUnknown(token, error);
    }
    this.#nextSeq += rows.length;
    return reply;
  }

  async #appendPlanned(rows: readonly IncomingRow[], token: string): Promise<GroupReply> {
    const { first, odd, nextSeq, ahead } = await this.#transaction(token, async () => {
      const book = await PrefetchedBook.read(this.#client, rows);
      const group = new PlannedGroup(this.#nextSeq, this.#ahead, book);
      for (const row of rows) group.add(row);
      await group.write(this.#client);
      return group;
    });
    this.#nextSeq = nextSeq;
    this.#ahead = ahead;
    return { first, odd };
  }

  /** Commits what `work` did together with the group's outcome; rolls back when it throws. */
  async #transaction<T extends GroupReply>(token: string, work: () => Promise<T>): Promise<T> {
    await this.#client.query("BEGIN");
    let value: T;
    try {
      value = await work();
      await saveNote(this.#client, this.#note(token, { first: value.first, odd: value.odd }));
    } catch (error) {
      if (isAnswer(error)) await this.#client.query("ROLLBACK");
      throw error;
    }
    await this.#commit(token);
    return value;
  }

  async #commit(token: string): Promise<void> {
    try {
      await this.#client.query("COMMIT");
    } catch (error) {
      throw isAnswer(error) ? error : new CommitUnknown(token, error);
    }
  }

  /** Of the slots the oldest is overwritten. */
  #note(token: string, reply: GroupReply): CommitNote {
    return { slot: this.#commits++ % COMMITS_KEPT, token, reply: JSON.stringify(reply) };
  }
}

/** A group taken apart, with its insert made ready for the case that all of its rows are new. */
export interface ReadyGroup {
  readonly rows: readonly IncomingRow[];
  readonly insert: ReturnType<typeof insertGroup>;
}

/** Makes a packed group ready; to be done before its turn, while the server works on another. */
export function readyGroup(packed: PackedRows): ReadyGroup {
  const rows = unpackRows(packed);
  const stored = rows.map((row, offset): StoredRow => {
    return { offset, row, standing: "fact", ofSeq: undefined, claimsId: row.id !== undefined, body: row.body };
  });
  const fills = stored.filter(({ row }) => isFillType(row.type));
  const newFills = fills.map(({ offset, row, body }) => ({ offset, row, content: contentOf(body), voided: false }));
  return { rows, insert: insertGroup(stored, newFills) };
}

interface LogState {
  readonly nextSeq: number;
  readonly ahead: SaidAhead;
}

async function stateOf(client: Client): Promise<LogState> {
  const { rows } = await client.query("SELECT coalesce(max(seq), 0) + 1 AS next FROM events");
  const voids = await client.query("SELECT fill_key FROM voids_ahead");
  const corrections = await client.query("SELECT name, reason FROM corrections_ahead");
  const ahead = {
    voids: new Set(voids.rows.map((row) => String(row["fill_key"]))),
    corrections: new Map(corrections.rows.map(({ name, reason }) => [String(name), String(reason)])),
  };
  return { nextSeq: Number(rows[0]?.["next"]), ahead };
}

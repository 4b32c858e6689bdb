import type { Client } from "pg";
import { assert } from "../../base/assert.ts";
import { type IncomingRow, ROW_SEPARATOR, unpackRow } from "../packed-row.ts";
import { contentOf, type FillEffect, planRow } from "../plan.ts";
import type { GroupReply, OddRow } from "../reply.ts";
import { isFillType } from "../statement.ts";
import { PrefetchedBook } from "./fact-book.ts";
import { isAnswer } from "./postgres-error.ts";
import { addToFills, insertEvents, insertFills, markFills, type NewFill, type StoredRow } from "./log-writer.ts";

/** Outcomes of groups that are kept: more than can be in flight. */
const COMMITS_KEPT = 8;

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
  #voidsAhead: ReadonlySet<string>;
  #commits = 0;

  private constructor(client: Client, state: LogState) {
    this.#client = client;
    this.#nextSeq = state.nextSeq;
    this.#voidsAhead = state.voidsAhead;
  }

  /** A writer that goes on where the log ends. */
  static async on(client: Client): Promise<EventWriter> {
    return new EventWriter(client, await stateOf(client));
  }

  /** Makes a group durable in one transaction, with its outcome under `token`. Throws `CommitUnknown` when it may be. */
  async append(packed: string, token: string): Promise<GroupReply> {
    const rows = packed.split(ROW_SEPARATOR).map(unpackRow);
    const plain = this.#isPlain(rows) ? await this.#appendPlain(rows, token) : undefined;
    return plain ?? (await this.#appendPlanned(rows, token));
  }

  /** The outcome of a group that was committed, undefined when it was not. */
  async outcomeOf(token: string): Promise<GroupReply | undefined> {
    const { rows } = await this.#client.query("SELECT reply FROM commits WHERE token = $1", [token]);
    return rows[0] === undefined ? undefined : (JSON.parse(String(rows[0]["reply"])) as GroupReply);
  }

  #isPlain(rows: readonly IncomingRow[]): boolean {
    return rows.every(
      ({ refersTo, key }) => refersTo === undefined && (key === undefined || !this.#voidsAhead.has(key)),
    );
  }

  /** The way of nearly every group: all rows are new. Undefined, and nothing stored, when one is not. */
  async #appendPlain(rows: readonly IncomingRow[], token: string): Promise<GroupReply | undefined> {
    const first = this.#nextSeq;
    const stored = rows.map((row, index): StoredRow => {
      const claimsId = row.id !== undefined;
      return { seq: first + index, row, standing: "fact", ofSeq: undefined, claimsId, body: row.body };
    });
    const reply = { first, odd: [] };
    const done = await this.#transaction(token, async () => {
      if ((await insertEvents(this.#client, stored)) < stored.length) return undefined;
      await insertFills(this.#client, newFills(stored));
      return reply;
    });
    if (done !== undefined) this.#nextSeq = first + rows.length;
    return done;
  }

  async #appendPlanned(rows: readonly IncomingRow[], token: string): Promise<GroupReply> {
    const planned = await this.#transaction(token, async () => {
      const group = new PlannedGroup(this.#nextSeq, this.#voidsAhead, await PrefetchedBook.read(this.#client, rows));
      for (const row of rows) group.add(row);
      await group.write(this.#client);
      return group;
    });
    assert(planned !== undefined, "a planned group is always stored");
    this.#nextSeq = planned.nextSeq;
    this.#voidsAhead = planned.voidsAhead;
    return { first: planned.first, odd: planned.odd };
  }

  /** Commits what `work` did together with the group's outcome; rolls back when it gives none, or throws. */
  async #transaction<T extends GroupReply>(token: string, work: () => Promise<T | undefined>): Promise<T | undefined> {
    await this.#client.query("BEGIN");
    let value: T | undefined;
    try {
      value = await work();
      if (value !== undefined) await this.#saveReply(token, { first: value.first, odd: value.odd });
    } catch (error) {
      if (isAnswer(error)) await this.#client.query("ROLLBACK");
      throw error;
    }
    if (value === undefined) await this.#client.query("ROLLBACK");
    else await this.#commit(token);
    return value;
  }

  async #commit(token: string): Promise<void> {
    try {
      await this.#client.query("COMMIT");
    } catch (error) {
      throw isAnswer(error) ? error : new CommitUnknown(token, error);
    }
  }

  async #saveReply(token: string, reply: GroupReply): Promise<void> {
    await this.#client.query({
      name: "save-reply",
      text: `INSERT INTO commits VALUES ($1, $2, $3)
        ON CONFLICT (slot) DO UPDATE SET token = excluded.token, reply = excluded.reply`,
      values: [this.#commits++ % COMMITS_KEPT, token, JSON.stringify(reply)],
    });
  }
}

interface LogState {
  readonly nextSeq: number;
  readonly voidsAhead: ReadonlySet<string>;
}

async function stateOf(client: Client): Promise<LogState> {
  const { rows } = await client.query("SELECT coalesce(max(seq), 0) + 1 AS next FROM events");
  const voids = await client.query("SELECT fill_key FROM voids_ahead");
  return { nextSeq: Number(rows[0]?.["next"]), voidsAhead: new Set(voids.rows.map((row) => String(row["fill_key"]))) };
}

const newFills = (stored: readonly StoredRow[]): NewFill[] =>
  stored
    .filter(({ row }) => isFillType(row.type))
    .map(({ seq, row, body }) => ({ seq, row, content: contentOf(body), voided: false }));

/** A group planned row by row against the book, and then written in bulk. */
class PlannedGroup implements GroupReply {
  readonly first: number;
  readonly odd: OddRow[] = [];
  readonly voidsAhead: Set<string>;
  nextSeq: number;
  #index = 0;
  readonly #book: PrefetchedBook;
  readonly #stored: StoredRow[] = [];
  readonly #fills: NewFill[] = [];
  readonly #effects: FillEffect[] = [];
  readonly #metVoids: string[] = [];

  constructor(nextSeq: number, voidsAhead: ReadonlySet<string>, book: PrefetchedBook) {
    this.first = nextSeq;
    this.nextSeq = nextSeq;
    this.voidsAhead = new Set(voidsAhead);
    this.#book = book;
  }

  add(row: IncomingRow): void {
    const index = this.#index++;
    const plan = planRow(row, this.#book);
    if (plan.standing === "duplicate") {
      this.odd.push({ index, ...plan });
      return;
    }
    const seq = this.nextSeq++;
    const { standing, ofSeq, body, changed, claimsId, effect } = plan;
    this.#stored.push({ seq, row, standing, ofSeq, claimsId, body });
    this.#book.take(seq, row, plan);
    if (effect?.kind === "insert") this.#addFill(seq, row, plan.content);
    else if (effect !== undefined) this.#effects.push(effect);
    if (effect?.kind === "void-ahead") this.voidsAhead.add(effect.fillKey);
    if (standing !== "fact" || changed || ofSeq !== undefined)
      this.odd.push({ index, standing, seq, ...(ofSeq === undefined ? {} : { ofSeq }), ...(changed ? { body } : {}) });
  }

  async write(client: Client): Promise<void> {
    const count = this.#stored.length === 0 ? 0 : await insertEvents(client, this.#stored);
    assert(count === this.#stored.length, "a planned group met a row that its plan did not see");
    await insertFills(client, this.#fills);
    await addToFills(
      client,
      this.#effects.filter((effect) => effect.kind === "add"),
    );
    await markFills(client, "voided", this.#seqsOf("void"));
    await markFills(client, "contradicted", this.#seqsOf("contradict"));
    await this.#writeVoidsAhead(client);
  }

  #seqsOf(kind: "void" | "contradict"): number[] {
    return this.#effects.flatMap((effect) => (effect.kind === kind ? [effect.seq] : []));
  }

  #addFill(seq: number, row: IncomingRow, content: NewFill["content"]): void {
    const voided = row.key !== undefined && this.voidsAhead.delete(row.key);
    if (voided && row.key !== undefined) this.#metVoids.push(row.key);
    this.#fills.push({ seq, row, content, voided });
  }

  async #writeVoidsAhead(client: Client): Promise<void> {
    const ahead = this.#effects.filter((effect) => effect.kind === "void-ahead").map(({ fillKey }) => fillKey);
    if (ahead.length > 0)
      await client.query("INSERT INTO voids_ahead SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", [ahead]);
    if (this.#metVoids.length > 0)
      await client.query("DELETE FROM voids_ahead WHERE fill_key = ANY ($1::text[])", [this.#metVoids]);
  }
}

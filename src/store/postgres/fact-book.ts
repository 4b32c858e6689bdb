import type { Client, QueryResultRow } from "pg";
import type { IncomingRow } from "../packed-row.ts";
import { afterPlan, type Fact, factOf, type FactBook, type LaterStatement, type StoringPlan } from "../plan.ts";
import { tableOf } from "./columns.ts";

/** The facts that a group of rows speaks of, read at once, and kept true while the group is planned. */
export class PrefetchedBook implements FactBook {
  readonly #facts = new Map<number, Fact>();
  readonly #seqByKey = new Map<string, number>();
  readonly #seqById = new Map<string, number>();

  byKey(key: string): Fact | undefined {
    return this.#fact(this.#seqByKey.get(key));
  }

  byId(bot: string, id: string): Fact | undefined {
    return this.#fact(this.#seqById.get(idKey(bot, id)));
  }

  /** Takes a planned row in, so that the rows after it find it. */
  take(seq: number, row: IncomingRow, plan: StoringPlan): void {
    const { standing, ofSeq, body, content, claimsId } = plan;
    const first = standing === "fact" ? seq : (ofSeq ?? seq);
    if (standing === "fact") {
      this.#facts.set(seq, { seq, type: row.type, body, content, contradictions: [] });
      if (row.key !== undefined) this.#seqByKey.set(row.key, seq);
    } else {
      const fact = this.#facts.get(first);
      if (fact !== undefined) this.#facts.set(first, afterPlan(fact, plan));
    }
    if (claimsId && row.id !== undefined) this.#seqById.set(idKey(row.bot, row.id), first);
  }

  /** Reads what is there of the facts that these rows state or speak of. */
  static async read(client: Client, rows: readonly IncomingRow[]): Promise<PrefetchedBook> {
    const book = new PrefetchedBook();
    const keys = rows.flatMap(({ key, refersTo }) => [key, refersTo].filter((each) => each !== undefined));
    const firsts = new Map<number, QueryResultRow>();
    for (const row of await byKeys(client, keys)) {
      book.#seqByKey.set(String(row["key"]), Number(row["seq"]));
      firsts.set(Number(row["seq"]), row);
    }
    for (const row of await byIds(client, rows)) {
      const seq = Number(row["fact_seq"]);
      book.#seqById.set(idKey(String(row["bot"]), String(row["id"])), seq);
      firsts.set(seq, row);
    }
    const later = await laterStatements(client, [...firsts.keys()]);
    for (const [seq, row] of firsts) {
      const first = { seq, type: String(row["type"]), body: String(row["body"]) };
      book.#facts.set(seq, factOf(first, later.get(seq) ?? []));
    }
    return book;
  }

  #fact(seq: number | undefined): Fact | undefined {
    return seq === undefined ? undefined : this.#facts.get(seq);
  }
}

const idKey = (bot: string, id: string): string => `${bot}\t${id}`;

async function byKeys(client: Client, keys: readonly string[]): Promise<QueryResultRow[]> {
  if (keys.length === 0) return [];
  const { from, parameters } = tableOf([{ name: "key", type: "text", values: keys }]);
  const sql = `SELECT DISTINCT e.seq, e.key, e.type, e.body FROM ${from}
    JOIN events AS e ON e.key = given.key AND e.key IS NOT NULL AND e.standing = 'fact'`;
  return (await client.query(sql, parameters)).rows;
}

/** The rows that hold these ids, each with the fact that it is a statement of. */
async function byIds(client: Client, rows: readonly IncomingRow[]): Promise<QueryResultRow[]> {
  const named = rows.filter(({ id }) => id !== undefined);
  if (named.length === 0) return [];
  const { from, parameters } = tableOf([
    { name: "bot", type: "text", values: named.map(({ bot }) => bot) },
    { name: "id", type: "text", values: named.map(({ id }) => id ?? null) },
  ]);
  const sql = `SELECT DISTINCT e.bot, e.id, fact.seq AS fact_seq, fact.type, fact.body FROM ${from}
    JOIN events AS e ON e.bot = given.bot AND e.id = given.id AND e.id IS NOT NULL
    JOIN events AS fact ON fact.seq = CASE WHEN e.standing = 'fact' THEN e.seq ELSE e.of_seq END`;
  return (await client.query(sql, parameters)).rows;
}

async function laterStatements(client: Client, seqs: readonly number[]): Promise<Map<number, LaterStatement[]>> {
  const later = new Map<number, LaterStatement[]>();
  if (seqs.length === 0) return later;
  const { rows } = await client.query(
    "SELECT of_seq, standing, body FROM events WHERE of_seq = ANY ($1::bigint[]) AND standing <> 'fact' ORDER BY seq",
    [seqs],
  );
  for (const row of rows) {
    const seq = Number(row["of_seq"]);
    const list = later.get(seq) ?? [];
    list.push({ standing: String(row["standing"]), body: String(row["body"]) });
    later.set(seq, list);
  }
  return later;
}

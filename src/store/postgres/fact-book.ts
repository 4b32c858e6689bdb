import type { Client, QueryResultRow } from "pg";
import type { IncomingRow } from "../../hub/packed-rows.ts";
import { type Fact, factOf, type FactBook, type LaterStatement, type StoringPlan } from "../plan.ts";
import { namedById } from "../../protocol/reference.ts";
import { tableOf } from "./columns.ts";

/** The facts that a group of rows speaks of, read at once, and kept true while the group is planned. */
export class PrefetchedBook implements FactBook {
  readonly #statements = new Map<number, Statements>();
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
    const { standing, ofSeq, body, claimsId } = plan;
    const first = standing === "fact" ? seq : (ofSeq ?? seq);
    if (standing === "fact") {
      this.#statements.set(seq, { first: { seq, type: row.type, body }, later: [] });
      if (row.key !== undefined) this.#seqByKey.set(row.key, seq);
    } else this.#statements.get(first)?.later.push({ standing, body });
    if (claimsId && row.id !== undefined) this.#seqById.set(idKey(row.bot, row.id), first);
  }

  /** Reads what is there of the facts that these rows state or speak of. */
  static async read(client: Client, rows: readonly IncomingRow[]): Promise<PrefetchedBook> {
    const book = new PrefetchedBook();
    const keys = new Set(rows.flatMap(({ key, refersTo }) => [key, refersTo].filter((each) => each !== undefined)));
    const firsts = new Map<number, QueryResultRow>();
    for (const row of await byKeys(client, [...keys])) {
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
      book.#statements.set(seq, { first, later: later.get(seq) ?? [] });
    }
    return book;
  }

  #fact(seq: number | undefined): Fact | undefined {
    const statements = seq === undefined ? undefined : this.#statements.get(seq);
    return statements === undefined ? undefined : factOf(statements.first, statements.later);
  }
}

/** The first statement of a fact and the later ones; new facts are taken apart only when somebody asks. */
interface Statements {
  readonly first: Parameters<typeof factOf>[0];
  readonly later: LaterStatement[];
}

const idKey = (bot: string, id: string): string => `${bot}\t${id}`;

// LIMIT in LATERAL has the server look up each by index; joined plainly, it misjudges and compares all with all.
async function byKeys(client: Client, keys: readonly string[]): Promise<QueryResultRow[]> {
  if (keys.length === 0) return [];
  const { from, parameters } = tableOf([{ name: "key", type: "text", values: keys }]);
  const text = `SELECT e.seq, e.key, e.type, e.body FROM ${from}
    CROSS JOIN LATERAL (SELECT * FROM events WHERE key = given.key AND standing = 'fact' LIMIT 1) AS e`;
  return (await client.query({ name: "facts-by-key", text, values: parameters })).rows;
}

/** The rows that hold the ids of these or that they speak of, each with the fact that it is a statement of. */
async function byIds(client: Client, rows: readonly IncomingRow[]): Promise<QueryResultRow[]> {
  const spoken = rows.flatMap(({ refersTo }) => (refersTo === undefined ? [] : (namedById(refersTo) ?? [])));
  const given = rows.flatMap(({ bot, id }) => (id === undefined ? [] : [{ bot, id }]));
  const named = [...new Map([...given, ...spoken].map((each) => [idKey(each.bot, each.id), each])).values()];
  if (named.length === 0) return [];
  const { from, parameters } = tableOf([
    { name: "bot", type: "text", values: named.map(({ bot }) => bot) },
    { name: "id", type: "text", values: named.map(({ id }) => id) },
  ]);
  const text = `SELECT e.bot, e.id, fact.seq AS fact_seq, fact.type, fact.body FROM ${from}
    CROSS JOIN LATERAL (SELECT * FROM events WHERE bot = given.bot AND id = given.id LIMIT 1) AS e
    CROSS JOIN LATERAL (
      SELECT * FROM events WHERE seq = CASE WHEN e.standing = 'fact' THEN e.seq ELSE e.of_seq END LIMIT 1
    ) AS fact`;
  return (await client.query({ name: "facts-by-id", text, values: parameters })).rows;
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

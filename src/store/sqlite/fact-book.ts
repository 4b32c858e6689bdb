import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Fact, factOf, type FactBook, type LaterStatement } from "../plan.ts";

type Row = Record<string, unknown>;

/** Looks facts up in the log itself, inside the writer's transaction. */
export class SqliteFactBook implements FactBook {
  readonly #byKey: StatementSync;
  readonly #byId: StatementSync;
  readonly #bySeq: StatementSync;
  readonly #later: StatementSync;

  constructor(database: DatabaseSync) {
    const columns = "SELECT seq, type, standing, of_seq, body FROM events WHERE";
    this.#byKey = database.prepare(`${columns} key = ? AND standing = 'fact'`);
    this.#byId = database.prepare(`${columns} bot = ? AND id = ?`);
    this.#bySeq = database.prepare(`${columns} seq = ?`);
    this.#later = database.prepare(
      "SELECT standing, body FROM events WHERE of_seq = ? AND standing <> 'fact' ORDER BY seq",
    );
  }

  byKey(key: string): Fact | undefined {
    return this.#factOf(this.#byKey.get(key));
  }

  byId(bot: string, id: string): Fact | undefined {
    const row = this.#byId.get(bot, id);
    return this.#factOf(row === undefined || row["standing"] === "fact" ? row : this.#bySeq.get(Number(row["of_seq"])));
  }

  #factOf(row: Row | undefined): Fact | undefined {
    if (row === undefined) return undefined;
    const seq = Number(row["seq"]);
    const later = this.#later.all(seq).map(laterStatement);
    return factOf({ seq, type: String(row["type"]), body: String(row["body"]) }, later);
  }
}

const laterStatement = (row: Row): LaterStatement => ({ standing: String(row["standing"]), body: String(row["body"]) });

import { join } from "node:path";
import { ensure } from "../../base/assert.ts";
import { type AppendOutcome, type AppendRow, StoreUnavailable } from "../../hub/ports.ts";
import { storedEvent } from "../../protocol/stored-event.ts";
import { FIELD_SEPARATOR, type IncomingRow, packRows, unpackRows } from "../../hub/packed-rows.ts";
import { type Fact, factOf, type FactBook, type LaterStatement, planRow, type StoringPlan } from "../plan.ts";
import { FactIndex, textHash } from "./fact-index.ts";
import { TextFile } from "./text-file.ts";

/** A log that only takes in: the way of a file that is folded while it is read, and then forgotten. */
export interface ScratchLog {
  /** What becomes of a row. Throws `StoreUnavailable` when the log is full, or the disk is. */
  readonly put: (row: AppendRow) => AppendOutcome;
  /** Facts beyond what it has room for were handed in, and refused. */
  readonly isFull: () => boolean;
  readonly close: () => void;
}

export interface ScratchLogOptions {
  /** A directory of its own, which the caller deletes. */
  readonly directory: string;
  /** Rows that it takes at most: each costs about 60 bytes of memory, and its text on disk. */
  readonly rowsMax: number;
}

/** Decides of every row as the stores do (`planRow`), with the texts in a file and only their places in memory. */
export function openScratchLog({ directory, rowsMax }: ScratchLogOptions): ScratchLog {
  const rows = new ScratchRows(join(directory, "rows"));
  let full = false;
  return {
    put: (row) => {
      full ||= rows.count >= rowsMax;
      if (full) throw new StoreUnavailable(`There is room for ${rowsMax} facts.`);
      return taken(rows, row);
    },
    isFull: () => full,
    close: () => rows.close(),
  };
}

function taken(rows: ScratchRows, row: AppendRow): AppendOutcome {
  const { event, key = "", body } = row;
  const idText = event.id === undefined ? "" : idTextOf(event.bot, event.id);
  if (row.refersTo === undefined) {
    const seq = rows.addNew({ idText, key, type: event.type, body });
    if (seq !== undefined) return { seq, standing: "fact" };
  }
  return planned(rows, incoming(row), idText);
}

function planned(rows: ScratchRows, row: IncomingRow, idText: string): AppendOutcome {
  const plan = planRow(row, rows);
  if (plan.standing === "duplicate") return plan;
  const seq = rows.addPlanned({ idText, key: row.key ?? "", type: row.type, body: plan.body }, plan);
  return {
    seq,
    standing: plan.standing,
    ...(plan.ofSeq === undefined ? {} : { ofSeq: plan.ofSeq }),
    ...(plan.changed ? { event: storedEvent(plan.body) } : {}),
  };
}

/** A row as a writer of a store sees it. */
function incoming(row: AppendRow): IncomingRow {
  const [seen] = unpackRows(packRows([row]));
  return ensure(seen, "a row is one when it is packed");
}

const idTextOf = (bot: string, id: string): string => `${bot}\t${id}`;

/** A row as it is written; a text that it does not have is empty. */
interface Written {
  readonly idText: string;
  readonly key: string;
  readonly type: string;
  readonly body: string;
}

class ScratchRows implements FactBook {
  readonly #texts: TextFile;
  readonly #ids = new FactIndex();
  readonly #keys = new FactIndex();
  /** Of the rows that are no first statement of a fact. */
  readonly #ofSeq = new Map<number, number>();
  readonly #later = new Map<number, LaterStatement[]>();

  constructor(path: string) {
    this.#texts = new TextFile(path);
  }

  get count(): number {
    return this.#texts.count;
  }

  /** The `seq` of a new fact; undefined when its id or key is there already. */
  addNew(row: Written): number | undefined {
    const { idText, key } = row;
    const idHash = idText === "" ? 0 : textHash(idText);
    const keyHash = key === "" ? 0 : textHash(key);
    if (idText !== "" && this.#ids.find(idHash, (seq) => this.#read(seq).idText === idText) !== undefined)
      return undefined;
    if (key !== "" && this.#keys.find(keyHash, (seq) => this.#read(seq).key === key) !== undefined) return undefined;
    const seq = this.#write(row);
    if (idText !== "") this.#ids.add(idHash, seq);
    if (key !== "") this.#keys.add(keyHash, seq);
    return seq;
  }

  addPlanned(row: Written, { standing, ofSeq, claimsId, body }: StoringPlan): number {
    const idText = claimsId ? row.idText : "";
    const seq = this.#write({ ...row, idText });
    if (idText !== "") this.#ids.add(textHash(idText), seq);
    if (standing === "fact") {
      if (row.key !== "") this.#keys.add(textHash(row.key), seq);
    } else if (ofSeq !== undefined) this.#noteLater(seq, ofSeq, { standing, body });
    return seq;
  }

  byKey(key: string): Fact | undefined {
    return this.#factAt(this.#keys.find(textHash(key), (seq) => this.#read(seq).key === key));
  }

  byId(bot: string, id: string): Fact | undefined {
    const idText = idTextOf(bot, id);
    const seq = this.#ids.find(textHash(idText), (found) => this.#read(found).idText === idText);
    return this.#factAt(seq === undefined ? undefined : (this.#ofSeq.get(seq) ?? seq));
  }

  close(): void {
    this.#texts.close();
  }

  #factAt(seq: number | undefined): Fact | undefined {
    if (seq === undefined) return undefined;
    const { type, body } = this.#read(seq);
    return factOf({ seq, type, body }, this.#later.get(seq) ?? []);
  }

  #noteLater(seq: number, ofSeq: number, statement: LaterStatement): void {
    this.#ofSeq.set(seq, ofSeq);
    const later = this.#later.get(ofSeq);
    if (later === undefined) this.#later.set(ofSeq, [statement]);
    else later.push(statement);
  }

  #write({ idText, key, type, body }: Written): number {
    try {
      this.#texts.add(idText + FIELD_SEPARATOR + key + FIELD_SEPARATOR + type + FIELD_SEPARATOR + body);
    } catch (error) {
      throw new StoreUnavailable(`The directory for temporary files takes no more: ${String(error)}`);
    }
    return this.#texts.count;
  }

  #read(seq: number): Written {
    const [idText = "", key = "", type = "", body = ""] = this.#texts.at(seq - 1).split(FIELD_SEPARATOR);
    return { idText, key, type, body };
  }
}

import type { DatabaseSync } from "node:sqlite";
import type {
  ByTimeFilter,
  EventFilter,
  EventPage,
  ImportRow,
  KeyRow,
  OpportunityFilter,
  OrderFilter,
  RejectionRow,
  SampleRow,
  SnapshotSlice,
  TimePlace,
} from "../../hub/ports.ts";
import type { AuditFilter } from "../../hub/audit-port.ts";
import type { Standing } from "../../protocol/recorded.ts";
import { AUDIT_LAST_SEQ, auditPage, selectAudit } from "../audit-sql.ts";
import { fillText } from "../fill-columns.ts";
import { BY_ITSELF, placeOf, selectFillsByTime, type TimedPage, timedPageOf } from "../fills-by-time.ts";
import { type BodyFieldIs, conditionsOf, orderOf, Parameters, rowsToFetch, whereAll } from "../filters.ts";
import { gatherOpportunities } from "../gather-opportunities.ts";
import { gatherOrders } from "../gather-orders.ts";
import type { FactFilter, Gathering, LogQuestion } from "../gathering.ts";
import { type Page, pageOf } from "../page.ts";
import { replayColumns, REPLAY_PARTS, REPLAY_ROWS, type ReplayChunk, type ReplayRows, replayRows } from "../replay.ts";
import { importRow, keyRow, rejectionCount, rejectionRow, type Row, sampleRow, sliceRow } from "../row-mapping.ts";
import { ROW_SEPARATOR, wireText } from "../wire-text.ts";
import { blocksFor, COUNT_BLOCKS_OF_BOT, fillsInBlocksOf } from "./block-index.ts";

/** A page as it crosses to the main thread: the JSON texts as one. */
export interface PackedPage extends Omit<Page, "texts"> {
  readonly packed: string;
}

/** The same of a page in the order of time. */
export interface PackedTimedPage extends Omit<TimedPage, "texts"> {
  readonly packed: string;
}

/** Blocks whose fills are read and then put in order at most: about 10 ms. */
const FEW_BLOCKS = 32;

const bodyFieldIs: BodyFieldIs = (field, needle, value) =>
  `instr(body, ${needle}) > 0 AND body ->> '$.${field}' = ${value}`;

/** The reads of the store, on a connection that cannot write. */
export class Reader {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  lastSeq(): number {
    return Number(this.#one("SELECT coalesce(max(seq), 0) AS seq FROM events")?.["seq"]);
  }

  replay(afterSeq: number): ReplayChunk {
    const parts: ReplayRows[] = [];
    let lastSeq: number | undefined;
    while (parts.length < REPLAY_PARTS) {
      const row = this.#replayed(lastSeq ?? afterSeq);
      if (typeof row?.["last"] !== "number") break;
      lastSeq = row["last"];
      parts.push(replayRows(row));
    }
    return { parts, lastSeq };
  }

  #replayed(afterSeq: number): Row | undefined {
    return this.#one(
      `SELECT max(seq) AS last, ${replayColumns((each) => `group_concat(${each}, ',')`)}
       FROM (SELECT seq, ts, received_at, standing, of_seq, body FROM events WHERE seq > ? ORDER BY seq LIMIT ${REPLAY_ROWS})`,
      afterSeq,
    );
  }

  events(filter: EventFilter): PackedPage {
    const parameters = new Parameters((number) => `?${number}`);
    const where = whereAll(conditionsOf(filter, parameters, bodyFieldIs));
    const columns = "seq, ts, received_at, id, standing, of_seq, body";
    return this.#page(filter, { select: `SELECT ${columns}`, table: "events", where, parameters }, eventText);
  }

  fillsByTime(filter: ByTimeFilter): PackedTimedPage {
    const parameters = new Parameters((number) => `?${number}`);
    const sql = selectFillsByTime("*", { filter, parameters }, this.#ofRareBot(filter, parameters));
    const rows = this.#database.prepare(sql).all(...parameters.values);
    const place = (row: Row): TimePlace => placeOf(row["seq"], row["effective_ts"]);
    const { texts, last } = timedPageOf<Row>(filter, rows, { place, text: fillText });
    return { packed: texts.join(ROW_SEPARATOR), last };
  }

  /** The fills of a bot of which few blocks have something. */
  #ofRareBot({ bot, orderId }: ByTimeFilter, parameters: Parameters): string | undefined {
    if (bot === undefined || orderId !== undefined) return undefined;
    if (Number(this.#one(COUNT_BLOCKS_OF_BOT, bot, FEW_BLOCKS + 1)?.["blocks"]) > FEW_BLOCKS) return undefined;
    return `${fillsInBlocksOf(parameters.bind(bot))} ${BY_ITSELF}`;
  }

  fills(filter: EventFilter): PackedPage {
    const parameters = new Parameters((number) => `?${number}`);
    const where = whereAll(conditionsOf(filter, parameters));
    return this.#page(filter, { select: "SELECT *", table: FILLS_BY_SEQ, where, parameters }, fillText);
  }

  orders(filter: OrderFilter): PackedPage {
    return packed(this.#gathered(gatherOrders(filter)));
  }

  opportunities(filter: OpportunityFilter): PackedPage {
    return packed(this.#gathered(gatherOpportunities(filter)));
  }

  imports(limit: number): ImportRow[] {
    return this.#database.prepare("SELECT * FROM imports ORDER BY n DESC LIMIT ?").all(limit).map(importRow);
  }

  latestSamples(): SampleRow[] {
    return this.#database
      .prepare("SELECT key, type, bot, ts, received_at, body FROM latest_samples")
      .all()
      .map(sampleRow);
  }

  loadSlices(foldVersion: number): SnapshotSlice[] {
    return this.#database
      .prepare("SELECT name, seq, fold_version, body FROM slices WHERE fold_version = ? ORDER BY name")
      .all(foldVersion)
      .map(sliceRow);
  }

  rejections(limit: number): {
    rows: RejectionRow[];
    counts: { bot: string | undefined; code: string; count: number }[];
  } {
    const rows = this.#database.prepare("SELECT * FROM rejections ORDER BY n DESC LIMIT ?").all(limit);
    const counts = this.#database.prepare(
      "SELECT bot, code, count FROM rejection_counts ORDER BY count DESC, bot, code",
    );
    return {
      rows: rows.map(rejectionRow),
      counts: counts.all().map(rejectionCount),
    };
  }

  keyByPrefix(prefix: string): KeyRow | undefined {
    const row = this.#one("SELECT * FROM api_keys WHERE prefix = ?", prefix);
    return row === undefined ? undefined : keyRow(row);
  }

  keys(): KeyRow[] {
    return this.#database.prepare("SELECT * FROM api_keys ORDER BY created_at, prefix").all().map(keyRow);
  }

  audit(filter: AuditFilter): EventPage {
    const { sql, values } = selectAudit(filter, () => "?");
    return auditPage(filter, this.#database.prepare(sql).all(...values));
  }

  auditLastSeq(): number {
    return Number(this.#one(AUDIT_LAST_SEQ)?.["seq"]);
  }

  #page(filter: EventFilter, query: PageQuery, textOf: (row: Row) => string): PackedPage {
    return packed(pageOf<Row>(filter, this.#rows(filter, query), { seq: (row) => Number(row["seq"]), text: textOf }));
  }

  #rows(filter: EventFilter, query: PageQuery): Row[] {
    const { select, table, where, parameters } = query;
    const order = orderOf(filter);
    const blocks = blocksFor(filter, parameters);
    // With blocks, the outer loop goes from block to block and the inner one through the rows of each: nothing is sorted.
    const source = blocks === undefined ? table : `${blocks} CROSS JOIN ${table} ON seq BETWEEN first AND last`;
    const by = blocks === undefined ? `seq ${order}` : `block ${order}, seq ${order}`;
    const sql = `${select} FROM ${source} ${where} ORDER BY ${by} LIMIT ${rowsToFetch(filter)}`;
    return this.#database.prepare(sql).all(...parameters.values);
  }

  #gathered<T>(gathering: Gathering<T>): T {
    let step = gathering.next([]);
    while (step.done !== true) step = gathering.next(this.#answer(step.value));
    return step.value;
  }

  #answer(question: LogQuestion): Row[] {
    switch (question.ask) {
      case "facts":
        return this.#facts(question.filter);
      case "keys":
        return this.#all(
          `SELECT ${STATEMENT} FROM (SELECT value AS wanted FROM json_each(?1))
           CROSS JOIN events ON key = wanted AND standing = 'fact' WHERE seq <= ?2`,
          question.keys,
          question.upTo,
        );
      case "merges":
        return this.#all(
          `SELECT of_seq, body FROM (SELECT value AS wanted FROM json_each(?1))
           CROSS JOIN events ON of_seq = wanted WHERE standing = 'merge' AND seq <= ?2 ORDER BY seq`,
          question.of,
          question.upTo,
        );
      case "fills":
        return this.#all(
          `SELECT ${ORDER_FILL} FROM (SELECT value AS wanted FROM json_each(?1)) CROSS JOIN fills ON order_id = wanted WHERE seq <= ?2`,
          question.orderIds,
          question.upTo,
        );
    }
  }

  #facts(filter: FactFilter): Row[] {
    const parameters = new Parameters((number) => `?${number}`);
    const conditions = conditionsOf(filter, parameters, bodyFieldIs);
    conditions.push("standing = 'fact'");
    const { seqs } = filter;
    if (seqs === undefined) {
      const where = whereAll(conditions);
      return this.#rows(filter, { select: `SELECT ${STATEMENT}`, table: "events", where, parameters });
    }
    const wanted = `(SELECT value AS wanted FROM json_each(${parameters.bind(JSON.stringify(seqs))}))`;
    const sql = `SELECT ${STATEMENT} FROM ${wanted} CROSS JOIN events ON seq = wanted ${whereAll(conditions)} ORDER BY seq DESC`;
    return this.#database.prepare(sql).all(...parameters.values);
  }

  #all(sql: string, values: readonly (string | number)[], upTo: number): Row[] {
    return this.#database.prepare(sql).all(JSON.stringify(values), upTo);
  }

  #one(sql: string, ...parameters: (string | number)[]): Row | undefined {
    return this.#database.prepare(sql).get(...parameters);
  }
}

/** By the index of times all fills of a mode would be read, and then be put in the order of the log, for every page. */
const FILLS_BY_SEQ = "fills NOT INDEXED";

interface PageQuery {
  readonly select: string;
  readonly table: "events" | typeof FILLS_BY_SEQ;
  readonly where: string;
  readonly parameters: Parameters;
}

const STATEMENT = "seq, ts, key, body";
const ORDER_FILL = "seq, ts, bot, mode, account, venue, order_id, fill_id, price, size, voided";

const packed = ({ texts, ...rest }: Page): PackedPage => ({ ...rest, packed: texts.join(ROW_SEPARATOR) });

const eventText = (row: Row): string =>
  wireText({
    seq: Number(row["seq"]),
    ts: Number(row["ts"]),
    receivedAt: Number(row["received_at"]),
    id: optionalText(row["id"]),
    standing: String(row["standing"]) as Standing,
    ofSeq: optionalNumber(row["of_seq"]),
    body: String(row["body"]),
  });

const optionalText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const optionalNumber = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

import type { Pool, QueryResultRow } from "pg";
import type {
  ByTimeFilter,
  ByTimePage,
  EventFilter,
  EventPage,
  ImportRow,
  KeyRow,
  OpportunityFilter,
  OrderFilter,
  SampleRow,
  SnapshotSlice,
  Store,
  TimePlace,
} from "../../hub/ports.ts";
import type { AuditFilter } from "../../hub/audit-port.ts";
import type { Standing } from "../../protocol/recorded.ts";
import { AUDIT_LAST_SEQ, auditPage, selectAudit } from "../audit-sql.ts";
import { FILL_COLUMNS, fillColumnNames, fillText } from "../fill-columns.ts";
import { placeOf, selectFillsByTime, timedPageOf } from "../fills-by-time.ts";
import { type BodyFieldIs, conditionsOf, orderOf, Parameters, rowsToFetch, whereAll } from "../filters.ts";
import { gatherOpportunities } from "../gather-opportunities.ts";
import { gatherOrders } from "../gather-orders.ts";
import type { FactFilter, Gathering, LogQuestion } from "../gathering.ts";
import { type Page, pageOf } from "../page.ts";
import { replayColumns, REPLAY_PARTS, REPLAY_ROWS, type ReplayChunk, replayRows } from "../replay.ts";
import { importRow, keyRow, rejectionCount, rejectionRow, sampleRow, sliceRow } from "../row-mapping.ts";
import { wireText } from "../wire-text.ts";
import { packedColumns, unpackCells } from "./columns.ts";

// The text is looked for first: it rules out nearly every row without taking its body apart.
const bodyFieldIs: BodyFieldIs = (field, needle, value) =>
  `strpos(body, ${needle}) > 0 AND deskwatch_field_is(body, '${field}', ${value})`;

const EVENT_COLUMNS = ["seq", "ts", "received_at", "id", "standing", "of_seq", "body"];
const FILL_ROW_COLUMNS = [
  "seq",
  "ts",
  "received_at",
  "effective_ts",
  "voided",
  "contradicted",
  "correction",
  ...fillColumnNames,
];

/** The reads of the store, on connections of their own. */
export class Reader {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async lastSeq(): Promise<number> {
    const [row] = await this.#rows("SELECT coalesce(max(seq), 0) AS seq FROM events");
    return Number(row?.["seq"]);
  }

  async replay(afterSeq: number): Promise<ReplayChunk> {
    const rows = await this.#rows(
      `SELECT max(seq) AS last, ${replayColumns((each) => `string_agg(${each}, ',' ORDER BY seq)`)}
       FROM (SELECT *, (row_number() OVER (ORDER BY seq) - 1) / ${REPLAY_ROWS} AS part
             FROM (SELECT * FROM events WHERE seq > $1 ORDER BY seq LIMIT ${REPLAY_ROWS * REPLAY_PARTS}) AS rows) AS parts
       GROUP BY part ORDER BY part`,
      [afterSeq],
    );
    const last = rows.at(-1)?.["last"];
    const parts = rows.map(replayRows);
    return { parts, lastSeq: last === undefined ? undefined : Number(last) };
  }

  events(filter: EventFilter): Promise<EventPage> {
    const parameters = new Parameters((number) => `$${number}`);
    const where = whereAll(conditionsOf(filter, parameters, bodyFieldIs));
    return this.#page(filter, `${packedColumns(EVENT_COLUMNS)} FROM events ${where}`, parameters, eventText);
  }

  fills(filter: EventFilter): Promise<EventPage> {
    const parameters = new Parameters((number) => `$${number}`);
    const where = whereAll(conditionsOf(filter, parameters));
    return this.#page(filter, `${packedColumns(FILL_ROW_COLUMNS)} FROM fills ${where}`, parameters, fillTextOf);
  }

  async fillsByTime(filter: ByTimeFilter): Promise<ByTimePage> {
    const parameters = new Parameters((number) => `$${number}`);
    const sql = selectFillsByTime(packedColumns(FILL_ROW_COLUMNS), { filter, parameters });
    const rows = (await this.#rows(sql, parameters.values)).map((row) => unpackCells(row["packed"]));
    const place = ([seq, , , effectiveTs]: readonly string[]): TimePlace => placeOf(seq, effectiveTs);
    const { texts, last } = timedPageOf(filter, rows, { place, text: fillTextOf });
    return { events: texts, last };
  }

  async orders(filter: OrderFilter): Promise<EventPage> {
    return pageFrom(await this.#gathered(gatherOrders(filter)));
  }

  async opportunities(filter: OpportunityFilter): Promise<EventPage> {
    return pageFrom(await this.#gathered(gatherOpportunities(filter)));
  }

  async imports(limit: number): Promise<ImportRow[]> {
    return (await this.#rows("SELECT * FROM imports ORDER BY n DESC LIMIT $1", [limit])).map(importRow);
  }

  async latestSamples(): Promise<SampleRow[]> {
    return (await this.#rows("SELECT key, type, bot, ts, received_at, body FROM latest_samples")).map(sampleRow);
  }

  async loadSlices(foldVersion: number): Promise<SnapshotSlice[]> {
    const sql = "SELECT name, seq, fold_version, body FROM slices WHERE fold_version = $1 ORDER BY name";
    return (await this.#rows(sql, [foldVersion])).map(sliceRow);
  }

  async rejections(limit: number): ReturnType<Store["rejections"]> {
    const rows = await this.#rows("SELECT * FROM rejections ORDER BY n DESC LIMIT $1", [limit]);
    const counts = await this.#rows("SELECT bot, code, count FROM rejection_counts ORDER BY count DESC, bot, code");
    return {
      rows: rows.map(rejectionRow),
      counts: counts.map(rejectionCount),
    };
  }

  async keyByPrefix(prefix: string): Promise<KeyRow | undefined> {
    const [row] = await this.#rows("SELECT * FROM api_keys WHERE prefix = $1", [prefix]);
    return row === undefined ? undefined : keyRow(row);
  }

  async keys(): Promise<KeyRow[]> {
    return (await this.#rows("SELECT * FROM api_keys ORDER BY created_at, prefix")).map(keyRow);
  }

  async audit(filter: AuditFilter): Promise<EventPage> {
    const { sql, values } = selectAudit(filter, (number) => `$${number}`);
    return auditPage(filter, await this.#rows(sql, values));
  }

  async auditLastSeq(): Promise<number> {
    const [row] = await this.#rows(AUDIT_LAST_SEQ);
    return Number(row?.["seq"]);
  }

  async #page(
    filter: EventFilter,
    select: string,
    parameters: Parameters,
    textOf: (cells: readonly string[]) => string,
  ): Promise<EventPage> {
    const sql = `SELECT ${select} ORDER BY seq ${orderOf(filter)} LIMIT ${rowsToFetch(filter)}`;
    const rows = (await this.#rows(sql, parameters.values)).map((row) => unpackCells(row["packed"]));
    return pageFrom(pageOf(filter, rows, { seq: (cells) => Number(cells[0]), text: textOf }));
  }

  async #gathered<T>(gathering: Gathering<T>): Promise<T> {
    let step = gathering.next([]);
    while (step.done !== true) step = gathering.next(await this.#answer(step.value));
    return step.value;
  }

  #answer(question: LogQuestion): Promise<QueryResultRow[]> {
    switch (question.ask) {
      case "facts":
        return this.#facts(question.filter);
      case "keys":
        return this.#rows(
          `SELECT ${STATEMENT} FROM events WHERE key = ANY($1::text[]) AND standing = 'fact' AND seq <= $2`,
          [question.keys, question.upTo],
        );
      case "merges":
        return this.#rows(
          `SELECT of_seq, body FROM events
           WHERE of_seq = ANY($1::bigint[]) AND standing = 'merge' AND seq <= $2 ORDER BY seq`,
          [question.of, question.upTo],
        );
      case "fills":
        return this.#rows(`SELECT ${ORDER_FILL} FROM fills WHERE order_id = ANY($1::text[]) AND seq <= $2`, [
          question.orderIds,
          question.upTo,
        ]);
    }
  }

  #facts(filter: FactFilter): Promise<QueryResultRow[]> {
    const parameters = new Parameters((number) => `$${number}`);
    const conditions = conditionsOf(filter, parameters, bodyFieldIs);
    conditions.push("standing = 'fact'");
    const { seqs } = filter;
    if (seqs !== undefined)
      conditions.push(`seq = ANY(string_to_array(${parameters.bind(seqs.join())}, ',')::bigint[])`);
    return this.#rows(
      `SELECT ${STATEMENT} FROM events ${whereAll(conditions)} ORDER BY seq ${orderOf(filter)} LIMIT ${rowsToFetch(filter)}`,
      parameters.values,
    );
  }

  async #rows(sql: string, parameters: readonly unknown[] = []): Promise<QueryResultRow[]> {
    return (await this.#pool.query<QueryResultRow>(sql, [...parameters])).rows;
  }
}

const STATEMENT = "seq, ts, key, body";
const ORDER_FILL = "seq, ts, bot, mode, account, venue, order_id, fill_id, price, size, voided";

const pageFrom = ({ texts, lastSeq, complete }: Page): EventPage => ({ events: texts, lastSeq, complete });

function eventText(cells: readonly string[]): string {
  const [seq, ts, receivedAt, id, standing, ofSeq, body = ""] = cells;
  return wireText({
    seq: Number(seq),
    ts: Number(ts),
    receivedAt: Number(receivedAt),
    id: id === "" ? undefined : id,
    standing: standing as Standing,
    ofSeq: ofSeq === "" ? undefined : Number(ofSeq),
    body,
  });
}

function fillTextOf(cells: readonly string[]): string {
  const row: Record<string, unknown> = {};
  FILL_ROW_COLUMNS.forEach((name, index) => {
    const cell = cells[index] ?? "";
    if (cell !== "") row[name] = cellValue(name, cell);
  });
  return fillText(row);
}

const KINDS = new Map<string, string>(
  Object.entries({ ...FILL_COLUMNS, voided: "boolean", contradicted: "boolean", correction: "text" }),
);

function cellValue(name: string, cell: string): unknown {
  const kind = KINDS.get(name) ?? "number";
  if (kind === "boolean") return cell === "t";
  return kind === "number" ? Number(cell) : cell;
}

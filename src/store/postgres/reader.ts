import type { Pool, QueryResultRow } from "pg";
import type { EventFilter, EventPage, KeyRow, SampleRow, SnapshotSlice, Store } from "../../hub/ports.ts";
import type { Standing } from "../../protocol/recorded.ts";
import { FILL_COLUMNS, fillColumnNames, fillText } from "../fill-columns.ts";
import { type BodyFieldIs, conditionsOf, orderOf, Parameters, rowsToFetch, whereAll } from "../filters.ts";
import { pageOf } from "../page.ts";
import { REPLAY_ROWS, type ReplayChunk } from "../replay.ts";
import { keyRow, rejectionCount, rejectionRow, sampleRow, sliceRow } from "../row-mapping.ts";
import { wireText } from "../wire-text.ts";
import { packedColumns, unpackCells } from "./columns.ts";

// The text is looked for first: it rules out nearly every row without taking its body apart.
const bodyFieldIs: BodyFieldIs = (field, needle, value) =>
  `strpos(body, ${needle}) > 0 AND deskwatch_field_is(body, '${field}', ${value})`;

const EVENT_COLUMNS = ["seq", "ts", "received_at", "id", "standing", "of_seq", "body"];
const FILL_ROW_COLUMNS = ["seq", "ts", "received_at", "voided", "contradicted", ...fillColumnNames];

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
    const [row] = await this.#rows(
      `SELECT max(seq) AS last, '[' || string_agg('[' || seq || ',' || ts || ',' || received_at || ',"' || standing ||
         '",' || coalesce(of_seq::text, 'null') || ',' || body || ']', ',') || ']' AS json
       FROM (SELECT * FROM events WHERE seq > $1 ORDER BY seq LIMIT ${REPLAY_ROWS}) AS rows`,
      [afterSeq],
    );
    const last = row?.["last"];
    return last === null ? { json: "[]", lastSeq: undefined } : { json: String(row?.["json"]), lastSeq: Number(last) };
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

  async #page(
    filter: EventFilter,
    select: string,
    parameters: Parameters,
    textOf: (cells: readonly string[]) => string,
  ): Promise<EventPage> {
    const sql = `SELECT ${select} ORDER BY seq ${orderOf(filter)} LIMIT ${rowsToFetch(filter)}`;
    const rows = (await this.#rows(sql, parameters.values)).map((row) => unpackCells(row["packed"]));
    const { texts, lastSeq, complete } = pageOf(filter, rows, { seq: (cells) => Number(cells[0]), text: textOf });
    return { events: texts, lastSeq, complete };
  }

  async #rows(sql: string, parameters: readonly unknown[] = []): Promise<QueryResultRow[]> {
    return (await this.#pool.query<QueryResultRow>(sql, [...parameters])).rows;
  }
}

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

const KINDS = new Map<string, string>(Object.entries({ ...FILL_COLUMNS, voided: "boolean", contradicted: "boolean" }));

function cellValue(name: string, cell: string): unknown {
  const kind = KINDS.get(name) ?? "number";
  if (kind === "boolean") return cell === "t";
  return kind === "number" ? Number(cell) : cell;
}

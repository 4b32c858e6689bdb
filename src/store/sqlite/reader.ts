import type { DatabaseSync } from "node:sqlite";
import { micros } from "../../base/time.ts";
import type { EventFilter, KeyRow, RejectionRow, SampleRow, Scope, SnapshotSlice } from "../../hub/ports.ts";
import type { Standing } from "../../protocol/recorded.ts";
import { fillText } from "../fill-columns.ts";
import { type BodyFieldIs, conditionsOf, orderOf, Parameters, rowsToFetch, whereAll } from "../filters.ts";
import { ROW_SEPARATOR } from "../packed-row.ts";
import { wireText } from "../wire-text.ts";
import { blocksFor } from "./block-index.ts";

type Row = Record<string, unknown>;

/** A page as it crosses to the main thread: the JSON texts as one. */
export interface PackedPage {
  readonly texts: string;
  readonly lastSeq: number | undefined;
  readonly complete: boolean;
}

/** Rows of the log as one JSON array of `[seq, ts, received_at, standing, of_seq, event]`, and the last `seq` of it. */
export interface ReplayChunk {
  readonly json: string;
  readonly lastSeq: number | undefined;
}

export const REPLAY_ROWS = 1_000;

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
    const row = this.#one(
      `SELECT max(seq) AS last, '[' || group_concat('[' || seq || ',' || ts || ',' || received_at || ',"' || standing ||
         '",' || coalesce(of_seq, 'null') || ',' || body || ']', ',') || ']' AS json
       FROM (SELECT seq, ts, received_at, standing, of_seq, body FROM events WHERE seq > ? ORDER BY seq LIMIT ${REPLAY_ROWS})`,
      afterSeq,
    );
    const last = row?.["last"];
    return typeof last === "number"
      ? { json: String(row?.["json"]), lastSeq: last }
      : { json: "[]", lastSeq: undefined };
  }

  events(filter: EventFilter): PackedPage {
    const parameters = new Parameters((number) => `?${number}`);
    const where = whereAll(conditionsOf(filter, parameters, bodyFieldIs));
    const columns = "seq, ts, received_at, id, standing, of_seq, body";
    return this.#page(filter, { select: `SELECT ${columns}`, table: "events", where, parameters }, eventText);
  }

  fills(filter: EventFilter): PackedPage {
    const parameters = new Parameters((number) => `?${number}`);
    const where = whereAll(conditionsOf(filter, parameters));
    return this.#page(filter, { select: "SELECT *", table: "fills", where, parameters }, fillText);
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
      counts: counts.all().map((row) => ({
        bot: row["bot"] === "" ? undefined : String(row["bot"]),
        code: String(row["code"]),
        count: Number(row["count"]),
      })),
    };
  }

  keyByPrefix(prefix: string): KeyRow | undefined {
    const row = this.#one("SELECT * FROM api_keys WHERE prefix = ?", prefix);
    return row === undefined ? undefined : keyRow(row);
  }

  keys(): KeyRow[] {
    return this.#database.prepare("SELECT * FROM api_keys ORDER BY created_at, prefix").all().map(keyRow);
  }

  #page(filter: EventFilter, query: PageQuery, textOf: (row: Row) => string): PackedPage {
    const { select, table, where, parameters } = query;
    const order = orderOf(filter);
    const blocks = blocksFor(filter, parameters);
    // With blocks, the outer loop goes from block to block and the inner one through the rows of each: nothing is sorted.
    const source = blocks === undefined ? table : `${blocks} CROSS JOIN ${table} ON seq BETWEEN first AND last`;
    const by = blocks === undefined ? `seq ${order}` : `block ${order}, seq ${order}`;
    const sql = `${select} FROM ${source} ${where} ORDER BY ${by} LIMIT ${rowsToFetch(filter)}`;
    return page(filter, this.#database.prepare(sql).all(...parameters.values), textOf);
  }

  #one(sql: string, ...parameters: (string | number)[]): Row | undefined {
    return this.#database.prepare(sql).get(...parameters);
  }
}

interface PageQuery {
  readonly select: string;
  readonly table: "events" | "fills";
  readonly where: string;
  readonly parameters: Parameters;
}

/** The row beyond the limit is not shown: it only tells that there are more. */
function page(filter: EventFilter, rows: readonly Row[], textOf: (row: Row) => string): PackedPage {
  const limit = rowsToFetch(filter) - 1;
  const shown = rows.slice(0, limit);
  const complete = rows.length <= limit;
  const last = shown.at(-1);
  return {
    texts: shown.map(textOf).join(ROW_SEPARATOR),
    lastSeq: complete || last === undefined ? undefined : Number(last["seq"]),
    complete,
  };
}

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
const optionalMicros = (value: unknown) => (typeof value === "number" ? micros(value) : undefined);

const sampleRow = (row: Row): SampleRow => ({
  key: String(row["key"]),
  type: String(row["type"]),
  bot: String(row["bot"]),
  ts: micros(Number(row["ts"])),
  receivedAt: micros(Number(row["received_at"])),
  body: String(row["body"]),
});

const sliceRow = (row: Row): SnapshotSlice => ({
  name: String(row["name"]),
  seq: Number(row["seq"]),
  foldVersion: Number(row["fold_version"]),
  body: String(row["body"]),
});

const rejectionRow = (row: Row): RejectionRow => ({
  at: micros(Number(row["at"])),
  bot: optionalText(row["bot"]),
  code: String(row["code"]),
  path: String(row["path"]),
  message: String(row["message"]),
  sample: String(row["sample"]),
});

const keyRow = (row: Row): KeyRow => ({
  prefix: String(row["prefix"]),
  sha256: String(row["sha256"]),
  name: String(row["name"]),
  scopes: JSON.parse(String(row["scopes"])) as Scope[],
  bot: optionalText(row["bot"]),
  createdAt: micros(Number(row["created_at"])),
  lastUsedAt: optionalMicros(row["last_used_at"]),
  revokedAt: optionalMicros(row["revoked_at"]),
});

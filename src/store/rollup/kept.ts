import { type Micros, micros } from "../../base/time.ts";
import type { Grain } from "../../engine/rollup/buckets.ts";
import { FINEST } from "../../engine/rollup/buckets.ts";
import { type Rolled, type RolledKey, type RolledKind, rolledFrom, rolledText } from "../../engine/rollup/rolled.ts";
import type { Mode } from "../../engine/bot-state.ts";
import type { Row } from "../row-mapping.ts";
import { type Dialect, type Rolling, statement } from "./rolling.ts";

/** Where rollups stand. */
export interface Meta {
  /** Of what is rolled, and of the fold; 0 where nothing was rolled yet. */
  readonly version: number;
  /** Counts what was written: whoever knows another count has to look again. */
  readonly round: number;
  /** The last fact taken in. */
  readonly seq: number;
  /** What was read to make them is as new as this: they are right once `seq` has come to it. */
  readonly ahead: number;
  readonly grain: Grain;
}

export const NO_META: Meta = { version: 0, round: 0, seq: 0, ahead: 0, grain: FINEST };

/** One key as it is kept. */
export interface KeptKey {
  readonly id: number;
  readonly key: RolledKey;
  /** Of a ledger: the text of its terms. */
  readonly terms: string | undefined;
  /** Of a ledger: `seq` of the settlement of its instrument. */
  readonly settledBy: number | undefined;
  readonly firstAt: Micros;
  readonly lastAt: Micros;
  /** What took effect from then on has to be rolled again; undefined when it is right. */
  readonly dirtyFrom: Micros | undefined;
}

export type RollupRow = readonly [id: number, at: number, seq: number, text: string];

/** What one transaction does to what is kept. */
export interface Writes {
  readonly meta: Meta;
  /** All is forgotten first. */
  readonly wipe?: boolean;
  readonly keys?: readonly KeptKey[];
  /** Rollups of these keys from a moment on are deleted, before `rows` come. */
  readonly cuts?: readonly (readonly [id: number, from: number])[];
  readonly rows?: readonly RollupRow[];
  /** Rollups before these moments are kept by the hour, and by the day. */
  readonly thin?: { readonly ids: readonly number[]; readonly grain: Grain };
}

export function* readMeta(dialect: Dialect): Rolling<Meta> {
  const rows = yield statement(dialect, () => "SELECT * FROM rollup_progress");
  const [row] = rows;
  if (row === undefined) return NO_META;
  const number = (name: string): number => Number(row[name]);
  return {
    version: number("version"),
    round: number("round"),
    seq: number("seq"),
    ahead: number("ahead"),
    grain: { minutesFrom: micros(number("minutes_from")), hoursFrom: micros(number("hours_from")) },
  };
}

export function* headOf(dialect: Dialect): Rolling<number> {
  const [row] = yield statement(dialect, () => "SELECT coalesce(max(seq), 0) AS seq FROM events");
  return Number(row?.["seq"]);
}

export interface KeyFilter {
  readonly bot?: string | undefined;
  readonly mode?: string | undefined;
  readonly kinds?: readonly RolledKind[];
}

/** Keys of some bot, mode and kinds; marks are of every bot and mode. */
export function* readKeys(dialect: Dialect, { bot, mode, kinds }: KeyFilter = {}): Rolling<KeptKey[]> {
  const rows = yield statement(dialect, (bind) => {
    const conditions = [
      ...(bot === undefined ? [] : [`(bot = ${bind(bot)} OR kind = 'mark')`]),
      ...(mode === undefined ? [] : [`(mode = ${bind(mode)} OR kind = 'mark')`]),
      ...(kinds === undefined ? [] : [`kind IN (${kinds.map((kind) => `'${kind}'`).join(", ")})`]),
    ];
    return `SELECT * FROM rollup_keys ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`} ORDER BY id`;
  });
  return rows.map(keptKey);
}

export function* anyDirty(dialect: Dialect): Rolling<boolean> {
  return (
    (yield statement(dialect, () => "SELECT 1 AS one FROM rollup_keys WHERE dirty_from IS NOT NULL LIMIT 1")).length > 0
  );
}

function keptKey(row: Row): KeptKey {
  const text = (name: string): string | undefined => (row[name] === null ? undefined : String(row[name]));
  const number = (name: string): number | undefined => (row[name] === null ? undefined : Number(row[name]));
  return {
    id: Number(row["id"]),
    key: {
      kind: String(row["kind"]) as RolledKind,
      mode: String(row["mode"]) as Mode,
      bot: String(row["bot"]),
      parts: String(row["parts"]).split("\t"),
    },
    terms: text("terms"),
    settledBy: number("settled_by"),
    firstAt: Number(row["first_at"]) as Micros,
    lastAt: Number(row["last_at"]) as Micros,
    dirtyFrom: number("dirty_from") as Micros | undefined,
  };
}

/** The newest rollups of keys, all of them or those before a moment. */
export function* newestOf(dialect: Dialect, ids: readonly number[], before = Number.MAX_SAFE_INTEGER): Rolling<Row[]> {
  if (ids.length === 0) return [];
  const rows = yield statement(
    dialect,
    (bind) => `SELECT r.key, r.at, r.seq, r.body FROM ${dialect.numbers(bind(JSON.stringify(ids)))} AS list
      ${dialect.join} rollups AS r ON r.key = list.wanted
        AND r.at = (SELECT max(at) FROM rollups WHERE key = list.wanted AND at < ${bind(before)})`,
  );
  return [...rows];
}

export const rolledRow = (kind: RolledKind, row: Row): Rolled =>
  rolledFrom({ kind, at: micros(Number(row["at"])), seq: Number(row["seq"]), text: String(row["body"]) });

export const rowOf = (id: number, rolled: Rolled): RollupRow => [id, rolled.at, rolled.seq, rolledText(rolled)];

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KeptKey, Writes } from "../rollup/kept.ts";
import type { Dialect, EventsWhere, Rolling } from "../rollup/rolling.ts";
import { BLOCK_ROWS } from "./block-index.ts";
import { inTransaction } from "./transaction.ts";

/** How SQLite writes what rollups ask. */
export const sqliteDialect: Dialect = {
  parameter: (number) => `?${number}`,
  texts: (parameter) => `(SELECT value AS wanted FROM json_each(${parameter}))`,
  numbers: (parameter) => `(SELECT value AS wanted FROM json_each(${parameter}))`,
  pairs: (parameter) => `(SELECT value ->> 0 AS first, value ->> 1 AS second FROM json_each(${parameter}))`,
  // Written so, the outer table is always the small one.
  join: "CROSS JOIN",
  contains: (text, part) => `instr(${text}, ${part}) > 0`,
  eventsOf: (where) => `${blocksOf(where)} CROSS JOIN events AS e ON e.seq BETWEEN b.first AND b.last`,
};

/** The blocks of the log in which something may be found. */
function blocksOf({ bot, types, from, to }: EventsWhere): string {
  const held = (field: string, test: string): string =>
    `EXISTS (SELECT 1 FROM block_values AS v WHERE v.field = '${field}' AND v.value ${test} AND v.block = s.block)`;
  const conditions = [
    ...(from === undefined ? [] : [`s.ts_max >= ${from}`]),
    ...(to === undefined ? [] : [`s.ts_min < ${to}`]),
    ...(bot === undefined ? [] : [held("bot", `= ${bot}`)]),
    ...(types === undefined ? [] : [held("type", `IN (${types.map((type) => `'${type}'`).join(", ")})`)]),
  ];
  const all = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const last = `block * ${BLOCK_ROWS} + ${BLOCK_ROWS - 1}`;
  return `(SELECT block * ${BLOCK_ROWS} AS first, ${last} AS last FROM block_spans AS s ${all} ORDER BY block) AS b`;
}

/** Statements are prepared once for each text. */
export class RollupQuestions {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Runs all of it on one state of the database. */
  run<T>(rolling: Rolling<T>): T {
    this.#database.exec("BEGIN");
    try {
      let step = rolling.next([]);
      while (step.done !== true) {
        const { sql, values } = step.value;
        step = rolling.next(this.#statement(sql).all(...values));
      }
      return step.value;
    } finally {
      this.#database.exec("COMMIT");
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    if (this.#prepared.size >= PREPARED_MAX) this.#prepared.clear();
    const prepared = this.#database.prepare(sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

const PREPARED_MAX = 100;

/** Writes a part of the rollups as one transaction. */
export function writeRollups(database: DatabaseSync, { meta, wipe, keys, cuts, rows, thin }: Writes): void {
  inTransaction(database, () => {
    if (wipe === true) database.exec("DELETE FROM rollups; DELETE FROM rollup_keys; DELETE FROM rollup_progress");
    const save = database.prepare(
      `INSERT INTO rollup_keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
         terms = excluded.terms, settled_by = excluded.settled_by,
         first_at = excluded.first_at, last_at = excluded.last_at, dirty_from = excluded.dirty_from`,
    );
    for (const kept of keys ?? []) save.run(...keyColumns(kept));
    const cut = database.prepare("DELETE FROM rollups WHERE key = ? AND at >= ?");
    for (const [id, from] of cuts ?? []) cut.run(id, from);
    const add = database.prepare("INSERT OR REPLACE INTO rollups VALUES (?, ?, ?, ?)");
    for (const row of rows ?? []) add.run(...row);
    const coarser = thinning(database);
    for (const id of thin?.ids ?? []) coarser(id, thin?.grain);
    const { version, round, seq, ahead, grain } = meta;
    database
      .prepare("INSERT OR REPLACE INTO rollup_progress VALUES (1, ?, ?, ?, ?, ?, ?)")
      .run(version, round, seq, ahead, grain.minutesFrom, grain.hoursFrom);
  });
}

const keyColumns = ({ id, key, terms, settledBy, firstAt, lastAt, dirtyFrom }: KeptKey): (string | number | null)[] => [
  id,
  key.kind,
  key.mode,
  key.bot,
  key.parts.join("\t"),
  terms ?? null,
  settledBy ?? null,
  firstAt,
  lastAt,
  dirtyFrom ?? null,
];

const HOUR = 3_600_000_000;

/** Of each hour, and before that of each day, the last one stays. */
function thinning(database: DatabaseSync) {
  const statement = (micros: number): StatementSync =>
    database.prepare(
      `DELETE FROM rollups WHERE key = ?1 AND at < ?2 AND EXISTS (SELECT 1 FROM rollups AS later
         WHERE later.key = ?1 AND later.at > rollups.at AND later.at < (rollups.at / ${micros} + 1) * ${micros})`,
    );
  const [byHour, byDay] = [statement(HOUR), statement(24 * HOUR)];
  return (id: number, grain: Writes["meta"]["grain"] | undefined): void => {
    if (grain === undefined) return;
    byHour.run(id, grain.minutesFrom);
    byDay.run(id, grain.hoursFrom);
  };
}

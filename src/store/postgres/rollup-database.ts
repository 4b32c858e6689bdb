import type { Pool, PoolClient } from "pg";
import type { RollupStore } from "../../hub/rollup-port.ts";
import type { KeptKey, Writes } from "../rollup/kept.ts";
import { readRollups } from "../rollup/read-rollups.ts";
import { Roller } from "../rollup/roller.ts";
import type { Dialect, EventsWhere, Rolling } from "../rollup/rolling.ts";

/** How PostgreSQL writes what rollups ask. */
const dialect: Dialect = {
  parameter: (number) => `$${number}`,
  texts: (parameter) => `(SELECT value AS wanted FROM json_array_elements_text(${parameter}::json))`,
  numbers: (parameter) => `(SELECT value::bigint AS wanted FROM json_array_elements_text(${parameter}::json))`,
  pairs: (parameter) =>
    `(SELECT (value ->> 0)::bigint AS first, (value ->> 1)::bigint AS second FROM json_array_elements(${parameter}::json))`,
  join: "JOIN",
  contains: (text, part) => `strpos(${text}, ${part}) > 0`,
  eventsOf: (where) => `(SELECT * FROM events ${conditionsOf(where)}) AS e`,
};

function conditionsOf({ bot, from, to }: EventsWhere): string {
  const conditions = [
    ...(bot === undefined ? [] : [`bot = ${bot}`]),
    ...(from === undefined ? [] : [`ts >= ${from}`]),
    ...(to === undefined ? [] : [`ts < ${to}`]),
  ];
  return conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
}

/**
 * The rollups of a database. They are made in this thread, some at a time, on connections of the pool; `guarded` says
 * what an error of it means.
 */
export function rollupsOf(pool: Pool, guarded: <T>(work: () => Promise<T>) => Promise<T>): RollupStore {
  const roller = new Roller(dialect);
  return {
    advance: (grain) =>
      guarded(async () => {
        const { writes, progress } = await reading(pool, () => roller.step(grain));
        if (writes !== undefined) await transaction(pool, "BEGIN", (client) => write(client, writes));
        return progress;
      }),
    read: (filter) => guarded(() => reading(pool, () => readRollups(dialect, filter))),
  };
}

/** Runs all of it on one state of the database. */
const reading = <T>(pool: Pool, begin: () => Rolling<T>): Promise<T> =>
  transaction(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", async (client) => {
    await client.query(PLANNING);
    const rolling = begin();
    let step = rolling.next([]);
    while (step.done !== true) {
      const { sql, values } = step.value;
      step = rolling.next((await client.query<Record<string, unknown>>(sql, [...values])).rows);
    }
    return step.value;
  });

/** Few rows are looked up in tables that grow faster than their statistics. */
const PLANNING =
  "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL plan_cache_mode = force_custom_plan";

async function transaction<T>(pool: Pool, begin: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query(begin);
    const value = await work(client);
    await client.query("COMMIT");
    return value;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    // A connection in a failed transaction is not given back but closed, which undoes it.
    client.release(failure);
  }
}

async function write(client: PoolClient, { meta, wipe, keys = [], cuts = [], rows = [], thin }: Writes): Promise<void> {
  if (wipe === true) await client.query("TRUNCATE rollups, rollup_keys, rollup_progress");
  await saveKeys(client, keys);
  await client.query(
    `DELETE FROM rollups USING unnest($1::bigint[], $2::bigint[]) AS cut (key, since)
     WHERE rollups.key = cut.key AND rollups.at >= cut.since`,
    [cuts.map(([id]) => id), cuts.map(([, from]) => from)],
  );
  await client.query(
    `INSERT INTO rollups SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[])
     ON CONFLICT (key, at) DO UPDATE SET seq = excluded.seq, body = excluded.body`,
    [rows.map(([id]) => id), rows.map(([, at]) => at), rows.map(([, , seq]) => seq), rows.map(([, , , text]) => text)],
  );
  if (thin !== undefined) await thinOut(client, thin);
  const { version, round, seq, ahead, grain } = meta;
  await client.query(
    `INSERT INTO rollup_progress VALUES (1, $1, $2, $3, $4, $5, $6) ON CONFLICT (one) DO UPDATE SET
       version = excluded.version, round = excluded.round, seq = excluded.seq, ahead = excluded.ahead,
       minutes_from = excluded.minutes_from, hours_from = excluded.hours_from`,
    [version, round, seq, ahead, grain.minutesFrom, grain.hoursFrom],
  );
}

async function saveKeys(client: PoolClient, keys: readonly KeptKey[]): Promise<void> {
  await client.query(
    `INSERT INTO rollup_keys SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[],
       $6::text[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
     ON CONFLICT (id) DO UPDATE SET terms = excluded.terms, settled_by = excluded.settled_by,
       first_at = excluded.first_at, last_at = excluded.last_at, dirty_from = excluded.dirty_from`,
    [
      keys.map(({ id }) => id),
      keys.map(({ key }) => key.kind),
      keys.map(({ key }) => key.mode),
      keys.map(({ key }) => key.bot),
      keys.map(({ key }) => key.parts.join("\t")),
      keys.map(({ terms }) => terms ?? null),
      keys.map(({ settledBy }) => settledBy ?? null),
      keys.map(({ firstAt }) => firstAt),
      keys.map(({ lastAt }) => lastAt),
      keys.map(({ dirtyFrom }) => dirtyFrom ?? null),
    ],
  );
}

const HOUR = 3_600_000_000;

/** Of each hour, and before that of each day, the last one stays. */
async function thinOut(client: PoolClient, { ids, grain }: NonNullable<Writes["thin"]>): Promise<void> {
  for (const [micros, before] of [
    [HOUR, grain.minutesFrom],
    [24 * HOUR, grain.hoursFrom],
  ])
    await client.query(
      `DELETE FROM rollups WHERE key = ANY($1::bigint[]) AND at < $2 AND EXISTS (SELECT 1 FROM rollups AS later
         WHERE later.key = rollups.key AND later.at > rollups.at
           AND later.at < (rollups.at / ${micros} + 1) * ${micros})`,
      [[...ids], before],
    );
}

import type { Pool } from "pg";
import type { SamplePage, SamplesFrom } from "../../hub/past-reads.ts";
import { type ReplayRows, replayColumns, replayRows, SAMPLE_ROWS } from "../replay.ts";
import { sampleRow } from "../row-mapping.ts";

/** The rows of the log that are one of these facts or speak of one. */
export async function readStatements(pool: Pool, seqs: readonly number[]): Promise<ReplayRows> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT ${replayColumns((each) => `string_agg(${each}, ',' ORDER BY seq)`)}
     FROM events WHERE seq = ANY($1::bigint[]) OR of_seq = ANY($1::bigint[])`,
    [[...seqs]],
  );
  return replayRows(rows[0]);
}

/** Only so much of the table is sorted for a page. */
const WINDOW_MICROS = 60_000_000;

/** A page of samples by receipt. Its cursor is the time to go on from, and how many of exactly that time were read. */
export async function readSamples(pool: Pool, from: SamplesFrom): Promise<SamplePage> {
  const [since = 0, skip = 0] = "cursor" in from ? from.cursor.split(":").map(Number) : [from.receivedAt];
  const until = since + WINDOW_MICROS;
  const { rows: found } = await pool.query<Record<string, unknown>>(
    `SELECT key, type, bot, ts, received_at, body FROM samples WHERE received_at >= $1 AND received_at < $2
     ORDER BY received_at, key OFFSET $3 LIMIT ${SAMPLE_ROWS}`,
    [since, until, skip],
  );
  const rows = found.map(sampleRow);
  const last = rows.at(-1);
  if (last !== undefined && rows.length === SAMPLE_ROWS) {
    const ofThatTime = rows.filter(({ receivedAt }) => receivedAt === last.receivedAt).length;
    return { rows, next: `${last.receivedAt}:${ofThatTime + (last.receivedAt === since ? skip : 0)}` };
  }
  return { rows, next: await timeFrom(pool, until) };
}

async function timeFrom(pool: Pool, at: number): Promise<string | undefined> {
  const sql = "SELECT min(received_at) AS at FROM samples WHERE received_at >= $1";
  const { rows } = await pool.query<{ at: string | null }>(sql, [at]);
  return rows[0]?.at === null || rows[0] === undefined ? undefined : `${rows[0].at}:0`;
}

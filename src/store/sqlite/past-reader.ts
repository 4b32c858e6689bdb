import type { DatabaseSync } from "node:sqlite";
import type { SamplePage, SamplesFrom } from "../../hub/past-reads.ts";
import { type ReplayRows, replayColumns, replayRows, SAMPLE_ROWS } from "../replay.ts";
import { sampleRow } from "../row-mapping.ts";

/** The rows of the log that are one of these facts or speak of one. */
export function readStatements(database: DatabaseSync, seqs: readonly number[]): ReplayRows {
  const given = "(SELECT value FROM json_each(?1))";
  const columns = "seq, ts, received_at, standing, of_seq, body";
  const row = database
    .prepare(
      `SELECT ${replayColumns((each) => `group_concat(${each}, ',')`)}
       FROM (SELECT ${columns} FROM events WHERE seq IN ${given}
             UNION SELECT ${columns} FROM events WHERE of_seq IN ${given} ORDER BY seq)`,
    )
    .get(JSON.stringify(seqs));
  return replayRows(row);
}

/**
 * A page of samples in the order in which they were kept, which is about that of their receipt. Its cursor is the row to
 * go on after, and the moment that all began at.
 */
export function readSamples(database: DatabaseSync, from: SamplesFrom): SamplePage {
  const place = "cursor" in from ? from.cursor.split(":").map(Number) : [];
  const since = "cursor" in from ? (place[1] ?? 0) : from.receivedAt;
  const afterN = place[0] ?? lastBefore(database, since);
  const rows = database.prepare(`SELECT * FROM samples WHERE n > ? ORDER BY n LIMIT ${SAMPLE_ROWS}`).all(afterN);
  const last = rows.at(-1);
  return {
    rows: rows.map(sampleRow).filter(({ receivedAt }) => receivedAt >= since),
    next: last === undefined ? undefined : `${String(last["n"])}:${since}`,
  };
}

/** More than the samples of one write are apart; rows are read from a little before the place that was found. */
const MARGIN_ROWS = 1_000;

/** `n` of a row before the first one that was received at `at` or later: they lie in order but for those of one write. */
function lastBefore(database: DatabaseSync, at: number): number {
  const bounds = database.prepare("SELECT min(n) AS low, max(n) AS high FROM samples").get();
  if (typeof bounds?.["low"] !== "number") return 0;
  const first = bounds["low"];
  const receivedAt = database.prepare("SELECT n, received_at FROM samples WHERE n >= ? ORDER BY n LIMIT 1");
  let low = first;
  let high = Number(bounds["high"]) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (Number(receivedAt.get(middle)?.["received_at"]) < at) low = middle + 1;
    else high = middle;
  }
  return Math.max(first - 1, low - 1 - MARGIN_ROWS);
}

import type { Standing } from "../protocol/recorded.ts";

/** Rows of a part of a chunk: few enough that parsing one never holds the loop for long, nor makes much that grows old. */
export const REPLAY_ROWS = 250;

/** Parts of a chunk: to ask for each by itself would take about as long as to read it. */
export const REPLAY_PARTS = 4;

/** Samples of a page: few enough that taking them in never holds the loop for long. */
export const SAMPLE_ROWS = 500;

/**
 * Rows of the log on their way to a fold. What they say is one JSON array: V8 reads an array of objects quicker than
 * one of arrays with numbers beside each object.
 */
export interface ReplayRows {
  /** `ROW_NUMBERS` of each row: seq, ts, received_at, the place of its standing in `STANDINGS`, and of_seq or 0. */
  readonly numbers: Float64Array;
  /** Their events, as a JSON array. */
  readonly events: string;
}

export const ROW_NUMBERS = 5;
const EACH: Readonly<Record<Standing, true>> = { fact: true, merge: true, contradiction: true };
export const STANDINGS = Object.keys(EACH) as readonly Standing[];

/** The numbers of a row of the log, in SQL. */
const NUMBERS_SQL = `seq || ',' || ts || ',' || received_at || ',' ||
  (CASE standing ${STANDINGS.map((standing, place) => `WHEN '${standing}' THEN ${place}`).join(" ")} ELSE -1 END) || ',' ||
  coalesce(of_seq, 0)`;

/** The columns that `replayRows` is made from; `joined`: SQL that joins what its rows have there, with commas between. */
export const replayColumns = (joined: (each: string) => string): string =>
  `${joined(NUMBERS_SQL)} AS numbers, ${joined("body")} AS events`;

/** Rows by `replayColumns`, which are null where there is none. */
export const replayRows = ({ numbers, events }: Readonly<Record<string, unknown>> = {}): ReplayRows => ({
  numbers: Float64Array.from(JSON.parse(`[${String(numbers ?? "")}]`) as number[]),
  events: `[${String(events ?? "")}]`,
});

/** Parts of the log, and the last `seq` of them. */
export interface ReplayChunk {
  readonly parts: readonly ReplayRows[];
  /** Undefined at the end of the log. */
  readonly lastSeq: number | undefined;
}

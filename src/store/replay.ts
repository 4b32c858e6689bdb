/** Rows of a text of a chunk: few enough that parsing one never holds the loop for long, nor makes much that grows old. */
export const REPLAY_ROWS = 250;

/** Texts of a chunk: to ask for each by itself would take about as long as to read it. */
export const REPLAY_TEXTS = 4;

/** Samples of a page: few enough that taking them in never holds the loop for long. */
export const SAMPLE_ROWS = 500;

/** Rows of the log as JSON arrays of `[seq, ts, received_at, standing, of_seq, event]`, and the last `seq` of them. */
export interface ReplayChunk {
  readonly texts: readonly string[];
  /** Undefined at the end of the log. */
  readonly lastSeq: number | undefined;
}

/** Rows of a chunk: few enough that parsing one never holds the loop for long. */
export const REPLAY_ROWS = 1_000;

/** Samples of a page: few enough that taking them in never holds the loop for long. */
export const SAMPLE_ROWS = 500;

/** Rows of the log as one JSON array of `[seq, ts, received_at, standing, of_seq, event]`, and the last `seq` of it. */
export interface ReplayChunk {
  readonly json: string;
  /** Undefined at the end of the log. */
  readonly lastSeq: number | undefined;
}

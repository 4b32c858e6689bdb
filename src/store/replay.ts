import { micros } from "../base/time.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import { type Recorded, type Standing, withOwnType } from "../protocol/recorded.ts";

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

/** Hands over the log chunk by chunk; the next one is read while `onBatch` works. */
export async function replayChunks(
  read: (afterSeq: number) => Promise<ReplayChunk>,
  afterSeq: number,
  onBatch: (events: readonly Recorded[]) => void | Promise<void>,
): Promise<void> {
  let chunk = await read(afterSeq);
  while (chunk.lastSeq !== undefined) {
    const next = read(chunk.lastSeq);
    // Its failure is met by the await below; should the consumer fail first, it must not count as unhandled.
    next.catch(() => undefined);
    await onBatch(recordedRows(chunk.json));
    chunk = await next;
  }
}

/** The rows of a chunk's text. */
export const recordedRows = (json: string): Recorded[] => (JSON.parse(json) as ReplayRow[]).map(recorded);

type ReplayRow = readonly [number, number, number, Standing, number | null, DeskEvent];

const recorded = ([seq, ts, receivedAt, standing, ofSeq, event]: ReplayRow): Recorded => ({
  seq,
  ts: micros(ts),
  receivedAt: micros(receivedAt),
  standing,
  ofSeq: ofSeq ?? undefined,
  event: withOwnType(event),
});

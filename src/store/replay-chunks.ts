import { micros } from "../base/time.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import type { Recorded, Standing } from "../protocol/recorded.ts";
import { withOwnType } from "../protocol/stored-event.ts";
import type { ReplayChunk } from "./replay.ts";

/** Hands over the log text by text; the next chunk is read while `onBatch` works. */
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
    for (const text of chunk.texts) await onBatch(recordedRows(text));
    chunk = await next;
  }
}

/** The rows of a text. */
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

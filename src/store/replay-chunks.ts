import { micros } from "../base/time.ts";
import { assert, ensure } from "../base/assert.ts";
import type { DeskEvent } from "../protocol/event-types.ts";
import type { Recorded } from "../protocol/recorded.ts";
import { withOwnType } from "../protocol/stored-event.ts";
import { type ReplayChunk, type ReplayRows, ROW_NUMBERS, STANDINGS } from "./replay.ts";

/** Hands over the log part by part; the next chunk is read while `onBatch` works. */
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
    for (const part of chunk.parts) await onBatch(recordedRows(part));
    chunk = await next;
  }
}

/** The facts of a part. */
export function recordedRows({ numbers, events }: ReplayRows): Recorded[] {
  const said = JSON.parse(events) as DeskEvent[];
  assert(numbers.length === said.length * ROW_NUMBERS, "a part of the log has as many rows as events");
  return said.map((event, row) => {
    const at = row * ROW_NUMBERS;
    const number = (place: number): number => numbers[at + place] as number;
    const ofSeq = number(4);
    return {
      seq: number(0),
      ts: micros(number(1)),
      receivedAt: micros(number(2)),
      standing: ensure(STANDINGS[number(3)], "a row of the log has a standing that is none"),
      ofSeq: ofSeq === 0 ? undefined : ofSeq,
      event: withOwnType(event),
    };
  });
}

import type { Entry } from "./lanes.ts";

/** The most that goes into one request, below what the hub takes. */
export const BATCH_EVENTS_MAX = 500;
export const BATCH_BYTES_MAX = 1024 * 1024;

/** One request's worth of events. */
export interface Batch {
  /** Events read from the spool: they come first, and stay there until the hub has them. */
  readonly spooled: readonly string[];
  /** Events from memory. */
  readonly entries: readonly Entry[];
  /** The reporter's own sign of life, when one is due. */
  readonly heartbeat: string | undefined;
}

export const batchSize = (batch: Batch): number => batch.spooled.length + batch.entries.length;

/** The body of the request: NDJSON. */
export function batchBody({ spooled, entries, heartbeat }: Batch): string {
  const lines = [...spooled, ...entries.map((entry) => entry.line)];
  if (heartbeat !== undefined) lines.push(heartbeat);
  return `${lines.join("\n")}\n`;
}

/** Says of one line after the other whether it still fits into `bytesMax`; the first always does. */
export function roomFor(bytesMax: number): (line: string) => boolean {
  let bytes = 0;
  return (line) => {
    const size = Buffer.byteLength(line) + 1;
    if (bytes > 0 && bytes + size > bytesMax) return false;
    bytes += size;
    return true;
  };
}

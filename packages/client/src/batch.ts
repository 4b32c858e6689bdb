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
  let body = "";
  for (const line of spooled) body += `${line}\n`;
  for (const { draft } of entries) body += `${draft.line}\n`;
  return heartbeat === undefined ? body : `${body}${heartbeat}\n`;
}

/** A UTF-16 unit takes no more in UTF-8. */
const BYTES_PER_UNIT_MAX = 3;

/** Says of one line after the other whether it still fits into `bytesMax`; the first always does. */
export function roomFor(bytesMax: number): (line: string) => boolean {
  const uncounted: string[] = [];
  let [units, bytes] = [0, 0];
  return (line) => {
    units += line.length + 1;
    // To count bytes costs more than all else here: not done before it matters.
    if (units * BYTES_PER_UNIT_MAX <= bytesMax) {
      uncounted.push(line);
      return true;
    }
    for (const before of uncounted.splice(0)) bytes += Buffer.byteLength(before) + 1;
    const size = Buffer.byteLength(line) + 1;
    if (bytes > 0 && bytes + size > bytesMax) return false;
    bytes += size;
    return true;
  };
}

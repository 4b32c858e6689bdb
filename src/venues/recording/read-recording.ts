import { parseRecord, type VenueRecord } from "./record.ts";
import { listSegments, readSegment, type Tear } from "./segments.ts";

/** What was found while reading a recording. */
export interface ReadTrouble {
  /** Segments that end before their end. */
  readonly tears: Tear[];
  /** Lines that are no records. */
  malformed: number;
}

export const noTrouble = (): ReadTrouble => ({ tears: [], malformed: 0 });

/**
 * The records of a recording in order, a chunk at a time, so that memory holds one chunk however long it is. What cannot
 * be read is put into `trouble`. Throws what opening the directory or a segment throws.
 */
export function* readRecording(directory: string, trouble: ReadTrouble): Generator<VenueRecord[], void> {
  for (const { file } of listSegments(directory)) {
    for (const lines of readSegment(directory, file, (tear) => trouble.tears.push(tear))) {
      yield recordsOf(lines, trouble);
    }
  }
}

function recordsOf(lines: string, trouble: ReadTrouble): VenueRecord[] {
  const records: VenueRecord[] = [];
  for (const line of lines.split("\n")) {
    if (line === "") continue;
    const record = parseRecord(line);
    if (record.ok) records.push(record.value);
    else trouble.malformed++;
  }
  return records;
}

import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Micros } from "../../base/time.ts";
import { type ChunkHead, decodeBody, decodeHead, HEADER_BYTES } from "./chunk.ts";

const NAME = /^segment-(\d{6,})\.ndjson\.zst$/;

/** A segment that is there. */
export interface SegmentFile {
  readonly number: number;
  readonly file: string;
}

export const segmentName = (number: number): string => `segment-${String(number).padStart(6, "0")}.ndjson.zst`;

/** The segments in a directory, the oldest first. Throws what reading the directory throws. */
export function listSegments(directory: string): SegmentFile[] {
  return readdirSync(directory)
    .flatMap((file) => {
      const number = NAME.exec(file)?.[1];
      return number === undefined ? [] : [{ number: Number(number), file }];
    })
    .sort((a, b) => a.number - b.number);
}

/** What is in a segment, as far as it is whole. */
export interface SegmentSummary extends SegmentFile {
  readonly bytes: number;
  readonly rawBytes: number;
  readonly records: number;
  readonly firstAt: Micros | undefined;
  readonly lastAt: Micros | undefined;
  /** Bytes behind the last whole chunk: what a kill tore. */
  readonly tornBytes: number;
}

/** Looks through the headers of a segment. */
export function summarizeSegment(directory: string, segment: SegmentFile): SegmentSummary {
  let [rawBytes, records] = [0, 0];
  let [firstAt, lastAt]: (Micros | undefined)[] = [];
  const { bytes, wholeBytes } = eachChunk(join(directory, segment.file), (head) => {
    rawBytes += head.rawBytes;
    records += head.records;
    firstAt ??= head.firstAt;
    lastAt = head.lastAt;
  });
  return { ...segment, bytes, rawBytes, records, firstAt, lastAt, tornBytes: bytes - wholeBytes };
}

/** Calls `visit` with each chunk that is there in full, unread. */
function eachChunk(path: string, visit: (head: ChunkHead) => void): { bytes: number; wholeBytes: number } {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(HEADER_BYTES);
    let at = 0;
    while (readSync(file, buffer, 0, HEADER_BYTES, at) === HEADER_BYTES) {
      const head = decodeHead(buffer);
      if (head === undefined || at + HEADER_BYTES + head.bytes > size) break;
      visit(head);
      at += HEADER_BYTES + head.bytes;
    }
    return { bytes: size, wholeBytes: at };
  } finally {
    closeSync(file);
  }
}

/** Why a segment could not be read to its end. */
export interface Tear {
  readonly file: string;
  /** Bytes from here on could not be read. */
  readonly offset: number;
  readonly lostBytes: number;
}

/** The lines of a segment, one text for each chunk, up to its end or to where it is torn. */
export function* readSegment(directory: string, name: string, onTear: (tear: Tear) => void): Generator<string, void> {
  const file = openSync(join(directory, name), "r");
  try {
    const buffer = Buffer.alloc(HEADER_BYTES);
    let at = 0;
    for (;;) {
      const got = readSync(file, buffer, 0, HEADER_BYTES, at);
      if (got === 0) return;
      const head = got === HEADER_BYTES ? decodeHead(buffer) : undefined;
      const lines = head === undefined ? undefined : readBody(file, at + HEADER_BYTES, head);
      if (head === undefined || lines === undefined) {
        return onTear({ file: name, offset: at, lostBytes: fstatSync(file).size - at });
      }
      yield lines;
      at += HEADER_BYTES + head.bytes;
    }
  } finally {
    closeSync(file);
  }
}

function readBody(file: number, at: number, head: ChunkHead): string | undefined {
  if (at + head.bytes > fstatSync(file).size) return undefined;
  const body = Buffer.alloc(head.bytes);
  return readSync(file, body, 0, head.bytes, at) === head.bytes ? decodeBody(body, head) : undefined;
}

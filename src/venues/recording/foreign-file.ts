import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type ForeignReader, foreignReader } from "./foreign-formats.ts";
import type { VenueRecord } from "./record.ts";

/** Lines that are read together. */
const LINES_A_BATCH = 500;

/** What stands in a file that is none of ours, and of no format known here. */
export class UnknownRecording extends Error {
  override readonly name = "UnknownRecording";
}

/**
 * The records of a file that another recorder wrote, plain or gzip by its name, some at a time. Rejects while reading
 * when the file cannot be read, and with `UnknownRecording` when its first line is of no known format.
 */
export async function* readForeign(path: string): AsyncGenerator<VenueRecord[], void> {
  const file = createReadStream(path);
  const bytes: Readable = path.endsWith(".gz") ? piped(file) : file;
  let reader: ForeignReader | undefined;
  let batch: VenueRecord[] = [];
  let lines = 0;
  for await (const line of createInterface({ input: bytes, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === "") continue;
    reader ??= foreignReader(line);
    if (reader === undefined) {
      throw new UnknownRecording("neither a recording of deskwatch nor a file of raw frames in a format known here");
    }
    batch.push(...reader.read(line));
    if (++lines % LINES_A_BATCH > 0) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

/** Unpacked, with what goes wrong in the file told by the unpacked side. */
function piped(file: Readable): Readable {
  const unpacked = createGunzip();
  file.on("error", (error) => unpacked.destroy(error));
  return file.pipe(unpacked);
}

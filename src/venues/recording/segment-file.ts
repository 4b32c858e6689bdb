import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { ChunkHead } from "./chunk.ts";
import { type SegmentSummary, segmentName } from "./segments.ts";

/** The segment that is being written. */
export class SegmentFile {
  readonly #handle: FileHandle;
  #summary: SegmentSummary;

  private constructor(handle: FileHandle, summary: SegmentSummary) {
    this.#handle = handle;
    this.#summary = summary;
  }

  /** A new segment. Rejects when it is there already or cannot be made. */
  static async create(directory: string, number: number): Promise<SegmentFile> {
    const file = segmentName(number);
    const handle = await open(join(directory, file), "wx", 0o600);
    return new SegmentFile(handle, {
      number,
      file,
      bytes: 0,
      rawBytes: 0,
      records: 0,
      firstAt: undefined,
      lastAt: undefined,
      tornBytes: 0,
    });
  }

  get summary(): SegmentSummary {
    return this.#summary;
  }

  /** Adds a whole chunk. */
  async append(chunk: Buffer, { rawBytes, records, firstAt, lastAt }: Omit<ChunkHead, "bytes" | "checksum">) {
    for (let at = 0; at < chunk.length; ) {
      const { bytesWritten } = await this.#handle.write(chunk, at, chunk.length - at, this.#summary.bytes + at);
      at += bytesWritten;
    }
    const was = this.#summary;
    this.#summary = {
      ...was,
      bytes: was.bytes + chunk.length,
      rawBytes: was.rawBytes + rawBytes,
      records: was.records + records,
      firstAt: was.firstAt ?? firstAt,
      lastAt,
    };
  }

  /** Brings it to the disk and closes it. */
  async close(): Promise<void> {
    try {
      await this.#handle.sync();
    } finally {
      await this.#handle.close();
    }
  }
}

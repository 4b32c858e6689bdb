import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { type Micros, micros } from "../../base/time.ts";

/**
 * A segment is a row of chunks: each a frame of zstd of its own, with a skippable frame before it that says how long it
 * is and what is in it. So `zstd -dc` reads a segment, and whoever reads it chunk by chunk sees where a kill tore it.
 */
export const HEADER_BYTES = 44;
const PAYLOAD_BYTES = HEADER_BYTES - 8;
const SKIPPABLE_MAGIC = 0x18_4d_2a_5d;
const LEVEL = 3;
/** More than the biggest frame that a venue may send, many times escaped. */
const RAW_BYTES_MAX = 1024 * 1024 * 1024;

/** What the header of a chunk says. */
export interface ChunkHead {
  /** Of the compressed frame that follows. */
  readonly bytes: number;
  readonly rawBytes: number;
  readonly records: number;
  readonly firstAt: Micros;
  readonly lastAt: Micros;
  readonly checksum: number;
}

/** Header and compressed lines, to be written in one piece. */
export function encodeChunk(lines: string, what: Pick<ChunkHead, "records" | "firstAt" | "lastAt">): Buffer {
  const raw = Buffer.from(lines, "utf8");
  const body = zstdCompressSync(raw, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  head.writeUInt32LE(PAYLOAD_BYTES, 4);
  head.writeUInt32LE(body.length, 8);
  head.writeUInt32LE(raw.length, 12);
  head.writeUInt32LE(what.records, 16);
  head.writeDoubleLE(what.firstAt, 20);
  head.writeDoubleLE(what.lastAt, 28);
  head.writeUInt32LE(crc32(body), 36);
  head.writeUInt32LE(crc32(head.subarray(0, 40)), 40);
  return Buffer.concat([head, body]);
}

/** What a header says; undefined when it is none, or torn. */
export function decodeHead(head: Buffer): ChunkHead | undefined {
  if (head.length < HEADER_BYTES || head.readUInt32LE(0) !== SKIPPABLE_MAGIC) return undefined;
  if (crc32(head.subarray(0, 40)) !== head.readUInt32LE(40)) return undefined;
  const [bytes, rawBytes] = [head.readUInt32LE(8), head.readUInt32LE(12)];
  if (rawBytes > RAW_BYTES_MAX || bytes > RAW_BYTES_MAX) return undefined;
  return {
    bytes,
    rawBytes,
    records: head.readUInt32LE(16),
    firstAt: micros(head.readDoubleLE(20)),
    lastAt: micros(head.readDoubleLE(28)),
    checksum: head.readUInt32LE(36),
  };
}

/** The lines of a chunk; undefined when they are damaged. */
export function decodeBody(body: Buffer, { rawBytes, bytes, checksum }: ChunkHead): string | undefined {
  if (body.length !== bytes || crc32(body) !== checksum) return undefined;
  return zstdDecompressSync(body, { maxOutputLength: Math.max(1, rawBytes) }).toString("utf8");
}

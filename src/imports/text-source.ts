import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable, type Transform } from "node:stream";
import { WrongFormat } from "./format.ts";
import { createGunzip, createZstdDecompress } from "node:zlib";

/** A file opened for reading: its beginning, and all of it. */
export interface TextSource {
  /** The first characters of the (decompressed) text, at most about `HEAD_CHARS`. */
  readonly head: string;
  /** All the text in order, decoded as UTF-8 without its byte order mark. To be read once. */
  readonly chunks: AsyncIterable<string>;
  readonly close: () => void;
}

/** How much of a file is looked at to tell its format. */
export const HEAD_CHARS = 65_536;

/** Of a file at a time: to ask for less costs more than to read it. */
const READ_BYTES = 512 * 1024;
/** V8 keeps a text above 128 KiB apart, in memory that is new to the process each time; of two bytes a character, too. */
const TEXT_BYTES = 61_440;
const MAGIC_BYTES = 4;

/**
 * Opens a plain, gzip or zstd file (told apart by its first bytes, not its name). `onBytes` hears how many bytes of the
 * file itself have been read. Memory is bounded by a few chunks. Rejects when the file cannot be read or is damaged at
 * its start; damage further on is thrown while reading `chunks`.
 */
export async function openText(path: string, onBytes: (count: number) => void = () => undefined): Promise<TextSource> {
  if ((await stat(path)).isDirectory())
    throw new WrongFormat("a directory (EISDIR): name its files, or have it followed with deskwatch follow");
  const { bytes, close } = await openBytes(path, onBytes);
  const texts = utf8Text(bytes);
  const begun: string[] = [];
  let length = 0;
  while (length < HEAD_CHARS) {
    const next = await texts.next();
    if (next.done === true) break;
    begun.push(next.value);
    length += next.value.length;
  }
  return {
    head: begun.join("").slice(0, HEAD_CHARS),
    chunks: followedBy(begun, texts),
    close,
  };
}

/** A file opened for reading as bytes. */
interface ByteSource {
  /** All of it, decompressed. To be read once. */
  readonly bytes: AsyncIterable<unknown>;
  readonly isCompressed: boolean;
  readonly close: () => void;
}

/** Opens a file as `openText` does, for what is no text. */
export async function openBytes(path: string, onBytes: (count: number) => void): Promise<ByteSource> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  const raw = counted(file, onBytes);
  const first = await firstBytes(raw);
  const all = followedBy([first], raw);
  const inflate = decompressor(first);
  const bytes = inflate === undefined ? all : inflated(all, inflate);
  return { bytes, isCompressed: inflate !== undefined, close: () => file.destroy() };
}

async function* counted(file: AsyncIterable<unknown>, onBytes: (count: number) => void): AsyncGenerator<Buffer, void> {
  for await (const chunk of file) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("expected bytes from the file");
    onBytes(chunk.length);
    yield chunk;
  }
}

/** Enough bytes to know a compressed file by; fewer only when the file is shorter. */
async function firstBytes(bytes: AsyncGenerator<Buffer, void>): Promise<Buffer> {
  let first = Buffer.alloc(0);
  while (first.length < MAGIC_BYTES) {
    const next = await bytes.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  return first;
}

function inflated(all: AsyncIterable<Buffer>, inflate: Transform): AsyncIterable<unknown> {
  const input = Readable.from(all);
  input.on("error", (error) => inflate.destroy(error));
  return input.pipe(inflate);
}

function decompressor(first: Buffer) {
  if (first[0] === 0x1f && first[1] === 0x8b) return createGunzip();
  if (first.length >= MAGIC_BYTES && first.readUInt32LE(0) === 0xfd2fb528) return createZstdDecompress();
  return undefined;
}

/**
 * Streamed bytes as text: UTF-8, without its byte order mark, nor the NUL bytes that a file begins with whose writer went on
 * at its old place when it was emptied; what is not UTF-8 becomes U+FFFD.
 */
export async function* utf8Text(bytes: AsyncIterable<unknown>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8");
  let isBegun = false;
  for await (const chunk of bytes) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("expected bytes");
    for (let from = 0; from < chunk.length; from += TEXT_BYTES) {
      const decoded = decoder.decode(chunk.subarray(from, from + TEXT_BYTES), { stream: true });
      const text: string = isBegun ? decoded : decoded.replace(/^\0+/, "");
      isBegun ||= text !== "";
      if (text !== "") yield text;
    }
  }
  const last = decoder.decode();
  if (last !== "") yield last;
}

async function* followedBy<T>(begun: readonly T[], rest: AsyncIterable<T>): AsyncGenerator<T, void> {
  yield* begun;
  yield* rest;
}

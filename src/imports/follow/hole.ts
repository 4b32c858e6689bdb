import type { FileHandle } from "node:fs/promises";
import { bytesAt } from "./fingerprint.ts";

const FIRST_BYTES = 1_024;
const CHUNK_BYTES = 1_048_576;
const NULS = Buffer.alloc(CHUNK_BYTES);
/** A file that was followed is no longer: what begins with more is an image of a disk, or of a memory. */
const HOLE_BYTES_MAX = 4_294_967_296;

/**
 * Where the first byte from `from` on stands that is no NUL. A file that is emptied while its writer holds it open (not for
 * appending) has a hole of NUL bytes at its start, for the writer goes on at its old place. `to` when there is none before
 * that; undefined when the hole is larger than any that is looked through.
 */
export async function afterHole(handle: FileHandle, from: number, to: number): Promise<number | undefined> {
  let at = from;
  while (at < to) {
    const bytes = await bytesAt(handle, at, Math.min(to - at, at === from ? FIRST_BYTES : CHUNK_BYTES));
    if (bytes.length === 0) return to;
    if (!isHole(bytes)) return at + bytes.findIndex((byte) => byte !== 0);
    at += bytes.length;
    if (at - from > HOLE_BYTES_MAX) return undefined;
  }
  return to;
}

/** Whether these bytes, at most 1 MiB, are NULs alone. */
export const isHole = (bytes: Buffer): boolean => bytes.equals(NULS.subarray(0, bytes.length));

/** Text of whole lines without the NUL bytes at their beginnings. */
export const withoutHoles = (text: string): string => (text.includes("\0") ? text.replace(/^\0+/gm, "") : text);

import { hash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** How many first bytes of a file, and how many before a position, tell it apart from others. */
const HEAD_BYTES = 1_024;
const TAIL_BYTES = 256;

/** What a file is known by again: its first bytes and those before a position. Neither name nor inode is proof. */
export interface Fingerprint {
  readonly head_bytes: number;
  readonly head_hash: string;
  readonly offset: number;
  readonly tail_hash: string;
}

export const bytesHash = (bytes: Buffer): string => hash("sha256", bytes, "hex").slice(0, 32);

/** Up to `length` bytes from `position`; fewer at the end of the file. */
export async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The bytes before `offset` by which one sees that the file is still the one it was. */
export const tailAt = (handle: FileHandle, offset: number): Promise<Buffer> => {
  const length = Math.min(TAIL_BYTES, offset);
  return bytesAt(handle, offset - length, length);
};

export async function fingerprint(handle: FileHandle, offset: number): Promise<Fingerprint> {
  const head = await bytesAt(handle, 0, Math.min(HEAD_BYTES, offset));
  const tail = await tailAt(handle, offset);
  return { head_bytes: head.length, head_hash: bytesHash(head), offset, tail_hash: bytesHash(tail) };
}

/** Whether what was read up to `known.offset` is what stands there now. */
export async function isSame(handle: FileHandle, known: Fingerprint): Promise<boolean> {
  const head = await bytesAt(handle, 0, known.head_bytes);
  if (head.length < known.head_bytes || bytesHash(head) !== known.head_hash) return false;
  const length = Math.min(TAIL_BYTES, known.offset);
  const tail = await bytesAt(handle, known.offset - length, length);
  return tail.length === length && bytesHash(tail) === known.tail_hash;
}

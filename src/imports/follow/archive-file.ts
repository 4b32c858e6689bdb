import { stat } from "node:fs/promises";
import { microsFromMs } from "../../base/time.ts";
import type { ImportItem } from "../format.ts";
import { openBytes } from "../text-source.ts";
import { skippedFor } from "./file-kind.ts";
import { bytesHash } from "./fingerprint.ts";
import type { FileRecord } from "./follow-state.ts";
import { isHole } from "./hole.ts";
import { type Followed, NotFollowed, UNKNOWN_FORMAT, type Work } from "./followed.ts";
import { type RowsOptions, TextRows } from "./text-rows.ts";

interface Seen {
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
  readonly seen: string;
}

/** A compressor writes for a while: only a file that rests is whole. */
const RESTS_MS = 2_000;
const LF = 10;
const LINE_BYTES_MAX = 4_194_304;
const HEAD_BYTES = 65_536;
const TAIL_BYTES = 256;

export interface ArchiveFileOptions {
  readonly path: string;
  readonly rows: RowsOptions;
  readonly known: FileRecord | undefined;
  readonly fromEnd: boolean;
  readonly onRead: () => void;
  /** Every file with rows that the hub has: one of them may have been rotated and compressed into this one. */
  readonly rowFiles: () => readonly FileRecord[];
}

/** A compressed file, read once and whole; of one that was followed before it was compressed, only what is beyond the position. */
export class ArchiveFile implements Followed {
  path: string;
  changedAtMs = 0;
  modifiedAtMs = 0;
  isSettled = false;
  readonly #options: ArchiveFileOptions;
  #seen = "";
  #record: FileRecord | undefined;
  #reading: AsyncGenerator<Work, void> | undefined;

  constructor(options: ArchiveFileOptions) {
    this.#options = options;
    this.path = options.path;
    this.#record = options.known;
  }

  record(): FileRecord | undefined {
    return this.#record;
  }

  async close(): Promise<void> {
    await this.#reading?.return();
  }

  async finish(): Promise<undefined> {
    return undefined;
  }

  async read(nowMs: number): Promise<Work | undefined> {
    const { size, mtimeMs, dev, ino } = await stat(this.path);
    const seen = `${dev}:${ino}:${size}:${mtimeMs}`;
    if (seen !== this.#seen) {
      this.changedAtMs = Math.min(nowMs, Math.max(this.changedAtMs, mtimeMs));
      await this.#reading?.return();
      this.#reading = undefined;
      this.isSettled = false;
    }
    this.#seen = seen;
    this.modifiedAtMs = mtimeMs;
    if (this.isSettled || nowMs - this.changedAtMs < RESTS_MS) return undefined;
    if (this.#record?.content_hash === seen) {
      this.isSettled = true;
      return undefined;
    }
    this.#reading ??= this.#works({ dev, ino, mtimeMs, seen });
    const step = await this.#reading.next();
    if (step.done !== true) return step.value;
    this.isSettled = true;
    return undefined;
  }

  async *#works(at: Seen): AsyncGenerator<Work, void> {
    const rows = new TextRows(this.#options.rows, { path: this.path, modifiedAt: microsFromMs(at.mtimeMs) });
    const sentTo = this.#options.fromEnd ? Number.MAX_SAFE_INTEGER : await this.#acknowledged();
    let [offset, reported] = [0, 0];
    const work = (items: readonly ImportItem[], more: boolean): Work => {
      const read = rows.rows - reported;
      reported = rows.rows;
      const commit = () => {
        if (!more) this.#record = this.#done(at, rows.format);
      };
      return { path: this.path, format: rows.format, rows: read, items, more, commit };
    };
    for await (const piece of this.#pieces()) {
      for (const part of partsAt(piece, sentTo - offset)) {
        const items = await this.#feed(rows, part, offset);
        if (offset >= sentTo) yield work(items, true);
        offset += part.length;
      }
    }
    yield work(offset > sentTo ? await rows.end() : [], false);
  }

  /** How many bytes of the text the hub has already, from the file that it was before it was compressed. */
  async #acknowledged(): Promise<number> {
    const known = this.#options.rowFiles().toSorted((a, b) => b.offset - a.offset);
    let [at, head, recent] = [0, Buffer.alloc(0), Buffer.alloc(0)];
    const found: number[] = [];
    for await (const bytes of this.#bytes()) {
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, bytes]).subarray(0, HEAD_BYTES);
      const window = Buffer.concat([recent, bytes]);
      const from = at - recent.length;
      for (const record of known) {
        const isHere = record.offset > at && record.offset <= at + bytes.length;
        if (isHere && endsAs(window.subarray(0, record.offset - from), record) && beginsAs(head, record))
          found.push(record.offset);
      }
      at += bytes.length;
      recent = window.subarray(-TAIL_BYTES);
    }
    return Math.max(0, ...found);
  }

  async #feed(rows: TextRows, part: Buffer, offset: number): Promise<ImportItem[]> {
    if (isHole(part)) return [];
    const items = await rows.feed(part, offset).catch((error: unknown) => {
      throw new NotFollowed(error instanceof Error ? error.message : String(error), { cause: error });
    });
    if (items === undefined) throw new NotFollowed(UNKNOWN_FORMAT);
    return items;
  }

  /** The text in whole lines; the first piece is long enough to know the format by. */
  async *#pieces(): AsyncGenerator<Buffer, void> {
    let held: Buffer = Buffer.alloc(0);
    let isFirst = true;
    for await (const bytes of this.#bytes()) {
      this.#options.onRead();
      held = Buffer.concat([held, bytes]);
      const piece = held.subarray(0, pieceEnd(held, isFirst));
      if (piece.length === 0) continue;
      if (isFirst && !isHole(piece)) {
        checkText(held);
        isFirst = false;
      }
      yield piece;
      held = held.subarray(piece.length);
    }
    if (isFirst) checkText(held);
    if (held.length > 0) yield held.at(-1) === LF ? held : Buffer.concat([held, Buffer.from("\n")]);
  }

  async *#bytes(): AsyncGenerator<Buffer, void> {
    const source = await openBytes(this.path, () => undefined);
    try {
      for await (const chunk of source.bytes) if (Buffer.isBuffer(chunk)) yield chunk;
    } catch (error) {
      throw new NotFollowed(`damaged: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    } finally {
      source.close();
    }
  }

  #done({ dev, ino, seen }: Seen, format: string | undefined): FileRecord {
    return {
      path: this.path,
      dev,
      ino,
      kind: "archive",
      format: format ?? null,
      head_bytes: 0,
      head_hash: "",
      offset: 0,
      tail_hash: "",
      run_from: 0,
      ended_at: 0,
      content_hash: seen,
    };
  }
}

/** The bytes before and after a position, without empty ones. */
const partsAt = (bytes: Buffer, at: number): Buffer[] =>
  (at <= 0 || at >= bytes.length ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)]).filter(
    ({ length }) => length > 0,
  );

/** How much of what was read makes a piece; of a file's hole any part does. */
function pieceEnd(held: Buffer, isFirst: boolean): number {
  if (isFirst && isHole(held)) return held.length;
  if (isFirst && held.length < HEAD_BYTES) return 0;
  return held.length > LINE_BYTES_MAX ? held.length : held.lastIndexOf(LF) + 1;
}

function checkText(begin: Buffer): void {
  const content = begin.subarray(
    Math.max(
      0,
      begin.findIndex((byte) => byte !== 0),
    ),
  );
  const why = skippedFor(content.subarray(0, HEAD_BYTES));
  if (why !== undefined) throw new NotFollowed(why);
}

const beginsAs = (head: Buffer, { head_bytes, head_hash }: FileRecord): boolean =>
  head.length >= head_bytes && bytesHash(head.subarray(0, head_bytes)) === head_hash;

const endsAs = (before: Buffer, { offset, tail_hash }: FileRecord): boolean =>
  bytesHash(before.subarray(-Math.min(TAIL_BYTES, offset))) === tail_hash;

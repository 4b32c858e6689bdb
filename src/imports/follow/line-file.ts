import type { FileHandle } from "node:fs/promises";
import { eventLine } from "../event-line.ts";
import type { ImportItem } from "../format.ts";
import { LINE_CHARS_MAX } from "../lines.ts";
import { formatNamed } from "../registry.ts";
import { bytesAt, type Fingerprint, fingerprint, isSame, tailAt } from "./fingerprint.ts";
import type { FileRecord } from "./follow-state.ts";
import { afterHole } from "./hole.ts";
import { BINARY, type Followed, NotFollowed, UNKNOWN_FORMAT, type Work } from "./followed.ts";
import { type CarriedHeader, type RowsOptions, TextRows } from "./text-rows.ts";

const CHUNK_BYTES = 262_144;
/** A first text of this length that no format knows is of none. */
const HEAD_BYTES_MAX = 65_536;
const QUIET_MS = 2_000;
/** Before the position, by which one sees at each look that they are still the same. */
const TAIL_BYTES = 64;
const LF = 10;
const NOTHING = Buffer.alloc(0);

export interface LineFileOptions {
  readonly path: string;
  readonly handle: FileHandle;
  readonly rows: RowsOptions;
  /** Where an earlier run of ours left it. */
  readonly known: FileRecord | undefined;
  /** How a file was left that stood here and says something else now: of the same name and inode. */
  readonly before?: FileRecord | undefined;
  /** What is there already is not sent. */
  readonly fromEnd: boolean;
  /** Counts every read of the file's content. */
  readonly onRead: () => void;
  /** The content that stood there was replaced: by this one can know it where it went. */
  readonly onReplaced: (record: FileRecord) => void;
}

/**
 * A file to which rows are appended. Its position stands after the last whole line that the hub has acknowledged. Rows
 * before it are read again after a restart, but not sent: a format tells equal rows apart by those that came before.
 * A file that was truncated, or whose bytes before the position are others than they were, begins anew; a table keeps the
 * header that it had until it has another. The hole that a writer leaves who goes on at its old place is passed over.
 */
export class LineFile implements Followed {
  path: string;
  changedAtMs = 0;
  readonly #options: LineFileOptions;
  #rows: TextRows;
  #offset: number;
  #tail: Buffer = NOTHING;
  /** What stands before the position has yet to be read, for the format to know it. */
  #isToResume: boolean;
  #isToSkip: boolean;
  #seen = { size: -1, mtimeMs: -1 };
  #record: FileRecord | undefined;
  #identity = { dev: 0, ino: 0 };
  #reported = 0;
  #more = false;
  #isQuietTried = false;

  constructor(options: LineFileOptions) {
    const { known } = options;
    this.#options = options;
    this.path = options.path;
    this.#record = known;
    this.#offset = known?.offset ?? 0;
    this.#isToResume = this.#offset > 0;
    this.#isToSkip = options.fromEnd && known === undefined;
    this.#rows = this.#newRows(known, carriedOf(known ?? options.before));
  }

  get isSettled(): boolean {
    return !this.#more;
  }

  get modifiedAtMs(): number {
    return this.#seen.mtimeMs;
  }

  record(): FileRecord | undefined {
    return this.#record;
  }

  async close(): Promise<void> {
    await this.#options.handle.close();
  }

  async read(nowMs: number): Promise<Work | undefined> {
    const { size, mtimeMs, dev, ino } = await this.#options.handle.stat();
    this.#identity = { dev, ino };
    const isUnchanged = size === this.#seen.size && mtimeMs === this.#seen.mtimeMs;
    if (!isUnchanged) {
      this.changedAtMs = nowMs;
      this.#isQuietTried = false;
    }
    this.#seen = { size, mtimeMs };
    if (size < this.#offset) return this.#startAnew();
    const tryQuiet = !this.#isQuietTried && nowMs - this.changedAtMs >= QUIET_MS;
    if (isUnchanged && !this.#more && (size === this.#offset || !tryQuiet)) return undefined;
    this.#more = false;
    if (this.#isToSkip) return this.#skip(size);
    if (this.#isToResume && !(await this.#resume())) return this.#startAnew();
    return this.#readOn(size, tryQuiet);
  }

  /** Also the last line, when it has no end: nobody will write it on. */
  async finish(): Promise<Work | undefined> {
    if (this.#isToResume && !(await this.#resume())) return undefined;
    const { size } = await this.#options.handle.stat();
    const isWritten = await this.#passHole(size);
    const rest = await bytesAt(
      this.#options.handle,
      this.#offset,
      isWritten ? Math.min(Math.max(0, size - this.#offset), LINE_CHARS_MAX) : 0,
    );
    const items: ImportItem[] = [];
    if (rest.length > 0) items.push(...((await this.#feed(ended(rest), this.#offset)) ?? []));
    if (rest.length > 0) this.#advance(rest);
    else if (this.#record?.ended_at === this.#offset) return undefined;
    items.push(...(await this.#guarded(() => this.#rows.end())));
    return this.#work(items, { more: false, ended: true });
  }

  /** Reads what was acknowledged before and sends none of it. False when something else stands there now. */
  async #resume(): Promise<boolean> {
    const { handle, known } = this.#options;
    if (known === undefined || !(await isSame(handle, known))) return false;
    const to = this.#offset;
    this.#offset = known.run_from;
    await this.#readTo(to, () => undefined);
    this.#offset = to;
    this.#reported = this.#rows.rows;
    this.#isToResume = false;
    return true;
  }

  /** From the end on: of what is there already only the instruments are told, which rows to come may need. */
  async #skip(size: number): Promise<Work> {
    const items: ImportItem[] = [];
    const last = await bytesAt(this.#options.handle, Math.max(0, size - CHUNK_BYTES), CHUNK_BYTES);
    const to = size - (last.length - last.lastIndexOf(LF) - 1);
    await this.#readTo(to, (fed) => items.push(...fed.filter(isInstrument)));
    this.#isToSkip = false;
    this.#reported = this.#rows.rows;
    return this.#work(items, { more: this.#offset < size, ended: false });
  }

  async #readTo(to: number, onItems: (items: readonly ImportItem[]) => void): Promise<void> {
    while (this.#offset < to && (await this.#passHole(to))) {
      const available = to - this.#offset;
      let chunk = await this.#lines(Math.min(CHUNK_BYTES, available));
      if (chunk.length === 0 && available > CHUNK_BYTES) chunk = await this.#longLine(available);
      if (chunk.length === 0) chunk = await bytesAt(this.#options.handle, this.#offset, available);
      if (chunk.length === 0) return;
      onItems((await this.#feed(chunk.length === available ? ended(chunk) : chunk, this.#offset)) ?? []);
      this.#advance(chunk);
    }
  }

  async #readOn(size: number, quiet: boolean): Promise<Work | undefined> {
    if (!(await this.#isStillSame())) return this.#startAnew();
    this.#isQuietTried = quiet;
    if (!(await this.#passHole(size))) return undefined;
    const available = size - this.#offset;
    let chunk = await this.#lines(Math.min(available, CHUNK_BYTES));
    if (chunk.length === 0 && available > CHUNK_BYTES) chunk = await this.#longLine(available);
    const isLast = chunk.length === 0 && quiet;
    if (isLast) chunk = await this.#quietLine(available);
    if (chunk.length === 0) return undefined;
    const items = await this.#feed(isLast ? ended(chunk) : chunk, this.#offset);
    if (items === undefined) {
      if (quiet || chunk.length >= HEAD_BYTES_MAX) throw new NotFollowed(UNKNOWN_FORMAT);
      return undefined;
    }
    this.#advance(chunk);
    return this.#work(items, { more: this.#offset < size, ended: false });
  }

  /** Moves the position past NUL bytes that stand there; false, and it stays, while nothing stands after them before `to`. */
  async #passHole(to: number): Promise<boolean> {
    const begin = await afterHole(this.#options.handle, this.#offset, to);
    if (begin === undefined) throw new NotFollowed(BINARY);
    if (begin >= to) return false;
    this.#advance(Buffer.alloc(Math.min(begin - this.#offset, TAIL_BYTES)), begin);
    return true;
  }

  /** The bytes at the position up to the last line end among them. */
  async #lines(length: number): Promise<Buffer> {
    if (length === 0) return NOTHING;
    this.#options.onRead();
    const bytes = await bytesAt(this.#options.handle, this.#offset, length);
    return bytes.subarray(0, bytes.lastIndexOf(LF) + 1);
  }

  /** A line longer than a chunk: as it is when it is longer than any line may be, so that the reader drops it. */
  async #longLine(available: number): Promise<Buffer> {
    this.#options.onRead();
    const bytes = await bytesAt(
      this.#options.handle,
      this.#offset,
      Math.min(available, 4 * LINE_CHARS_MAX + CHUNK_BYTES),
    );
    const whole = bytes.subarray(0, bytes.lastIndexOf(LF) + 1);
    return whole.length > 0 || bytes.length <= 4 * LINE_CHARS_MAX ? whole : bytes;
  }

  /** A last line without its end, when it is a whole JSON object: of a row of a table nobody can tell that it is whole. */
  async #quietLine(available: number): Promise<Buffer> {
    if (available === 0 || available > LINE_CHARS_MAX) return NOTHING;
    this.#options.onRead();
    const bytes = await bytesAt(this.#options.handle, this.#offset, available);
    return eventLine(bytes.toString("utf8").trim()).ok ? bytes : NOTHING;
  }

  async #isStillSame(): Promise<boolean> {
    if (this.#offset === 0) return true;
    const tail = await tailAt(this.#options.handle, this.#offset);
    return tail.subarray(-this.#tail.length).equals(this.#tail);
  }

  /** Other content in the same file: its end is told, and it is read from its start. */
  async #startAnew(): Promise<Work | undefined> {
    const items = this.#offset === 0 || this.#isToResume ? [] : await this.#guarded(() => this.#rows.end());
    if (this.#record !== undefined) this.#options.onReplaced(this.#record);
    this.#rows = this.#newRows(undefined, this.#rows.carried);
    this.#reported = 0;
    this.#offset = 0;
    this.#tail = NOTHING;
    this.#isToResume = false;
    this.#record = undefined;
    return this.#work(items, { more: this.#seen.size > 0, ended: false });
  }

  #newRows(known: FileRecord | undefined, carried: CarriedHeader | undefined): TextRows {
    const origin = { path: this.path };
    if (known === undefined) return new TextRows(this.#options.rows, origin, undefined, carried);
    const format = known.format === null ? undefined : formatNamed(known.format);
    return new TextRows(this.#options.rows, origin, { runFrom: known.run_from, format }, carried);
  }

  /** Moves the position behind `chunk`, which ends at `to`. */
  #advance(chunk: Buffer, to: number = this.#offset + chunk.length): void {
    this.#offset = to;
    this.#tail = Buffer.from(Buffer.concat([this.#tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES));
  }

  #feed(lines: Buffer, offset: number): Promise<ImportItem[] | undefined> {
    return this.#guarded(() => this.#rows.feed(lines, offset));
  }

  /** What a format throws of its whole file ends the following of this file, not of the others. */
  async #guarded<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw new NotFollowed(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  async #work(items: readonly ImportItem[], { more, ended: isEnd }: { more: boolean; ended: boolean }): Promise<Work> {
    const at: Fingerprint = await fingerprint(this.#options.handle, this.#offset);
    const rows = Math.max(0, this.#rows.rows - this.#reported);
    this.#more = more;
    this.#reported = this.#rows.rows;
    const record: FileRecord = {
      ...this.#identity,
      ...at,
      path: this.path,
      kind: "lines",
      format: this.#rows.carried?.format.name ?? this.#rows.format ?? null,
      run_from: this.#rows.runFrom,
      header: this.#rows.carried?.header ?? null,
      ended_at: isEnd ? at.offset : null,
      content_hash: null,
    };
    const commit = () => {
      this.#record = { ...record, path: this.path };
    };
    return { path: this.path, format: this.#rows.format, rows, items, more, commit };
  }
}

function carriedOf(record: FileRecord | undefined): CarriedHeader | undefined {
  const format = formatNamed(record?.format ?? "");
  const header = record?.header ?? undefined;
  return format === undefined || header === undefined ? undefined : { format, header };
}

const isInstrument = (item: ImportItem): boolean => "body" in item && item.type === "instrument";

/** With a line end, also when the file has none there. */
const ended = (chunk: Buffer): Buffer =>
  chunk.length === 0 || chunk.at(-1) === LF ? chunk : Buffer.concat([chunk, Buffer.from("\n")]);

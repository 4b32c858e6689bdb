import { type FileHandle, lstat, open } from "node:fs/promises";
import { ArchiveFile } from "./archive-file.ts";
import { DocumentFile } from "./document-file.ts";
import { type FileKind, kindOf } from "./file-kind.ts";
import { bytesAt, bytesHash, isSame } from "./fingerprint.ts";
import type { FileRecord } from "./follow-state.ts";
import type { Followed } from "./followed.ts";
import { afterHole } from "./hole.ts";
import { LineFile } from "./line-file.ts";
import type { RowsOptions } from "./text-rows.ts";

/** A file that is followed, and when to look at it next. */
export interface Tracked {
  readonly followed: Followed;
  readonly key: string;
  readonly firstPath: string;
  nextAtMs: number;
  waitMs: number;
  /** When no path led to it any more. */
  goneAtMs: number | undefined;
}

export interface TrackedOptions {
  readonly rows: RowsOptions;
  readonly fromEnd: boolean;
  readonly onNote: (path: string, note: string) => void;
  readonly onRead: () => void;
}

const HEAD_BYTES = 65_536;
const RECORDS_MAX = 1_000;

interface Identity {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly birthtimeMs: number;
}

/** Which file is which: by inode and content while rows are appended, by name when a document is overwritten. */
export class TrackedFiles {
  readonly live = new Map<string, Tracked>();
  readonly #options: TrackedOptions;
  /** What is not looked into again while it is the same file and has not shrunk, or not changed at all. */
  readonly #passed = new Map<string, { readonly key: string; readonly size: number; readonly untilChanged: boolean }>();
  #retired: FileRecord[];
  #isFirstLook = true;

  constructor(options: TrackedOptions, known: readonly FileRecord[]) {
    this.#options = options;
    this.#retired = [...known];
  }

  /** What to keep over a restart, newest last. */
  records(): FileRecord[] {
    const live = [...this.live.values()].flatMap(({ followed }) => followed.record() ?? []);
    return [...this.#retired, ...live].slice(-RECORDS_MAX);
  }

  /** Takes up what is new among these paths, follows what was renamed, and notes what is gone. */
  async look(paths: readonly string[], nowMs: number): Promise<void> {
    const seen = new Set<string>();
    for (const path of paths) await this.#tryLookAt(path, seen, nowMs);
    for (const tracked of this.live.values()) {
      if (seen.has(tracked.key)) tracked.goneAtMs = undefined;
      else tracked.goneAtMs ??= nowMs;
    }
    for (const path of this.#passed.keys()) if (!paths.includes(path)) this.#passed.delete(path);
    this.#isFirstLook = false;
  }

  /** No longer followed; `record` is what it is known by, should it come again. */
  async retire(tracked: Tracked): Promise<void> {
    this.live.delete(tracked.key);
    const record = tracked.followed.record();
    if (record !== undefined) this.#retire(record);
    await tracked.followed.close();
  }

  /** No longer followed, and not taken up again before it is another file, or changes when `untilChanged`. */
  async pass(tracked: Tracked, untilChanged: boolean): Promise<void> {
    await this.retire(tracked);
    const { path, modifiedAtMs } = tracked.followed;
    try {
      const now = await lstat(path);
      // Written since it was read: then it is looked into again.
      if (now.mtimeMs === modifiedAtMs) this.#pass(path, now, untilChanged);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  async close(): Promise<void> {
    for (const { followed } of this.live.values()) await followed.close();
  }

  async #tryLookAt(path: string, seen: Set<string>, nowMs: number): Promise<void> {
    try {
      const key = await this.#lookAt(path, seen, nowMs);
      if (key !== undefined) seen.add(key);
    } catch (error) {
      if (!isGone(error)) this.#options.onNote(path, error instanceof Error ? error.message : String(error));
    }
  }

  async #lookAt(path: string, seen: ReadonlySet<string>, nowMs: number): Promise<string | undefined> {
    if (this.live.has(path)) return path;
    const { dev, ino, size, birthtimeMs } = await lstat(path);
    const key = keyOf({ dev, ino });
    if (seen.has(key)) return key;
    const tracked = this.live.get(key);
    if (tracked !== undefined) {
      tracked.followed.path = path;
      return key;
    }
    const passed = this.#passed.get(path);
    const isPassed =
      passed?.key === `${key}:${birthtimeMs}` && (passed.untilChanged ? size === passed.size : size >= passed.size);
    if (size === 0 || isPassed) return undefined;
    return this.#takeUp(path, { dev, ino, size, birthtimeMs }, nowMs);
  }

  async #takeUp(path: string, identity: Identity, nowMs: number): Promise<string | undefined> {
    const handle = await open(path, "r");
    let isKept = false;
    try {
      this.#options.onRead();
      const head = await bytesAt(handle, 0, HEAD_BYTES);
      const found = kindOf(await contentOf(handle, head, identity.size), path);
      if (found.kind === "lines") {
        isKept = true;
        return await this.#followLines(handle, head, { ...identity, path }, nowMs);
      }
      return this.#followWhole(found, path, identity, nowMs);
    } finally {
      if (!isKept) await handle.close();
    }
  }

  async #followLines(
    handle: FileHandle,
    head: Buffer,
    { path, ...identity }: Identity & { readonly path: string },
    nowMs: number,
  ): Promise<string> {
    const known = await this.#recognise(handle, head, { ...identity, path });
    const before = this.records().find((record) => record.path === path && isInode(record, identity));
    const onReplaced = (record: FileRecord) => this.#retire(record);
    const followed = new LineFile({ ...this.#base(path), handle, known, before, onReplaced });
    return this.#track(keyOf(identity), followed, nowMs, known?.path);
  }

  #followWhole(found: FileKind, path: string, identity: Identity, nowMs: number): string | undefined {
    const { onNote } = this.#options;
    if (found.kind === "document") {
      const known = this.#take((record) => record.kind === "document" && record.path === path);
      const onBroken = (why: string) => onNote(path, `refused while it is not whole JSON: ${why}`);
      return this.#track(path, new DocumentFile({ ...this.#base(path), known, onBroken }), nowMs);
    }
    if (found.kind === "archive") {
      const known = this.#take((record) => record.kind === "archive" && isInode(record, identity));
      const rowFiles = () => this.records().filter(({ kind }) => kind === "lines");
      return this.#track(path, new ArchiveFile({ ...this.#base(path), known, rowFiles }), nowMs);
    }
    if (found.kind !== "skipped") return undefined;
    onNote(path, `skipped: ${found.why}`);
    this.#pass(path, identity, false);
    return undefined;
  }

  #base(path: string) {
    const { rows, fromEnd, onRead } = this.#options;
    return { path, rows, fromEnd: fromEnd && this.#isFirstLook, onRead };
  }

  /** Where this content was left, under whatever name: inodes are used again, so only the content is proof. */
  async #recognise(
    handle: FileHandle,
    head: Buffer,
    { path, ...identity }: Identity & { readonly path: string },
  ): Promise<FileRecord | undefined> {
    const rank = (record: FileRecord) => (isInode(record, identity) ? 2 : record.path === path ? 1 : 0);
    const candidates = this.records()
      .filter(({ kind, offset }) => kind === "lines" && offset > 0 && offset <= identity.size)
      .filter(({ head_bytes, head_hash }) => bytesHash(head.subarray(0, head_bytes)) === head_hash)
      .toSorted((a, b) => rank(b) - rank(a) || b.offset - a.offset);
    for (const candidate of candidates) {
      if (!(await isSame(handle, candidate))) continue;
      if (isInode(candidate, identity)) this.#take((record) => record === candidate);
      return candidate;
    }
    return undefined;
  }

  #pass(path: string, { dev, ino, size, birthtimeMs }: Identity, untilChanged: boolean): void {
    this.#passed.set(path, { key: `${dev}:${ino}:${birthtimeMs}`, size, untilChanged });
  }

  #track(key: string, followed: Followed, nowMs: number, knownPath?: string): string {
    const firstPath = knownPath ?? followed.path;
    this.live.set(key, { followed, key, firstPath, nextAtMs: nowMs, waitMs: 0, goneAtMs: undefined });
    return key;
  }

  #take(is: (record: FileRecord) => boolean): FileRecord | undefined {
    const index = this.#retired.findIndex(is);
    return index < 0 ? undefined : this.#retired.splice(index, 1)[0];
  }

  #retire(record: FileRecord): void {
    this.#retired = [...this.#retired, record].slice(-RECORDS_MAX);
  }
}

/** What tells the kind of a file: its beginning, or of one that has a hole there what comes after it. */
async function contentOf(handle: FileHandle, head: Buffer, size: number): Promise<Buffer> {
  if (head[0] !== 0) return head;
  const begin = await afterHole(handle, 0, size);
  return begin === undefined || begin >= size ? head : bytesAt(handle, begin, HEAD_BYTES);
}

const keyOf = ({ dev, ino }: Pick<Identity, "dev" | "ino">): string => `${dev}:${ino}`;
const isInode = (record: FileRecord, { dev, ino }: Pick<Identity, "dev" | "ino">): boolean =>
  record.dev === dev && record.ino === ino;

/** Whether a path led to nothing when it was looked at: the next look sees what became of it. */
export const isGone = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

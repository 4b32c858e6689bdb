import { open } from "node:fs/promises";
import { microsFromMs } from "../../base/time.ts";
import { WrongFormat, type ImportItem } from "../format.ts";
import { detectFormat } from "../registry.ts";
import { jsonDocument } from "../json-text.ts";
import { HEAD_CHARS } from "../text-source.ts";
import { bytesAt, bytesHash } from "./fingerprint.ts";
import type { FileRecord } from "./follow-state.ts";
import { type Followed, NotFollowed, UNKNOWN_FORMAT, type Work } from "./followed.ts";
import { FormatRun } from "./format-run.ts";
import { isOwnDocument } from "./own-export.ts";
import type { RowsOptions } from "./text-rows.ts";

const DOCUMENT_BYTES_MAX = 67_108_864;
/** A document that does not parse is half written; for this long it may be. */
const BROKEN_MS = 5_000;

export interface DocumentFileOptions {
  readonly path: string;
  readonly rows: RowsOptions;
  readonly known: FileRecord | undefined;
  /** What it says now is not sent, only what it says after a change. */
  readonly fromEnd: boolean;
  readonly onRead: () => void;
  /** It has not been JSON for several seconds. */
  readonly onBroken: (why: string) => void;
}

interface Look {
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
  readonly nowMs: number;
}

/**
 * A JSON document that its bot writes anew again and again, in place or by a rename. Each version is read whole and once;
 * of one that shares entries with the last, only the others are sent.
 */
export class DocumentFile implements Followed {
  path: string;
  changedAtMs = 0;
  modifiedAtMs = 0;
  isSettled = false;
  readonly #options: DocumentFileOptions;
  #seen = "";
  #record: FileRecord | undefined;
  #sent: ReadonlySet<string> = new Set();
  #brokenSinceMs: number | undefined;
  #isToldBroken = false;
  #skipFirst: boolean;

  constructor(options: DocumentFileOptions) {
    this.#options = options;
    this.path = options.path;
    this.#record = options.known;
    this.#skipFirst = options.fromEnd && options.known === undefined;
  }

  record(): FileRecord | undefined {
    return this.#record;
  }

  /** It is open only while it is read. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A document has no end that could say more. */
  async finish(): Promise<undefined> {
    return undefined;
  }

  async read(nowMs: number): Promise<Work | undefined> {
    const file = await open(this.path, "r");
    try {
      const { size, mtimeMs, dev, ino } = await file.stat();
      const seen = `${dev}:${ino}:${size}:${mtimeMs}`;
      if (seen === this.#seen && this.#brokenSinceMs === undefined) return undefined;
      if (seen !== this.#seen) this.changedAtMs = nowMs;
      if (seen === this.#seen && this.#isToldBroken) return undefined;
      this.#seen = seen;
      this.modifiedAtMs = mtimeMs;
      if (size > DOCUMENT_BYTES_MAX)
        throw new NotFollowed(`larger than ${DOCUMENT_BYTES_MAX} bytes, and a document is read whole`, { cause: size });
      this.#options.onRead();
      return await this.#take(await bytesAt(file, 0, size), { dev, ino, mtimeMs, nowMs });
    } finally {
      await file.close();
    }
  }

  async #take(bytes: Buffer, at: Look): Promise<Work | undefined> {
    const text = bytes.toString("utf8").replace(/^\ufeff/, "");
    const parsed = await parsedJson(text);
    if ("problem" in parsed) return this.#noteBroken(parsed.problem, at.nowMs);
    this.#brokenSinceMs = undefined;
    this.#isToldBroken = false;
    this.isSettled = true;
    const contentHash = bytesHash(bytes);
    if (contentHash === this.#record?.content_hash) return undefined;
    if (isOwnDocument(parsed.value)) throw new NotFollowed("an export of Deskwatch itself");
    const format = this.#options.rows.format ?? detectFormat(text.slice(0, HEAD_CHARS), this.path);
    if (format === undefined) throw new NotFollowed(UNKNOWN_FORMAT);
    const run = new FormatRun(format, this.#options.rows.options, microsFromMs(at.mtimeMs));
    const items = this.#skipFirst ? [] : await allItems(run, text);
    const bodies = new Set(items.flatMap((item) => ("body" in item ? [bytesHash(Buffer.from(item.body))] : [])));
    const fresh = items.filter((item) => !("body" in item) || !this.#sent.has(bytesHash(Buffer.from(item.body))));
    const record: FileRecord = {
      path: this.path,
      dev: at.dev,
      ino: at.ino,
      kind: "document",
      format: format.name,
      head_bytes: 0,
      head_hash: "",
      offset: bytes.length,
      tail_hash: "",
      run_from: 0,
      ended_at: null,
      content_hash: contentHash,
    };
    const commit = () => {
      this.#record = record;
      this.#sent = bodies;
      this.#skipFirst = false;
    };
    return { path: this.path, format: format.name, rows: run.rows, items: fresh, more: false, commit };
  }

  #noteBroken(why: string, nowMs: number): undefined {
    this.isSettled = false;
    this.#brokenSinceMs ??= nowMs;
    if (this.#isToldBroken || nowMs - this.#brokenSinceMs < BROKEN_MS) return;
    this.#isToldBroken = true;
    this.isSettled = true;
    this.#options.onBroken(why);
  }
}

async function allItems(run: FormatRun, text: string): Promise<ImportItem[]> {
  try {
    return [...(await run.feed(text)), ...(await run.end())];
  } catch (error) {
    if (error instanceof WrongFormat) throw new NotFollowed(error.message, { cause: error });
    throw error;
  }
}

async function parsedJson(text: string): Promise<{ readonly value: unknown } | { readonly problem: string }> {
  if (text.trim() === "") return { problem: "it is empty" };
  try {
    return { value: await jsonDocument(only(text)) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

async function* only(text: string): AsyncGenerator<string, void> {
  yield text;
}

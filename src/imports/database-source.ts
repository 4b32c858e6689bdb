import { createReadStream, createWriteStream, existsSync, rmSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { WrongFormat } from "./format.ts";
import { openBytes } from "./text-source.ts";

/** A SQLite database opened for reading, and the names of its tables. */
export interface DatabaseSource {
  readonly database: DatabaseSync;
  readonly tables: ReadonlySet<string>;
  /** Closes it and removes our copy of it. */
  readonly close: () => Promise<void>;
}

const MAGIC = "SQLite format 3\u0000";
const COPY_TRIES = 3;
/** The largest database that is copied or decompressed. */
const DATABASE_BYTES_MAX = 16 * 2 ** 30;

/** Whether a file whose (decompressed) text begins so is a SQLite database. */
export const isDatabase = (head: string): boolean => head.startsWith(MAGIC);

/**
 * Opens a SQLite database, plain, gzip or zstd. What is opened is a copy in a private directory, with its write-ahead log
 * when it has one: the bot that owns the file is never held up by our reading, and nothing is written beside it. Rejects
 * when it cannot be read, is damaged or too large, or is being written all the while; then nothing of the copy is left.
 */
export async function openDatabase(
  path: string,
  {
    onBytes = () => undefined,
    bytesMax = DATABASE_BYTES_MAX,
  }: { onBytes?: (count: number) => void; bytesMax?: number },
): Promise<DatabaseSource> {
  const directory = await mkdtemp(join(tmpdir(), "deskwatch-database-"));
  const removeAtExit = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", removeAtExit);
  const remove = async (): Promise<void> => {
    await rm(directory, { recursive: true, force: true });
    process.off("exit", removeAtExit);
  };
  try {
    const copy = join(directory, "copy.sqlite");
    await copyWhole({ path, copy, bytesMax, onBytes });
    return opened(copy, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

interface CopyWhole {
  readonly path: string;
  readonly copy: string;
  readonly bytesMax: number;
  readonly onBytes: (count: number) => void;
}

async function copyWhole({ path, copy, bytesMax, onBytes }: CopyWhole): Promise<void> {
  const source = await openBytes(path, onBytes);
  try {
    if (source.isCompressed) await written(source.bytes, copy, bytesMax);
    else await copied(path, copy, bytesMax);
  } finally {
    source.close();
  }
}

function opened(copy: string, remove: () => Promise<void>): DatabaseSource {
  if (existsSync(`${copy}-journal`)) rolledBack(copy);
  const database = new DatabaseSync(copy, { readOnly: true });
  try {
    const names = database.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").all();
    const close = (): Promise<void> => {
      database.close();
      return remove();
    };
    return { database, tables: new Set(names.map(({ name }) => String(name))), close };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What a killed bot left half written is undone, in our copy. */
function rolledBack(copy: string): void {
  const database = new DatabaseSync(copy);
  try {
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
  } finally {
    database.close();
  }
}

async function written(bytes: AsyncIterable<unknown>, copy: string, bytesMax: number): Promise<void> {
  let count = 0;
  const bounded = async function* (): AsyncGenerator<Buffer, void> {
    for await (const chunk of bytes) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError("expected bytes from the file");
      count += chunk.length;
      if (count > bytesMax) throw new WrongFormat(tooLarge(bytesMax));
      yield chunk;
    }
  };
  await pipeline(bounded, createWriteStream(copy, { mode: 0o600, flags: "wx" }));
}

const tooLarge = (bytesMax: number): string =>
  `the database is larger than ${bytesMax} bytes; import a copy that holds less`;

const SIDE_FILES = ["-wal", "-journal"];

/** Copies a database and the side files that belong to it as they stand together. */
async function copied(path: string, copy: string, bytesMax: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const before = await stateOf(path);
    if (before.bytes > bytesMax) throw new WrongFormat(tooLarge(bytesMax));
    await copyPrivately(path, copy);
    for (const suffix of SIDE_FILES) {
      await rm(copy + suffix, { force: true });
      if (existsSync(path + suffix)) await copyPrivately(path + suffix, copy + suffix);
    }
    if ((await stateOf(path)).text === before.text) return;
    if (attempt >= COPY_TRIES)
      throw new WrongFormat("the database is being written; stop its bot, or import a copy made with sqlite3 .backup");
  }
}

async function copyPrivately(from: string, to: string): Promise<void> {
  // A copy keeps the mode of what it copies; made as a stream it never does.
  await pipeline(createReadStream(from), createWriteStream(to, { mode: 0o600 }));
}

/** Changes when the database or a side file of it does. */
async function stateOf(path: string): Promise<{ readonly bytes: number; readonly text: string }> {
  const stats = await Promise.all(["", ...SIDE_FILES].map((suffix) => stat(path + suffix).catch(() => undefined)));
  const bytes = stats.reduce((sum, found) => sum + (found?.size ?? 0), 0);
  return { bytes, text: stats.map((found) => `${found?.size}:${found?.mtimeMs}`).join(" ") };
}

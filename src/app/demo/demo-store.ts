import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { err, ok, type Result } from "../../base/result.ts";
import { lockDirectory, makeDataDirectory } from "../../store/sqlite/directory-lock.ts";

const MARKER = "deskwatch-demo";
const MARKER_TEXT = "Made by `deskwatch demo`, which may delete this directory with all that is in it.\n";

/** Where the demo desk of a data directory keeps its own store. */
export const demoDirectory = (dataDir: string): string => join(dataDir, "demo");

/**
 * Makes an empty store for a demo, in the place of the one before. Throws `StoreRefused` while another process uses it, or
 * when nothing can be kept there.
 */
export function freshDemoStore(dataDir: string): Result<string, string> {
  const directory = demoDirectory(dataDir);
  makeDataDirectory(dataDir);
  const wiped = wipeDemoStore(dataDir);
  if (!wiped.ok) return wiped;
  makeDataDirectory(directory);
  writeFileSync(join(directory, MARKER), MARKER_TEXT, { mode: 0o600 });
  return ok(directory);
}

/** Deletes the store of a demo and nothing else; whether there was one. Throws `StoreRefused` while a process uses it. */
export function wipeDemoStore(dataDir: string): Result<"wiped" | "nothing there", string> {
  const directory = demoDirectory(dataDir);
  const problem = wipeProblem(dataDir);
  if (problem === NOT_THERE) return ok("nothing there");
  if (problem !== undefined) return err(problem);
  const lock = lockDirectory(directory);
  try {
    rmSync(directory, { recursive: true, force: true });
  } finally {
    lock.release();
  }
  return ok("wiped");
}

const NOT_THERE = "there is no demo store";

/** Why the demo store may not be deleted; undefined when it may. A link, and what this program did not make, may not. */
export function wipeProblem(dataDir: string): string | undefined {
  const directory = demoDirectory(dataDir);
  const found = foundAt(directory);
  if (found === undefined) return NOT_THERE;
  if (!found.isDirectory()) return `${directory} is not a directory of its own, and is left alone`;
  if (readdirSync(directory).length === 0) return undefined;
  return isDemoStore(directory)
    ? undefined
    : `${directory} was not made by deskwatch demo, and is left alone; move it, or choose another --data-dir`;
}

/** Why nothing of one's own is kept there. */
export const demoProblem = (dataDir: string): string =>
  `${dataDir} is a demo's, which the next demo deletes; give another --data-dir`;

/** Whether the directory is a demo's, which `deskwatch demo` may delete. */
export function isDemoStore(directory: string): boolean {
  const marker = join(directory, MARKER);
  return foundAt(marker)?.isFile() === true && readFileSync(marker, "utf8") === MARKER_TEXT;
}

/** Undefined also where a file stands in the way; `lstat` by itself throws there. */
const foundAt = (path: string): Stats | undefined =>
  existsSync(`${dirname(path)}/`) ? lstatSync(path, { throwIfNoEntry: false }) : undefined;

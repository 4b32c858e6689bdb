import type { Dirent } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { join, matchesGlob, relative, sep } from "node:path";
import { bytesAt } from "./fingerprint.ts";
import { isOwnExport, MANIFEST_FILE, STORE_FILES } from "./own-export.ts";

/** Which files of a root are followed. Globs are matched against the path below the root, and against the name alone. */
export interface FindOptions {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface Found {
  readonly files: readonly string[];
  readonly directories: readonly string[];
  /** What is left out and why, by path. */
  readonly notes: readonly { readonly path: string; readonly note: string }[];
}

const DEPTH_MAX = 5;
const FILES_MAX = 500;
const DIRECTORIES_MAX = 200;
const MANIFEST_BYTES = 1_024;
/** What editors and writers that replace a file whole leave beside it for a moment. */
const UNFINISHED = /(?:~|\.(?:tmp|temp|part|swp|bak|lock))$/i;

/** The regular files in `root` and below it, to a bounded depth and number, shallow ones first. */
export async function findFiles(root: string, options: FindOptions): Promise<Found> {
  const search = new Search(root, options);
  await search.run();
  return search;
}

interface Directory {
  readonly path: string;
  readonly depth: number;
}

class Search implements Found {
  readonly files: string[] = [];
  readonly directories: string[] = [];
  readonly notes: { path: string; note: string }[] = [];
  readonly #root: string;
  readonly #options: FindOptions;
  readonly #waiting: Directory[];

  constructor(root: string, options: FindOptions) {
    this.#root = root;
    this.#options = options;
    this.#waiting = [{ path: root, depth: 0 }];
  }

  async run(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await this.#enter(next);
  }

  async #enter(directory: Directory): Promise<void> {
    const entries = await entriesOf(directory.path, this.notes);
    const why = await whyNotEntered(directory.path, entries);
    if (why !== undefined) {
      this.notes.push({ path: directory.path, note: `not entered: it holds ${why} of Deskwatch` });
      return;
    }
    this.directories.push(directory.path);
    for (const entry of entries) if (!entry.name.startsWith(".")) await this.#take(entry, directory);
  }

  async #take(entry: Dirent, { path, depth }: Directory): Promise<void> {
    const child = join(path, entry.name);
    if (entry.isSymbolicLink()) await noteLink(this.#root, child, this.notes);
    else if (entry.isDirectory()) this.#plan({ path: child, depth: depth + 1 });
    else if (entry.isFile() && isWanted(relative(this.#root, child), entry.name, this.#options)) this.#keep(child);
  }

  #plan(directory: Directory): void {
    if (directory.depth <= DEPTH_MAX && this.#waiting.length + this.directories.length < DIRECTORIES_MAX)
      this.#waiting.push(directory);
    else {
      const note = `not entered: deeper than ${DEPTH_MAX}, or more than ${DIRECTORIES_MAX} directories`;
      this.notes.push({ path: directory.path, note });
    }
  }

  #keep(path: string): void {
    if (this.files.length < FILES_MAX) this.files.push(path);
    else this.notes.push({ path: this.#root, note: `only the first ${FILES_MAX} files are followed` });
  }
}

async function whyNotEntered(path: string, entries: readonly Dirent[]): Promise<string | undefined> {
  if (entries.some(({ name }) => STORE_FILES.has(name))) return "a store";
  const hasManifest = entries.some((entry) => entry.name === MANIFEST_FILE && entry.isFile());
  return hasManifest && (await isOwnFile(join(path, MANIFEST_FILE))) ? "an export" : undefined;
}

async function isOwnFile(path: string): Promise<boolean> {
  try {
    const file = await open(path, "r");
    try {
      return isOwnExport((await bytesAt(file, 0, MANIFEST_BYTES)).toString("utf8"));
    } finally {
      await file.close();
    }
  } catch {
    // What cannot be read proves nothing; each file of the directory is judged by itself as well.
    return false;
  }
}

async function entriesOf(path: string, notes: { path: string; note: string }[]): Promise<Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isGone)
      notes.push({ path, note: `cannot be read: ${error instanceof Error ? error.message : String(error)}` });
    return [];
  }
}

/** A link to what is inside is found as itself; one that leads out is not followed. */
async function noteLink(root: string, path: string, notes: { path: string; note: string }[]): Promise<void> {
  let target: string;
  try {
    target = await realpath(path);
  } catch {
    // A link to nothing; when its target comes it will be judged again.
    return;
  }
  if (!target.startsWith(root + sep)) notes.push({ path, note: "not followed: a link out of the directory" });
}

function isWanted(below: string, name: string, { include, exclude }: FindOptions): boolean {
  const matches = (glob: string) => matchesGlob(below, glob) || matchesGlob(name, glob);
  if (UNFINISHED.test(name) || exclude.some(matches)) return false;
  return include.length === 0 || include.some(matches);
}

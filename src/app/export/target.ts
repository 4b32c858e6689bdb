import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { err, ok, type Result } from "../../base/result.ts";
import { earlierManifest, MANIFEST, README } from "./manifest.ts";

/** The directory of an export: nothing of it is seen under its name before everything is there. */
export interface ExportTarget {
  /** Where to write a file meanwhile. */
  readonly pathOf: (file: string) => string;
  /** Gives the files their names, the manifest's last. What an earlier export had besides is removed. */
  readonly publish: (files: readonly string[]) => void;
  /** Removes what was written meanwhile. */
  readonly abandon: () => void;
}

export interface TargetOptions {
  /** Replace the files of an earlier export. */
  readonly overwrite: boolean;
  /** Every name that may be written. */
  readonly files: readonly string[];
}

/** Prepares a directory: new, empty, or of an earlier export that may be replaced. An error says why it is not taken. */
export function prepareTarget(directory: string, { overwrite, files }: TargetOptions): Result<ExportTarget, string> {
  let found: readonly string[];
  try {
    mkdirSync(directory, { recursive: true });
    found = readdirSync(directory).filter((name) => !isPart(name));
  } catch (error) {
    return err(`cannot write to ${directory}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (found.length === 0) return ok(targetOf(directory, new Set()));
  if (!overwrite)
    return err(`${directory} is not empty: name a new directory, or replace an earlier export there with --overwrite`);
  const earlier = filesOfManifest(directory);
  if (earlier === undefined)
    return err(`${directory} holds no export of Deskwatch (no ${MANIFEST} of one): nothing there is replaced`);
  const foreign = files.find((file) => found.includes(file) && !earlier.has(file));
  if (foreign !== undefined) return err(`${join(directory, foreign)} is not of the earlier export: move it away first`);
  return ok(targetOf(directory, earlier));
}

function filesOfManifest(directory: string): ReadonlySet<string> | undefined {
  try {
    const parsed = earlierManifest.safeParse(JSON.parse(readFileSync(join(directory, MANIFEST), "utf8")));
    return parsed.success ? new Set([...parsed.data.files.map(({ file }) => file), MANIFEST, README]) : undefined;
  } catch {
    // No manifest, or one that is no JSON: then the directory is somebody else's.
    return undefined;
  }
}

const PART = ".deskwatch-part";
const isPart = (name: string): boolean => name.startsWith(".") && name.endsWith(PART);

function targetOf(directory: string, earlier: ReadonlySet<string>): ExportTarget {
  const pathOf = (file: string): string => join(directory, `.${file}${PART}`);
  const abandon = (): void => {
    for (const name of readdirSync(directory)) if (isPart(name)) rmSync(join(directory, name), { force: true });
  };
  abandon();
  return {
    pathOf,
    abandon,
    publish: (files) => {
      for (const file of earlier) rmSync(join(directory, file), { force: true });
      const ordered = [...files.filter((file) => file !== MANIFEST), MANIFEST];
      for (const file of ordered) renameSync(pathOf(file), join(directory, file));
    },
  };
}

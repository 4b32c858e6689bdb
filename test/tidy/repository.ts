import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TextFile } from "./check-text.ts";
import { parseSource, type Source } from "./source.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const IGNORED = /(?:^|\/)(?:node_modules|dist|data|logs|\.git)(?:\/|$)|^tmp\//;

/** Every file of the repository that is committed or about to be, sorted; without git, every file that may be. */
export function repositoryPaths(): string[] {
  const paths = existsSync(join(ROOT, ".git"))
    ? pathsInGit()
    : readdirSync(ROOT, { recursive: true, encoding: "utf8" });
  return [...new Set(paths)].filter((path) => path !== "" && !IGNORED.test(path) && isFile(path)).sort();
}

/** The text of a file of the repository; an empty text for a folder; undefined when there is neither. */
export function textOf(path: string): string | undefined {
  if (isFile(path)) return readFileSync(join(ROOT, path), "utf8");
  return existsSync(join(ROOT, path)) ? "" : undefined;
}

/** The text files among `paths`: those without a NUL. */
export const textFiles = (paths: readonly string[]): TextFile[] =>
  paths.map((path) => ({ path, text: textOf(path) ?? "" })).filter(({ text }) => !text.includes("\0"));

/** The TypeScript files among `paths`, parsed. */
export const sourceFiles = (paths: readonly string[]): Source[] =>
  paths.filter((path) => /\.tsx?$/.test(path)).map((path) => parseSource(path, textOf(path) ?? ""));

const isFile = (path: string): boolean => statSync(join(ROOT, path), { throwIfNoEntry: false })?.isFile() === true;

/** Also when the checkout belongs to another user, as in a container. */
function pathsInGit(): string[] {
  const args = ["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"];
  return execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).split("\n");
}

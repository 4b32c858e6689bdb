import { posix } from "node:path";
import type { Finding } from "./source.ts";

/** A text file of the repository. `path` is relative to it. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

const FENCE = /^(?: {0,3})(```+|~~~+)[\s\S]*?^(?: {0,3})\1[^\n]*$/gm;
const MACHINE_PATH = new RegExp(`(?<![\\w.~-])/(?:${["work", "root", "Users", "home"].join("|")})/[\\w.]`, "g");
const RESOLVED_HOST = /"resolved":\s*"https?:/g;

/** Paths of somebody's machine. */
export const checkMachinePaths = (file: TextFile): Finding[] => matches(file, MACHINE_PATH, "a path of one machine");

/** Download addresses in a lock file: they name the registry of whoever wrote it. */
export const checkLockFile = (file: TextFile): Finding[] => matches(file, RESOLVED_HOST, "a registry's address");

/** A document has exactly one `# Title`. */
export function checkTitle(file: TextFile): Finding[] {
  const titles = [...withoutCode(file.text).matchAll(/^# \S/gm)].length;
  return titles === 1 ? [] : [{ path: file.path, line: 1, what: `${titles} titles (# …) instead of one` }];
}

/** Relative links whose file is not there (`exists` answers for paths of the repository), or whose heading is not in it. */
export function checkLinks(file: TextFile, textOf: (path: string) => string | undefined): Finding[] {
  return [...withoutCode(file.text).matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].flatMap((match) => {
    const link = match[1] ?? "";
    if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return [];
    const [target = "", heading] = link.split("#");
    const path = target === "" ? file.path : posix.join(posix.dirname(file.path), decodeURI(target));
    const line = lineAt(file.text, file.text.indexOf(match[0]));
    const text = textOf(path);
    if (text === undefined) return [{ path: file.path, line, what: `no such file: ${link}` }];
    const known = heading === undefined || !path.endsWith(".md") || headings(text).includes(heading);
    return known ? [] : [{ path: file.path, line, what: `no such heading: ${link}` }];
  });
}

function headings(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ +(.+)$/gm)].map((match) =>
    (match[1] ?? "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

const withoutCode = (text: string): string => text.replace(FENCE, "").replace(/`[^`\n]*`/g, "code");

function matches(file: TextFile, pattern: RegExp, what: string): Finding[] {
  return [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    what: `${what}: ${match[0]}`,
  }));
}

const lineAt = (text: string, offset: number): number => text.slice(0, Math.max(0, offset)).split("\n").length;

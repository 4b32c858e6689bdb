import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Session } from "./spool-session.ts";

/** One file of a spool: events as NDJSON. */
export interface Segment {
  readonly path: string;
  readonly session: Session;
  bytes: number;
  /** Whole events in it that the hub may not have. */
  lines: number;
  /** How often it could not be read. */
  failures: number;
}

/** A file that is not written yet. Segments of a session sort by their number. */
export const newSegment = (session: Session, number: number): Segment => ({
  path: join(session.path, `${String(number).padStart(8, "0")}.ndjson`),
  session,
  bytes: 0,
  lines: 0,
  failures: 0,
});

/** The lines as a segment holds them. */
export const joinedLines = (lines: readonly string[]): string => (lines.length === 0 ? "" : `${lines.join("\n")}\n`);

/** The segments of a session in order, the events in each counted. */
export async function segmentsOf(session: Session): Promise<Segment[]> {
  const names = (await readdir(session.path)).filter((name) => name.endsWith(".ndjson")).sort();
  const segments: Segment[] = [];
  for (const name of names) {
    const path = join(session.path, name);
    const { size } = await stat(path);
    segments.push({ path, session, bytes: size, lines: countLines(await readFile(path)), failures: 0 });
  }
  return segments;
}

/**
 * The whole events of a segment. A process that was killed, or a full disk, leaves half a line behind: such lines are
 * counted as broken and left out.
 */
export async function readSegment(segment: Segment): Promise<{ readonly lines: string[]; readonly broken: number }> {
  const all = (await readFile(segment.path, "utf8")).split("\n").filter((line) => line !== "");
  const lines = all.filter(isWholeEvent);
  return { lines, broken: all.length - lines.length };
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return bytes.length > 0 && bytes[bytes.length - 1] !== 10 ? count + 1 : count;
}

function isWholeEvent(line: string): boolean {
  if (!line.startsWith("{") || !line.endsWith("}")) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    // The caller counts it as broken.
    return false;
  }
}

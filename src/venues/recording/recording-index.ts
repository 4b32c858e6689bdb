import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listSegments, type SegmentSummary, summarizeSegment } from "./segments.ts";

/** The file that says what is in which segment; it is made again from the segments when it is not there or behind. */
export const INDEX_FILE = "index.ndjson";

/** What is in every segment of a directory, the oldest first: from the index where it knows, else from the segments. */
export function readIndex(directory: string): SegmentSummary[] {
  const known = new Map(indexLines(directory).map((summary) => [summary.file, summary]));
  return listSegments(directory).map((segment) => known.get(segment.file) ?? summarizeSegment(directory, segment));
}

/** Replaces the index in one piece. */
export function writeIndex(directory: string, summaries: readonly SegmentSummary[]): void {
  const temporary = join(directory, `${INDEX_FILE}.tmp`);
  writeFileSync(temporary, summaries.map((summary) => `${JSON.stringify(summary)}\n`).join(""));
  renameSync(temporary, join(directory, INDEX_FILE));
}

function indexLines(directory: string): SegmentSummary[] {
  try {
    return readFileSync(join(directory, INDEX_FILE), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as SegmentSummary);
  } catch {
    // Not there, or not whole: the segments say it too.
    return [];
  }
}

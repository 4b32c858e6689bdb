import type { ImportView } from "../protocol/api-sessions.ts";
import type { StateMark } from "./health-lines.ts";
import { count, fixed } from "./number-format.ts";
import type { Shown } from "./shown.ts";

/** How an import went. */
export function importMark(report: Pick<ImportView, "error" | "refused" | "files" | "contradictions">): StateMark {
  if (report.error !== undefined) return { sign: "⚠", word: "failed", tone: "bad" };
  if (report.files.some(({ error }) => error !== undefined))
    return { sign: "⚠", word: "a file was not read", tone: "bad" };
  if (report.refused > 0) return { sign: "⚠", word: "with refusals", tone: "stale" };
  if (report.contradictions > 0) return { sign: "⚠", word: "with contradictions", tone: "stale" };
  return { sign: "●", word: "complete", tone: "ok" };
}

/** One figure of a report. */
export interface ImportFigure {
  readonly term: string;
  readonly hint: string;
  readonly shown: Shown;
}

/** What became of the rows, in the order in which they were judged. */
export function importFigures(report: ImportView): ImportFigure[] {
  const alarming = (value: number): Shown => (value > 0 ? { ...count(value), tone: "stale" } : count(value));
  return [
    { term: "Rows", hint: "read from the files", shown: count(report.files.reduce((sum, { rows }) => sum + rows, 0)) },
    { term: "Accepted", hint: "facts that are new to the hub", shown: count(report.accepted) },
    { term: "Sampled", hint: "latest values, of which the newest counts", shown: count(report.sampled) },
    { term: "Duplicates", hint: "facts that the hub had already", shown: count(report.duplicates) },
    { term: "Merged", hint: "facts that the hub had and that gained fields", shown: count(report.merged) },
    {
      term: "Contradictions",
      hint: "facts that say otherwise than what was there: kept, flagged, without effect",
      shown: alarming(report.contradictions),
    },
    { term: "Refused", hint: "rows and events that were not taken", shown: alarming(report.refused) },
  ];
}

/** What was read, in a line: `orders.csv and 3 files more`. */
export function importTitle({ files }: Pick<ImportView, "files">): string {
  const [first] = files;
  if (first === undefined) return "No file";
  const more = files.length - 1;
  return more === 0 ? first.file : `${first.file} and ${fixed(more, 0)} ${more === 1 ? "file" : "files"} more`;
}

/** The formats of the files, each once. */
export const importFormats = ({ files }: Pick<ImportView, "files">): string =>
  [...new Set(files.map(({ format }) => format))].join(", ");

import type { DiagnosisAnswer } from "../protocol/api-attribution.ts";
import type { Tone } from "./shown.ts";

/** One line of a diagnosis, and how it is to look. */
export interface DiagnosisLine {
  readonly text: string;
  readonly tone: Tone;
}

/** What seems wrong, one a line; where nothing does, how much could be judged. */
export function diagnosisLines({
  findings,
  unsaid,
}: Pick<DiagnosisAnswer, "findings" | "unsaid">): readonly DiagnosisLine[] {
  const lines = findings.map(
    ({ severity, text }): DiagnosisLine => ({ text: `⚠ ${text}`, tone: severity === "warning" ? "bad" : "stale" }),
  );
  if (lines.length > 0) return lines;
  const [first] = unsaid;
  const silent =
    first === undefined
      ? ""
      : `; ${unsaid.length} things could not be judged, such as ${said(first.code)}: ${first.reason}`;
  return [{ text: `Nothing seems wrong${silent}`, tone: "muted" }];
}

const said = (code: string): string => code.replaceAll("_", " ");

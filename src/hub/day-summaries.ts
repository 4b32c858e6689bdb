import { createHash } from "node:crypto";
import type { Micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { State } from "../engine/fold.ts";
import { readDay } from "../engine/read-day.ts";
import type { DaySummary } from "../protocol/api-summaries.ts";
import { summaryJson } from "../view/daily-summary.ts";

export const digestOf = (summary: DaySummary): string =>
  createHash("sha256").update(summaryJson(summary)).digest("hex");

export interface SummaryParts {
  readonly state: State;
  readonly asOf: Micros;
  /** The hub's own. */
  readonly mode: Mode;
}

/**
 * The summary of a day, and whether it is another than was written when the day ended: then facts of that day came
 * later. Undefined for what is no day, or one that has not begun.
 */
export function summaryOfDay(date: string, { state, asOf, mode }: SummaryParts): DaySummary | undefined {
  const summary = readDay(state, { date, asOf, mode });
  const digest = state.desk.closedDays.get(date)?.digest;
  return summary === undefined || digest === undefined
    ? summary
    : { ...summary, restated: digestOf(summary) !== digest };
}

import { micros } from "../base/time.ts";
import type { ByTimeFilter, TimePlace } from "../hub/ports.ts";
import { mode } from "../protocol/fields.ts";
import { conditionsOf, type Parameters, rowsToFetch, whereAll } from "./filters.ts";

/** Newest first by the time that counts; `seq` tells those of the same time apart. */
const NEWEST_FIRST = "ORDER BY effective_ts DESC, seq DESC";

/**
 * The statement of a page of fills in the order of time: of each mode as many as the page has at most, found by an index
 * that is in that order already, so that nothing else is looked at.
 */
export function selectFillsByTime(columns: string, filter: ByTimeFilter, parameters: Parameters): string {
  const limit = rowsToFetch(filter);
  const modes = filter.mode === undefined ? mode.options : [filter.mode];
  const parts = modes.map((each, index) => {
    const where = whereAll(conditionsOfPart({ ...filter, mode: each }, parameters));
    return `SELECT * FROM (SELECT * FROM fills ${where} ${NEWEST_FIRST} LIMIT ${limit}) AS part_${index}`;
  });
  return `SELECT ${columns} FROM (${parts.join(" UNION ALL ")}) AS found ${NEWEST_FIRST} LIMIT ${limit}`;
}

function conditionsOfPart({ from, to, after, ...filter }: ByTimeFilter, parameters: Parameters): string[] {
  const conditions = conditionsOf(filter, parameters);
  if (from !== undefined) conditions.push(`effective_ts >= ${parameters.bind(from)}`);
  if (to !== undefined) conditions.push(`effective_ts < ${parameters.bind(to)}`);
  if (after !== undefined)
    conditions.push(`(effective_ts, seq) < (${parameters.bind(after.at)}, ${parameters.bind(after.seq)})`);
  return conditions;
}

/** A page of rows in the order of time, as it was read. */
export interface TimedPage {
  readonly texts: readonly string[];
  readonly last: TimePlace | undefined;
}

/** A page from the rows that were fetched for it: the one beyond the limit only tells that there are more. */
export function timedPageOf<R>(
  filter: ByTimeFilter,
  rows: readonly R[],
  of: { readonly place: (row: R) => TimePlace; readonly text: (row: R) => string },
): TimedPage {
  const limit = rowsToFetch(filter) - 1;
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { texts: shown.map(of.text), last: last && of.place(last) };
}

/** The place of a row by its columns. */
export const placeOf = (seq: unknown, effectiveTs: unknown): TimePlace => ({
  at: micros(Number(effectiveTs)),
  seq: Number(seq),
});

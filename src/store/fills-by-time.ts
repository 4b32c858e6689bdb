import { micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import type { ByTimeFilter, TimePlace } from "../hub/ports.ts";
import { conditionsOf, type Parameters, rowsToFetch, whereAll } from "./filters.ts";

const EVERY_MODE: Readonly<Record<Mode, true>> = { live: true, paper: true, simulate: true, demo: true };
const MODES = Object.keys(EVERY_MODE);

/** Newest first by the time that counts; `seq` tells those of the same time apart. */
const NEWEST_FIRST = "ORDER BY effective_ts DESC, seq DESC";

/**
 * The statement of a page of fills in the order of time: of each mode as many as the page has at most, found by an index
 * that is in that order already and tells the bot. `among`, where few fills alone can be meant, is a statement that finds them.
 */
export function selectFillsByTime(
  columns: string,
  { filter, parameters }: { readonly filter: ByTimeFilter; readonly parameters: Parameters },
  among = ofOrder(filter, parameters),
): string {
  const limit = rowsToFetch(filter);
  const modes = filter.mode === undefined && among === undefined ? MODES : [filter.mode];
  const parts = modes.map((each, index) => {
    const { mode: _, ...others } = filter;
    const conditions = conditionsOfPart(each === undefined ? others : { ...others, mode: each }, parameters);
    const fills = among === undefined ? "fills" : `(${among}) AS few`;
    return `SELECT * FROM (SELECT * FROM ${fills} ${whereAll(conditions)} ${NEWEST_FIRST} LIMIT ${limit}) AS part_${index}`;
  });
  return `SELECT ${columns} FROM (${parts.join(" UNION ALL ")}) AS found ${NEWEST_FIRST} LIMIT ${limit}`;
}

/** At the end of a statement that finds few: with a limit it is run by itself, before anything else is asked. */
export const BY_ITSELF = `LIMIT ${Number.MAX_SAFE_INTEGER}`;

const ofOrder = ({ orderId }: ByTimeFilter, parameters: Parameters): string | undefined =>
  orderId === undefined ? undefined : `SELECT * FROM fills WHERE order_id = ${parameters.bind(orderId)} ${BY_ITSELF}`;

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

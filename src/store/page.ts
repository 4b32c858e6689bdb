import type { EventFilter } from "../hub/ports.ts";
import { rowsToFetch } from "./filters.ts";

export interface Page {
  readonly texts: readonly string[];
  /** `seq` of the last row when there are more. */
  readonly lastSeq: number | undefined;
  readonly complete: boolean;
}

/** A page from the rows that were fetched for it: the one beyond the limit only tells that there are more. */
export function pageOf<R>(
  filter: EventFilter,
  rows: readonly R[],
  of: { readonly seq: (row: R) => number; readonly text: (row: R) => string },
): Page {
  const limit = rowsToFetch(filter) - 1;
  const shown = rows.slice(0, limit);
  const complete = rows.length <= limit;
  const last = shown.at(-1);
  return { texts: shown.map(of.text), lastSeq: complete || last === undefined ? undefined : of.seq(last), complete };
}

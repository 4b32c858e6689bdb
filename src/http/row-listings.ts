import { micros } from "../base/time.ts";
import type { ByTimeFilter, EventFilter, EventPage, TimePlace } from "../hub/ports.ts";
import type { AsOf, Listing, Query } from "../hub/query.ts";
import type { RowPage, Rows } from "./rows-route.ts";

type Filter = Omit<EventFilter, "limit" | "order" | "afterSeq" | "beforeSeq">;

/** The log as it was when this is asked, oldest first: what comes in meanwhile is left out. */
export function eventsListing(query: Pick<Query, "asOf" | "events">, filter: Filter): Rows {
  const asOf = query.asOf();
  const beforeSeq = asOf.as_of_seq + 1;
  return bySeq({
    asOf,
    page: (limit, cursor) =>
      query.events({
        ...filter,
        ...(cursor === undefined ? {} : { afterSeq: cursor }),
        beforeSeq,
        order: "oldest",
        limit,
      }),
  });
}

/** A listing whose cursors are the `seq` of the last row before. */
export const bySeq = ({ asOf, page }: Listing): Rows => ({
  asOf,
  page: async (limit, cursor) => bySeqPage(await page(limit, cursor === undefined ? undefined : Number(cursor))),
});

const bySeqPage = ({ events, complete, lastSeq }: EventPage): RowPage => ({
  events,
  next: complete || lastSeq === undefined ? undefined : String(lastSeq),
});

/** The fills that were said when the first page was asked for, in the order of time, newest first. */
export function fillsListing(
  query: Pick<Query, "asOf" | "fillsByTime">,
  filter: Omit<ByTimeFilter, "limit" | "beforeSeq" | "after">,
): Rows {
  const asOf = query.asOf();
  const now = asOf.as_of_seq + 1;
  return {
    asOf,
    page: async (limit, cursor) => {
      const { end = now, after } = cursor === undefined ? {} : timeCursor(cursor);
      const beforeSeq = Math.min(end, now);
      const wanted = { ...filter, ...(after === undefined ? {} : { after }), beforeSeq, limit };
      const { events, last } = await query.fillsByTime(wanted);
      return { events, next: last && `${beforeSeq}.${last.at}.${last.seq}` };
    },
  };
}

/** A cursor of a list by time: what was said from `end` on is left out. */
function timeCursor(cursor: string): { readonly end: number; readonly after: TimePlace | undefined } {
  const [end = "", at, seq] = cursor.split(".");
  const after = at === undefined ? undefined : { at: micros(Number(at)), seq: Number(seq) };
  return { end: Number(end), after };
}

/** Rows in memory, newest first; a cursor is the `seq` of the last row before, so that rows may come while one pages. */
export const newestFirst = <R extends object>(asOf: AsOf, rows: readonly R[], seqOf: (row: R) => number): Rows => ({
  asOf,
  page: async (limit, cursor) => {
    const rest = cursor === undefined ? rows : rows.filter((row) => seqOf(row) < Number(cursor));
    const shown = rest.slice(0, limit);
    const last = rest.length > limit ? shown.at(-1) : undefined;
    return { events: shown.map((row) => JSON.stringify(row)), next: last && String(seqOf(last)) };
  },
});

/** Rows in memory that are few; a cursor is the number of rows before it. */
export const listingOf = (asOf: AsOf | undefined, rows: readonly object[]): Rows => ({
  asOf,
  page: async (limit, cursor = "0") => {
    const end = Number(cursor) + limit;
    const events = rows.slice(Number(cursor), end).map((row) => JSON.stringify(row));
    return { events, next: end >= rows.length ? undefined : String(end) };
  },
});

import type { EventFilter } from "../hub/ports.ts";
import type { AsOf, Listing, Query } from "../hub/query.ts";

type Filter = Omit<EventFilter, "limit" | "order" | "afterSeq" | "beforeSeq">;

/** The log as it was when this is asked, oldest first: what comes in meanwhile is left out. */
export function eventsListing(query: Pick<Query, "asOf" | "events">, filter: Filter): Listing {
  const asOf = query.asOf();
  const beforeSeq = asOf.as_of_seq + 1;
  return {
    asOf,
    page: (limit, cursor) =>
      query.events({
        ...filter,
        ...(cursor === undefined ? {} : { afterSeq: cursor }),
        beforeSeq,
        order: "oldest",
        limit,
      }),
  };
}

/** The fills as they were when this is asked, newest first. */
export function fillsListing(query: Pick<Query, "asOf" | "fills">, filter: Filter): Listing {
  const asOf = query.asOf();
  const end = asOf.as_of_seq + 1;
  return {
    asOf,
    page: (limit, cursor) =>
      query.fills({ ...filter, beforeSeq: Math.min(cursor ?? end, end), order: "newest", limit }),
  };
}

/** Rows in memory; a cursor is the number of rows before it. */
export const listingOf = (asOf: AsOf, rows: readonly object[]): Listing => ({
  asOf,
  page: async (limit, cursor = 0) => {
    const end = cursor + limit;
    const complete = end >= rows.length;
    const events = rows.slice(cursor, end).map((row) => JSON.stringify(row));
    return { events, complete, lastSeq: complete ? undefined : end };
  },
});

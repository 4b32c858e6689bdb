import type { EventFilter, EventPage } from "../../hub/ports.ts";
import type { AsOf, Query } from "../../hub/query.ts";

/**
 * A page that holds exactly what was in the log at the moment that it names: what comes in while the store reads is left
 * out, so that whoever goes on from `as_of_seq` misses nothing.
 */
export async function pageUpTo(
  query: Pick<Query, "asOf">,
  read: (filter: EventFilter) => Promise<EventPage>,
  filter: EventFilter,
): Promise<{ readonly page: EventPage; readonly asOf: AsOf }> {
  const asOf = query.asOf();
  const beforeSeq = Math.min(filter.beforeSeq ?? Number.MAX_SAFE_INTEGER, asOf.as_of_seq + 1);
  return { page: await read({ ...filter, beforeSeq }), asOf };
}

/** The body of a page, put together from the JSON texts of its items without reading them. */
export function pageBody(name: "events" | "fills", page: EventPage, asOf: AsOf): string {
  const cursor = nextCursor(page);
  const next = cursor === undefined ? "" : `"next_cursor":"${cursor}",`;
  return `{"${name}":[${page.events.join(",")}],${next}"as_of":"${asOf.as_of}","as_of_seq":${asOf.as_of_seq}}`;
}

/** Where the next page goes on; undefined after the last one. */
export const nextCursor = (page: EventPage): string | undefined =>
  page.complete || page.lastSeq === undefined ? undefined : String(page.lastSeq);

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The object without its undefined fields, for types that know absent from undefined. */
export const definedOf = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;

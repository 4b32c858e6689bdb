import type { EventPage } from "../hub/ports.ts";

/** Parts that one page is read in at most: a filter that finds little looks at a bounded number of rows a page. */
const PARTS_MAX = 20;

/** A page put together from parts, each read from where the one before ended, until it holds what its filter asks for. */
export async function wholePage<F extends { readonly beforeSeq?: number; readonly limit: number }>(
  filter: F,
  read: (filter: F) => Promise<EventPage>,
): Promise<EventPage> {
  const events: string[] = [];
  let { beforeSeq } = filter;
  for (let part = 1; ; part++) {
    const rest = { ...filter, limit: filter.limit - events.length };
    const page = await read(beforeSeq === undefined ? rest : { ...rest, beforeSeq });
    for (const event of page.events) events.push(event);
    if (page.complete || events.length >= filter.limit || part === PARTS_MAX) return { ...page, events };
    beforeSeq = page.lastSeq;
  }
}

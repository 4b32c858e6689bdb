import type { WireEvent } from "../protocol/recorded.ts";
import type { EventFilter, Store } from "./ports.ts";
import type { Timers } from "./timers.ts";

/** What the log is read through. */
export interface LogParts {
  readonly store: Pick<Store, "events">;
  readonly timers: Pick<Timers, "breathe">;
}

const PAGE = 1_000;

/** What the log has of a filter, in its order; other work has its turn between pages. */
export async function* logEvents<E>(
  { store, timers }: LogParts,
  filter: Omit<EventFilter, "limit" | "order">,
): AsyncGenerator<WireEvent & E> {
  let { afterSeq } = filter;
  for (;;) {
    const page = { ...filter, ...(afterSeq === undefined ? {} : { afterSeq }) };
    const { events, complete, lastSeq } = await store.events({ ...page, order: "oldest", limit: PAGE });
    for (const text of events) yield JSON.parse(text) as WireEvent & E;
    if (complete || lastSeq === undefined) return;
    afterSeq = lastSeq;
    await timers.breathe();
  }
}

import type { State } from "./fold.ts";

/** What names an opportunity: its pair, else its event. */
interface Named {
  readonly pair_id?: string | undefined;
  readonly event_id?: string | undefined;
}

/** Tells the title of a pair or event, where a pair or an instrument names it. Looks through the instruments once. */
export function titlesOf(state: State, wanted: readonly Named[]): (named: Named) => string | undefined {
  const events = new Set(wanted.flatMap(({ event_id }) => event_id ?? []));
  const titles = new Map<string, string>();
  if (events.size > 0)
    for (const { event_id, title } of state.desk.instruments.values())
      if (event_id !== undefined && title !== undefined && events.has(event_id) && !titles.has(event_id))
        titles.set(event_id, title);
  return ({ pair_id, event_id }) =>
    (pair_id === undefined ? undefined : state.desk.pairs.get(pair_id)?.title) ??
    (event_id === undefined ? undefined : titles.get(event_id));
}

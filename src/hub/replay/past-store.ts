import type { FillView } from "../../protocol/api.ts";
import type { Recorded } from "../../protocol/recorded.ts";
import { correctionText, fillView, isFillEvent, mergedFillView } from "../../view/fill-view.ts";
import { type EventFilter, type Store, StoreUnavailable } from "../ports.ts";

/**
 * The store as it was after `atSeq()`: nothing that was said later shows in a read, and nothing can be written. Refused
 * inputs and reports of imports are no part of the log: a replay has none.
 */
export function pastStore(store: Store, atSeq: () => number): Store {
  const upTo = <F extends { readonly beforeSeq?: number }>(filter: F): F => ({
    ...filter,
    beforeSeq: Math.min(filter.beforeSeq ?? Number.MAX_SAFE_INTEGER, atSeq() + 1),
  });
  const refuse = (): Promise<never> => Promise.reject(new StoreUnavailable("A replay changes nothing."));
  return {
    ...store,
    append: refuse,
    saveSamples: refuse,
    saveSlices: refuse,
    saveRejections: refuse,
    saveImport: refuse,
    forgetSamples: refuse,
    lastSeq: () => Promise.resolve(atSeq()),
    events: (filter) => store.events(upTo(filter)),
    fills: async (filter) => {
      const page = await store.fills(upTo(filter));
      return { ...page, events: await pastFills(store, page.events, { filter, atSeq: atSeq() }) };
    },
    fillsByTime: async (filter) => {
      const page = await store.fillsByTime(upTo(filter));
      return { ...page, events: await pastFills(store, page.events, { filter, atSeq: atSeq() }) };
    },
    rejections: () => Promise.resolve({ rows: [], counts: [] }),
    imports: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

/** Facts whose statements are asked for at once. */
const FACTS_AT_ONCE = 500;

/**
 * Fills as they read after `atSeq`. The store's rows know what was said later; those of which
 * something was are put together again from the log. Later statements only ever add fields, so the rows that match now
 * are among those that match in the end: a page may hold fewer than its limit, and the rest begins at its end.
 */
async function pastFills(
  store: Store,
  now: readonly string[],
  { filter, atSeq }: { readonly filter: Wanted; readonly atSeq: number },
): Promise<string[]> {
  const views = now.map((text) => JSON.parse(text) as FillView);
  const events: string[] = [];
  for (let start = 0; start < views.length; start += FACTS_AT_ONCE) {
    const some = views.slice(start, start + FACTS_AT_ONCE);
    const said = groupedByFact(await store.statementsOf(some.map(({ seq }) => seq)));
    for (const [index, view] of some.entries()) {
      const statements = said.get(view.seq) ?? [];
      if (statements.every(({ seq }) => seq <= atSeq)) events.push(now[start + index] ?? "");
      else {
        const past = pastFill(view, statements, atSeq);
        if (matches(past, filter)) events.push(JSON.stringify(past));
      }
    }
  }
  return events;
}

/** The statements of each fact, the first of them first. */
function groupedByFact(rows: readonly Recorded[]): Map<number, Recorded[]> {
  const groups = new Map<number, Recorded[]>();
  for (const row of rows) {
    const fact = row.ofSeq ?? row.seq;
    const group = groups.get(fact);
    if (group === undefined) groups.set(fact, [row]);
    else group.push(row);
  }
  return groups;
}

function pastFill(now: FillView, statements: readonly Recorded[], atSeq: number): FillView {
  const [first, ...later] = statements;
  if (first === undefined || !isFillEvent(first.event)) return now;
  const isVoid = ({ event, standing }: Recorded): boolean => event.type === "fill.voided" && standing === "fact";
  // A fill that was taken back or corrected before it was said has no such row of its own: it was so from its beginning.
  const voided = now.voided && !later.some(isVoid);
  const correction = later.some(({ event }) => event.type === "correction") ? undefined : now.correction;
  let view = fillView({ ...first, event: first.event }, { voided, contradicted: false, correction });
  for (const statement of later) {
    if (statement.seq > atSeq) break;
    if (isVoid(statement)) view = { ...view, voided: true };
    else if (statement.event.type === "correction") view = { ...view, correction: correctionText(statement.event) };
    else if (statement.standing === "contradiction") view = { ...view, contradicted: true };
    else if (statement.standing === "merge") view = mergedFillView(view, statement.event);
  }
  return view;
}

type Wanted = Pick<EventFilter, "symbol" | "venue" | "orderId" | "pairId">;

const matches = (fill: FillView, { symbol, venue, orderId, pairId }: Wanted): boolean =>
  (symbol === undefined || fill.symbol === symbol) &&
  (venue === undefined || fill.venue === venue) &&
  (orderId === undefined || fill.order_id === orderId) &&
  (pairId === undefined || fill.pair_id === pairId);

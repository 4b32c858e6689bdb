import type { State } from "../engine/fold.ts";
import { titlesOf } from "../engine/read-titles.ts";
import type { OpportunityView } from "../protocol/api-trading.ts";
import type { EventPage, Store } from "./ports.ts";
import type { AsOf, Listing, OpportunityQuery, OrderQuery } from "./query.ts";

export interface ListingParts {
  readonly state: State;
  readonly store: Pick<Store, "orders" | "opportunities">;
  readonly asOf: AsOf;
}

type WithMode<Q> = Omit<Q, "mode"> & { readonly mode?: string };

/** Orders as of one moment. Which of them rest is the fold's to say, and is noted at once. */
export function ordersListing({ state, store, asOf }: ListingParts, query: WithMode<OrderQuery>): Listing {
  const open = restingOrders(state, query.bot);
  return {
    asOf,
    page: (limit, cursor) => store.orders({ ...query, ...after(cursor), upTo: asOf.as_of_seq, open, limit }),
  };
}

function restingOrders(state: State, bot: string | undefined): number[] {
  const open: number[] = [];
  for (const each of state.bots.values()) {
    if (bot !== undefined && each.bot !== bot) continue;
    for (const { seq } of each.openOrders.values()) if (seq !== undefined) open.push(seq);
  }
  return open;
}

/** Opportunities as of one moment, with the titles that are known now. */
export function opportunitiesListing({ state, store, asOf }: ListingParts, query: WithMode<OpportunityQuery>): Listing {
  return {
    asOf,
    page: async (limit, cursor) =>
      titled(state, await store.opportunities({ ...query, ...after(cursor), upTo: asOf.as_of_seq, limit })),
  };
}

const after = (cursor: number | undefined): { beforeSeq?: number } =>
  cursor === undefined ? {} : { beforeSeq: cursor };

function titled(state: State, page: EventPage): EventPage {
  const rows = page.events.map((text) => JSON.parse(text) as OpportunityView);
  const titleOf = titlesOf(state, rows);
  const events = rows.map((row, index) => {
    const title = titleOf(row);
    return title === undefined ? (page.events[index] ?? "") : JSON.stringify({ ...row, title });
  });
  return { ...page, events };
}

import { decimal } from "../../domain/decimal.ts";
import type { State } from "../fold.ts";
import { NOTHING_TOLD } from "../told.ts";
import type { OrderRead, VenueRead } from "../venue-readings.ts";
import { beginCompared, type Compared } from "./compared.ts";

/** Ids that are named of one instrument. */
const IDS_MAX = 20;

interface Sides {
  readonly ours: Set<string>;
  readonly theirs: OrderRead[];
}

/**
 * Resting orders as the bots told them and as the venue lists them, by instrument: an order is the same by the venue's id
 * or by the one that its bot gave it. Nothing where the bots tell of no orders at all.
 */
export function compareOrders(state: State, read: VenueRead): Compared[] {
  if (read.orders === undefined || !tellOrders(state, read)) return [];
  const sides = new Map<string, Sides>();
  for (const [id, symbol] of toldOrders(state, read)) sideOf(sides, symbol).ours.add(id);
  for (const row of listed(state, read)) sideOf(sides, row.symbol).theirs.push(row);
  const { at: readAt } = read.orders;
  return [...sides]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, side]) => ({ ...beginCompared(read), kind: "orders" as const, symbol, readAt, ...compared(side) }));
}

function compared({ ours, theirs }: Sides) {
  const left = new Set(ours);
  const onlyTheirs: string[] = [];
  for (const row of theirs) {
    const known = idsOf(row).find((id) => left.has(id));
    if (known === undefined) onlyTheirs.push(row.order_id);
    else left.delete(known);
  }
  const apart = left.size + onlyTheirs.length;
  const larger = Math.max(ours.size, theirs.length);
  return {
    ours: count(ours.size),
    theirs: count(theirs.length),
    difference: count(apart),
    isApart: apart > 0,
    drift: apart === 0 ? 0 : Math.min(1, apart / larger),
    onlyOurs: [...left].slice(0, IDS_MAX),
    onlyTheirs: onlyTheirs.slice(0, IDS_MAX),
  };
}

const count = (value: number) => decimal(String(value));

const idsOf = (row: OrderRead): string[] => {
  const own = row["client_order_id"];
  return typeof own === "string" ? [row.order_id, own] : [row.order_id];
};

function sideOf(sides: Map<string, Sides>, symbol: string): Sides {
  let side = sides.get(symbol);
  if (side === undefined) {
    side = { ours: new Set(), theirs: [] };
    sides.set(symbol, side);
  }
  return side;
}

const tellOrders = (state: State, { sharedBy, mode }: VenueRead): boolean =>
  sharedBy.some((bot) => (state.bots.get(bot)?.told.get(mode) ?? NOTHING_TOLD).orders > 0);

function* toldOrders(state: State, { sharedBy, mode, venue }: VenueRead): Generator<[string, string]> {
  for (const bot of sharedBy)
    for (const order of state.bots.get(bot)?.openOrders.values() ?? [])
      if (order.mode === mode && order.venue === venue) yield [order.orderId, order.symbol];
}

/** Each bot of a shared account has its own part of the list; what may be anybody's is in all of them. */
function* listed(state: State, { sharedBy, mode, venue }: VenueRead): Generator<OrderRead> {
  const seen = new Set<string>();
  for (const bot of sharedBy)
    for (const row of state.bots.get(bot)?.venueReads.get(`${mode}\t${venue}`)?.orders?.rows ?? []) {
      if (seen.has(row.order_id)) continue;
      seen.add(row.order_id);
      yield row;
    }
}

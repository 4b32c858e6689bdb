import { decimal } from "../../domain/decimal.ts";
import type { State } from "../fold.ts";
import { type VenueRead, venueReadKey } from "../venue-readings.ts";
import { beginCompared, type Compared } from "./compared.ts";
import type { OrderMatch } from "./match-orders.ts";

/** Ids that are named of one instrument. */
const IDS_MAX = 20;

interface Sum {
  ours: number;
  matched: number;
  readonly onlyOurs: Set<string>;
  readonly onlyTheirs: Set<string>;
}

/**
 * Resting orders as the bots had told them when the venue's list came, by instrument. Nothing where the bots tell of no
 * orders at all. What nobody told of is in the list of each bot of a shared account: it counts once.
 */
export function compareOrders(state: State, read: VenueRead): Compared[] {
  if (read.orders === undefined) return [];
  const sums = new Map<string, Sum>();
  for (const match of matchesOf(state, read)) addTo(sums, match);
  const { at: readAt } = read.orders;
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, sum]) => ({ ...beginCompared(read), kind: "orders" as const, symbol, readAt, ...compared(sum) }));
}

const matchesOf = (state: State, { sharedBy, mode, venue }: VenueRead): OrderMatch[] =>
  sharedBy.flatMap((bot) => [
    ...(state.bots.get(bot)?.venueReads.get(venueReadKey(mode, venue))?.orders?.matches ?? []),
  ]);

function addTo(sums: Map<string, Sum>, { symbol, ours, matched, onlyOurs, onlyTheirs }: OrderMatch): void {
  const sum = sums.get(symbol) ?? { ours: 0, matched: 0, onlyOurs: new Set<string>(), onlyTheirs: new Set<string>() };
  sums.set(symbol, sum);
  sum.ours += ours;
  sum.matched += matched;
  for (const id of onlyOurs) sum.onlyOurs.add(id);
  for (const id of onlyTheirs) sum.onlyTheirs.add(id);
}

function compared({ ours, matched, onlyOurs, onlyTheirs }: Sum) {
  const theirs = matched + onlyTheirs.size;
  const apart = ours - matched + onlyTheirs.size;
  return {
    ours: count(ours),
    theirs: count(theirs),
    difference: count(apart),
    isApart: apart > 0,
    drift: apart === 0 ? 0 : Math.min(1, apart / Math.max(ours, theirs)),
    onlyOurs: [...onlyOurs].slice(0, IDS_MAX),
    onlyTheirs: [...onlyTheirs].slice(0, IDS_MAX),
  };
}

const count = (value: number) => decimal(String(value));

import type { OrderRead } from "../venue-readings.ts";

/** Resting orders of one instrument as one bot told them, against what the venue lists for it. */
export interface OrderMatch {
  readonly symbol: string;
  /** How many the bot told of, and how many of them the venue lists. */
  readonly ours: number;
  readonly matched: number;
  readonly onlyOurs: readonly string[];
  /** Ids of those that the bot did not tell of. */
  readonly onlyTheirs: readonly string[];
}

/** Ids that are kept of one instrument and side. */
const IDS_MAX = 1_000;

interface Sides {
  readonly ours: Set<string>;
  readonly theirs: OrderRead[];
}

/** An order is the same by the venue's id or by the one that its bot gave it and of the same instrument. */
export function matchOrders(ours: Iterable<readonly [string, string]>, theirs: readonly OrderRead[]): OrderMatch[] {
  const sides = new Map<string, Sides>();
  const sideOf = (symbol: string): Sides => {
    const side = sides.get(symbol) ?? { ours: new Set<string>(), theirs: [] };
    sides.set(symbol, side);
    return side;
  };
  for (const [id, symbol] of ours) sideOf(symbol).ours.add(id);
  for (const row of theirs) sideOf(row.symbol).theirs.push(row);
  return [...sides].map(([symbol, side]) => ({ symbol, ...matchOf(side) }));
}

function matchOf({ ours, theirs }: Sides): Omit<OrderMatch, "symbol"> {
  const left = new Set(ours);
  const onlyTheirs: string[] = [];
  let matched = 0;
  for (const row of theirs) {
    const known = idsOf(row).find((id) => left.has(id));
    if (known === undefined) onlyTheirs.push(row.order_id);
    else {
      left.delete(known);
      matched++;
    }
  }
  return { ours: ours.size, matched, onlyOurs: [...left].slice(0, IDS_MAX), onlyTheirs: onlyTheirs.slice(0, IDS_MAX) };
}

const idsOf = (row: OrderRead): string[] => {
  const own = row["client_order_id"];
  return typeof own === "string" ? [row.order_id, own] : [row.order_id];
};

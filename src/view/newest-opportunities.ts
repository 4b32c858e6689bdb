import type { OpportunityView } from "../protocol/api-trading.ts";

/**
 * The `limit` opportunities that were spoken of last, newest first, each once: what `incoming` says of one replaces what
 * was held, unless it is older.
 */
export function newestOpportunities(
  held: readonly OpportunityView[],
  incoming: readonly OpportunityView[],
  limit: number,
): readonly OpportunityView[] {
  const byName = new Map<string, OpportunityView>();
  for (const each of [...held, ...incoming]) {
    const name = `${each.bot} ${each.opportunity_id}`;
    const known = byName.get(name);
    if (known === undefined || known.seq <= each.seq) byName.set(name, each);
  }
  return [...byName.values()].toSorted((a, b) => b.seq - a.seq).slice(0, limit);
}

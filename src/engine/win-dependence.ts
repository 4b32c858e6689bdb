import { daysOf, nowOf } from "../domain/ledger/holding.ts";
import { type Dependence, dependenceOf } from "../metrics/inference/dependence.ts";
import { type Made, tellsFills } from "./made.ts";
import { tradeCountOf } from "./trade-readings.ts";

/** Whether each closing fill is a trade of it: these win and lose together. */
const closesByFill = ({ bot, mode }: Made): boolean => bot.said?.makesMarkets === true && tellsFills(bot, mode);

/**
 * How alike the trades of each of the days from `first` to `last` are, of what was traded in a window: asked for where a
 * bot among them makes markets, else undefined. What it gives is undefined where days are too few to tell.
 */
export function winDependence(
  traded: readonly Made[],
  days: { readonly first: number; readonly last: number } | undefined,
): (() => Dependence | undefined) | undefined {
  if (!traded.some(closesByFill)) return undefined;
  return () => (days === undefined ? undefined : dependenceOf([...clustersOf(traded, days)]));
}

function clustersOf(traded: readonly Made[], { first, last }: { readonly first: number; readonly last: number }) {
  const clusters = new Map<number, { hits: number; n: number }>();
  const bots = new Map(traded.map((row) => [`${row.bot.bot}\t${row.mode}`, row]));
  for (const { bot, mode } of bots.values())
    for (const ledger of bot.ledgers.values()) {
      if (ledger.mode !== mode) continue;
      for (const { day, totals } of daysOf(nowOf(ledger.holding))) {
        if (day < first || day > last) continue;
        const { count } = tradeCountOf({ fills: totals, makesMarkets: bot.said?.makesMarkets === true });
        const cluster = clusters.get(day) ?? { hits: 0, n: 0 };
        cluster.hits += count.wins;
        cluster.n += count.wins + count.losses + count.evens;
        clusters.set(day, cluster);
      }
    }
  return clusters.values();
}

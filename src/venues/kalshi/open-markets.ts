import type { FeedReport } from "../core/feed.ts";
import type { MarketGroup } from "../core/market-groups.ts";
import { askPages, type KalshiApi } from "./api.ts";
import { textAt } from "./generations/fields.ts";

/** Names of several markets: `series:KXFED`, `event:KXFED-27APR`. */
export const KALSHI_GROUPS = ["event", "series"] as const;

const PAGE = 1_000;

export interface OpenMarketsParts {
  readonly ask: KalshiApi;
  readonly feed: Pick<FeedReport, "error">;
}

/** The open markets of a series or an event; undefined when they could not all be had. Parlays are no markets of it. */
export async function openMarkets(
  { ask, feed }: OpenMarketsParts,
  { name, kind, id }: MarketGroup,
): Promise<readonly string[] | undefined> {
  const filter = `${kind === "series" ? "series_ticker" : "event_ticker"}=${encodeURIComponent(id)}`;
  const path = `/markets?${filter}&status=open&mve_filter=exclude&limit=${PAGE}`;
  const { entries, failure } = await askPages(ask, path, "markets");
  if (failure === undefined) return entries.flatMap((market) => textAt(market, "ticker") ?? []);
  feed.error("markets", `${name}: ${failure.message}`);
  return undefined;
}

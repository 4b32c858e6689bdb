import { eventOf, seriesOf, type TrueMarket } from "./kalshi-market.ts";

type Json = Record<string, unknown>;

const factsOf = (market: TrueMarket): Json => ({ ...market.facts, event_ticker: eventOf(market.ticker) });

/** `/markets`: those that are named, or a page of those of an event or series that have a status. */
export function listMarkets(
  markets: ReadonlyMap<string, TrueMarket>,
  query: URLSearchParams,
  pageMax: number,
): { readonly markets: readonly Json[]; readonly cursor: string } {
  const tickers = query.get("tickers");
  if (tickers !== null) {
    const named = tickers.split(",").flatMap((ticker) => markets.get(ticker) ?? []);
    return { markets: named.map(factsOf), cursor: "" };
  }
  const [event, series] = [query.get("event_ticker"), query.get("series_ticker")];
  const listed = [...markets.values()].filter(({ ticker, facts }) => {
    const own = eventOf(ticker);
    // What is asked for as open is answered as active.
    const isOpen = facts["status"] === "active" || query.get("status") !== "open";
    return isOpen && (event === null || own === event) && (series === null || seriesOf(own) === series);
  });
  const from = Number(query.get("cursor") ?? 0);
  const end = from + Math.min(pageMax, Number(query.get("limit") ?? 100));
  return { markets: listed.slice(from, end).map(factsOf), cursor: end < listed.length ? String(end) : "" };
}

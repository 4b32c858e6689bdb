import type { VenueContext } from "../core/ports.ts";
import { askPages, type KalshiApi } from "./api.ts";
import { isRecord } from "./frames.ts";
import { textAt } from "./generations/fields.ts";
import { instrumentEvent, settlementEvent } from "./instruments.ts";
import type { Json } from "./messages.ts";

/** Tickers in one request: longer addresses are refused by some proxies. */
const BATCH = 50;
/** Events and series that are remembered. */
const REMEMBERED_MAX = 5_000;

/** Reads what markets are and tells it as `instrument` and `settlement` events. What could not be had is told once more later. */
export class KalshiMetadata {
  readonly #context: VenueContext;
  readonly #ask: KalshiApi;
  readonly #events = new Map<string, Json>();
  readonly #series = new Map<string, Json>();

  constructor(context: VenueContext, ask: KalshiApi) {
    this.#context = context;
    this.#ask = ask;
  }

  /** Tells of all that the venue knows of these markets; gives those that it does not know, and those that are final. */
  async tell(
    tickers: readonly string[],
  ): Promise<{ readonly missing: readonly string[]; readonly final: readonly string[] }> {
    const missing: string[] = [];
    const final: string[] = [];
    for (let from = 0; from < tickers.length; from += BATCH) {
      const batch = tickers.slice(from, from + BATCH);
      const markets = await this.#markets(batch);
      for (const market of markets) await this.#tellOne(market);
      const told = new Set(markets.map((market) => market["ticker"]));
      missing.push(...batch.filter((ticker) => !told.has(ticker)));
      final.push(...markets.flatMap(({ ticker, status }) => (status === "finalized" ? [String(ticker)] : [])));
    }
    return { missing, final };
  }

  /** Forgets what is known of events and series, so that changed fees are read. */
  forget(): void {
    this.#events.clear();
    this.#series.clear();
  }

  async #markets(tickers: readonly string[]): Promise<readonly Json[]> {
    const asked = new Set<unknown>(tickers);
    const query = `tickers=${tickers.map(encodeURIComponent).join(",")}&limit=${BATCH}`;
    const { entries } = await askPages(this.#ask, `/markets?${query}`, "markets");
    return entries.filter(({ ticker }) => asked.has(ticker));
  }

  async #tellOne(market: Json): Promise<void> {
    const { venue, sink } = this.#context;
    const event = await this.#known(this.#events, textAt(market, "event_ticker"), "event");
    const seriesTicker = event && textAt(event, "series_ticker");
    const series = await this.#known(this.#series, seriesTicker, "series");
    const instrument = instrumentEvent({ venue, market, event, series });
    if (instrument !== undefined) sink.tell(instrument);
    const settlement = settlementEvent(venue, market);
    if (settlement !== undefined) sink.tell(settlement);
  }

  async #known(
    remembered: Map<string, Json>,
    ticker: string | undefined,
    kind: "event" | "series",
  ): Promise<Json | undefined> {
    if (ticker === undefined) return undefined;
    const known = remembered.get(ticker);
    if (known !== undefined) return known;
    const path = kind === "event" ? "/events/" : "/series/";
    const answer = await this.#ask(path + encodeURIComponent(ticker));
    const body = answer.ok && isRecord(answer.value) ? answer.value[kind] : undefined;
    if (!isRecord(body)) return undefined;
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(ticker, body);
    return body;
  }
}

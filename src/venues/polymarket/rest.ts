import { parseExactJson } from "../../protocol/exact-json.ts";
import { RateLimit } from "../core/rate-limit.ts";
import { Rest } from "../core/rest.ts";
import type { HttpRequest, VenueContext } from "../core/ports.ts";
import type { BookMessage, RestAddresses } from "./messages.ts";
import { restBookOf } from "./market-messages.ts";
import { clobFees, type MarketInfo, marketInfoOf } from "./market-info.ts";
import { type PolymarketKeys, signedHeaders } from "./sign.ts";
import { isRecord, type Json, textAt } from "./wire.ts";

/** Well below the venue's 300 (markets) and 500 (books) requests in ten seconds. */
const PER_SECOND = 20;
const BURST = 50;
/** Names in one request: their ids make it long. */
export const MARKETS_MAX = 50;
/** One request may ask for 500 books. */
export const BOOKS_MAX = 100;
const PAGES_MAX = 100;
/** The venue's way to say that there is no further page: −1 in base64. */
const LAST_CURSOR = "LTE=";
const POSITIONS_PAGE = 500;
/** The venue tells nothing beyond it. */
const POSITIONS_OFFSET_MAX = 10_000;
const CONDITION = /^0x[0-9a-fA-F]{64}$/;

type Heard = (headers: Readonly<Record<string, string>>) => void;

interface Signer {
  readonly keys: PolymarketKeys;
  readonly address: string;
  readonly heard?: Heard | undefined;
}

type RestContext = Pick<VenueContext, "clock" | "timers" | "random" | "http" | "feed">;

/** What the venue tells over REST: markets by Gamma, fees and books by the CLOB. */
export class PolymarketRest {
  readonly #rest: Rest;
  /** Ids of the account's trades keep their digits. */
  readonly #signedRest: Rest;
  readonly #context: RestContext;
  readonly #addresses: RestAddresses;

  constructor(context: RestContext, addresses: RestAddresses) {
    const { clock, timers } = context;
    const limit = new RateLimit({ capacity: BURST, perSecond: PER_SECOND, clock, timers });
    this.#context = context;
    this.#rest = new Rest({ context, limit, errorText: restError });
    this.#signedRest = new Rest({ context, limit, errorText: restError, parse: parseExactJson });
    this.#addresses = addresses;
  }

  stop(): void {
    this.#rest.stop();
  }

  /**
   * Markets by their slugs or condition ids, open or closed, by the name asked for; at most `MARKETS_MAX` names. Those that
   * the venue does not have are left out; undefined without an answer.
   */
  async markets(names: readonly string[]): Promise<ReadonlyMap<string, MarketInfo> | undefined> {
    const found = await this.#listed(names, "");
    const absent = names.filter((name) => found?.has(name) === false);
    if (found === undefined || absent.length === 0) return found;
    // Closed markets are not listed unless they are asked for.
    const closed = await this.#listed(absent, "&closed=true");
    return closed === undefined ? undefined : new Map([...found, ...closed]);
  }

  /** The markets of an event that take orders, by slug; undefined when they could not be had. */
  async openOfEvent(slug: string): Promise<readonly string[] | undefined> {
    const answer = await this.#get(this.#addresses.gammaUrl, `/events/slug/${encodeURIComponent(slug)}`);
    const list = isRecord(answer) ? answer["markets"] : undefined;
    if (!Array.isArray(list)) return undefined;
    // Places for what nobody has named yet are no markets.
    const named = list.filter((market) => isRecord(market) && market["negRiskOther"] !== true);
    return named.flatMap((market) => {
      const info = marketInfoOf(market);
      return info?.isTradable === true ? [info.slug] : [];
    });
  }

  /** A market with the fees that the CLOB tells, which count before Gamma's. */
  async withFees(info: MarketInfo): Promise<MarketInfo> {
    const fees = clobFees(await this.#get(this.#addresses.clobUrl, `/clob-markets/${info.condition}`));
    return fees === undefined ? info : { ...info, fees };
  }

  /** The books of some tokens as they are now, by token. Those that have none are left out; undefined without an answer. */
  async books(tokens: readonly string[]): Promise<ReadonlyMap<string, BookMessage> | undefined> {
    const body = JSON.stringify(tokens.map((token) => ({ token_id: token })));
    const headers = { "content-type": "application/json" };
    const url = `${this.#addresses.clobUrl}/books`;
    const answer = await this.#rest.ask("/books", 1, () => ({ method: "POST", url, headers, body }));
    if (!answer.ok || !Array.isArray(answer.value)) return undefined;
    const books = answer.value.map(restBookOf).filter((book) => book !== undefined);
    return new Map(books.map((book) => [book.token, book]));
  }

  /** Trades of the account since a time, as the user channel tells them; undefined when the list could not be had. */
  trades(keys: PolymarketKeys, address: string, sinceS: number): Promise<readonly unknown[] | undefined> {
    return this.#signedList("/data/trades", `after=${sinceS}`, { keys, address });
  }

  /** The newest trades of the account, a page of them; undefined when they could not be had. */
  async newestTrades(keys: PolymarketKeys, address: string): Promise<readonly unknown[] | undefined> {
    const body = await this.#signedPage("/data/trades", "", { keys, address });
    return Array.isArray(body?.["data"]) ? body["data"] : undefined;
  }

  /** Orders of the account that rest; undefined when they could not all be had. `heard` gets the headers of each page. */
  orders(keys: PolymarketKeys, address: string, heard?: Heard): Promise<readonly unknown[] | undefined> {
    return this.#signedList("/data/orders", "", { keys, address, heard });
  }

  /** Every page of a list of the account. */
  async #signedList(path: string, filter: string, signer: Signer): Promise<readonly unknown[] | undefined> {
    const entries: unknown[] = [];
    let cursor = "";
    for (let page = 0; page < PAGES_MAX; page++) {
      const next = cursor === "" ? "" : `next_cursor=${encodeURIComponent(cursor)}`;
      const body = await this.#signedPage(path, [filter, next].filter((part) => part !== "").join("&"), signer);
      const following = body === undefined ? undefined : textAt(body, "next_cursor");
      // Without the venue's word for the end nobody knows whether there is more.
      if (!Array.isArray(body?.["data"]) || following === undefined || following === cursor) return undefined;
      entries.push(...body["data"]);
      if (following === LAST_CURSOR) return entries;
      cursor = following;
    }
    return undefined;
  }

  async #signedPage(path: string, query: string, { keys, address, heard }: Signer): Promise<Json | undefined> {
    const { clock } = this.#context;
    const make = (): HttpRequest => ({
      method: "GET",
      url: `${this.#addresses.clobUrl}${path}${query === "" ? "" : `?${query}`}`,
      headers: signedHeaders(keys, address, { method: "GET", path, nowS: clock.now() / 1_000_000 }),
    });
    const answer = await this.#signedRest.ask(path, 1, make, heard);
    return answer.ok && isRecord(answer.value) ? answer.value : undefined;
  }

  /**
   * What a wallet holds, which is public, however little of it; undefined when it could not all be had, or when what is
   * held moved between two pages. `heard` gets the headers of each page.
   */
  async positions(address: string, heard?: Heard): Promise<readonly unknown[] | undefined> {
    const positions: unknown[] = [];
    const tokens = new Set<unknown>();
    while (positions.length <= POSITIONS_OFFSET_MAX) {
      const page = `limit=${POSITIONS_PAGE}&offset=${positions.length}`;
      const query = `user=${encodeURIComponent(address)}&sizeThreshold=0&${page}`;
      const list = await this.#get(this.#addresses.dataUrl, `/positions?${query}`, heard);
      if (!Array.isArray(list)) return undefined;
      // The venue may give fewer than it was asked for: only an empty page is past the end.
      if (list.length === 0) return positions;
      for (const entry of list) {
        const token: unknown = isRecord(entry) ? entry["asset"] : undefined;
        if (token !== undefined && tokens.has(token)) return undefined;
        tokens.add(token);
        positions.push(entry);
      }
    }
    return undefined;
  }

  async #listed(names: readonly string[], more: string): Promise<Map<string, MarketInfo> | undefined> {
    const query = names.map((name) => `${CONDITION.test(name) ? "condition_ids" : "slug"}=${encodeURIComponent(name)}`);
    const path = `/markets/keyset?${query.join("&")}&limit=${MARKETS_MAX}${more}`;
    const answer = await this.#get(this.#addresses.gammaUrl, path);
    const list = isRecord(answer) ? answer["markets"] : undefined;
    if (!Array.isArray(list)) return undefined;
    const asked = new Map(names.map((name) => [name.toLowerCase(), name]));
    const found = new Map<string, MarketInfo>();
    for (const info of list.map(marketInfoOf)) {
      for (const key of info === undefined ? [] : [info.condition, info.slug]) {
        const name = asked.get(key.toLowerCase());
        if (info !== undefined && name !== undefined) found.set(name, info);
      }
    }
    return found;
  }

  async #get(base: string, path: string, heard?: Heard): Promise<unknown> {
    const name = path.replace(/^(\/markets\/keyset|\/[\w-]+).*$/, "$1");
    const answer = await this.#rest.ask(name, 1, () => ({ method: "GET", url: base + path }), heard);
    return answer.ok ? answer.value : undefined;
  }
}

const restError = (body: unknown): string | undefined =>
  isRecord(body) ? (textAt(body, "error") ?? textAt(body, "message")) : undefined;

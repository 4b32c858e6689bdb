import { parseExactJson } from "../../protocol/exact-json.ts";
import { RateLimit } from "../core/rate-limit.ts";
import { Rest } from "../core/rest.ts";
import type { VenueContext } from "../core/ports.ts";
import type { BookMessage, RestAddresses } from "./messages.ts";
import { restBookOf } from "./market-messages.ts";
import { clobFees, type MarketInfo, marketInfoOf } from "./market-info.ts";
import { type PolymarketKeys, signedHeaders } from "./sign.ts";
import { isRecord, textAt } from "./wire.ts";

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
const POSITIONS_MAX = 10_000;
const CONDITION = /^0x[0-9a-fA-F]{64}$/;

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

  /** Orders of the account that rest; undefined when they could not all be had. */
  orders(keys: PolymarketKeys, address: string): Promise<readonly unknown[] | undefined> {
    return this.#signedList("/data/orders", "", { keys, address });
  }

  /** Every page of a list of the account. */
  async #signedList(
    path: string,
    filter: string,
    { keys, address }: { readonly keys: PolymarketKeys; readonly address: string },
  ): Promise<readonly unknown[] | undefined> {
    const { clock } = this.#context;
    const entries: unknown[] = [];
    let cursor = "";
    for (let page = 0; page < PAGES_MAX && cursor !== LAST_CURSOR; page++) {
      const next = cursor === "" ? "" : `next_cursor=${encodeURIComponent(cursor)}`;
      const query = [filter, next].filter((part) => part !== "").join("&");
      const answer = await this.#signedRest.ask(path, 1, () => ({
        method: "GET",
        url: `${this.#addresses.clobUrl}${path}${query === "" ? "" : `?${query}`}`,
        headers: signedHeaders(keys, address, { method: "GET", path, nowS: clock.now() / 1_000_000 }),
      }));
      const body = answer.ok && isRecord(answer.value) ? answer.value : undefined;
      if (!Array.isArray(body?.["data"])) return undefined;
      entries.push(...body["data"]);
      cursor = textAt(body, "next_cursor") ?? LAST_CURSOR;
    }
    return entries;
  }

  /** Open positions of a wallet, which are public; undefined when they could not all be had. */
  async positions(address: string): Promise<readonly unknown[] | undefined> {
    const positions: unknown[] = [];
    for (let offset = 0; offset < POSITIONS_MAX; offset += POSITIONS_PAGE) {
      const query = `user=${encodeURIComponent(address)}&limit=${POSITIONS_PAGE}&offset=${offset}`;
      const list = await this.#get(this.#addresses.dataUrl, `/positions?${query}`);
      if (!Array.isArray(list)) return undefined;
      positions.push(...list);
      if (list.length < POSITIONS_PAGE) return positions;
    }
    return positions;
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

  async #get(base: string, path: string): Promise<unknown> {
    const name = path.replace(/^(\/markets\/keyset|\/[\w-]+).*$/, "$1");
    const answer = await this.#rest.ask(name, 1, () => ({ method: "GET", url: base + path }));
    return answer.ok ? answer.value : undefined;
  }
}

const restError = (body: unknown): string | undefined =>
  isRecord(body) ? (textAt(body, "error") ?? textAt(body, "message")) : undefined;

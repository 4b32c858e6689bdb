import { RateLimit } from "../core/rate-limit.ts";
import { Rest } from "../core/rest.ts";
import type { VenueContext } from "../core/ports.ts";
import type { BookMessage, RestAddresses } from "./messages.ts";
import { restBookOf } from "./market-messages.ts";
import { clobFees, type MarketInfo, marketInfoOf } from "./market-info.ts";
import { isRecord, textAt } from "./wire.ts";

/** Well below the venue's 300 (markets) and 500 (books) requests in ten seconds. */
const PER_SECOND = 10;
const BURST = 50;
/** One request may ask for 500 books. */
export const BOOKS_MAX = 100;
const CONDITION = /^0x[0-9a-fA-F]{64}$/;

/** What the venue tells over REST: markets by Gamma, fees and books by the CLOB. */
export class PolymarketRest {
  readonly #rest: Rest;
  readonly #addresses: RestAddresses;

  constructor(context: VenueContext, addresses: RestAddresses) {
    const { clock, timers } = context;
    const limit = new RateLimit({ capacity: BURST, perSecond: PER_SECOND, clock, timers });
    this.#rest = new Rest({ context, limit, errorText: restError });
    this.#addresses = addresses;
  }

  stop(): void {
    this.#rest.stop();
  }

  /** A market by its slug or condition id, open or closed; undefined when the venue has none or does not answer. */
  async market(name: string): Promise<MarketInfo | undefined> {
    const info = marketInfoOf(CONDITION.test(name) ? await this.#byCondition(name) : await this.#bySlug(name));
    if (info === undefined) return undefined;
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

  /** Closed markets are not found unless they are asked for. */
  async #byCondition(condition: string): Promise<unknown> {
    const query = `condition_ids=${condition}&limit=1`;
    const open = firstMarket(await this.#get(this.#addresses.gammaUrl, `/markets/keyset?${query}`));
    return open ?? firstMarket(await this.#get(this.#addresses.gammaUrl, `/markets/keyset?${query}&closed=true`));
  }

  async #bySlug(slug: string): Promise<unknown> {
    return this.#get(this.#addresses.gammaUrl, `/markets/slug/${encodeURIComponent(slug)}`);
  }

  async #get(base: string, path: string): Promise<unknown> {
    const name = path.startsWith("/clob-markets/") ? "/clob-markets" : path.replace(/^(\/markets\/\w+).*$/, "$1");
    const answer = await this.#rest.ask(name, 1, () => ({ method: "GET", url: base + path }));
    return answer.ok ? answer.value : undefined;
  }
}

function firstMarket(answer: unknown): unknown {
  const markets = isRecord(answer) ? answer["markets"] : undefined;
  return Array.isArray(markets) ? markets[0] : undefined;
}

const restError = (body: unknown): string | undefined =>
  isRecord(body) ? (textAt(body, "error") ?? textAt(body, "message")) : undefined;

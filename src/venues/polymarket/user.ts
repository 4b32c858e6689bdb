import { putBounded } from "../../base/bounded-map.ts";
import { canonicalDecimal } from "../../domain/decimal.ts";
import { parseExactJson } from "../../protocol/exact-json.ts";
import { Connection } from "../core/connection.ts";
import type { VenueContext } from "../core/ports.ts";
import { PolymarketAccount } from "./account.ts";
import { type MarketInfo, symbolFor } from "./market-info.ts";
import { openFrame } from "./messages.ts";
import type { PolymarketRest } from "./rest.ts";
import { BACKOFF, PING } from "./shard.ts";
import type { PolymarketKeys } from "./sign.ts";
import { parseUserMessage } from "./user-messages.ts";
import { isRecord, textAt } from "./wire.ts";

/** The stream numbers nothing: what it missed, the list has. */
const LIST_EVERY_MS = 60_000;
/** The list lags behind the stream. */
const OVERLAP_S = 300;
const MARKETS_MAX = 5_000;
/** Positions in one snapshot, as the hub takes them. */
const POSITIONS_MAX = 10_000;

export interface UserOptions {
  readonly context: VenueContext;
  readonly account: string;
  readonly url: string;
  readonly keys: PolymarketKeys;
  /** The wallet whose positions and trades are read. */
  readonly address: string;
  readonly rest: PolymarketRest;
  /** A market that was not known before. */
  readonly found: (info: MarketInfo) => void;
}

/** Orders, fills and positions of one account: the user channel, and the lists of what it may have missed. */
export class PolymarketUser {
  readonly #options: UserOptions;
  readonly #connection: Connection;
  readonly #account: PolymarketAccount;
  readonly #markets = new Map<string, MarketInfo>();
  #readSinceS: number;
  #cancelRead: (() => void) | undefined;
  #isStopped = false;

  constructor(options: UserOptions) {
    this.#options = options;
    const { context, account, url, keys, address } = options;
    this.#readSinceS = Math.floor(context.clock.now() / 1_000_000);
    this.#account = new PolymarketAccount({
      context,
      account,
      isOwn: ({ owner, address: maker }) =>
        owner === keys.apiKey.reveal() || maker?.toLowerCase() === address.toLowerCase(),
      market: (condition) => this.#market(condition),
    });
    this.#connection = new Connection(context, {
      channel: "user",
      request: () => ({ url }),
      onUp: () => this.#up(),
      onFrame: (text, receivedAt) => {
        const frame = openFrame(text, parseExactJson);
        if (frame.kind === "words") context.feed.error("user", `the venue says: ${frame.text}`);
        if (frame.kind !== "messages") return;
        context.feed.message("user", receivedAt);
        for (const event of frame.events) this.#account.take(parseUserMessage(event));
      },
      onDown: () => undefined,
      beat: PING,
      backoff: BACKOFF,
    });
  }

  start(): void {
    this.#connection.start();
    void this.#read();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelRead?.();
    this.#account.stop();
    this.#connection.stop();
  }

  #up(): void {
    const { apiKey, secret, passphrase } = this.#options.keys;
    const auth = { apiKey: apiKey.reveal(), secret: secret.reveal(), passphrase: passphrase.reveal() };
    this.#connection.send(JSON.stringify({ auth, type: "user" }));
  }

  async #market(condition: string): Promise<MarketInfo | undefined> {
    const known = this.#markets.get(condition);
    if (known !== undefined) return known;
    const found = (await this.#options.rest.markets([condition]))?.get(condition);
    if (found === undefined) return undefined;
    const info = await this.#options.rest.withFees(found);
    putBounded(this.#markets, condition, info, MARKETS_MAX);
    this.#options.found(info);
    return info;
  }

  async #read(): Promise<void> {
    const { context, rest, keys, address } = this.#options;
    const startS = Math.floor(context.clock.now() / 1_000_000);
    const trades = await rest.trades(keys, address, this.#readSinceS - OVERLAP_S);
    if (this.#isStopped) return;
    for (const trade of trades ?? []) this.#account.take(parseUserMessage(trade));
    if (trades !== undefined) this.#readSinceS = startS;
    await this.#readPositions();
    if (this.#isStopped) return;
    this.#cancelRead = context.timers.after(() => void this.#read(), LIST_EVERY_MS);
  }

  async #readPositions(): Promise<void> {
    const { context, rest, address, account } = this.#options;
    const list = await rest.positions(address);
    if (this.#isStopped || list === undefined) return;
    const { venue } = context;
    const positions = list.flatMap((entry) => positionOf(entry, venue) ?? []).slice(0, POSITIONS_MAX);
    context.sink.tell({ type: "position.snapshot", account, positions, source: "venue" });
  }
}

function positionOf(entry: unknown, venue: string) {
  if (!isRecord(entry)) return undefined;
  const token = textAt(entry, "asset");
  const [size, average] = [exact(entry["size"]), exact(entry["avgPrice"])];
  if (token === undefined || size === undefined || size === "0") return undefined;
  const symbol = symbolFor(textAt(entry, "slug"), textAt(entry, "outcome"), token);
  return { venue, symbol, size, ...(average === undefined ? {} : { entry_price: average }) };
}

const exact = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? canonicalDecimal(value) : undefined;

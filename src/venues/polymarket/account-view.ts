import { putBounded } from "../../base/bounded-map.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { type Micros, micros } from "../../base/time.ts";
import { canonicalDecimal } from "../../domain/decimal.ts";
import type { VenueOrder, VenuePosition, VenueReading } from "../../domain/venue-account.ts";
import type { AccountKind, AccountSetup, AccountView } from "../core/account.ts";
import { notOlderThan } from "../core/as-of.ts";
import { symbolFor } from "./market-info.ts";
import { MARKETS_MAX, PolymarketRest } from "./rest.ts";
import type { PolymarketKeys } from "./sign.ts";
import { otherOrderWallet, otherTradingWallet, type Wallet } from "./wallet-check.ts";
import { decimalAt, isRecord, type Json, sideAt, textAt } from "./wire.ts";

/** Positions are gathered from the chain: what was traded within so long may not be among them. */
const POSITIONS_LAG_MICROS = 60_000_000;
/** In some markets an order waits for seconds before it rests: it may not be in the list before that. */
const ORDERS_LAG_MICROS = 10_000_000;
/** It is looked again whose the trades are. */
const WALLET_EVERY_MICROS = 3_600_000_000;
const SYMBOLS_MAX = 20_000;
const WALLET = /^0x[0-9a-fA-F]{40}$/;
const KEY_MAY = "the venue has no keys that only read";

/** An account of Polymarket, the global one: orders by its API key, positions by its wallet, which are public. */
export const polymarketAccount: AccountKind = {
  name: "polymarket",
  settings: {
    clob_url: { help: "address of the CLOB's REST API", fallback: "https://clob.polymarket.com" },
    gamma_url: { help: "address of the markets' metadata", fallback: "https://gamma-api.polymarket.com" },
    data_url: { help: "address of positions by wallet", fallback: "https://data-api.polymarket.com" },
    address: { help: "the address that the API key belongs to: 0x and 40 hex digits; needed", fallback: "" },
    wallet: {
      help: "the wallet that holds what is traded, where that is not `address`: proxy, Safe or deposit wallet",
      fallback: "",
    },
  },
  credentials: {
    apiKey: { variable: "POLYMARKET_API_KEY", isNeeded: true },
    secret: { variable: "POLYMARKET_API_SECRET", isNeeded: true },
    passphrase: { variable: "POLYMARKET_API_PASSPHRASE", isNeeded: true },
  },
  open,
};

function open({ settings, secrets, context }: AccountSetup): Result<AccountView, string> {
  const said = (name: string): string => settings[name] ?? polymarketAccount.settings[name]?.fallback ?? "";
  const [clobUrl, gammaUrl, dataUrl] = ["clob_url", "gamma_url", "data_url"].map((name) =>
    said(name).replace(/\/+$/, ""),
  );
  for (const url of [clobUrl, gammaUrl, dataUrl])
    if (url === undefined || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      return err("clob_url, gamma_url and data_url are addresses such as https://host");
  const address = said("address");
  if (!WALLET.test(address)) return err("address is what the API key belongs to: 0x and 40 hex digits");
  const wallet = said("wallet") === "" ? address : said("wallet");
  if (!WALLET.test(wallet)) return err("wallet is what holds the positions: 0x and 40 hex digits");
  const { apiKey, secret, passphrase } = secrets;
  if (apiKey === undefined || secret === undefined || passphrase === undefined)
    return err("Polymarket shows no orders without an API key, its secret and its passphrase");
  const rest = new PolymarketRest(context, {
    clobUrl: clobUrl ?? "",
    gammaUrl: gammaUrl ?? "",
    dataUrl: dataUrl ?? "",
  });
  return ok(new PolymarketView({ rest, address, wallet, keys: { apiKey, secret, passphrase }, context }));
}

interface ViewParts {
  readonly rest: PolymarketRest;
  readonly address: string;
  readonly wallet: string;
  readonly keys: PolymarketKeys;
  readonly context: AccountSetup["context"];
}

class PolymarketView implements AccountView {
  readonly #parts: ViewParts;
  /** Token → what its outcome is called. */
  readonly #symbols = new Map<string, string>();
  /** When the newest trades were seen to be of the wallet. */
  #ownAt = Number.NEGATIVE_INFINITY;
  /** A wallet that resting orders are of, where that is another. */
  #other: string | undefined;

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  readonly checkKey: AccountView["checkKey"] = async () => ok({ kind: "unknown", reason: KEY_MAY });

  readonly openOrders: AccountView["openOrders"] = async () => {
    const { rest, keys, address, context } = this.#parts;
    const dated = datedFrom(micros(context.clock.now() - ORDERS_LAG_MICROS));
    const entries = await rest.orders(keys, address, dated.heard);
    if (entries === undefined) return missing("/data/orders");
    const rows = entries.filter(isRecord);
    if (!(await this.#name(rows))) return missing("/markets/keyset");
    const orders = rows.map((row) => this.#order(row)).filter((order) => order !== undefined);
    if (orders.length < entries.length) return { ok: false, reason: "/data/orders: an entry that cannot be read" };
    this.#other = otherOrderWallet(rows, this.#own);
    return { ok: true, at: dated.at(), value: orders };
  };

  readonly positions: AccountView["positions"] = async () => {
    const { rest, wallet, context } = this.#parts;
    const trouble = await this.#wrongWallet();
    if (trouble !== undefined) return { ok: false, reason: trouble };
    const dated = datedFrom(micros(context.clock.now() - POSITIONS_LAG_MICROS));
    const entries = await rest.positions(wallet, dated.heard);
    if (entries === undefined) return missing("/positions");
    const positions = entries.map(positionOf).filter((position) => position !== undefined);
    if (positions.length < entries.length) return { ok: false, reason: "/positions: an entry that cannot be read" };
    const held = positions.filter(({ size, isOver }) => size !== "0" && !isOver);
    return { ok: true, at: dated.at(), value: held.map(({ isOver: _over, ...position }) => position) };
  };

  /** What the wallet has in cash is on the chain: it is not read. */
  readonly balances: AccountView["balances"] = async () => ({
    ok: true,
    at: this.#parts.context.clock.now(),
    value: { balances: [] },
  });

  stop(): void {
    this.#parts.rest.stop();
  }

  get #own(): Wallet {
    const { keys, wallet } = this.#parts;
    return { apiKey: keys.apiKey.reveal(), wallet };
  }

  /** Why positions of the wallet say nothing of what the account trades; undefined where they do. */
  async #wrongWallet(): Promise<string | undefined> {
    const { rest, keys, address, context } = this.#parts;
    if (this.#other !== undefined) return ofOther("orders", this.#other);
    const now = context.clock.now();
    if (now - this.#ownAt < WALLET_EVERY_MICROS) return undefined;
    const trades = await rest.newestTrades(keys, address);
    if (trades === undefined) return "/data/trades, which tell whose positions to read, could not be had";
    const other = otherTradingWallet(trades, this.#own);
    if (other !== undefined) return ofOther("trades", other);
    this.#ownAt = now;
    return undefined;
  }

  /** Finds the names of tokens that are new; false when the venue did not tell. */
  async #name(rows: readonly Json[]): Promise<boolean> {
    const unnamed = rows.filter((row) => !this.#symbols.has(textAt(row, "asset_id") ?? ""));
    const conditions = [...new Set(unnamed.map((row) => textAt(row, "market") ?? ""))].filter((name) => name !== "");
    for (let from = 0; from < conditions.length; from += MARKETS_MAX) {
      const markets = await this.#parts.rest.markets(conditions.slice(from, from + MARKETS_MAX));
      if (markets === undefined) return false;
      for (const { first, second } of markets.values())
        for (const { token, symbol } of [first, second]) putBounded(this.#symbols, token, symbol, SYMBOLS_MAX);
    }
    return true;
  }

  #order(row: Json): VenueOrder | undefined {
    const [orderId, token, side] = [textAt(row, "id"), textAt(row, "asset_id"), sideAt(row)];
    const [price, size] = [exactAt(row, "price"), exactAt(row, "original_size")];
    if (orderId === undefined || token === undefined || side === undefined || size === undefined) return undefined;
    return {
      orderId,
      symbol: this.#symbols.get(token) ?? token,
      side,
      size,
      ...(price === undefined ? {} : { price }),
      filledSize: exactAt(row, "size_matched") ?? "0",
    };
  }
}

const ofOther = (what: string, wallet: string): string => `its ${what} are of the wallet ${wallet}: set wallet to it`;

/** The moment that several answers are not older than, whatever they say of a cache. */
function datedFrom(askedAt: Micros) {
  let at = askedAt;
  return {
    heard: (headers: Readonly<Record<string, string>>): void => {
      at = micros(Math.min(at, notOlderThan({ askedAt, aheadMs: undefined, headers })));
    },
    at: (): Micros => at,
  };
}

const missing = (path: string): VenueReading<never> => ({ ok: false, reason: `${path} could not all be had` });

/** `isOver` when its market has paid out: nothing of it is traded or at risk any more. */
function positionOf(entry: unknown): (VenuePosition & { readonly isOver: boolean }) | undefined {
  if (!isRecord(entry)) return undefined;
  const [token, size] = [textAt(entry, "asset"), exactAt(entry, "size")];
  if (token === undefined || size === undefined) return undefined;
  const [entryPrice, markPrice] = [exactAt(entry, "avgPrice"), exactAt(entry, "curPrice")];
  return {
    symbol: symbolFor(textAt(entry, "slug"), textAt(entry, "outcome"), token),
    size,
    isOver: entry["redeemable"] === true,
    ...(entryPrice === undefined ? {} : { entryPrice }),
    ...(markPrice === undefined ? {} : { markPrice }),
  };
}

const exactAt = (row: Json, name: string): string | undefined => {
  const text = decimalAt(row, name);
  return text === undefined ? undefined : canonicalDecimal(text);
};

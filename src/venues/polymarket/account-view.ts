import { putBounded } from "../../base/bounded-map.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { micros } from "../../base/time.ts";
import { canonicalDecimal } from "../../domain/decimal.ts";
import type { VenueOrder, VenuePosition, VenueReading } from "../../domain/venue-account.ts";
import type { AccountKind, AccountSetup, AccountView } from "../core/account.ts";
import { symbolFor } from "./market-info.ts";
import { MARKETS_MAX, PolymarketRest } from "./rest.ts";
import type { PolymarketKeys } from "./sign.ts";
import { decimalAt, isRecord, type Json, sideAt, textAt } from "./wire.ts";

/** Positions are gathered from the chain: what was traded within so long may not be among them. */
const POSITIONS_LAG_MICROS = 60_000_000;
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
    address: { help: "the wallet of the account: 0x and 40 hex digits; needed", fallback: "" },
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
  if (!WALLET.test(address)) return err("address is the wallet of the account: 0x and 40 hex digits");
  const { apiKey, secret, passphrase } = secrets;
  if (apiKey === undefined || secret === undefined || passphrase === undefined)
    return err("Polymarket shows no orders without an API key, its secret and its passphrase");
  const rest = new PolymarketRest(context, {
    clobUrl: clobUrl ?? "",
    gammaUrl: gammaUrl ?? "",
    dataUrl: dataUrl ?? "",
  });
  return ok(new PolymarketView({ rest, address, keys: { apiKey, secret, passphrase }, context }));
}

interface ViewParts {
  readonly rest: PolymarketRest;
  readonly address: string;
  readonly keys: PolymarketKeys;
  readonly context: AccountSetup["context"];
}

class PolymarketView implements AccountView {
  readonly #parts: ViewParts;
  /** Token → what its outcome is called. */
  readonly #symbols = new Map<string, string>();

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  readonly checkKey: AccountView["checkKey"] = async () => ok({ kind: "unknown", reason: KEY_MAY });

  readonly openOrders: AccountView["openOrders"] = async () => {
    const { rest, keys, address, context } = this.#parts;
    const at = context.clock.now();
    const entries = await rest.orders(keys, address);
    if (entries === undefined) return missing("/data/orders");
    const rows = entries.filter(isRecord);
    if (!(await this.#name(rows))) return missing("/markets/keyset");
    const orders = rows.map((row) => this.#order(row)).filter((order) => order !== undefined);
    if (orders.length < entries.length) return { ok: false, reason: "/data/orders: an entry that cannot be read" };
    return { ok: true, at, value: orders };
  };

  readonly positions: AccountView["positions"] = async () => {
    const { rest, address, context } = this.#parts;
    const at = micros(context.clock.now() - POSITIONS_LAG_MICROS);
    const entries = await rest.positions(address);
    if (entries === undefined) return missing("/positions");
    const positions = entries.map(positionOf).filter((position) => position !== undefined);
    if (positions.length < entries.length) return { ok: false, reason: "/positions: an entry that cannot be read" };
    return { ok: true, at, value: positions.filter(({ size }) => size !== "0") };
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

const missing = (path: string): VenueReading<never> => ({ ok: false, reason: `${path} could not all be had` });

function positionOf(entry: unknown): VenuePosition | undefined {
  if (!isRecord(entry)) return undefined;
  const [token, size] = [textAt(entry, "asset"), exactAt(entry, "size")];
  if (token === undefined || size === undefined) return undefined;
  const [entryPrice, markPrice] = [exactAt(entry, "avgPrice"), exactAt(entry, "curPrice")];
  return {
    symbol: symbolFor(textAt(entry, "slug"), textAt(entry, "outcome"), token),
    size,
    ...(entryPrice === undefined ? {} : { entryPrice }),
    ...(markPrice === undefined ? {} : { markPrice }),
  };
}

const exactAt = (row: Json, name: string): string | undefined => {
  const text = decimalAt(row, name);
  return text === undefined ? undefined : canonicalDecimal(text);
};

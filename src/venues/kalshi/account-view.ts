import { err, ok, type Result } from "../../base/result.ts";
import { type Micros, micros, parseTime } from "../../base/time.ts";
import { canonicalDecimal, decimal, decimalText, add } from "../../domain/decimal.ts";
import type { KeyCheck, VenueBalances, VenueOrder, VenuePosition, VenueReading } from "../../domain/venue-account.ts";
import type { AccountKind, AccountSetup, AccountView } from "../core/account.ts";
import { askPages, type KalshiApi, kalshiApi } from "./api.ts";
import { isRecord } from "./frames.ts";
import { directionOf } from "./generations/fields.ts";
import type { Json } from "./messages.ts";
import { kalshiSigner } from "./sign.ts";

/** Where the venue does not say how far its lists are behind, they are taken for so much older. */
const LAG_UNKNOWN_MICROS = 60_000_000;
const DATE_RESOLUTION_MICROS = 1_000_000;

/** An account of Kalshi: the primary one of the key. */
export const kalshiAccount: AccountKind = {
  name: "kalshi",
  settings: {
    rest_url: { help: "address of the REST API", fallback: "https://external-api.kalshi.com/trade-api/v2" },
    read_tokens_per_second: { help: "budget for requests, by the tier of the account", fallback: "100" },
  },
  credentials: {
    keyId: { variable: "KALSHI_API_KEY_ID", isNeeded: true },
    privateKey: { variable: "KALSHI_PRIVATE_KEY", isNeeded: true },
  },
  open,
};

function open({ settings, secrets, context }: AccountSetup): Result<AccountView, string> {
  const said = (name: string): string => settings[name] ?? kalshiAccount.settings[name]?.fallback ?? "";
  const { keyId, privateKey } = secrets;
  if (keyId === undefined || privateKey === undefined) return err("Kalshi shows no account without a key");
  const baseUrl = said("rest_url");
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol))
    return err("rest_url is no address such as https://host/path");
  const tokensPerSecond = Number(said("read_tokens_per_second"));
  if (!(tokensPerSecond >= 10)) return err("read_tokens_per_second is a number of 10 or more");
  const signer = kalshiSigner({ keyId, privateKey });
  if (!signer.ok) return signer;
  const { ask, stop } = kalshiApi({ context, baseUrl, signer: signer.value, tokensPerSecond, attempts: 1 });
  const list = listReader(ask, () => context.clock.now());
  return ok({
    checkKey: () => checkKey(ask, keyId.reveal()),
    openOrders: () => list("/portfolio/orders?status=resting&limit=200", "orders", orderOf),
    positions: async () => {
      const reading = await list("/portfolio/positions?limit=1000", "market_positions", positionOf);
      return reading.ok ? { ...reading, value: reading.value.filter(({ size }) => size !== "0") } : reading;
    },
    balances: async () => {
      const at = await dataAt(ask, () => context.clock.now());
      const answer = await ask("/portfolio/balance");
      if (!answer.ok) return { ok: false, reason: `/portfolio/balance: ${answer.error.message}` };
      const value = balancesOf(answer.value);
      return value === undefined
        ? { ok: false, reason: "/portfolio/balance: an answer that cannot be read" }
        : { ok: true, at, value };
    },
    stop,
  });
}

const listReader =
  (ask: KalshiApi, now: () => Micros) =>
  async <T>(path: string, name: string, read: (entry: Json) => T | undefined): Promise<VenueReading<readonly T[]>> => {
    const at = await dataAt(ask, now);
    const { entries, failure } = await askPages(ask, path, name);
    const short = path.split("?", 1)[0];
    if (failure !== undefined) return { ok: false, reason: `${short}: ${failure.message}` };
    const items = entries.map(read);
    const value = items.filter((item) => item !== undefined);
    if (value.length < items.length) return { ok: false, reason: `${short}: an entry that cannot be read` };
    return { ok: true, at, value };
  };

/**
 * How far the account's lists have come, by our clock: the venue says it by its own, in an answer whose `Date` tells how
 * old that is. Lists that are read afterwards are not older.
 */
async function dataAt(ask: KalshiApi, now: () => Micros): Promise<Micros> {
  const askedAt = now();
  let date = Number.NaN;
  const answer = await ask("/exchange/user_data_timestamp", (headers) => {
    date = Date.parse(headers["date"] ?? "") * 1_000;
  });
  const asOf = answer.ok && isRecord(answer.value) ? parseTime(answer.value["as_of_time"]) : undefined;
  if (asOf === undefined || !Number.isFinite(date)) return micros(askedAt - LAG_UNKNOWN_MICROS);
  return micros(askedAt - Math.max(0, date + DATE_RESOLUTION_MICROS - asOf));
}

async function checkKey(ask: KalshiApi, keyId: string): Promise<Result<KeyCheck, string>> {
  const answer = await ask("/api_keys");
  if (!answer.ok) return err(`/api_keys: ${answer.error.message}`);
  const keys = isRecord(answer.value) ? answer.value["api_keys"] : undefined;
  const own = Array.isArray(keys) ? keys.filter(isRecord).find((key) => key["api_key_id"] === keyId) : undefined;
  const scopes = own?.["scopes"];
  if (!Array.isArray(scopes)) return ok({ kind: "unknown", reason: "the venue does not say what the key may do" });
  const more = scopes.filter((scope) => scope !== "read");
  if (more.length === 0) return ok({ kind: "read_only" });
  return ok({ kind: "refused", reason: `the key may ${more.join(", ")}: make one with the scope read alone` });
}

/** Sizes and prices are of YES: what buys NO sells it. */
function orderOf(entry: Json): VenueOrder | undefined {
  const { order_id: orderId, client_order_id: own, ticker } = entry;
  const side = sideOf(entry);
  const [left, filled] = [exact(entry["remaining_count_fp"]), exact(entry["fill_count_fp"]) ?? "0"];
  if (!isText(orderId) || !isText(ticker) || side === undefined || left === undefined) return undefined;
  const price = exact(entry["yes_price_dollars"]);
  return {
    orderId,
    ...(isText(own) ? { clientOrderId: own } : {}),
    symbol: ticker,
    side,
    ...(price === undefined ? {} : { price }),
    size: decimalText(add(decimal(left), decimal(filled))),
    filledSize: filled,
  };
}

function sideOf(entry: Json): "buy" | "sell" | undefined {
  const { outcome_side: outcome, book_side: book, side, action } = entry;
  const direction = directionOf({ outcome, book, side, action });
  return direction === undefined ? undefined : direction === "yes" ? "buy" : "sell";
}

function positionOf({ ticker, position_fp: size }: Json): VenuePosition | undefined {
  const amount = exact(size);
  return isText(ticker) && amount !== undefined ? { symbol: ticker, size: amount } : undefined;
}

/** Cash in dollars; what is held besides is told in cents. */
function balancesOf(body: unknown): VenueBalances | undefined {
  if (!isRecord(body)) return undefined;
  const cash = exact(body["balance_dollars"]) ?? dollars(body["balance"]);
  if (cash === undefined) return undefined;
  const held = dollars(body["portfolio_value"]);
  return {
    balances: [{ currency: "USD", total: cash, available: cash }],
    ...(held === undefined ? {} : { equity: decimalText(add(decimal(cash), decimal(held))), equityCurrency: "USD" }),
  };
}

function dollars(cents: unknown): string | undefined {
  const amount = exact(cents);
  if (amount === undefined) return undefined;
  const { units, scale } = decimal(amount);
  return decimalText({ units, scale: scale + 2 });
}

const exact = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" ? canonicalDecimal(value) : undefined;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

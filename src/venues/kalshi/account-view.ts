import { err, ok, type Result } from "../../base/result.ts";
import { type Micros, micros, parseTime } from "../../base/time.ts";
import { add, decimal, decimalText } from "../../domain/decimal.ts";
import type { KeyCheck, VenueBalances, VenueOrder, VenuePosition, VenueReading } from "../../domain/venue-account.ts";
import type { AccountKind, AccountSetup, AccountView } from "../core/account.ts";
import { notOlderThan } from "../core/as-of.ts";
import { askPages, type KalshiApi, kalshiApi } from "./api.ts";
import { isRecord } from "./frames.ts";
import { balancesOf, exact, type Money, moneyOf } from "./account-money.ts";
import { directionOf } from "./generations/fields.ts";
import type { Json } from "./messages.ts";
import { kalshiSigner } from "./sign.ts";

/** Every subaccount that there is. */
const ALL = "all";
/** Where the venue does not say how far its lists are behind, they are taken for so much older. */
const LAG_UNKNOWN_MICROS = 60_000_000;
const DATE_RESOLUTION_MICROS = 1_000_000;

/** An account of Kalshi: all subaccounts of the key, or one of them. */
export const kalshiAccount: AccountKind = {
  name: "kalshi",
  settings: {
    rest_url: { help: "address of the REST API", fallback: "https://external-api.kalshi.com/trade-api/v2" },
    read_tokens_per_second: { help: "budget for requests, by the tier of the account", fallback: "100" },
    subaccount: { help: "number of the subaccount that is traded on, 0 the primary one; or all", fallback: ALL },
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
  const subaccount = said("subaccount");
  if (subaccount !== ALL && !/^\d{1,2}$/.test(subaccount)) return err("subaccount is a number from 0 to 63, or all");
  const signer = kalshiSigner({ keyId, privateKey });
  if (!signer.ok) return signer;
  const { ask, stop } = kalshiApi({ context, baseUrl, signer: signer.value, tokensPerSecond, attempts: 1 });
  const now = (): Micros => context.clock.now();
  return ok({
    checkKey: () => checkKey(ask, keyId.reveal(), subaccount),
    // Without a subaccount the list has the orders of all of them.
    openOrders: () => {
      const path = `/portfolio/orders?status=resting&limit=200${subaccount === ALL ? "" : `&subaccount=${subaccount}`}`;
      return readList(ask, now, { paths: [path], name: "orders", read: orderOf });
    },
    positions: async () => {
      const numbers = await subaccountsOf(ask, subaccount);
      if (!numbers.ok) return { ok: false, reason: numbers.error };
      const paths = numbers.value.map((number) => `/portfolio/positions?limit=1000&subaccount=${number}`);
      const reading = await readList(ask, now, { paths, name: "market_positions", read: positionOf });
      return reading.ok ? { ...reading, value: reading.value.filter(({ size }) => size !== "0") } : reading;
    },
    balances: () => readBalances(ask, now, subaccount),
    stop,
  });
}

/** Positions and money are told of the primary subaccount alone unless another is named: which there are, is asked first. */
async function subaccountsOf(ask: KalshiApi, said: string): Promise<Result<readonly string[], string>> {
  if (said !== ALL) return ok([said]);
  const path = "/portfolio/subaccounts/balances";
  const answer = await ask(path);
  const instead = "or name the one that is traded on in subaccount";
  if (!answer.ok) return err(`${path}: ${answer.error.message}; ${instead}`);
  const rows = isRecord(answer.value) ? answer.value["subaccount_balances"] : undefined;
  const numbers = Array.isArray(rows) ? rows.map((row) => isRecord(row) && row["subaccount_number"]) : [];
  if (numbers.length === 0 || !numbers.every((number) => Number.isSafeInteger(number)))
    return err(`${path}: an answer that cannot be read; ${instead}`);
  return ok([...new Set(numbers.map(String))]);
}

async function readBalances(
  ask: KalshiApi,
  now: () => Micros,
  subaccount: string,
): Promise<VenueReading<VenueBalances>> {
  const path = "/portfolio/balance";
  const at = await dataAt(ask, now);
  const numbers = await subaccountsOf(ask, subaccount);
  if (!numbers.ok) return { ok: false, reason: numbers.error };
  const money: Money[] = [];
  for (const number of numbers.value) {
    const answer = await ask(`${path}?subaccount=${number}`);
    if (!answer.ok) return { ok: false, reason: `${path}: ${answer.error.message}` };
    const read = moneyOf(answer.value);
    if (read === undefined) return { ok: false, reason: `${path}: an answer that cannot be read` };
    money.push(read);
  }
  return { ok: true, at, value: balancesOf(money) };
}

interface ListOf<T> {
  /** Each a list of its own; together they are what is read. */
  readonly paths: readonly string[];
  readonly name: string;
  readonly read: (entry: Json) => T | undefined;
}

async function readList<T>(
  ask: KalshiApi,
  now: () => Micros,
  { paths, name, read }: ListOf<T>,
): Promise<VenueReading<readonly T[]>> {
  const askedAt = await dataAt(ask, now);
  let at = askedAt;
  const value: T[] = [];
  for (const path of paths) {
    const { entries, failure } = await askPages(ask, path, name, (headers) => {
      at = micros(Math.min(at, notOlderThan({ askedAt, aheadMs: undefined, headers })));
    });
    const short = path.split("?", 1)[0];
    if (failure !== undefined) return { ok: false, reason: `${short}: ${failure.message}` };
    for (const entry of entries) {
      const item = read(entry);
      if (item === undefined) return { ok: false, reason: `${short}: an entry that cannot be read` };
      value.push(item);
    }
  }
  return { ok: true, at, value };
}

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

async function checkKey(ask: KalshiApi, keyId: string, subaccount: string): Promise<Result<KeyCheck, string>> {
  const answer = await ask("/api_keys");
  if (!answer.ok) return err(`/api_keys: ${answer.error.message}`);
  const keys = isRecord(answer.value) ? answer.value["api_keys"] : undefined;
  const own = Array.isArray(keys) ? keys.filter(isRecord).find((key) => key["api_key_id"] === keyId) : undefined;
  const scopes = own?.["scopes"];
  if (!Array.isArray(scopes)) return ok({ kind: "unknown", reason: "the venue does not say what the key may do" });
  const more = scopes.filter((scope) => scope !== "read");
  if (more.length > 0)
    return ok({ kind: "refused", reason: `the key may ${more.join(", ")}: make one with the scope read alone` });
  const sees = own?.["subaccount"];
  if (typeof sees !== "number" || String(sees) === subaccount) return ok({ kind: "read_only" });
  const reason = `the key sees subaccount ${sees} alone: set subaccount to ${sees}, or make a key without a subaccount`;
  return ok({ kind: "refused", reason });
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

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

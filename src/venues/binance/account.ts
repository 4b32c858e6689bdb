import { err, ok, type Result } from "../../base/result.ts";
import type { KeyCheck, VenueReading } from "../../domain/venue-account.ts";
import type { AccountKind, AccountSetup, AccountView } from "../core/account.ts";
import { BinanceApi } from "./account-api.ts";
import { readIncome } from "./income.ts";
import { balancesIn, positionsIn } from "./account-lists.ts";
import { conditionalsIn, openOrdersOf, ordersIn } from "./account-orders.ts";

/** Without a symbol the lists of open orders are dear. */
const WEIGHTS = { orders: 40, conditionals: 40, positions: 5, account: 5, restrictions: 1 };
const WEIGHT_LEAST = 90;

/** What a key that only reads may not do. */
const TOO_MUCH: Readonly<Record<string, string>> = {
  enableWithdrawals: "withdraw",
  enableInternalTransfer: "transfer between accounts",
  permitsUniversalTransfer: "transfer between accounts",
  enableFutures: "trade futures",
  enableSpotAndMarginTrading: "trade spot and margin",
  enableMargin: "borrow on margin",
  enableVanillaOptions: "trade options",
  enablePortfolioMarginTrading: "trade in portfolio margin",
  enableFixApiTrade: "trade by FIX",
};

/** An account of Binance USD-M futures. */
export const binanceAccount: AccountKind = {
  name: "binance",
  settings: {
    rest_url: { help: "address of the futures API", fallback: "https://fapi.binance.com" },
    key_url: {
      help: "address that tells what a key may do; `none` where there is no such, as on a testnet",
      fallback: "https://api.binance.com",
    },
    weight_per_minute: { help: "request weight to use at most; a reading of all takes 90", fallback: "1200" },
    recv_window_ms: { help: "how late a request may reach the venue", fallback: "5000" },
  },
  credentials: {
    apiKey: { variable: "BINANCE_API_KEY", isNeeded: true },
    secret: { variable: "BINANCE_API_SECRET", isNeeded: true },
  },
  open,
};

function open({ settings, secrets, context }: AccountSetup): Result<AccountView, string> {
  const said = (name: string): string => settings[name] ?? binanceAccount.settings[name]?.fallback ?? "";
  const { apiKey, secret } = secrets;
  if (apiKey === undefined || secret === undefined) return err("Binance shows no account without a key and its secret");
  const [restUrl, keyUrl] = [said("rest_url").replace(/\/+$/, ""), said("key_url").replace(/\/+$/, "")];
  if (!isAddress(restUrl)) return err("rest_url is no address such as https://fapi.binance.com");
  if (keyUrl !== "none" && !isAddress(keyUrl))
    return err("key_url is an address such as https://api.binance.com, or none");
  const [weightPerMinute, recvWindowMs] = [Number(said("weight_per_minute")), Number(said("recv_window_ms"))];
  if (!(weightPerMinute >= WEIGHT_LEAST)) return err(`weight_per_minute is a number of ${WEIGHT_LEAST} or more`);
  if (!(recvWindowMs >= 1 && recvWindowMs <= 60_000)) return err("recv_window_ms is a number from 1 to 60000");
  const api = new BinanceApi({ context, keys: { apiKey, secret }, restUrl, weightPerMinute, recvWindowMs });
  const read = reader(api, restUrl);
  return ok({
    checkKey: () => checkKey(api, keyUrl),
    // An order that is triggered goes from the first of these lists to the second: it is in one of them whenever it is.
    openOrders: async () => {
      const conditionals = await read("/fapi/v1/openAlgoOrders", WEIGHTS.conditionals, conditionalsIn);
      if (!conditionals.ok) return conditionals;
      const orders = await read("/fapi/v1/openOrders", WEIGHTS.orders, ordersIn);
      return orders.ok ? openOrdersOf(conditionals, orders) : orders;
    },
    positions: () => read("/fapi/v3/positionRisk", WEIGHTS.positions, positionsIn),
    balances: () => read("/fapi/v3/account", WEIGHTS.account, balancesIn),
    income: (range) => readIncome(api, restUrl, range),
    stop: () => api.stop(),
  });
}

const isAddress = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const reader =
  (api: BinanceApi, url: string) =>
  async <T>(path: string, weight: number, parse: (body: unknown) => T | undefined): Promise<VenueReading<T>> => {
    const answer = await api.ask({ url, path, weight });
    if (!answer.ok) return { ok: false, reason: `${path}: ${answer.error.message}` };
    const value = parse(answer.value.body);
    if (value === undefined) return { ok: false, reason: `${path}: an answer that cannot be read` };
    return { ok: true, at: answer.value.at, value };
  };

async function checkKey(api: BinanceApi, url: string): Promise<Result<KeyCheck, string>> {
  if (url === "none") return ok({ kind: "unknown", reason: "key_url is none: nobody asked what the key may do" });
  const path = "/sapi/v1/account/apiRestrictions";
  const answer = await reader(api, url)(path, WEIGHTS.restrictions, keyCheckOf);
  return answer.ok ? ok(answer.value) : err(answer.reason);
}

function keyCheckOf(body: unknown): KeyCheck | undefined {
  if (typeof body !== "object" || body === null || !("enableReading" in body)) return undefined;
  const may = new Set(Object.entries(body).flatMap(([name, value]) => (value === true ? (TOO_MUCH[name] ?? []) : [])));
  if (may.size === 0) return { kind: "read_only" };
  return {
    kind: "refused",
    reason: `the key may ${[...may].join(", ")}: make one that may only read, and take these rights from it`,
  };
}

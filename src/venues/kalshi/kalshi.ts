import { err, ok, type Result } from "../../base/result.ts";
import {
  GROUP_SETTINGS,
  groupSettings,
  MarketGroups,
  type MarketGroupsOptions,
  namedMarkets,
} from "../core/market-groups.ts";
import type { VenueConnector, VenueKind, VenueSetup } from "../core/venue.ts";
import { KalshiAccount } from "./account.ts";
import { kalshiApi } from "./api.ts";
import { KnownMarkets } from "./known-markets.ts";
import { GENERATIONS, type GenerationName } from "./messages.ts";
import { KalshiMetadata } from "./metadata.ts";
import { KALSHI_GROUPS, openMarkets } from "./open-markets.ts";
import { KalshiSession } from "./session.ts";
import { type KalshiSigner, kalshiSigner } from "./sign.ts";

const ACCOUNT_EVERY_MS = 60_000;

/** Kalshi, production or demo: the addresses say which. */
export const kalshi: VenueKind = {
  name: "kalshi",
  settings: {
    rest_url: { help: "address of the REST API", fallback: "https://external-api.kalshi.com/trade-api/v2" },
    ws_url: { help: "address of the WebSocket", fallback: "wss://external-api-ws.kalshi.com/trade-api/ws/v2" },
    use_yes_price: { help: "ask for prices of NO as prices of YES: true or false", fallback: "true" },
    oldest_format: { help: "oldest format of messages that is read: G1, G2 or G3", fallback: "G2" },
    account: { help: "report fills and positions, as those of an account of this name", fallback: "" },
    read_tokens_per_second: { help: "budget for requests, by the tier of the account", fallback: "200" },
    answer_ms: { help: "how long a snapshot may take before the next step of recovery", fallback: "5000" },
    verify_ms: { help: "how long a market may be silent before its book is checked", fallback: "60000" },
    ...GROUP_SETTINGS,
  },
  credentials: {
    keyId: { variable: "KALSHI_API_KEY_ID", isNeeded: true },
    privateKey: { variable: "KALSHI_PRIVATE_KEY", isNeeded: true },
  },
  connect: (setup) => {
    const settings = settingsOf(setup);
    if (!settings.ok) return settings;
    const { keyId, privateKey } = setup.secrets;
    if (keyId === undefined || privateKey === undefined) return err("Kalshi takes no connection without a key");
    const signer = kalshiSigner({ keyId, privateKey });
    return signer.ok ? ok(connector(setup, settings.value, signer.value)) : signer;
  },
};

interface Settings {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly yesPrices: boolean;
  readonly generations: ReadonlySet<GenerationName>;
  readonly account: string | undefined;
  readonly tokensPerSecond: number;
  readonly answerMs: number;
  readonly verifyMs: number;
  readonly groups: Pick<MarketGroupsOptions, "names" | "maxMarkets" | "everyMs">;
}

function settingsOf({ settings, markets }: VenueSetup): Result<Settings, string> {
  const said = (name: string): string => settings[name] ?? kalshi.settings[name]?.fallback ?? "";
  const yes = said("use_yes_price");
  if (yes !== "true" && yes !== "false") return err("use_yes_price is true or false");
  const oldest = GENERATIONS.map(String).indexOf(said("oldest_format"));
  if (oldest < 0) return err(`oldest_format is one of ${GENERATIONS.join(", ")}`);
  if (!isAddress(said("rest_url"), /^https?:$/)) return err("rest_url is no address such as https://host/path");
  if (!isAddress(said("ws_url"), /^wss?:$/)) return err("ws_url is no address such as wss://host/path");
  const numbers = ["read_tokens_per_second", "answer_ms", "verify_ms"].map((name) => ({
    name,
    value: Number(said(name)),
  }));
  const wrong = numbers.find(({ value }) => !(value >= 1 && value <= 1e9));
  if (wrong !== undefined) return err(`${wrong.name} is a number from 1`);
  const [tokensPerSecond = 0, answerMs = 0, verifyMs = 0] = numbers.map(({ value }) => value);
  const names = namedMarkets(markets, KALSHI_GROUPS);
  if (!names.ok) return names;
  const groups = groupSettings(settings);
  if (!groups.ok) return groups;
  return ok({
    restUrl: said("rest_url"),
    wsUrl: said("ws_url"),
    yesPrices: yes === "true",
    generations: new Set(GENERATIONS.slice(oldest)),
    account: said("account") === "" ? undefined : said("account"),
    tokensPerSecond,
    answerMs,
    verifyMs,
    groups: { ...groups.value, names: names.value },
  });
}

const isAddress = (text: string, protocol: RegExp): boolean =>
  URL.canParse(text) && protocol.test(new URL(text).protocol);

function connector(setup: VenueSetup, settings: Settings, signer: KalshiSigner): VenueConnector {
  const { context } = setup;
  const { restUrl, wsUrl, tokensPerSecond, account: name, groups: named } = settings;
  const api = kalshiApi({ context, baseUrl: restUrl, signer, tokensPerSecond });
  const { ask } = api;
  const known = new KnownMarkets(context, new KalshiMetadata(context, ask), named.names.plain);
  const account =
    name === undefined ? undefined : new KalshiAccount({ context, account: name, ask, everyMs: ACCOUNT_EVERY_MS });
  const { pathname } = new URL(wsUrl);
  const session = new KalshiSession({
    ...settings,
    context,
    tickers: named.names.plain,
    account,
    onLifecycle: ({ ticker }) => known.changed(ticker),
    request: () => ({ url: wsUrl, headers: signer("GET", pathname, context.clock.now() / 1_000) }),
  });
  const groups = new MarketGroups({
    ...named,
    context,
    list: (group) => openMarkets({ ask, feed: context.feed }, group),
    changed: (tickers) => {
      known.set(tickers);
      session.setMarkets(tickers);
    },
  });
  return {
    start: () => {
      session.start();
      account?.start();
      known.start();
      groups.start();
    },
    stop: () => {
      groups.stop();
      known.stop();
      account?.stop();
      session.stop();
      api.stop();
    },
    watched: () => groups.size,
  };
}

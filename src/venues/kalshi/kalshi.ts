import { err, ok, type Result } from "../../base/result.ts";
import type { VenueConnector, VenueKind, VenueSetup } from "../core/venue.ts";
import { KalshiAccount } from "./account.ts";
import { kalshiApi } from "./api.ts";
import { GENERATIONS, type GenerationName, type KalshiLifecycle } from "./messages.ts";
import { KalshiMetadata } from "./metadata.ts";
import { KalshiSession } from "./session.ts";
import { type KalshiSigner, kalshiSigner } from "./sign.ts";

/** What the venue says of a market is read again this often: fees change, markets close. */
const METADATA_EVERY_MS = 3_600_000;
/** Changes of one market come in bursts. */
const LIFECYCLE_AFTER_MS = 2_000;
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
}

function settingsOf({ settings }: VenueSetup): Result<Settings, string> {
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
  return ok({
    restUrl: said("rest_url"),
    wsUrl: said("ws_url"),
    yesPrices: yes === "true",
    generations: new Set(GENERATIONS.slice(oldest)),
    account: said("account") === "" ? undefined : said("account"),
    tokensPerSecond,
    answerMs,
    verifyMs,
  });
}

const isAddress = (text: string, protocol: RegExp): boolean =>
  URL.canParse(text) && protocol.test(new URL(text).protocol);

function connector({ context, markets }: VenueSetup, settings: Settings, signer: KalshiSigner): VenueConnector {
  const { restUrl, wsUrl, tokensPerSecond, account: name } = settings;
  const api = kalshiApi({ context, baseUrl: restUrl, signer, tokensPerSecond });
  const metadata = new KalshiMetadata(context, api.ask);
  const { ask } = api;
  const account =
    name === undefined ? undefined : new KalshiAccount({ context, account: name, ask, everyMs: ACCOUNT_EVERY_MS });
  const changes = changedMarkets(metadata, context.timers.after);
  const { pathname } = new URL(wsUrl);
  const session = new KalshiSession({
    ...settings,
    context,
    tickers: markets,
    account,
    onLifecycle: changes.heard,
    request: () => ({ url: wsUrl, headers: signer("GET", pathname, context.clock.now() / 1_000) }),
  });
  let cancel = (): void => undefined;
  const tellAll = async (): Promise<void> => {
    metadata.forget();
    const missing = await metadata.tell(markets);
    if (missing.length > 0) context.feed.error("/markets", `nothing is known of ${missing.slice(0, 5).join(", ")}`);
  };
  const again = (): void => {
    cancel = context.timers.after(again, METADATA_EVERY_MS);
    void tellAll();
  };
  return {
    start: () => {
      session.start();
      account?.start();
      again();
    },
    stop: () => {
      cancel();
      changes.stop();
      account?.stop();
      session.stop();
      api.stop();
    },
  };
}

/** Reads what has become of markets that changed, some at a time. */
function changedMarkets(
  metadata: KalshiMetadata,
  after: (run: () => void, ms: number) => () => void,
): { readonly heard: (message: KalshiLifecycle) => void; readonly stop: () => void } {
  const changed = new Set<string>();
  let cancel: (() => void) | undefined;
  return {
    heard: ({ ticker }) => {
      changed.add(ticker);
      cancel ??= after(() => {
        cancel = undefined;
        const tickers = [...changed];
        changed.clear();
        void metadata.tell(tickers);
      }, LIFECYCLE_AFTER_MS);
    },
    stop: () => cancel?.(),
  };
}

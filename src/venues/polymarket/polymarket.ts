import { putBounded } from "../../base/bounded-map.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { FreezeWatch } from "../core/freeze-watch.ts";
import {
  GROUP_SETTINGS,
  groupSettings,
  MarketGroups,
  type MarketGroupsOptions,
  namedMarkets,
} from "../core/market-groups.ts";
import type { VenueConnector, VenueKind, VenueSetup } from "../core/venue.ts";
import { BookCheck } from "./book-check.ts";
import { Lookups } from "./lookups.ts";
import { PolymarketMarket } from "./market.ts";
import { instrumentsOf, type MarketInfo, settlementsOf } from "./market-info.ts";
import { PolymarketRest } from "./rest.ts";
import { PolymarketShard } from "./shard.ts";
import type { PolymarketKeys } from "./sign.ts";
import { PolymarketUser } from "./user.ts";

/** The venue was seen to send nothing above 500 tokens on one connection; each market has two. */
const MARKETS_PER_SHARD = 100;
const METADATA_EVERY_MS = 3_600_000;
const METADATA_RETRY_MS = 60_000;
/** Markets whose telling is remembered: those watched, and those of the account. */
const TOLD_MAX = 10_000;
const RESOLVED = "the market was resolved";

/** Polymarket, the global one. */
export const polymarket: VenueKind = {
  name: "polymarket",
  settings: {
    clob_url: { help: "address of the CLOB's REST API", fallback: "https://clob.polymarket.com" },
    gamma_url: { help: "address of the markets' metadata", fallback: "https://gamma-api.polymarket.com" },
    ws_url: {
      help: "address of the WebSocket, without its channel",
      fallback: "wss://ws-subscriptions-clob.polymarket.com/ws",
    },
    data_url: { help: "address of positions by wallet", fallback: "https://data-api.polymarket.com" },
    account: { help: "report orders, fills and positions, as those of an account of this name", fallback: "" },
    address: { help: "the wallet of that account: 0x and 40 hex digits", fallback: "" },
    silent_ms: { help: "a market silent for so long is checked against REST", fallback: "60000" },
    reconcile_ms: { help: "every book is checked against REST once in so long", fallback: "600000" },
    ...GROUP_SETTINGS,
  },
  credentials: {
    apiKey: { variable: "POLYMARKET_API_KEY", isNeeded: false },
    secret: { variable: "POLYMARKET_API_SECRET", isNeeded: false },
    passphrase: { variable: "POLYMARKET_API_PASSPHRASE", isNeeded: false },
  },
  connect: (setup) => {
    const settings = settingsOf(setup);
    if (!settings.ok) return settings;
    const keys = keysOf(setup, settings.value);
    return keys.ok ? ok(new Polymarket(setup, settings.value, keys.value)) : keys;
  },
};

/** Names of several markets: `event:SLUG`. */
const GROUPS = ["event"] as const;
const WALLET = /^0x[0-9a-fA-F]{40}$/;

/** What signs for the account; undefined when no account is asked for. */
function keysOf({ secrets }: VenueSetup, { account, address }: Settings): Result<PolymarketKeys | undefined, string> {
  if (account === "") return ok(undefined);
  if (!WALLET.test(address)) return err("address is needed with account: 0x and 40 hex digits");
  const { apiKey, secret, passphrase } = secrets;
  if (apiKey === undefined || secret === undefined || passphrase === undefined) {
    return err("account needs POLYMARKET_API_KEY, POLYMARKET_API_SECRET and POLYMARKET_API_PASSPHRASE");
  }
  return ok({ apiKey, secret, passphrase });
}

interface Settings {
  readonly dataUrl: string;
  readonly account: string;
  readonly address: string;
  readonly clobUrl: string;
  readonly gammaUrl: string;
  readonly wsUrl: string;
  readonly silentMs: number;
  readonly reconcileMs: number;
  readonly groups: Pick<MarketGroupsOptions, "names" | "maxMarkets" | "everyMs">;
}

function settingsOf({ settings: given, markets }: VenueSetup): Result<Settings, string> {
  const said = (name: string): string => given[name] ?? polymarket.settings[name]?.fallback ?? "";
  for (const name of ["clob_url", "gamma_url", "data_url", "ws_url"]) {
    const isAddress = URL.canParse(said(name)) && (name === "ws_url" ? /^wss?:/ : /^https?:/).test(said(name));
    if (!isAddress) return err(`${name} is no address such as ${polymarket.settings[name]?.fallback}`);
  }
  const [silentMs, reconcileMs] = [Number(said("silent_ms")), Number(said("reconcile_ms"))];
  if (!(silentMs > 0) || !(reconcileMs > 0)) return err("silent_ms and reconcile_ms are numbers above 0");
  const names = namedMarkets(markets, GROUPS);
  if (!names.ok) return names;
  const groups = groupSettings(given);
  if (!groups.ok) return groups;
  const address = (name: string): string => said(name).replace(/\/+$/, "");
  return ok({
    clobUrl: address("clob_url"),
    gammaUrl: address("gamma_url"),
    dataUrl: address("data_url"),
    wsUrl: address("ws_url"),
    account: said("account"),
    address: said("address"),
    silentMs,
    reconcileMs,
    groups: { ...groups.value, names: names.value },
  });
}

interface Placed {
  readonly market: PolymarketMarket;
  readonly shard: PolymarketShard;
}

class Polymarket implements VenueConnector {
  readonly #setup: VenueSetup;
  readonly #settings: Settings;
  readonly #rest: PolymarketRest;
  readonly #user: PolymarketUser | undefined;
  readonly #freeze: FreezeWatch;
  readonly #check: BookCheck;
  readonly #shards: PolymarketShard[] = [];
  /** Markets that are watched, by the name that they were asked for by. */
  readonly #placed = new Map<string, Placed>();
  /** Instruments and settlements as they were told, by name. */
  readonly #told = new Map<string, string>();
  readonly #lookups: Lookups;
  readonly #groups: MarketGroups;
  /** Names of the markets that are to be watched now. */
  #wanted: ReadonlySet<string>;

  constructor(setup: VenueSetup, settings: Settings, keys: PolymarketKeys | undefined) {
    this.#setup = setup;
    this.#settings = settings;
    const { context } = setup;
    const { clock, timers } = context;
    this.#rest = new PolymarketRest(context, settings);
    this.#user =
      keys === undefined
        ? undefined
        : new PolymarketUser({
            ...settings,
            context,
            keys,
            url: `${settings.wsUrl}/user`,
            rest: this.#rest,
            found: (info) => this.#tell(info.condition, info),
          });
    this.#lookups = new Lookups({
      context,
      rest: this.#rest,
      found: (name, info) => this.#found(name, info),
      complete: (name, info) => this.#tell(name, info),
    });
    this.#wanted = new Set(settings.groups.names.plain);
    this.#groups = new MarketGroups({
      ...settings.groups,
      context,
      list: ({ id }) => this.#rest.openOfEvent(id),
      changed: (names) => this.#setMarkets(names),
    });
    this.#check = new BookCheck({
      context: setup.context,
      rest: this.#rest,
      roundMs: settings.reconcileMs,
      missing: (market) => this.#lookups.need(market.name, 0),
      frozen: (market, detail) => this.#placed.get(market.name)?.shard.rotate(detail),
    });
    this.#freeze = new FreezeWatch({
      silentMs: settings.silentMs,
      everyMs: Math.max(1, settings.silentMs / 4),
      onSilent: (names) => this.#check.silent(names.flatMap((name) => this.#placed.get(name)?.market ?? [])),
      clock,
      timers,
    });
  }

  start(): void {
    this.#freeze.start();
    this.#check.start();
    this.#user?.start();
    for (const name of this.#wanted) this.#lookups.need(name, 0);
    this.#groups.start();
  }

  watched(): number {
    return this.#groups.size;
  }

  stop(): void {
    this.#groups.stop();
    this.#lookups.stop();
    this.#freeze.stop();
    this.#check.stop();
    this.#user?.stop();
    this.#rest.stop();
    for (const shard of this.#shards) shard.stop();
  }

  /** A market that takes no more orders is left, and looked up until it has been resolved. */
  #setMarkets(names: readonly string[]): void {
    const before = this.#wanted;
    this.#wanted = new Set(names);
    for (const name of names) if (!before.has(name)) this.#lookups.need(name, 0);
    for (const name of before) {
      if (this.#wanted.has(name)) continue;
      this.#remove(name, "it takes no orders any more");
      this.#lookups.need(name, METADATA_RETRY_MS);
    }
  }

  /** What the venue says of a market: it may open, change, be resolved. */
  #found(name: string, info: MarketInfo | undefined): void {
    const isNew = !this.#placed.has(name) && this.#wanted.has(name);
    if (isNew && info === undefined) this.#setup.context.feed.error("/markets", `nothing is known of ${name}`);
    else if (isNew && info?.isTradable === true) this.#place(name, info);
    else if (isNew && info?.payouts === undefined) {
      this.#setup.context.feed.error("/markets", `${name} takes no orders now`);
    }
    if (info?.payouts !== undefined) this.#remove(name, RESOLVED);
    else if (!this.#wanted.has(name)) this.#lookups.need(name, METADATA_EVERY_MS);
    else this.#lookups.need(name, this.#placed.has(name) ? METADATA_EVERY_MS : METADATA_RETRY_MS);
  }

  #tell(name: string, info: MarketInfo): void {
    const { venue, sink } = this.#setup.context;
    const events = [...instrumentsOf(info, venue), ...settlementsOf(info, venue)];
    const text = JSON.stringify(events);
    if (this.#told.get(name) === text) return;
    putBounded(this.#told, name, text, TOLD_MAX);
    for (const event of events) sink.tell(event);
  }

  #place(name: string, info: MarketInfo): void {
    const shard = this.#shardWithRoom();
    const market = new PolymarketMarket({
      name,
      info,
      context: this.#setup.context,
      channel: shard.channel,
      lost: (lost) => shard.recover(lost),
      found: (found) => shard.recovered(found),
      doubtful: (doubted) => this.#check.doubt(doubted),
    });
    this.#placed.set(name, { market, shard });
    this.#freeze.touch(name);
    this.#check.add(market);
    shard.add(market);
  }

  #remove(name: string, reason: string): void {
    const placed = this.#placed.get(name);
    if (placed === undefined) return;
    this.#placed.delete(name);
    this.#lookups.forget(name);
    this.#freeze.forget(name);
    this.#check.remove(placed.market);
    placed.shard.remove(placed.market);
    placed.market.ended(reason);
    this.#setup.context.sink.unwatched?.(placed.market);
  }

  #shardWithRoom(): PolymarketShard {
    const found = this.#shards.find(({ size }) => size < MARKETS_PER_SHARD);
    if (found !== undefined) return found;
    const shard = new PolymarketShard({
      channel: `market-${this.#shards.length + 1}`,
      url: `${this.#settings.wsUrl}/market`,
      context: this.#setup.context,
      heard: (market) => this.#freeze.touch(market.name),
      resolved: (market, winner) => this.#resolved(market, winner),
      tickChanged: (market) => this.#lookups.need(market.name, 0),
    });
    this.#shards.push(shard);
    return shard;
  }

  /** The venue says it on the stream, though not always: what each outcome pays is 1 or 0 then. */
  #resolved(market: PolymarketMarket, winner: string): void {
    const { name } = market;
    if (market.symbolOf(winner) === undefined) return;
    const payouts = new Map(market.tokens.map((token) => [token, token === winner ? "1" : "0"]));
    this.#tell(name, { ...market.info, payouts });
    this.#remove(name, RESOLVED);
  }
}

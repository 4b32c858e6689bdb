import { err, ok, type Result } from "../../base/result.ts";
import { FreezeWatch } from "../core/freeze-watch.ts";
import type { VenueConnector, VenueKind, VenueSetup } from "../core/venue.ts";
import { BookCheck } from "./book-check.ts";
import { PolymarketMarket } from "./market.ts";
import { instrumentsOf, type MarketInfo, settlementsOf } from "./market-info.ts";
import { PolymarketRest } from "./rest.ts";
import { PolymarketShard } from "./shard.ts";

/** The venue was seen to send nothing above 500 tokens on one connection; each market has two. */
const MARKETS_PER_SHARD = 100;
const METADATA_EVERY_MS = 3_600_000;
const METADATA_RETRY_MS = 60_000;

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
    silent_ms: { help: "a market silent for so long is checked against REST", fallback: "60000" },
    reconcile_ms: { help: "every book is checked against REST once in so long", fallback: "600000" },
  },
  credentials: {},
  connect: (setup) => {
    const settings = settingsOf(setup.settings);
    return settings.ok ? ok(new Polymarket(setup, settings.value)) : settings;
  },
};

interface Settings {
  readonly clobUrl: string;
  readonly gammaUrl: string;
  readonly wsUrl: string;
  readonly silentMs: number;
  readonly reconcileMs: number;
}

function settingsOf(given: VenueSetup["settings"]): Result<Settings, string> {
  const said = (name: string): string => given[name] ?? polymarket.settings[name]?.fallback ?? "";
  for (const name of ["clob_url", "gamma_url", "ws_url"]) {
    const isAddress = URL.canParse(said(name)) && (name === "ws_url" ? /^wss?:/ : /^https?:/).test(said(name));
    if (!isAddress) return err(`${name} is no address such as ${polymarket.settings[name]?.fallback}`);
  }
  const [silentMs, reconcileMs] = [Number(said("silent_ms")), Number(said("reconcile_ms"))];
  if (!(silentMs > 0) || !(reconcileMs > 0)) return err("silent_ms and reconcile_ms are numbers above 0");
  const [clobUrl, gammaUrl, wsUrl] = [said("clob_url"), said("gamma_url"), said("ws_url")].map(withoutSlash);
  return ok({ clobUrl: clobUrl ?? "", gammaUrl: gammaUrl ?? "", wsUrl: wsUrl ?? "", silentMs, reconcileMs });
}

const withoutSlash = (address: string): string => address.replace(/\/+$/, "");

interface Placed {
  readonly market: PolymarketMarket;
  readonly shard: PolymarketShard;
}

class Polymarket implements VenueConnector {
  readonly #setup: VenueSetup;
  readonly #settings: Settings;
  readonly #rest: PolymarketRest;
  readonly #freeze: FreezeWatch;
  readonly #check: BookCheck;
  readonly #shards: PolymarketShard[] = [];
  /** Markets that are watched, by the name that they were asked for by. */
  readonly #placed = new Map<string, Placed>();
  /** Instruments and settlements as they were told, by name. */
  readonly #told = new Map<string, string>();
  readonly #cancels = new Map<string, () => void>();
  #isStopped = false;

  constructor(setup: VenueSetup, settings: Settings) {
    this.#setup = setup;
    this.#settings = settings;
    const { clock, timers } = setup.context;
    this.#rest = new PolymarketRest(setup.context, settings);
    this.#check = new BookCheck({
      context: setup.context,
      rest: this.#rest,
      roundMs: settings.reconcileMs,
      missing: (market) => this.#again(market.name, 0),
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
    for (const name of new Set(this.#setup.markets)) void this.#look(name);
  }

  stop(): void {
    this.#isStopped = true;
    this.#freeze.stop();
    this.#check.stop();
    this.#rest.stop();
    for (const cancel of this.#cancels.values()) cancel();
    for (const shard of this.#shards) shard.stop();
  }

  /** Reads what the venue says of a market, now and again: it may open, change, be resolved. */
  async #look(name: string): Promise<void> {
    const info = await this.#rest.market(name);
    if (this.#isStopped) return;
    const { feed } = this.#setup.context;
    const isNew = !this.#placed.has(name);
    if (info === undefined) {
      if (isNew) feed.error("/markets", `nothing is known of ${name}`);
      return this.#again(name, METADATA_RETRY_MS);
    }
    this.#tell(name, info);
    if (info.payouts !== undefined) return this.#remove(name);
    if (isNew && info.isTradable) this.#place(name, info);
    else if (isNew) feed.error("/markets", `${name} takes no orders now`);
    this.#again(name, this.#placed.has(name) ? METADATA_EVERY_MS : METADATA_RETRY_MS);
  }

  #again(name: string, ms: number): void {
    if (this.#isStopped) return;
    this.#cancels.get(name)?.();
    this.#cancels.set(
      name,
      this.#setup.context.timers.after(() => void this.#look(name), ms),
    );
  }

  #tell(name: string, info: MarketInfo): void {
    const { venue, sink } = this.#setup.context;
    const events = [...instrumentsOf(info, venue), ...settlementsOf(info, venue)];
    const text = JSON.stringify(events);
    if (this.#told.get(name) === text) return;
    this.#told.set(name, text);
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

  #remove(name: string): void {
    const placed = this.#placed.get(name);
    if (placed === undefined) return;
    this.#placed.delete(name);
    this.#freeze.forget(name);
    this.#check.remove(placed.market);
    placed.shard.remove(placed.market);
    placed.market.ended("the market was resolved");
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
      tickChanged: (market) => this.#again(market.name, 0),
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
    this.#remove(name);
  }
}

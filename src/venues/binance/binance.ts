import { err, ok, type Result } from "../../base/result.ts";
import { FreezeWatch } from "../core/freeze-watch.ts";
import { RateLimit } from "../core/rate-limit.ts";
import { Rest } from "../core/rest.ts";
import type { VenueConnector, VenueKind, VenueSetup } from "../core/venue.ts";
import { exchangeInfoOf } from "./instruments.ts";
import { Snapshots } from "./snapshots.ts";
import { BinanceStream } from "./stream.ts";
import { WeightWatch } from "./weight.ts";

/** Four streams each; the venue takes 1,024 on one connection. */
const SYMBOLS_PER_CONNECTION = 100;
const MINUTE_SECONDS = 60;
/** Weight that may be spent at once: snapshots of twenty symbols. */
const BURST = 400;
const EXCHANGE_INFO_WEIGHT = 1;
const INSTRUMENTS_EVERY_MS = 3_600_000;
const INSTRUMENTS_RETRY_MS = 60_000;
const SYMBOL = /^[A-Z0-9_]{2,40}$/;
const DEPTHS = ["100ms", "250ms", "500ms", "0ms"];

/** Binance USD-M futures: public market data only. */
export const binance: VenueKind = {
  name: "binance",
  settings: {
    rest_url: { help: "address of the REST API", fallback: "https://fapi.binance.com" },
    ws_url: { help: "address of the streams", fallback: "wss://fstream.binance.com/stream" },
    depth: { help: `how often depth is told: ${DEPTHS.slice(0, 3).join(", ")}`, fallback: "100ms" },
    weight_per_minute: { help: "request weight to use at most; the address's limit is 2,400", fallback: "1200" },
    silent_ms: { help: "depth silent for so long is checked against REST", fallback: "30000" },
  },
  credentials: {},
  connect: (setup) => {
    const wrong = setup.markets.find((symbol) => !SYMBOL.test(symbol));
    if (wrong !== undefined) return err(`${wrong} is no symbol of Binance: write it as in BTCUSDT`);
    return settingsOf(setup.settings, (settings) => new Binance(setup, settings));
  },
};

interface Settings {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly depth: string;
  readonly weightPerMinute: number;
  readonly silentMs: number;
}

function settingsOf(
  given: VenueSetup["settings"],
  make: (settings: Settings) => VenueConnector,
): Result<VenueConnector, string> {
  const setting = (name: string): string => given[name] ?? binance.settings[name]?.fallback ?? "";
  const [depth, weightPerMinute, silentMs] = [
    setting("depth"),
    Number(setting("weight_per_minute")),
    Number(setting("silent_ms")),
  ];
  if (!DEPTHS.includes(depth)) return err(`depth is one of ${DEPTHS.join(", ")}, found ${depth}`);
  if (!(weightPerMinute >= MINUTE_SECONDS)) return err("weight_per_minute is a number of 60 or more");
  if (!(silentMs > 0)) return err("silent_ms is a number above 0");
  return ok(make({ restUrl: setting("rest_url"), wsUrl: setting("ws_url"), depth, weightPerMinute, silentMs }));
}

class Binance implements VenueConnector {
  readonly #setup: VenueSetup;
  readonly #settings: Settings;
  readonly #rest: Rest;
  readonly #weight: WeightWatch;
  readonly #snapshots: Snapshots;
  readonly #streams: readonly BinanceStream[];
  readonly #freeze: FreezeWatch;
  /** Instruments as they were told, by symbol. */
  readonly #told = new Map<string, string>();
  #cancelInstruments: (() => void) | undefined;
  #isStopped = false;

  constructor(setup: VenueSetup, settings: Settings) {
    this.#setup = setup;
    this.#settings = settings;
    const { context } = setup;
    const { clock, timers } = context;
    const limit = new RateLimit({
      capacity: Math.min(BURST, settings.weightPerMinute),
      perSecond: settings.weightPerMinute / MINUTE_SECONDS,
      clock,
      timers,
    });
    this.#weight = new WeightWatch(limit);
    this.#rest = new Rest({
      context: { ...context, http: this.#weight.watching(context.http) },
      limit,
      errorText: restError,
    });
    this.#snapshots = new Snapshots({
      rest: this.#rest,
      url: settings.restUrl,
      context,
      onSnapshot: (symbol, snapshot, receivedAt) => this.#streamOf(symbol)?.snapshot(symbol, snapshot, receivedAt),
    });
    this.#streams = this.#newStreams();
    const { silentMs } = settings;
    const onSilent = (symbols: readonly string[]): void => void this.#check(symbols);
    this.#freeze = new FreezeWatch({ silentMs, everyMs: Math.max(1, silentMs / 4), onSilent, clock, timers });
  }

  start(): void {
    for (const symbol of this.#setup.markets) this.#freeze.touch(symbol);
    this.#freeze.start();
    for (const stream of this.#streams) stream.start();
    void this.#tellInstruments();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelInstruments?.();
    this.#freeze.stop();
    this.#snapshots.stop();
    this.#rest.stop();
    for (const stream of this.#streams) stream.stop();
  }

  #newStreams(): BinanceStream[] {
    const { venue, context, markets } = this.#setup;
    const { wsUrl, depth } = this.#settings;
    const symbols = [...new Set(markets)];
    const streams: BinanceStream[] = [];
    for (let from = 0; from < symbols.length; from += SYMBOLS_PER_CONNECTION) {
      streams.push(
        new BinanceStream({
          venue,
          channel: `market-${streams.length + 1}`,
          url: wsUrl,
          symbols: symbols.slice(from, from + SYMBOLS_PER_CONNECTION),
          depth,
          context,
          needSnapshot: (symbol) => this.#snapshots.need(symbol),
          heard: (symbol) => this.#freeze.touch(symbol),
        }),
      );
    }
    return streams;
  }

  #streamOf(symbol: string): BinanceStream | undefined {
    return this.#streams.find((stream) => stream.followerOf(symbol) !== undefined);
  }

  /** Depth that is silent may be a market at rest, or a stream that has died: REST knows. */
  async #check(symbols: readonly string[]): Promise<void> {
    for (const symbol of symbols) {
      const stream = this.#streamOf(symbol);
      const follower = stream?.followerOf(symbol);
      if (stream === undefined || follower === undefined) continue;
      if (!follower.book.isFresh) {
        stream.without(symbol, `${symbol}: no depth for ${this.#settings.silentMs} ms`);
        continue;
      }
      const { receivedAt } = follower.book;
      const snapshot = await this.#snapshots.top(symbol);
      const isSilentStill = follower.book.isFresh && follower.book.receivedAt === receivedAt;
      if (this.#isStopped || snapshot === undefined || !isSilentStill || follower.hasTopOf(snapshot)) continue;
      stream.frozen(symbol, `${symbol}: no depth for ${this.#settings.silentMs} ms, and REST tells another book`);
    }
  }

  /** Tells the instruments watched, now and when something of them changes. */
  async #tellInstruments(): Promise<void> {
    const { context, venue, markets } = this.#setup;
    const url = `${this.#settings.restUrl}/fapi/v1/exchangeInfo`;
    const answer = await this.#rest.ask("/fapi/v1/exchangeInfo", EXCHANGE_INFO_WEIGHT, () => ({ method: "GET", url }));
    if (this.#isStopped) return;
    const info = answer.ok ? exchangeInfoOf(answer.value, venue) : undefined;
    const again = info === undefined ? INSTRUMENTS_RETRY_MS : INSTRUMENTS_EVERY_MS;
    this.#cancelInstruments = context.timers.after(() => void this.#tellInstruments(), again);
    if (info === undefined) return;
    if (info.weightPerMinute !== undefined) this.#weight.perMinute = info.weightPerMinute;
    for (const symbol of markets) {
      const instrument = info.instruments.get(symbol);
      const text = instrument === undefined ? "absent" : JSON.stringify(instrument);
      if (this.#told.get(symbol) === text) continue;
      this.#told.set(symbol, text);
      if (instrument === undefined)
        context.feed.error("/fapi/v1/exchangeInfo", `${symbol} does not trade at the venue`);
      else context.sink.tell(instrument);
    }
  }
}

/** The words of `{code, msg}`. */
export function restError(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || !("msg" in body)) return undefined;
  return `${"code" in body ? `${String(body.code)}: ` : ""}${String(body.msg)}`;
}

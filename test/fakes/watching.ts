import { type Clock, type Micros, micros } from "../../src/base/time.ts";
import { canonicalDecimal } from "../../src/domain/decimal.ts";
import type { OrderBook } from "../../src/domain/order-book.ts";
import { FeedReport } from "../../src/venues/core/feed.ts";
import type { Timers, VenueContext } from "../../src/venues/core/ports.ts";
import type { Secret } from "../../src/venues/core/secret.ts";
import type { PublicTrade, VenueEvent, VenueMark, WatchedMarket } from "../../src/venues/core/sink.ts";
import type { VenueConnector, VenueKind } from "../../src/venues/core/venue.ts";
import { fetchHttpPort } from "../../src/venues/io/fetch-http.ts";
import { wsSocketPort } from "../../src/venues/io/ws-socket.ts";
import type { VenueRecord } from "../../src/venues/recording/record.ts";
import { recordedPorts } from "../../src/venues/recording/recorded-ports.ts";

export interface WatchingOptions {
  readonly kind: VenueKind;
  readonly markets: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, Secret | undefined>>;
  /** How much faster than the wall the connector's clock and timers run: its waits are made for the internet. */
  readonly speed?: number;
  /** Hears everything that comes in, as a recording of it. */
  readonly record?: (record: VenueRecord) => void;
}

/** A real connector on real sockets, and everything that it told. */
export class Watching {
  readonly markets = new Map<string, WatchedMarket>();
  readonly events: VenueEvent[] = [];
  readonly marks: VenueMark[] = [];
  readonly trades: PublicTrade[] = [];
  /** Each stale state that a listener saw, as `SYMBOL reason`. */
  readonly staleSeen = new Set<string>();
  /** Symbols of markets that are watched no longer. */
  readonly unwatched: string[] = [];
  readonly feed: FeedReport;
  readonly #connector: VenueConnector;

  constructor({ kind, markets, settings, secrets = {}, speed = 10, record }: WatchingOptions) {
    const clock = fasterClock(speed);
    const sink = {
      bookChanged: (market: WatchedMarket) => {
        this.markets.set(market.symbol, market);
        const { state } = market.book;
        if (state.kind === "stale") this.staleSeen.add(`${market.symbol} ${state.reason}`);
      },
      unwatched: ({ symbol }: WatchedMarket) => void this.unwatched.push(symbol),
      marked: (mark: VenueMark) => void this.marks.push(mark),
      traded: (trade: PublicTrade) => void this.trades.push(trade),
      tell: (event: VenueEvent) => void this.events.push(event),
    };
    this.feed = new FeedReport({ venue: kind.name, clock, sink });
    const ports = { socket: wsSocketPort(clock), http: fetchHttpPort(fetch, 5_000) };
    const context: VenueContext = {
      venue: kind.name,
      clock,
      timers: fasterTimers(speed),
      random: Math.random,
      ...(record === undefined
        ? ports
        : recordedPorts({ venue: kind.name, clock, runId: "run", ...ports, write: record })),
      sink,
      feed: this.feed,
    };
    const connected = kind.connect({ venue: kind.name, markets, settings, secrets, context });
    if (!connected.ok) throw new Error(connected.error);
    this.#connector = connected.value;
    this.#connector.start();
  }

  stop(): void {
    this.#connector.stop();
  }

  book(symbol: string): OrderBook | undefined {
    return this.markets.get(symbol)?.book;
  }

  isFresh(symbol: string): boolean {
    return this.book(symbol)?.isFresh === true;
  }

  /** Whether a book is fresh and has exactly these levels. */
  equals(
    symbol: string,
    bids: readonly (readonly [string, string])[],
    asks: readonly (readonly [string, string])[],
  ): boolean {
    const book = this.book(symbol);
    if (book?.isFresh !== true) return false;
    return sameLevels(book.top("bids", 10_000), bids) && sameLevels(book.top("asks", 10_000), asks);
  }

  /** The feed events of a kind, as their details. */
  told(kind: string): string[] {
    return this.events
      .filter((event) => event.type === "feed" && event["kind"] === kind)
      .map((event) => String(event["detail"] ?? ""));
  }

  ofType(type: VenueEvent["type"]): VenueEvent[] {
    return this.events.filter((event) => event.type === type);
  }
}

const sameLevels = (found: readonly (readonly [string, string])[], expected: readonly (readonly [string, string])[]) =>
  JSON.stringify(found) === JSON.stringify(expected.map((level) => level.map((text) => canonicalDecimal(text))));

function fasterClock(speed: number): Clock {
  const origin = performance.timeOrigin + performance.now();
  return {
    now: (): Micros => {
      const wall = performance.timeOrigin + performance.now();
      return micros(Math.round((origin + (wall - origin) * speed) * 1_000));
    },
  };
}

const fasterTimers = (speed: number): Timers => ({
  after: (run, ms) => {
    const timer = setTimeout(run, ms / speed);
    return () => clearTimeout(timer);
  },
});

import { createReporter, type ReporterOptions, type ReporterStats } from "@deskwatch/client";
import type { Clock } from "../../base/time.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { FeedReport } from "../../venues/core/feed.ts";
import type { HttpPort, SocketPort, Timers } from "../../venues/core/ports.ts";
import type { Secret } from "../../venues/core/secret.ts";
import type { VenueConnector, VenueKind } from "../../venues/core/venue.ts";
import { MarketTeller, type ToldEvent } from "../markets/market-teller.ts";

/** One venue to connect to. */
export interface VenuePlan {
  readonly kind: VenueKind;
  /** How it is called in events. */
  readonly name: string;
  readonly markets: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, Secret | undefined>>;
}

/** What watching needs of the machine. */
export interface WatchMachine {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly socket: SocketPort;
  readonly http: HttpPort;
}

export interface WatchOptions {
  readonly venues: readonly VenuePlan[];
  /** The hub, and what the watching process is called there. */
  readonly reporter: Pick<ReporterOptions, "url" | "key" | "bot" | "mode" | "spoolDir">;
  readonly machine: WatchMachine;
  /** Levels of each side that are told. */
  readonly levels: number;
  /** A market is told at most this often; less often when there are many. */
  readonly everyMs: number;
  /** Hears every event that is told. */
  readonly onEvent: (event: ToldEvent) => void;
}

/** What was heard and told so far. */
export interface WatchCounts {
  readonly frames: number;
  readonly malformed: number;
  readonly gaps: number;
  readonly reconnects: number;
  readonly changes: number;
  readonly books: number;
  readonly marks: number;
  readonly trades: number;
}

export interface WatchDesk {
  readonly counts: () => WatchCounts;
  /** Ends the connections, says goodbye, and sends what is left. */
  readonly stop: () => Promise<ReporterStats>;
}

/** A book is worth little when it comes late. */
const FLUSH_MS = 10;
/** With so many events on their way the hub is slow: what would be told now would be late, and is told newer later. */
const BEHIND_EVENTS = 1_000;
/** Books of all markets together. Where more would be told, each market is told less often. */
const BOOKS_PER_SECOND = 2_000;
const STATE_EVERY_MS = 30_000;
const CLOSE_MS = 5_000;

interface Watched {
  readonly plan: VenuePlan;
  readonly feed: FeedReport;
  readonly connector: VenueConnector;
}

/** Connects to venues and tells a hub what they say, as any bot would. The error says which venue cannot be, and why. */
export function startWatching(options: WatchOptions): Result<WatchDesk, string> {
  const { machine, levels, onEvent } = options;
  const reporter = createReporter({ ...options.reporter, flushMs: FLUSH_MS });
  const watched: Watched[] = [];
  const teller = new MarketTeller({
    now: machine.clock.now,
    timers: machine.timers,
    levels,
    // Groups of markets grow and shrink.
    get everyMs() {
      return everyMsOf(options.everyMs, watched);
    },
    isBehind: () => reporter.stats().queued > BEHIND_EVENTS,
    report: (event) => {
      onEvent(event);
      reporter.event(event);
    },
  });
  const connected = connectAll(options, teller);
  if (!connected.ok) {
    void reporter.close({ timeoutMs: 1 });
    return connected;
  }
  watched.push(...connected.value);
  reporter.botStarted({ status: "running", venues: watched.map(venueState) });
  teller.start();
  for (const { connector } of watched) connector.start();
  const cancelState = repeat(machine.timers, STATE_EVERY_MS, () =>
    reporter.botState({ status: "running", venues: watched.map(venueState) }),
  );
  return ok({
    counts: () => countsOf(watched, teller),
    stop: () => {
      cancelState();
      for (const { connector } of watched) connector.stop();
      teller.stop();
      reporter.botStopped({ reason: "watching was stopped", venues: watched.map(venueState) });
      return reporter.close({ timeoutMs: CLOSE_MS });
    },
  });
}

function everyMsOf(everyMs: number, watched: readonly Watched[]): number {
  const markets = watched.reduce((sum, each) => sum + marketsOf(each), 0);
  return Math.max(everyMs, (markets / BOOKS_PER_SECOND) * 1_000);
}

const marketsOf = ({ plan, connector }: Watched): number => connector.watched?.() ?? plan.markets.length;

function connectAll({ venues, machine }: WatchOptions, sink: MarketTeller): Result<readonly Watched[], string> {
  const watched: Watched[] = [];
  for (const plan of venues) {
    const { kind, name: venue } = plan;
    const feed = new FeedReport({ venue, clock: machine.clock, sink });
    const connector = kind.connect({ ...plan, venue, context: { ...machine, venue, sink, feed } });
    if (!connector.ok) return err(`${venue}: ${connector.error}`);
    watched.push({ plan, feed, connector: connector.value });
  }
  return ok(watched);
}

const venueState = (watched: Watched) => ({
  venue: watched.plan.name,
  connected: watched.feed.isConnected === true,
  subscriptions: marketsOf(watched),
  messages: watched.feed.counts.messages,
  reconnects: watched.feed.counts.reconnects,
});

function countsOf(watched: readonly Watched[], { counts }: MarketTeller): WatchCounts {
  const sum = (of: (feed: FeedReport) => number): number => watched.reduce((total, { feed }) => total + of(feed), 0);
  const { changes, books, marks, trades } = counts;
  return {
    frames: sum((feed) => feed.counts.messages),
    malformed: sum((feed) => feed.counts.malformed),
    gaps: sum((feed) => feed.counts.gaps),
    reconnects: sum((feed) => feed.counts.reconnects),
    changes,
    books,
    marks,
    trades,
  };
}

function repeat(timers: Timers, everyMs: number, run: () => void): () => void {
  let cancel = (): void => undefined;
  const again = (): void => {
    cancel = timers.after(() => {
      run();
      again();
    }, everyMs);
  };
  again();
  return () => cancel();
}

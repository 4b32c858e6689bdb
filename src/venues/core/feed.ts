import type { Clock, Micros } from "../../base/time.ts";
import type { VenueSink } from "./sink.ts";

/** Latencies are samples: one a second says enough. */
const LATENCY_EVERY_MICROS = 1_000_000;
/** Requests are facts, kept for ever: a few of them show that the venue is asked at all. */
const REQUEST_EVERY_MICROS = 10_000_000;
const MICROS_PER_MS = 1_000;
const DETAIL_MAX = 500;
/** Errors are facts too: of a venue that only errs so many are told in each window. */
const ERRORS_PER_WINDOW = 20;
const WINDOW_MICROS = 10_000_000;

export interface FeedOptions {
  readonly venue: string;
  readonly clock: Clock;
  readonly sink: Pick<VenueSink, "tell">;
}

type Kind =
  | "connected"
  | "disconnected"
  | "reconnecting"
  | "stale"
  | "gap"
  | "resynced"
  | "latency"
  | "request"
  | "error";

/** What has gone right and wrong with a feed since the start, for a screen. */
export interface FeedCounts {
  messages: number;
  malformed: number;
  gaps: number;
  reconnects: number;
  errors: number;
  requests: number;
}

/**
 * The `feed` events of one venue. A venue may have several connections (`channel`): it is connected when all of them are,
 * and disconnected from the first that is not. The same goes for trouble with books: `gap` and `stale` are told when
 * more of them are in trouble, `resynced` when none is any more.
 */
export class FeedReport {
  readonly counts: FeedCounts = { messages: 0, malformed: 0, gaps: 0, reconnects: 0, errors: 0, requests: 0 };
  readonly #options: FeedOptions;
  readonly #channels = new Map<string, boolean>();
  readonly #troubled = new Set<string>();
  #connected: boolean | undefined;
  #latencyAt = 0;
  #requestAt = Number.NEGATIVE_INFINITY;
  #windowAt = Number.NEGATIVE_INFINITY;
  #errorsInWindow = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Whether every connection is up; undefined before the first was. */
  get isConnected(): boolean | undefined {
    return this.#connected;
  }

  /** How many books are in trouble. */
  get troubled(): number {
    return this.#troubled.size;
  }

  /** Says that there is such a connection, before it is up. */
  expect(channel: string): void {
    if (!this.#channels.has(channel)) this.#channels.set(channel, false);
  }

  up(channel: string): void {
    this.#channels.set(channel, true);
    const up = [...this.#channels.values()].filter(Boolean).length;
    if (up < this.#channels.size) return;
    this.#connected = true;
    this.#tell("connected", channel, up === 1 ? undefined : `all ${up} connections`);
  }

  down(channel: string, detail: string): void {
    this.#channels.set(channel, false);
    this.#connected = false;
    this.#tell("disconnected", channel, detail);
  }

  /** A connection that is no longer wanted counts no more. */
  forget(channel: string): void {
    this.#channels.delete(channel);
  }

  reconnecting(channel: string, detail: string): void {
    this.counts.reconnects++;
    this.#tell("reconnecting", channel, detail);
  }

  /** Something was missed. `keys` are the books that are in trouble by it; told when one of them was not before. */
  gap(channel: string, keys: Iterable<string>, detail: string): void {
    this.counts.gaps++;
    if (this.#trouble(keys)) this.#tell("gap", channel, detail);
  }

  /** Books cannot be relied on although nothing was seen to be missed. Told when one of them was not in trouble before. */
  stale(channel: string, keys: Iterable<string>, detail: string): void {
    if (this.#trouble(keys)) this.#tell("stale", channel, detail);
  }

  /** A book is right again; the last one that was in trouble tells it. */
  fresh(channel: string, key: string): void {
    if (this.#troubled.size === 0 || !this.#troubled.delete(key) || this.#troubled.size > 0) return;
    this.#tell("resynced", channel, undefined);
  }

  /** A frame of data, and when the venue says it was made. */
  message(channel: string, receivedAt: Micros, venueAt?: Micros): void {
    this.counts.messages++;
    if (venueAt === undefined || receivedAt - this.#latencyAt < LATENCY_EVERY_MICROS) return;
    this.#latencyAt = receivedAt;
    // A venue's clock may be ahead of ours: nothing arrives before it was sent.
    const latencyMs = Math.max(0, (receivedAt - venueAt) / MICROS_PER_MS);
    this.#options.sink.tell({
      type: "feed",
      venue: this.#options.venue,
      kind: "latency",
      channel,
      latency_ms: latencyMs,
    });
  }

  /** A frame that nobody can read: counted, and the first of each thousand told. */
  malformed(channel: string, detail: string): void {
    if (this.counts.malformed++ % 1_000 === 0) this.error(channel, `malformed frame: ${detail}`);
  }

  /** A request over HTTP: each is counted, one in ten seconds told. */
  request(channel: string): void {
    this.counts.requests++;
    const now = this.#options.clock.now();
    if (now - this.#requestAt < REQUEST_EVERY_MICROS) return;
    this.#requestAt = now;
    this.#tell("request", channel, undefined);
  }

  /** Something failed: each is counted, twenty in ten seconds are told. */
  error(channel: string, detail: string): void {
    this.counts.errors++;
    const now = this.#options.clock.now();
    if (now - this.#windowAt >= WINDOW_MICROS) {
      this.#windowAt = now;
      this.#errorsInWindow = 0;
    }
    if (++this.#errorsInWindow <= ERRORS_PER_WINDOW) this.#tell("error", channel, detail);
  }

  #trouble(keys: Iterable<string>): boolean {
    const before = this.#troubled.size;
    for (const key of keys) this.#troubled.add(key);
    return this.#troubled.size > before;
  }

  #tell(kind: Kind, channel: string, detail: string | undefined): void {
    const { venue, sink } = this.#options;
    sink.tell({
      type: "feed",
      venue,
      kind,
      channel: channel.slice(0, 128),
      ...(detail === undefined ? {} : { detail: detail.slice(0, DETAIL_MAX) }),
    });
  }
}

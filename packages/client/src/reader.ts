import type {
  BotsAnswer,
  EdgesAnswer,
  ExposureAnswer,
  FillsAnswer,
  HealthAnswer,
  RejectedAnswer,
  TradingMode,
} from "./api-types.ts";
import { type EventFilter, eventPages, type StoredEvent } from "./reader/events.ts";
import { createGet, type ReaderFetch } from "./reader/get.ts";
import { connectLive, type Live, type LiveOptions } from "./reader/live.ts";
import type { WebSocketClass } from "./reader/socket.ts";
import { type TailOptions, tailEvents } from "./reader/tail.ts";

export type * from "./api-types.ts";
export type { EventFilter, StoredEvent } from "./reader/events.ts";
export { type ReaderFetch, ReaderError } from "./reader/get.ts";
export type { Live, LiveFact, LiveFactTopic, LiveOptions, LiveState, LiveStatus, LiveTopic } from "./reader/live.ts";
export type { WebSocketClass, WebSocketLike } from "./reader/socket.ts";
export type { StopSignal, TailOptions } from "./reader/tail.ts";

/** Where to read. Works in browsers and in Node. */
export interface ReaderOptions {
  /** The hub's address, such as `http://localhost:8000` or a page's `location.origin`. */
  readonly url: string;
  /** A read key, for programs; a page reads by its session, and the hub's own machine needs none. */
  readonly key?: string | undefined;
  readonly fetch?: ReaderFetch | undefined;
  /** Needed in Node before 22, which has none: hand in that of the package `ws`. */
  readonly WebSocket?: WebSocketClass | undefined;
}

/** Filters of `fills`; all that are given must hold. */
export interface FillFilter {
  readonly bot?: string;
  readonly symbol?: string;
  readonly venue?: string;
  readonly mode?: TradingMode | "all";
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
}

/** Reads a hub. Every read rejects with a `ReaderError` when the hub says no, or cannot be reached. */
export interface Reader {
  bots(): Promise<BotsAnswer>;
  /** Live edges, best net edge first. */
  edges(limit?: number): Promise<EdgesAnswer>;
  /** One page, newest first. */
  fills(filter?: FillFilter): Promise<FillsAnswer>;
  exposure(): Promise<ExposureAnswer>;
  health(): Promise<HealthAnswer>;
  rejected(): Promise<RejectedAnswer>;
  /** The stored events that match, oldest first, page by page as they are asked for. */
  events(filter?: EventFilter): AsyncGenerator<StoredEvent, void, undefined>;
  /** What happens from now on, until it is closed; comes back by itself when the connection is lost. */
  live(options: LiveOptions): Live;
  /** Every fact after `afterSeq`: those that are stored, then those that come, no gap, none twice. Ends when left. */
  tail(options?: TailOptions): AsyncGenerator<StoredEvent, void, undefined>;
}

/** A reader of the hub at `url`. Throws on an address that is none. */
export function createReader(options: ReaderOptions): Reader {
  const get = createGet(options);
  const live = (wanted: LiveOptions): Live => connectLive(options, wanted);
  return {
    bots: () => get("/api/v1/bots"),
    edges: (limit) => get("/api/v1/edges", { limit }),
    fills: (filter) => get("/api/v1/fills", { ...filter }),
    exposure: () => get("/api/v1/exposure"),
    health: () => get("/api/v1/health"),
    rejected: () => get("/api/v1/rejected"),
    events: (filter) => eventPages(get, filter),
    live,
    tail: (wanted) => tailEvents(get, live, wanted),
  };
}

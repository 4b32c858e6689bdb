import type { Clock, Micros } from "../../base/time.ts";
import type { FeedReport } from "./feed.ts";
import type { VenueSink } from "./sink.ts";

/** Time passing, handed in so that tests and players move it. */
export interface Timers {
  /** Calls `run` once after `ms`, unless cancelled; gives the cancellation. */
  readonly after: (run: () => void, ms: number) => () => void;
}

/** What to connect to. */
export interface SocketRequest {
  /** `wss://…` or `ws://…`. */
  readonly url: string;
  /** Headers of the handshake, such as a signature. They never stand in a log or a feed event. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a socket is gone, or could not be opened. Holds no header and no address. */
export interface SocketEnd {
  /** The HTTP status of a refused handshake. */
  readonly status?: number;
  /** The code of the closing frame. */
  readonly code?: number;
  readonly reason: string;
}

/** What a socket says. Nothing is said after `onEnd`, nor after `close()` was called. */
export interface SocketHandlers {
  readonly onOpen: () => void;
  /** One text frame. `receivedAt` is when it arrived; a player says when it arrived then. */
  readonly onFrame: (text: string, receivedAt: Micros) => void;
  /** A ping or pong frame of the WebSocket protocol: a sign of life. The port answers pings itself. */
  readonly onPing: () => void;
  /** Told once, also when the socket never opened. */
  readonly onEnd: (end: SocketEnd) => void;
}

export interface OpenSocket {
  /** Sends a text frame; false when the socket is not open. */
  readonly send: (text: string) => boolean;
  readonly close: () => void;
}

/** Opens a socket: to a venue (`io/ws-socket.ts`), or to a recording. Never throws. */
export type SocketPort = (request: SocketRequest, handlers: SocketHandlers) => OpenSocket;

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer of any status, its headers in lower case, or why there was none. */
export type HttpAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly text: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly ok: false; readonly reason: string };

/** One request, with a deadline of its own. Never rejects. */
export type HttpPort = (request: HttpRequest) => Promise<HttpAnswer>;

/** Everything that a connector needs from around it. */
export interface VenueContext {
  /** How the venue is called in events. */
  readonly venue: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly socket: SocketPort;
  readonly http: HttpPort;
  readonly sink: VenueSink;
  /** The `feed` events of this connector. */
  readonly feed: FeedReport;
}

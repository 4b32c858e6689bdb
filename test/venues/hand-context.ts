import { type Clock, micros } from "../../src/base/time.ts";
import { FeedReport } from "../../src/venues/core/feed.ts";
import type { HttpPort, SocketHandlers, SocketPort, SocketRequest, VenueContext } from "../../src/venues/core/ports.ts";
import type { VenueEvent } from "../../src/venues/core/sink.ts";
import { HandTime } from "../support/hand-time.ts";

const EPOCH_MS = 1_790_000_000_000;

/** A socket that a test opens, speaks by and ends. */
class HandSocket {
  readonly request: SocketRequest;
  readonly handlers: SocketHandlers;
  readonly sent: string[] = [];
  isClosed = false;

  constructor(request: SocketRequest, handlers: SocketHandlers) {
    this.request = request;
    this.handlers = handlers;
  }
}

/** Everything that a connector has from around it, moved by hand. */
export class HandContext {
  readonly time = new HandTime();
  readonly events: VenueEvent[] = [];
  readonly sockets: HandSocket[] = [];
  readonly context: VenueContext;
  /** What answers requests; nothing does unless a test says so. */
  http: HttpPort = () => Promise.resolve({ ok: false, reason: "no network" });

  constructor() {
    const clock: Clock = { now: () => micros((EPOCH_MS + this.time.nowMs) * 1_000) };
    const sink = {
      bookChanged: () => undefined,
      marked: () => undefined,
      traded: () => undefined,
      tell: (event: VenueEvent) => void this.events.push(event),
    };
    const socket: SocketPort = (request, handlers) => {
      const made = new HandSocket(request, handlers);
      this.sockets.push(made);
      return {
        send: (text) => {
          made.sent.push(text);
          return !made.isClosed;
        },
        close: () => {
          made.isClosed = true;
        },
      };
    };
    this.context = {
      venue: "a-venue",
      clock,
      timers: { after: this.time.schedule },
      random: () => 0.5,
      socket,
      http: (request) => this.http(request),
      sink,
      feed: new FeedReport({ venue: "a-venue", clock, sink }),
    };
  }

  /** The newest socket. */
  get socket(): HandSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("nothing has connected");
    return socket;
  }

  /** The kinds of the feed events, in order, without traffic. */
  get feed(): string[] {
    return this.events.flatMap((event) => (event.type === "feed" ? [String(event["kind"])] : []));
  }
}

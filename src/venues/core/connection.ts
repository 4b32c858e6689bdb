import type { Micros } from "../../base/time.ts";
import { backoffMs, type BackoffOptions } from "./backoff.ts";
import type { OpenSocket, SocketEnd, SocketRequest, VenueContext } from "./ports.ts";

export type ConnectionState = "stopped" | "connecting" | "up" | "waiting";

/** A text that is sent as long as the connection is up. */
export interface Beat {
  readonly text: string;
  readonly everyMs: number;
}

export interface ConnectionOptions {
  /** Names the connection in feed events, such as `market-1`. */
  readonly channel: string;
  /** Where to, and with which headers: made anew for each attempt, so that signatures are fresh. */
  readonly request: () => SocketRequest;
  /** The socket is open: subscribe. Everything that the last one told is void. */
  readonly onUp: () => void;
  readonly onFrame: (text: string, receivedAt: Micros) => void;
  /** The connection is gone: what hangs on it is stale. Told once for each `onUp`. */
  readonly onDown: (reason: string) => void;
  /** Neither frame nor ping for so long, or no open socket, is a dead connection. Default 30,000. */
  readonly silenceMs?: number;
  /** What the venue wants to hear, such as Polymarket's `PING`. */
  readonly beat?: Beat;
  /** Default 1 s doubling to 60 s. */
  readonly backoff?: BackoffOptions;
  /** A connection that was up for so long begins again with the shortest wait. Default 30,000. */
  readonly settledMs?: number;
}

const BACKOFF: BackoffOptions = { minMs: 1_000, maxMs: 60_000 };
const SILENCE_MS = 30_000;
const SETTLED_MS = 30_000;
/** Refused for who we are: asking again soon changes nothing and may get the address banned. */
const REFUSED = new Set([401, 403, 418]);

/**
 * One connection that is kept up: connects, watches for silence, and connects again with growing, random waits, for ever.
 * Tells the feed's events. Pure but for its ports.
 */
export class Connection {
  readonly #context: VenueContext;
  readonly #options: ConnectionOptions;
  #state: ConnectionState = "stopped";
  #socket: OpenSocket | undefined;
  /** Sockets before this one are not listened to. */
  #attempt = 0;
  #failures = 0;
  #upAt = 0;
  #heardAt = 0;
  #cancelWait: () => void = () => undefined;
  #cancelWatch: () => void = () => undefined;
  #cancelBeat: () => void = () => undefined;

  constructor(context: VenueContext, options: ConnectionOptions) {
    this.#context = context;
    this.#options = options;
    context.feed.expect(options.channel);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    if (this.#state === "stopped") this.#connect();
  }

  /** Ends for good; `onDown` is not told. */
  stop(): void {
    this.#state = "stopped";
    this.#leave();
    this.#context.feed.forget(this.#options.channel);
  }

  /** Sends a frame; false when the connection is not up. */
  send(text: string): boolean {
    return this.#state === "up" && this.#socket?.send(text) === true;
  }

  /** Gives the connection up for a reason that it does not know itself, and connects again. */
  reconnect(reason: string): void {
    if (this.#state === "up" || this.#state === "connecting") this.#lost({ reason });
  }

  #connect(): void {
    const attempt = ++this.#attempt;
    const current = (): boolean => attempt === this.#attempt && this.#state !== "stopped";
    this.#state = "connecting";
    this.#hear();
    const socket = this.#context.socket(this.#options.request(), {
      onOpen: () => {
        if (current()) this.#opened();
      },
      onFrame: (text, receivedAt) => {
        if (!current()) return;
        this.#hear();
        this.#options.onFrame(text, receivedAt);
      },
      onPing: () => {
        if (current()) this.#hear();
      },
      onEnd: (end) => {
        if (current()) this.#lost(end);
      },
    });
    // A port may end the attempt before it gives the socket.
    if (!current()) return socket.close();
    this.#socket = socket;
    this.#watch();
  }

  #opened(): void {
    this.#state = "up";
    this.#upAt = this.#now();
    this.#hear();
    this.#context.feed.up(this.#options.channel);
    this.#beat();
    this.#options.onUp();
  }

  #lost(end: SocketEnd): void {
    const wasUp = this.#state === "up";
    const { feed, timers, random } = this.#context;
    const { channel, settledMs = SETTLED_MS, backoff = BACKOFF } = this.#options;
    this.#attempt++;
    this.#state = "waiting";
    this.#leave();
    const reason = endText(end);
    if (wasUp && this.#now() - this.#upAt >= settledMs) this.#failures = 0;
    this.#failures++;
    const isRefused = end.status !== undefined && REFUSED.has(end.status);
    const waitMs = isRefused ? backoff.maxMs : backoffMs(this.#failures, backoff, random);
    if (wasUp) feed.down(channel, reason);
    else feed.error(channel, `cannot connect: ${reason}`);
    if (wasUp) this.#options.onDown(reason);
    // What was told may have ended the connection for good.
    if (this.#state !== "waiting") return;
    feed.reconnecting(channel, `attempt ${this.#failures} in ${Math.round(waitMs)} ms`);
    this.#cancelWait = timers.after(() => this.#connect(), waitMs);
  }

  #leave(): void {
    this.#cancelWait();
    this.#cancelWatch();
    this.#cancelBeat();
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Looks again when the silence could be over the limit, not at every frame. */
  #watch(): void {
    const { silenceMs = SILENCE_MS } = this.#options;
    const look = (): void => {
      const silentMs = this.#now() - this.#heardAt;
      if (silentMs >= silenceMs) {
        const what = this.#state === "up" ? "nothing heard" : "no answer to the handshake";
        return this.#lost({ reason: `${what} for ${Math.round(silentMs / 1000)} s` });
      }
      this.#cancelWatch = this.#context.timers.after(look, silenceMs - silentMs);
    };
    look();
  }

  #beat(): void {
    const { beat } = this.#options;
    if (beat === undefined) return;
    this.#cancelBeat = this.#context.timers.after(() => {
      this.#socket?.send(beat.text);
      this.#beat();
    }, beat.everyMs);
  }

  #hear(): void {
    this.#heardAt = this.#now();
  }

  #now(): number {
    return this.#context.clock.now() / 1_000;
  }
}

function endText({ status, code, reason }: SocketEnd): string {
  if (status !== undefined)
    return `the venue refused the connection with HTTP ${status}${reason === "" ? "" : `: ${reason}`}`;
  return code === undefined ? reason : `closed with ${code}${reason === "" ? "" : `: ${reason}`}`;
}

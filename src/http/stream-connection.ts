import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { z } from "zod";
import { type Publisher, type Subscription, TOPICS_MAX, topicOf } from "../hub/publish.ts";
import { type ServerFrame, topics } from "../protocol/stream.ts";
import { REPLAY_TOPIC, ReplayChannel } from "./replay-channel.ts";

/** What a connection streams: the desk, or a replay. */
export interface StreamSource {
  readonly publisher: Pick<Publisher, "subscribe">;
  readonly asOfSeq: () => number;
  /** The replay whose stream this is: it has one topic more, its own state. */
  readonly replay?: ReplaySource;
}

export interface ReplaySource {
  readonly id: string;
  readonly view: () => unknown;
  /** Calls `listener` with every change of the view; returns the way to stop. */
  readonly onView: (listener: () => void) => () => void;
}

export interface StreamConnectionOptions extends StreamSource {
  readonly version: string;
  readonly onClose: () => void;
}

/** Malformed frames, and frames between two pings, after which a client is shown out. */
const MALFORMED_MAX = 5;
const FRAMES_MAX = 200;
const MISSED_PONGS_MAX = 2;
/** With more than this left with the transport, the state of a replay is sent later, in a newer form. */
const ROOMY_BYTES = 256 * 1024;
/** How long a closing handshake may take before the socket is cut. */
const CLOSE_MS = 2_000;

const clientFrame = z.discriminatedUnion("op", [
  z.object({
    op: z.literal("subscribe"),
    topics: z.array(z.string().max(256)).min(1).max(64),
    since: z.number().int().nonnegative().optional(),
  }),
  z.object({ op: z.literal("unsubscribe"), topics: z.array(z.string().max(256)).min(1).max(64) }),
  z.object({ op: z.literal("pong") }),
]);

type TopicFrame = Exclude<z.output<typeof clientFrame>, { op: "pong" }>;

/** One open WebSocket of the stream: reads the client's frames, writes the publisher's, and notices when it is dead. */
export class StreamConnection {
  readonly #socket: WebSocket;
  readonly #transport: Duplex;
  readonly #subscription: Subscription;
  readonly #replay: ReplayChannel | undefined;
  #corked = false;
  #malformed = 0;
  #framesSincePing = 0;
  #missedPongs = 0;

  /** `transport` is the connection below the WebSocket. */
  constructor(socket: WebSocket, transport: Duplex, options: StreamConnectionOptions) {
    this.#socket = socket;
    this.#transport = transport;
    this.#subscription = options.publisher.subscribe({
      topics: [],
      send: (frameText) => this.#send(frameText),
      buffered: () => socket.bufferedAmount,
      end: (reason) =>
        reason === "stopped" ? this.close(1001, "the hub stops") : this.close(1013, `the connection is too ${reason}`),
    });
    const { replay } = options;
    this.#replay =
      replay === undefined
        ? undefined
        : new ReplayChannel(replay, {
            send: (frame) => this.#say(frame),
            isRoomy: () => socket.bufferedAmount < ROOMY_BYTES,
            asOfSeq: options.asOfSeq,
          });
    socket.on("message", (data, isBinary) => this.#onMessage(String(data), isBinary));
    socket.on("pong", () => this.#isAlive());
    // A broken frame or connection ends in `close`, which is where it is dealt with.
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      this.#subscription.close();
      this.#replay?.close();
      options.onClose();
    });
    const { version, asOfSeq } = options;
    this.#say({ op: "hello", version, as_of_seq: asOfSeq(), ...(replay === undefined ? {} : { replay: replay.id }) });
  }

  /** Asks whether the other side is still there; cuts the connection when it let two such questions pass. */
  ping(): void {
    this.#framesSincePing = 0;
    if (this.#missedPongs >= MISSED_PONGS_MAX) {
      this.#socket.terminate();
      return;
    }
    this.#missedPongs++;
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.ping();
    this.#say({ op: "ping" });
  }

  close(code: number, reason: string): void {
    this.#subscription.close();
    this.#socket.close(code, reason);
    // Whoever does not read does not answer the closing handshake either.
    setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
  }

  #onMessage(text: string, isBinary: boolean): void {
    this.#isAlive();
    this.#framesSincePing++;
    const frame = isBinary ? undefined : parsed(text);
    if (this.#framesSincePing > FRAMES_MAX) this.close(1008, "too many frames");
    else if (frame === undefined) this.#refuse("expected subscribe, unsubscribe or pong, as JSON");
    else if (frame.op !== "pong") this.#obey(frame);
  }

  #obey(frame: TopicFrame): void {
    const names = frame.topics.filter((name) => this.#replay === undefined || name !== REPLAY_TOPIC);
    if (names.length < frame.topics.length) this.#replay?.set(frame.op === "subscribe");
    const known = names.map(topicOf).filter((topic) => topic !== undefined);
    if (known.length < names.length)
      this.#refuse(
        `unknown topic among ${frame.topics.join(", ").slice(0, 200)}; known: ${topics.join(", ")}, books:VENUE:SYMBOL`,
      );
    if (frame.op === "unsubscribe") this.#subscription.remove(known);
    else if (!this.#subscription.add(known, frame.since)) this.#refuse(`a stream has at most ${TOPICS_MAX} topics`);
  }

  #isAlive(): void {
    this.#missedPongs = 0;
  }

  #refuse(message: string): void {
    this.#malformed++;
    this.#say({ op: "error", message });
    if (this.#malformed >= MALFORMED_MAX) this.close(1008, "too many malformed frames");
  }

  #say(frame: ServerFrame): void {
    this.#send(JSON.stringify(frame));
  }

  /** What is sent in one turn goes to the system as one write. */
  #send(frameText: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#transport.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#transport.uncork();
      });
    }
    this.#socket.send(frameText);
  }
}

function parsed(text: string): z.output<typeof clientFrame> | undefined {
  try {
    return clientFrame.safeParse(JSON.parse(text)).data;
  } catch {
    // Not JSON: the client is told so by the caller.
    return undefined;
  }
}

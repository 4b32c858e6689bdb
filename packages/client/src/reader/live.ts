import type { BotView, EdgeView, ExposureAnswer, FillView, HealthAnswer, RejectedRow } from "../api-types.ts";
import { backoffMs } from "../backoff.ts";
import type { StoredEvent } from "./events.ts";
import { isRecord, parsed } from "./get.ts";
import { openStream, type SocketOptions, type WebSocketLike } from "./socket.ts";

interface StateData {
  bots: readonly BotView[];
  edges: readonly EdgeView[];
  fills: readonly FillView[];
  exposure: ExposureAnswer;
  health: HealthAnswer;
  rejected: readonly RejectedRow[];
  events: readonly StoredEvent[];
  /** These are as the reads of the same name answer; `replay` as `GET /api/v1/replays/{id}` does. */
  positions: object;
  performance: object;
  orderbooks: object;
  opportunities: object;
  imports: object;
  controls: object;
  replay: object;
  /** One order book, as it stands in `orderbooks`. */
  [book: `books:${string}`]: object;
}

interface FactData {
  fills: FillView;
  rejected: RejectedRow;
  events: StoredEvent;
}

/** What the hub streams: state topics send snapshots and changes, fact topics a snapshot and then every fact. */
export type LiveTopic = keyof StateData;

export type LiveFactTopic = keyof FactData;

/** What a snapshot or a change of some topic holds. */
export type LiveState = StateData[LiveTopic];

/** What a fact of some topic is. */
export type LiveFact = FactData[LiveFactTopic];

export type LiveStatus = "connecting" | "live" | "reconnecting";

export interface LiveOptions {
  readonly topics: readonly LiveTopic[];
  /** The replay to listen to, in place of the desk itself. */
  readonly replay?: string;
  /** Facts after this `seq` come first, in place of a snapshot, when the hub still has them at hand. */
  readonly since?: number;
  /** The whole state of a topic: at the start, and whenever what was there before counts no more. */
  readonly onSnapshot?: (topic: LiveTopic, data: LiveState, seq: number) => void;
  /** What changed: of `bots` those that changed, of other topics all. */
  readonly onDelta?: (topic: LiveTopic, data: LiveState, seq: number) => void;
  /** One fact, in order, each once. */
  readonly onFact?: (topic: LiveFactTopic, data: LiveFact, seq: number) => void;
  readonly onStatus?: (status: LiveStatus, detail?: string) => void;
}

export interface Live {
  /** Ends it; nothing is called any more. */
  readonly close: () => void;
}

/** Their facts carry a `seq` of their own each, so that the stream can go on from one. */
const RESUMABLE: readonly string[] = ["fills", "events"];
/** The hub says something every 15 s. */
const SILENT_MS = 35_000;
const WATCH_MS = 5_000;
const RETRY = { minMs: 250, maxMs: 10_000 };

/** Connects, and connects again whenever the line is lost, until closed. */
export function connectLive(socket: SocketOptions, options: LiveOptions): Live {
  const { replay } = options;
  const path = replay === undefined ? undefined : `/api/v1/replays/${encodeURIComponent(replay)}/stream`;
  const line = new LiveLine(path === undefined ? socket : { ...socket, path }, options);
  line.connect();
  return { close: () => line.close() };
}

class LiveLine {
  readonly #target: SocketOptions;
  readonly #options: LiveOptions;
  /** The newest `seq` seen of each resumable topic. */
  readonly #seen = new Map<string, number>();
  #socket: WebSocketLike | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  #failures = 0;
  #closed = false;

  constructor(target: SocketOptions, options: LiveOptions) {
    this.#target = target;
    this.#options = options;
    if (options.since === undefined) return;
    for (const topic of options.topics) if (RESUMABLE.includes(topic)) this.#seen.set(topic, options.since);
  }

  connect(): void {
    if (this.#failures === 0) this.#options.onStatus?.("connecting");
    if (this.#closed) return;
    this.#heardAt = Date.now();
    const socket = openStream(this.#target, {
      opened: () => this.#subscribe(socket),
      message: (text) => this.#hear(socket, text),
      closed: (why) => this.#lost(socket, why),
    });
    this.#socket = socket;
    this.#watch = setInterval(() => {
      if (Date.now() - this.#heardAt > SILENT_MS) this.#lost(socket, "the hub fell silent");
    }, WATCH_MS);
  }

  close(): void {
    this.#closed = true;
    this.#hangUp();
    clearTimeout(this.#retry);
  }

  #hangUp(): void {
    clearInterval(this.#watch);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #subscribe(socket: WebSocketLike): void {
    if (socket !== this.#socket) return;
    const resumed = this.#options.topics.filter((topic) => this.#seen.has(topic));
    const fresh = this.#options.topics.filter((topic) => !this.#seen.has(topic));
    if (fresh.length > 0) socket.send(JSON.stringify({ op: "subscribe", topics: fresh }));
    for (const topic of resumed) {
      socket.send(JSON.stringify({ op: "subscribe", topics: [topic], since: this.#seen.get(topic) }));
    }
  }

  #hear(socket: WebSocketLike, text: string): void {
    if (socket !== this.#socket) return;
    this.#heardAt = Date.now();
    const frame = parsed(text);
    if (!isRecord(frame)) return;
    const { op, topic, data, seq } = frame;
    if (op === "ping") socket.send('{"op":"pong"}');
    else if (op === "hello") this.#live();
    else if (op === "error") this.#options.onStatus?.("live", String(frame["message"]));
    else if (typeof topic === "string" && typeof seq === "number") this.#take({ op, topic, data, seq });
  }

  #live(): void {
    this.#failures = 0;
    this.#options.onStatus?.("live");
  }

  #take({ op, topic, data, seq }: { op: unknown; topic: string; data: unknown; seq: number }): void {
    const { onSnapshot, onDelta, onFact } = this.#options;
    if (op === "fact" && isFactTopic(topic) && isFact(data)) {
      if (this.#isNew(topic, seq)) onFact?.(topic, data, seq);
    } else if (op === "snapshot" && isTopic(topic) && isState(data)) {
      // It counts even when its `seq` is lower: the hub may have begun a new log.
      if (RESUMABLE.includes(topic)) this.#seen.set(topic, seq);
      onSnapshot?.(topic, data, seq);
    } else if (op === "delta" && isTopic(topic) && isState(data)) onDelta?.(topic, data, seq);
  }

  #isNew(topic: string, seq: number): boolean {
    if (!RESUMABLE.includes(topic)) return true;
    if (seq <= (this.#seen.get(topic) ?? -1)) return false;
    this.#seen.set(topic, seq);
    return true;
  }

  #lost(socket: WebSocketLike, why: string): void {
    if (socket !== this.#socket || this.#closed) return;
    this.#hangUp();
    this.#failures++;
    this.#options.onStatus?.("reconnecting", why);
    this.#retry = setTimeout(() => this.connect(), backoffMs(this.#failures, RETRY, Math.random));
  }
}

const STATE_TOPICS: readonly string[] = [
  "bots",
  "edges",
  "fills",
  "exposure",
  "health",
  "rejected",
  "events",
  "positions",
  "performance",
  "orderbooks",
  "opportunities",
  "imports",
  "controls",
  "replay",
];
const FACT_TOPICS: readonly string[] = ["fills", "rejected", "events"];

const isTopic = (topic: string): topic is LiveTopic => STATE_TOPICS.includes(topic) || topic.startsWith("books:");
const isFactTopic = (topic: string): topic is LiveFactTopic => FACT_TOPICS.includes(topic);

// The hub checks what it streams; only the outer shape is looked at again.
const isState = (data: unknown): data is LiveState => typeof data === "object" && data !== null;
const isFact = (data: unknown): data is LiveFact => isRecord(data);

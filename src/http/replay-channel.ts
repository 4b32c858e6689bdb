import type { ServerFrame } from "../protocol/stream.ts";
import type { ReplaySource } from "./stream-connection.ts";

/** The topic of a replay's own state, on the stream of that replay. */
export const REPLAY_TOPIC = "replay";

/** At least this long between two frames. */
const CONFLATE_MS = 50;

interface Transport {
  readonly send: (frame: ServerFrame) => void;
  /** Whether there is room for what can as well be sent later in a newer state. */
  readonly isRoomy: () => boolean;
  readonly asOfSeq: () => number;
}

/** The state of a replay for one subscriber: the newest, at most 20 times a second. */
export class ReplayChannel {
  readonly #source: ReplaySource;
  readonly #transport: Transport;
  #stop: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #changed = false;

  constructor(source: ReplaySource, transport: Transport) {
    this.#source = source;
    this.#transport = transport;
  }

  /** Begins anew with a snapshot, or ends. */
  set(isWanted: boolean): void {
    this.close();
    if (!isWanted) return;
    this.#stop = this.#source.onView(() => this.#note());
    this.#send("snapshot");
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #note(): void {
    this.#changed = true;
    if (this.#timer === undefined) this.#send("delta");
  }

  #send(op: "snapshot" | "delta"): void {
    this.#timer = setTimeout(() => this.#rested(), CONFLATE_MS).unref();
    if (op === "delta" && !this.#transport.isRoomy()) return;
    this.#changed = false;
    this.#transport.send({ op, topic: REPLAY_TOPIC, data: this.#source.view(), seq: this.#transport.asOfSeq() });
  }

  #rested(): void {
    this.#timer = undefined;
    if (this.#changed) this.#send("delta");
  }
}

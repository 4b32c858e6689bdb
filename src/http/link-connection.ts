import { setTimeout as delay } from "node:timers/promises";
import type { WebSocket } from "ws";
import type { Hub } from "../hub/hub.ts";
import type { RawEvent } from "../hub/ingest.ts";
import { type LinkFromBot, type LinkToBot, linkFromBot } from "../protocol/api-control.ts";
import { parseExactJson } from "../protocol/exact-json.ts";
import { answerOf } from "./routes/ingest.ts";

export interface LinkConnectionOptions {
  readonly bot: string;
  readonly strategy: string | undefined;
  readonly hub: Pick<Hub, "ingest" | "control">;
  readonly onClose: () => void;
  /** Told of a bug in what became of a frame. */
  readonly onError: (error: unknown) => void;
}

const MALFORMED_MAX = 5;
const MISSED_PONGS_MAX = 2;
const CLOSE_MS = 2_000;
/** What may wait to be sent before a bot that does not read is given up. */
const BUFFERED_BYTES_MAX = 1024 * 1024;
/** Batches and acknowledgements under way at once; beyond that the connection is not read. */
const PENDING_MAX = 8;
/** Between two attempts to store an acknowledgement while the store is away. */
const ACK_AGAIN_MS = 500;

/** One bot's WebSocket: its events and acknowledgements up, their results and its commands down. */
export class LinkConnection {
  readonly #socket: WebSocket;
  readonly #options: LinkConnectionOptions;
  readonly #unlink: (() => void) | undefined;
  #pending = 0;
  #malformed = 0;
  #missedPongs = 0;

  constructor(socket: WebSocket, options: LinkConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    const { bot, strategy, hub } = options;
    socket.on("message", (data, isBinary) => this.#onMessage(String(data), isBinary));
    socket.on("pong", () => this.#isAlive());
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      this.#unlink?.();
      options.onClose();
    });
    this.#unlink = hub.control.link({
      ...{ bot, strategy },
      send: (frame) => this.#say(frame),
      end: (why) => this.close(1008, why),
    });
    if (this.#unlink === undefined) this.close(1013, "too many connections for commands");
  }

  /** Asks whether the other side is still there; cuts the connection when it let two such questions pass. */
  ping(): void {
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
    this.#unlink?.();
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
  }

  #isAlive(): void {
    this.#missedPongs = 0;
    this.#options.hub.control.noteAsked(this.#options.bot);
  }

  #onMessage(text: string, isBinary: boolean): void {
    this.#isAlive();
    const frame = isBinary ? undefined : parsed(text);
    if (frame === undefined) return this.#refuse();
    if (frame.op === "pong") return undefined;
    return this.#underWay(frame.op === "events" ? this.#take(frame) : this.#acknowledge(frame));
  }

  /** Not read while much is under way: what comes then waits at the bot. */
  #underWay(work: Promise<void>): void {
    if (++this.#pending === PENDING_MAX) this.#socket.pause();
    void work.catch(this.#options.onError).finally(() => {
      if (this.#pending-- === PENDING_MAX) this.#socket.resume();
    });
  }

  async #take({ batch, events }: Extract<LinkFromBot, { op: "events" }>): Promise<void> {
    const { bot, hub } = this.#options;
    const raws: RawEvent[] = events.map((value) => ({ value }));
    const done = await hub.ingest.submit(raws, { bot });
    if (!done.ok) {
      const { code, message: detail } = done.error;
      return this.#say({ op: "result", batch, problem: { code, detail } });
    }
    const { contradictions: _, ...answer } = answerOf(done.value);
    return this.#say({ op: "result", batch, ...answer });
  }

  /** Told once it is on disk. What the hub does not want (any more) is told as well: it need not be said again. */
  async #acknowledge({ command_id: commandId, error, ts }: Extract<LinkFromBot, { op: "ack" }>): Promise<void> {
    const { bot, hub } = this.#options;
    while (this.#socket.readyState === this.#socket.OPEN) {
      const done = await hub.control.acknowledge({ commandId, bot, error, doneAt: ts });
      if (done.ok || (done.error.code !== "store_unavailable" && done.error.code !== "overloaded"))
        return this.#say({ op: "acked", command_id: commandId });
      await delay(ACK_AGAIN_MS, undefined, { ref: false });
    }
  }

  #refuse(): void {
    this.#malformed++;
    if (this.#malformed >= MALFORMED_MAX) this.close(1008, "too many malformed frames");
  }

  #say(frame: LinkToBot): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > BUFFERED_BYTES_MAX) this.#socket.terminate();
    else this.#socket.send(JSON.stringify(frame));
  }
}

function parsed(text: string): LinkFromBot | undefined {
  try {
    return linkFromBot.safeParse(parseExactJson(text)).data;
  } catch {
    // Not JSON: counted by the caller.
    return undefined;
  }
}

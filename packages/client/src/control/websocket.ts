import { createHash, randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { openSocket } from "../connection.ts";
import { readAnswer } from "../http-answer.ts";
import type { Answer } from "../outcome.ts";
import { FrameReader, frameOf, type Message } from "./frames.ts";

export interface WebSocketEvents {
  /** The hub took the connection. */
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  /** Anything came, be it an answer to `ping`. */
  readonly onContact: () => void;
  /** It is over, once. `refused` is the answer of a hub that did not take the connection. */
  readonly onEnd: (why: string, refused: Answer | undefined) => void;
}

/** A connection to a hub that carries texts both ways and never keeps the process alive. */
export interface WebSocketLine {
  readonly send: (text: string) => void;
  readonly ping: () => void;
  /** Ends it; `onEnd` is told why. */
  readonly end: (why: string) => void;
}

const ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const HEAD_END = "\r\n\r\n";
const HEAD_BYTES_MAX = 64 * 1024;
const MESSAGE_BYTES_MAX = 1024 * 1024;
/** What waits to be sent to a hub that reads nothing. */
const UNSENT_BYTES_MAX = 256 * 1024;
const NO_BYTES = Buffer.alloc(0);

/** Opens a WebSocket (RFC 6455, without extensions). Throws on an address that no socket takes. */
export function openWebSocket(
  url: URL,
  headers: Readonly<Record<string, string>>,
  events: WebSocketEvents,
): WebSocketLine {
  return new OwnWebSocket(url, headers, events);
}

class OwnWebSocket implements WebSocketLine {
  readonly #socket: Socket;
  readonly #events: WebSocketEvents;
  readonly #accept: string;
  readonly #reader = new FrameReader(MESSAGE_BYTES_MAX);
  #head: Buffer | undefined = NO_BYTES;
  #ended = false;

  constructor(url: URL, headers: Readonly<Record<string, string>>, events: WebSocketEvents) {
    const key = randomBytes(16).toString("base64");
    this.#accept = createHash("sha1").update(`${key}${ACCEPT_SUFFIX}`).digest("base64");
    this.#events = events;
    this.#socket = openSocket(url);
    this.#socket.on("data", (bytes: Buffer) => this.#take(bytes));
    this.#socket.on("error", (error) => this.#over(error.message, undefined));
    this.#socket.on("close", () => this.#closed());
    this.#socket.write(
      [
        `GET ${url.pathname}${url.search} HTTP/1.1`,
        `host: ${url.host}`,
        "upgrade: websocket",
        "connection: Upgrade",
        `sec-websocket-key: ${key}`,
        "sec-websocket-version: 13",
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ].join("\r\n") + HEAD_END,
    );
  }

  readonly send = (text: string): void => this.#write(frameOf("text", Buffer.from(text, "utf8")));

  readonly ping = (): void => this.#write(frameOf("ping", NO_BYTES));

  readonly end = (why: string): void => {
    if (!this.#ended && this.#head === undefined) this.#socket.write(frameOf("close", NO_BYTES));
    this.#over(why, undefined);
  };

  #write(frame: Buffer): void {
    if (this.#ended || this.#head !== undefined) return;
    if (this.#socket.writableLength > UNSENT_BYTES_MAX) return this.#over("the hub reads nothing", undefined);
    this.#socket.write(frame);
  }

  #over(why: string, refused: Answer | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroySoon();
    this.#events.onEnd(why, refused);
  }

  /** An answer without a length ends with its connection. */
  #closed(): void {
    if (this.#head !== undefined && this.#head.length > 0) this.#guarded(() => this.#handshake(this.#head, true));
    this.#over("the connection was lost", undefined);
  }

  #take(bytes: Buffer): void {
    if (this.#ended) return;
    this.#guarded(() => {
      if (this.#head === undefined) return this.#read(bytes);
      this.#head = Buffer.concat([this.#head, bytes]);
      return this.#handshake(this.#head, false);
    });
  }

  /** What cannot be read ends the connection: a hub says again on the next one what stands. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#over(error instanceof Error ? error.message : String(error), undefined);
    }
  }

  #handshake(head: Buffer | undefined, closed: boolean): void {
    if (head === undefined) return;
    const end = head.indexOf(HEAD_END);
    if (head.length > HEAD_BYTES_MAX) throw new Error("the hub's answer is too large");
    if (end < 0) return;
    const lines = head.toString("latin1", 0, end).split("\r\n");
    if (!/^HTTP\/1\.1 101(?: |$)/.test(lines[0] ?? "")) {
      const read = readAnswer(head, closed);
      if (read !== undefined) this.#over(`${read.answer.status} instead of a connection`, read.answer);
      return;
    }
    const accept = lines.find((line) => /^sec-websocket-accept:/i.test(line))?.replace(/^[^:]*:/, "");
    if (accept?.trim() !== this.#accept) throw new Error("something that is not a hub took the connection");
    this.#head = undefined;
    this.#events.onOpen();
    this.#read(head.subarray(end + HEAD_END.length));
  }

  #read(bytes: Buffer): void {
    if (bytes.length === 0) return;
    for (const message of this.#reader.push(bytes)) {
      if (this.#ended) return;
      this.#events.onContact();
      this.#hear(message);
    }
  }

  #hear(message: Message): void {
    if (message.kind === "text") return this.#events.onText(message.text);
    if (message.kind === "ping") return this.#write(frameOf("pong", message.data));
    if (message.kind === "close") this.end("the hub ended the connection");
  }
}

import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";

export interface VenueRequest {
  readonly method: string;
  readonly path: string;
  /** Path and query as they were sent. */
  readonly url: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An answer; `hang` gives none at all. */
export type VenueAnswer =
  | { readonly status: number; readonly text: string; readonly headers?: Readonly<Record<string, string>> }
  | "hang";

export const jsonAnswer = (value: unknown, status = 200): VenueAnswer => ({ status, text: JSON.stringify(value) });

/** What a fake venue does with what reaches it. */
export interface VenueBehaviour {
  readonly answer: (request: VenueRequest) => VenueAnswer;
  /** A status refuses the handshake; undefined takes it. */
  readonly refuse?: (request: VenueRequest) => number | undefined;
  readonly opened?: (socket: VenueSocket) => void;
  readonly message: (socket: VenueSocket, text: string) => void;
  readonly closed?: (socket: VenueSocket) => void;
}

/** One client's socket as the venue holds it. */
export class VenueSocket {
  readonly request: VenueRequest;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, request: VenueRequest) {
    this.#socket = socket;
    this.request = request;
  }

  send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  json(value: unknown): void {
    this.send(JSON.stringify(value));
  }

  ping(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping(text);
  }

  close(code: number, reason = ""): void {
    this.#socket.close(code, reason);
  }

  /** Ends without a closing frame. */
  terminate(): void {
    this.#socket.terminate();
  }
}

/** A local server that speaks HTTP and WebSocket over real sockets, on a free port. What it says is the fake's. */
export class VenueServer {
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #behaviour: VenueBehaviour;
  readonly open = new Set<VenueSocket>();

  private constructor(behaviour: VenueBehaviour) {
    this.#behaviour = behaviour;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  static async start(behaviour: VenueBehaviour): Promise<VenueServer> {
    const server = new VenueServer(behaviour);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    const address = this.#server.address() as AddressInfo;
    return address.port;
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Ends every socket without a word, as a network does. */
  dropAll(): void {
    for (const socket of [...this.open]) socket.terminate();
  }

  async close(): Promise<void> {
    this.dropAll();
    this.#sockets.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
    const answer = this.#behaviour.answer(requestOf(incoming, Buffer.concat(chunks).toString()));
    if (answer === "hang") return;
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.text);
  }

  #upgrade(incoming: IncomingMessage, stream: Duplex, head: Buffer): void {
    const request = requestOf(incoming, "");
    const status = this.#behaviour.refuse?.(request);
    if (status !== undefined) {
      stream.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(incoming, stream, head, (socket) => this.#taken(socket, request));
  }

  #taken(raw: WebSocket, request: VenueRequest): void {
    const socket = new VenueSocket(raw, request);
    this.open.add(socket);
    raw.on("message", (data) => this.#behaviour.message(socket, data.toString()));
    raw.on("error", () => raw.terminate());
    raw.on("close", () => {
      this.open.delete(socket);
      this.#behaviour.closed?.(socket);
    });
    this.#behaviour.opened?.(socket);
  }
}

function requestOf(incoming: IncomingMessage, body: string): VenueRequest {
  const url = new URL(incoming.url ?? "/", "http://venue.invalid");
  const { method = "GET", headers } = incoming;
  return { method, path: url.pathname, url: incoming.url ?? "/", query: url.searchParams, headers, body };
}

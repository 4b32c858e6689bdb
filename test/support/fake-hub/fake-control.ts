import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import {
  acknowledgeRequest,
  type BotCommand,
  type BotOrders,
  type ControlAction,
  type ControlState,
  type ControlTarget,
  linkFromBot,
} from "../../../src/protocol/api-control.ts";

/** An event as it arrived. */
export type ToldEvent = Readonly<Record<string, unknown>> & { readonly type: string; readonly bot: string };

export interface Acked {
  readonly command_id: string;
  readonly error?: string;
  readonly by: "link" | "poll";
}

/** Speaks the contract of control over real sockets, to one bot, and misbehaves where a test wants it. */
export interface FakeControl {
  readonly url: string;
  readonly events: ToldEvent[];
  readonly acks: Acked[];
  /** Every request for orders that came, by its path. */
  readonly asked: string[];
  /** The `Authorization` of every request. */
  readonly authorizations: (string | undefined)[];
  /** Connections of the link that are open. */
  readonly links: () => number;
  /** Issues a command, and tells it unless nobody listens. */
  readonly issue: (action: ControlAction, target?: ControlTarget, more?: Partial<BotCommand>) => BotCommand;
  /** What the bot would be told now. */
  readonly orders: () => BotOrders;
  /** Sends a frame, or bytes that are none, to every open link. */
  readonly send: (frame: string | object) => void;
  readonly raw: (bytes: Buffer) => void;
  /** Cuts every connection. */
  readonly cut: () => void;
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
  /** Instead of what it would do with a request. Returns whether it has dealt with it. */
  intercept: (request: IncomingMessage, socket: Socket) => boolean;
  /** Whether an acknowledgement is taken in but not confirmed. */
  loseAcks: boolean;
  /** Whether confirmed acknowledgements end a command; else it is told again and again. */
  forgetful: boolean;
}

const NEXT: Readonly<Record<ControlAction, ControlState>> = {
  pause: "paused",
  halt: "halted",
  flatten: "reducing",
  resume: "running",
};

class Server {
  readonly hub: FakeControl;
  readonly #sockets = new Set<Socket>();
  readonly #links = new Set<WebSocket>();
  readonly #waiting = new Set<() => void>();
  readonly #webSockets = new WebSocketServer({ noServer: true });
  #http: ReturnType<typeof createServer> | undefined;
  #port = 0;
  #state: ControlState = "running";
  readonly #venues = new Map<string, ControlState>();
  #unacknowledged: BotCommand[] = [];
  #count = 0;

  constructor(bot: string) {
    const port = (): number => this.#port;
    this.hub = {
      get url() {
        return `http://127.0.0.1:${port()}`;
      },
      ...{ events: [], acks: [], asked: [], authorizations: [] },
      links: () => this.#links.size,
      issue: (action, target = { bot }, more = {}) => this.#issue(action, target, more),
      orders: () => this.#orders(bot),
      send: (frame) => {
        for (const link of this.#links) link.send(typeof frame === "string" ? frame : JSON.stringify(frame));
      },
      raw: (bytes) => {
        for (const socket of this.#sockets) socket.write(bytes);
      },
      cut: () => {
        for (const socket of this.#sockets) socket.destroy();
      },
      down: () => this.down(),
      up: () => this.up(),
      intercept: () => false,
      ...{ loseAcks: false, forgetful: false },
    };
  }

  async up(): Promise<void> {
    const http = createServer((request, response) => {
      // Whoever is killed in the middle of a question wants no answer.
      void this.#answer(request, response).catch((error: unknown) => {
        if (!request.destroyed) throw error;
      });
    });
    http.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    });
    http.on("upgrade", (request, socket: Socket, head) => {
      this.#note(request);
      if (this.hub.intercept(request, socket)) return;
      this.#webSockets.handleUpgrade(request, socket, head, (link) => this.#link(link));
    });
    await new Promise<void>((resolve) => http.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
  }

  async down(): Promise<void> {
    const http = this.#http;
    this.#http = undefined;
    this.hub.cut();
    if (http !== undefined) await new Promise((resolve) => http.close(resolve));
  }

  #note(request: IncomingMessage): void {
    this.hub.asked.push(request.url ?? "");
    this.hub.authorizations.push(request.headers.authorization);
  }

  #orders(bot: string): BotOrders {
    return {
      ...{ bot, state: this.#state },
      venues_halted: [...this.#venues].flatMap(([venue, state]) => (state === "halted" ? [venue] : [])),
      venue_states: Object.fromEntries(this.#venues),
      commands: this.#unacknowledged,
    };
  }

  #issue(action: ControlAction, target: ControlTarget, more: Partial<BotCommand>): BotCommand {
    const command: BotCommand = {
      ...{ command_id: `c-${++this.#count}`, action, target, reason: "as the test wants it" },
      issued_at: new Date().toISOString(),
      ...more,
    };
    if (!("venue" in target)) this.#state = NEXT[action];
    else if (action === "resume") this.#venues.delete(target.venue);
    else this.#venues.set(target.venue, NEXT[action]);
    this.#unacknowledged = [...this.#unacknowledged, command];
    this.hub.send({ op: "command", ...command, state: this.#state });
    for (const wake of [...this.#waiting]) wake();
    return command;
  }

  #link(link: WebSocket): void {
    this.#links.add(link);
    link.on("close", () => this.#links.delete(link));
    link.on("error", () => link.terminate());
    link.on("message", (data) => {
      const frame = linkFromBot.parse(JSON.parse(String(data)));
      if (frame.op !== "ack") return;
      const { command_id, error } = frame;
      this.#take({ command_id, ...(error === undefined ? {} : { error }), by: "link" });
      if (!this.hub.loseAcks) link.send(JSON.stringify({ op: "acked", command_id }));
    });
    link.send(JSON.stringify({ op: "orders", ...this.hub.orders() }));
  }

  #take(ack: Acked): void {
    this.hub.acks.push(ack);
    if (this.hub.forgetful) return;
    this.#unacknowledged = this.#unacknowledged.filter(({ command_id }) => command_id !== ack.command_id);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const url = new URL(request.url ?? "", this.hub.url);
    if (url.pathname === "/api/v1/events") return this.#events(body, response);
    this.#note(request);
    if (this.hub.intercept(request, request.socket)) return;
    if (url.pathname === "/api/v1/commands") return this.#poll(url, response);
    const id = /^\/api\/v1\/commands\/([^/]+)\/ack$/.exec(url.pathname)?.[1];
    if (id === undefined) {
      response.writeHead(404, { "content-type": "application/json" });
      response.end('{"code":"not_found"}');
      return;
    }
    const { error } = acknowledgeRequest.parse(JSON.parse(body));
    this.#take({ command_id: decodeURIComponent(id), ...(error === undefined ? {} : { error }), by: "poll" });
    if (this.hub.loseAcks) request.socket.destroy();
    else json(response, {});
  }

  #poll(url: URL, response: ServerResponse): void {
    const tell = (): void => {
      clearTimeout(timer);
      this.#waiting.delete(tell);
      json(response, { ...this.hub.orders(), as_of: new Date().toISOString(), as_of_seq: 1 });
    };
    const timer = setTimeout(tell, Number(url.searchParams.get("wait") ?? "0") * 1000);
    if (this.#unacknowledged.length > 0) tell();
    else this.#waiting.add(tell);
  }

  #events(body: string, response: ServerResponse): void {
    const events = body
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as ToldEvent);
    this.hub.events.push(...events);
    json(response, { accepted: events.length, sampled: 0, duplicates: 0, merged: 0, rejected: [], last_seq: 1 });
  }
}

function json(response: ServerResponse, body: object): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}

export async function startFakeControl(bot = "b-1"): Promise<FakeControl> {
  const server = new Server(bot);
  await server.up();
  return server.hub;
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** What the fake hub does with a request. `lose` takes the events in and then cuts the line before it answers. */
export type Behaviour =
  | "ok"
  | "hang"
  | "reset"
  | "lose"
  | "garbage"
  | { readonly status: number; readonly retryAfter?: string };

export type WireEvent = Record<string, unknown> & { readonly type: string; readonly bot: string; readonly id: string };

export interface FakeHub {
  readonly url: string;
  /** What it took in, each (bot, id) once, in order. */
  readonly events: WireEvent[];
  /** Facts by the bot: all but heartbeats. */
  readonly facts: () => WireEvent[];
  /** Every request that came whole, with what was done with it. */
  readonly requests: {
    readonly lines: number;
    readonly behaviour: Behaviour;
    readonly authorization: string | undefined;
  }[];
  /** Decides about each request; called with its number, from 0. */
  behave: (request: number, lines: number) => Behaviour;
  /** Which event of a batch is refused, when any. */
  refuses: (event: WireEvent) => boolean;
  /** Closes the port and every connection. */
  readonly down: () => Promise<void>;
  /** Listens on the same port again. */
  readonly up: () => Promise<void>;
}

/** A hub on a real socket that misbehaves as it is told. */
export async function startFakeHub(): Promise<FakeHub> {
  const sockets = new Set<Socket>();
  const seen = new Set<string>();
  let server: Server | undefined;
  let port = 0;

  const hub: FakeHub = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    events: [],
    facts: () => hub.events.filter((event) => event.type !== "heartbeat"),
    requests: [],
    behave: () => "ok",
    refuses: () => false,
    down: () => stop(),
    up: () => listen(),
  };

  const listen = async (): Promise<void> => {
    const fresh = createServer((request, response) => {
      collect(request, (body) => answer(hub, seen, { request, response, body }));
    });
    fresh.on("connection", (socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    });
    await new Promise<void>((resolve) => fresh.listen(port, "127.0.0.1", resolve));
    port = (fresh.address() as AddressInfo).port;
    server = fresh;
  };

  const stop = async (): Promise<void> => {
    const old = server;
    server = undefined;
    for (const socket of sockets) socket.destroy();
    if (old !== undefined) await new Promise((resolve) => old.close(resolve));
  };

  await listen();
  return hub;
}

function collect(request: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

function answer(hub: FakeHub, seen: Set<string>, { request, response, body }: Exchange): void {
  const lines = body.split("\n").filter((line) => line !== "");
  const behaviour = hub.behave(hub.requests.length, lines.length);
  hub.requests.push({ lines: lines.length, behaviour, authorization: request.headers.authorization });
  if (behaviour === "hang") return;
  if (behaviour === "reset") {
    request.socket.destroy();
    return;
  }
  if (typeof behaviour === "object") {
    if (behaviour.retryAfter !== undefined) response.setHeader("retry-after", behaviour.retryAfter);
    response.writeHead(behaviour.status, { "content-type": "application/problem+json" });
    response.end(JSON.stringify({ code: "internal", detail: "as the test wants it", status: behaviour.status }));
    return;
  }
  if (behaviour === "garbage") {
    response.end("<html>a proxy</html>");
    return;
  }
  const result = takeIn(hub, seen, lines);
  if (behaviour === "lose") request.socket.destroy();
  else response.end(JSON.stringify(result));
}

function takeIn(hub: FakeHub, seen: Set<string>, lines: readonly string[]): object {
  const rejected: object[] = [];
  let duplicates = 0;
  for (const [index, line] of lines.entries()) {
    const event = JSON.parse(line) as WireEvent;
    if (hub.refuses(event)) {
      rejected.push({ index, code: "invalid_event", path: "price", message: "expected a decimal, found nothing" });
      continue;
    }
    const key = `${event.bot}\t${event.id}`;
    if (seen.has(key)) duplicates++;
    else hub.events.push(event);
    seen.add(key);
  }
  const accepted = lines.length - rejected.length - duplicates;
  return { accepted, sampled: 0, duplicates, merged: 0, contradictions: 0, rejected, last_seq: hub.events.length };
}

/** Resolves when `met` holds, else rejects after `timeoutMs` saying what was waited for. */
export async function until(what: string, met: () => boolean, timeoutMs = 30_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!met()) {
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

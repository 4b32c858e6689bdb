import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import type { AccessAnswer } from "../../../src/web/live/hub-api.ts";
import type { Topic, TopicData } from "../../../src/protocol/stream.ts";
import type { SampleDesk } from "./sample-desk.ts";

/** A hub that only looks like one: it serves the page and says what a test tells it to, so that every state can be shown. */
export interface FakeHub {
  readonly url: string;
  /** What new subscribers are told. */
  desk: SampleDesk;
  access: AccessAnswer;
  /** While true the older fills answer with a problem. */
  failFills: boolean;
  /** Bodies of what was posted, by path. */
  readonly posted: { readonly path: string; readonly body: unknown }[];
  /** Pushes a frame to every subscriber. */
  readonly push: <T extends Topic>(
    op: "delta" | "fact" | "snapshot",
    topic: T,
    data: TopicData[T] | TopicData[T][keyof TopicData[T]],
  ) => void;
  /** Cuts the streams and refuses new ones and all reads, or takes them again. */
  readonly setAway: (away: boolean) => void;
  readonly close: () => Promise<void>;
}

/** What a page of the hub may load: the policy that the hub itself sends. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** Starts a fake hub that serves the built page of `webRoot`. */
export async function startFakeHub(webRoot: string, desk: SampleDesk): Promise<FakeHub> {
  let away = false;
  const server = createServer((request, response) => {
    if (away) return void response.destroy();
    answer(hub, webRoot, { request, response }).catch((error: unknown) => {
      send(response, 500, { title: "A bug of the fake hub", detail: String(error) });
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    if (away) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (client) => subscribe(client, () => hub.desk));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the fake hub has no port");
  const hub: FakeHub = {
    url: `http://127.0.0.1:${address.port}`,
    desk,
    access: { owner: true, signed_in: false, loopback_trusted: true, setup_token_required: false },
    failFills: false,
    posted: [],
    push: (op, topic, data) => {
      const frame = JSON.stringify({ op, topic, data, seq: 100_000 + ++pushes });
      for (const client of sockets.clients) client.send(frame);
    },
    setAway: (isAway) => {
      away = isAway;
      if (away) for (const client of sockets.clients) client.terminate();
      if (away) server.closeAllConnections();
    },
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return hub;
}

let pushes = 0;
const SNAPSHOT_FILLS = 100;

function subscribe(client: WebSocket, desk: () => SampleDesk): void {
  client.send(JSON.stringify({ op: "hello", version: "0.1.0", as_of_seq: 90_000 }));
  client.on("message", (data) => {
    const frame: unknown = JSON.parse(String(data));
    if (typeof frame !== "object" || frame === null || !("topics" in frame) || !Array.isArray(frame.topics)) return;
    const now = desk();
    const told: Record<string, unknown> = { ...now, fills: now.fills.slice(0, SNAPSHOT_FILLS) };
    for (const topic of frame.topics) {
      client.send(JSON.stringify({ op: "snapshot", topic, data: told[String(topic)], seq: 90_000 }));
    }
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(hub: FakeHub, webRoot: string, { request, response }: Exchange): Promise<void> {
  const url = new URL(request.url ?? "/", hub.url);
  if (request.method === "POST") return posted(hub, url.pathname, { request, response });
  if (url.pathname === "/api/v1/access") return send(response, 200, hub.access);
  if (url.pathname === "/api/v1/fills") return fillsPage(hub, url, response);
  if (url.pathname.startsWith("/api/")) return send(response, 404, { title: "Not found", detail: url.pathname });
  await file(webRoot, url.pathname, response);
}

async function posted(hub: FakeHub, path: string, { request, response }: Exchange): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || "{}");
  hub.posted.push({ path, body });
  if (JSON.stringify(body).includes("wrong")) {
    return send(response, 401, { title: "Who are you?", detail: "E-mail or password is wrong." });
  }
  if (path === "/api/auth/sign-out") hub.access = { ...hub.access, signed_in: false };
  else hub.access = { ...hub.access, owner: true, signed_in: true, name: "Ada" };
  send(response, 200, {});
}

function fillsPage(hub: FakeHub, url: URL, response: ServerResponse): void {
  if (hub.failFills) {
    send(response, 503, { title: "The store is away", detail: "The database does not answer." });
    return;
  }
  const limit = Number(url.searchParams.get("limit") ?? 20);
  const before = Number(url.searchParams.get("cursor") ?? Number.POSITIVE_INFINITY);
  const rest = hub.desk.fills.filter(({ seq }) => seq < before);
  const fills = rest.slice(0, limit);
  const cursor = rest.length > limit ? { next_cursor: String(fills.at(-1)?.seq) } : {};
  send(response, 200, { fills, ...cursor, as_of: hub.desk.exposure.as_of, as_of_seq: 90_000 });
}

async function file(webRoot: string, pathname: string, response: ServerResponse): Promise<void> {
  const name = extname(pathname) === "" ? "/index.html" : normalize(pathname);
  try {
    const body = await readFile(join(webRoot, name));
    response.writeHead(200, {
      "content-type": types[extname(name)] ?? "application/octet-stream",
      "content-security-policy": POLICY,
    });
    response.end(body);
  } catch {
    send(response, 404, { title: "Not found", detail: pathname });
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "content-security-policy": POLICY });
  response.end(JSON.stringify(body));
}

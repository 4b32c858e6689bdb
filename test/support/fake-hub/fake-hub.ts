import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import type { AccessAnswer } from "../../../src/web/live/hub-api.ts";
import { moneyWindow, type PerformanceAnswer } from "../../../src/protocol/api-money.ts";
import { controlPreviewRequest, controlRequest } from "../../../src/protocol/api-control.ts";
import { haltRule } from "../../../src/protocol/halt-rule.ts";
import type { ReplayView } from "../../../src/protocol/api-sessions.ts";
import { matchesFilter, tradeFilter } from "../../../src/view/trade-filter.ts";
import { commandEvents, fakeEffect, withCommand } from "./fake-controls.ts";
import { afterControl, startedReplay } from "./fake-replay.ts";
import { moneyRead } from "./money-reads.ts";
import { ruleAsSet } from "./sample-halt-rules.ts";
import { sampleAttribution } from "./sample-attribution.ts";
import type { SampleDesk } from "./sample-desk.ts";
import { sampleEdgeHistory } from "./sample-edge-history.ts";

/** A hub that only looks like one: it serves the page and says what a test tells it to, so that every state can be shown. */
export interface FakeHub {
  readonly url: string;
  /** What new subscribers are told. */
  desk: SampleDesk;
  access: AccessAnswer;
  /** While true the older fills answer with a problem. */
  failFills: boolean;
  /** The replays that it has, by id. */
  readonly replays: Map<string, ReplayView>;
  /** Topics that were subscribed to, and addresses that were read, in order. */
  readonly subscribed: string[];
  readonly read: string[];
  /** Bodies of what was posted, by path; what was deleted with DELETE before it. */
  readonly posted: { readonly path: string; readonly body: unknown }[];
  /** Pushes a frame to every subscriber. */
  readonly push: (op: "delta" | "fact" | "snapshot", topic: string, data: unknown) => void;
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
    const replay = REPLAY_PATH.exec(request.url ?? "")?.[1];
    if (away || (replay !== undefined && !hub.replays.has(replay))) return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (client) => subscribe(client, hub, request.url ?? ""));
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
    replays: new Map(),
    subscribed: [],
    read: [],
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

const REPLAY_PATH = /^\/api\/v1\/replays\/([^/]+)(\/.*)?$/;

function subscribe(client: WebSocket, hub: FakeHub, path: string): void {
  const replay = REPLAY_PATH.exec(path)?.[1];
  client.send(JSON.stringify({ op: "hello", version: "0.1.0", as_of_seq: 90_000 }));
  client.on("message", (data) => {
    const frame: unknown = JSON.parse(String(data));
    if (typeof frame !== "object" || frame === null || !("topics" in frame) || !Array.isArray(frame.topics)) return;
    for (const topic of frame.topics.map(String)) {
      hub.subscribed.push(topic);
      const told = topic === "replay" ? hub.replays.get(replay ?? "") : topicData(hub.desk, topic);
      client.send(JSON.stringify({ op: "snapshot", topic, data: told, seq: 90_000 }));
    }
  });
}

function topicData(desk: SampleDesk, topic: string): unknown {
  const told: Record<string, unknown> = { ...desk, fills: desk.fills.slice(0, SNAPSHOT_FILLS) };
  if (!topic.startsWith("books:")) return told[topic];
  return desk.orderbooks.find(({ venue, symbol }) => topic === `books:${venue}:${symbol}`);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(hub: FakeHub, webRoot: string, { request, response }: Exchange): Promise<void> {
  const url = new URL(request.url ?? "/", hub.url);
  if (url.pathname.startsWith(RULES) && request.method !== "GET")
    return ruleSet(hub, url.pathname, { request, response });
  if (request.method === "POST") return posted(hub, url.pathname, { request, response });
  if (request.method === "DELETE") return deleted(hub, url.pathname, response);
  if (url.pathname === "/api/v1/access") return send(response, 200, hub.access);
  if (url.pathname.startsWith("/api/")) return reads(hub, url, response);
  await file(webRoot, url.pathname, response);
}

function reads(hub: FakeHub, url: URL, response: ServerResponse): void {
  const [, replay, rest = ""] = REPLAY_PATH.exec(url.pathname) ?? [];
  if (replay !== undefined && !hub.replays.has(replay)) {
    return send(response, 404, { title: "Not found", detail: `There is no replay ${replay}.` });
  }
  if (replay !== undefined && rest === "") return send(response, 200, hub.replays.get(replay));
  const path = replay === undefined ? url.pathname : `/api/v1${rest}`;
  hub.read.push(url.pathname + url.search);
  const asOf = { as_of: hub.desk.exposure.as_of, as_of_seq: 90_000 };
  const { sessions, imports, rejected, rejectedCounts: counts, about } = hub.desk;
  const bodies: Record<string, () => object | undefined> = {
    "/api/v1/desk": () => about,
    "/api/v1/controls": () => hub.desk.controls,
    "/api/v1/statistics": () => hub.desk.analysis.statistics,
    "/api/v1/diagnosis": () => hub.desk.analysis.diagnosis,
    "/api/v1/attribution": () => sampleAttribution(),
    "/api/v1/markouts": () => hub.desk.analysis.markouts,
    "/api/v1/execution": () => hub.desk.analysis.execution,
    "/api/v1/performance/assets": () => hub.desk.analysis.assets,
    "/api/v1/compare": () => hub.desk.analysis.compare,
    "/api/v1/sessions": () => ({ sessions }),
    "/api/v1/performance": () => performanceRead(hub.desk, url.searchParams),
    "/api/v1/imports": () => ({ imports }),
    "/api/v1/reconciliation": () => hub.desk.reconciliation,
    "/api/v1/halt-rules": () => ({ rules: hub.desk.haltRules, ...asOf }),
    "/api/v1/rejected": () => ({ rejected, counts }),
    "/api/v1/edges/history": () => sampleEdgeHistory(url.searchParams),
    "/api/v1/replays": () => ({ replays: [...hub.replays.values()] }),
  };
  if (path === "/api/v1/fills" || path === "/api/v1/orders")
    return listPage(hub, new URL(path + url.search, hub.url), response);
  if (path === "/api/v1/events" && url.searchParams.has("command_id"))
    return send(response, 200, { ...asOf, events: commandEvents(hub.desk.controls, url.searchParams) });
  const body = bodies[path]?.() ?? moneyRead(hub.desk.money, { path, query: url.searchParams });
  if (body === undefined) send(response, 404, { title: "Not found", detail: path });
  else send(response, 200, { ...asOf, ...body });
}

function performanceRead({ performance }: SampleDesk, asked: URLSearchParams): PerformanceAnswer {
  const [mode, bot] = [asked.get("mode") ?? "live", asked.get("bot")];
  const fits = (row: { readonly bot: string; readonly mode: string }): boolean =>
    row.mode === mode && (bot === null || row.bot === bot);
  const window = moneyWindow.parse(asked.get("window") ?? "today");
  const rows = performance.rows.filter(fits).map((row) => (asked.get("method") === "fifo" ? byLots(row) : row));
  return { ...performance, window, rows, equity: performance.equity.filter(fits) };
}

/** The oldest lots are closed first: 2.50 less is realised. */
const byLots = (row: PerformanceAnswer["rows"][number]): PerformanceAnswer["rows"][number] => ({
  ...row,
  realized: row.realized === null ? null : row.realized - 2.5,
  unrealized: row.unrealized === null ? null : row.unrealized + 2.5,
});

async function posted(hub: FakeHub, path: string, { request, response }: Exchange): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body: unknown = JSON.parse(Buffer.concat(chunks).toString() || "{}");
  hub.posted.push({ path, body });
  if (path.startsWith("/api/v1/controls")) return controlPosted(hub, path, { body, response });
  if (path.startsWith("/api/v1/replays")) return replayPosted(hub, path, { body, response });
  if (path === "/api/v1/demo") return send(response, 201, { url: `${hub.url}/?demo` });
  if (JSON.stringify(body).includes("wrong")) {
    return send(response, 401, { title: "Who are you?", detail: "E-mail or password is wrong." });
  }
  if (path === "/api/auth/sign-out") hub.access = { ...hub.access, signed_in: false };
  else hub.access = { ...hub.access, owner: true, signed_in: true, name: "Ada" };
  send(response, 200, {});
}

const RULES = "/api/v1/halt-rules";

/** Sets or removes a rule; the name "refused" is refused. */
async function ruleSet(hub: FakeHub, path: string, { request, response }: Exchange): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const said = text === "" ? undefined : haltRule.parse(JSON.parse(text));
  const name = said?.name ?? path.slice(RULES.length + 1);
  hub.posted.push({ path: `${request.method} ${path}`, body: said });
  if (name === "refused")
    return send(response, 409, { title: "Conflict", detail: "There is a rule refused already: choose another name." });
  const before = hub.desk.haltRules.find((rule) => rule.name === name);
  const others = hub.desk.haltRules.filter((rule) => rule !== before);
  hub.desk = { ...hub.desk, haltRules: said === undefined ? others : [...others, ruleAsSet(said, before)] };
  response.writeHead(said === undefined ? 204 : 200, { "content-type": "application/json" });
  response.end(said === undefined ? undefined : "{}");
}

function controlPosted(
  hub: FakeHub,
  path: string,
  { body, response }: { readonly body: unknown; readonly response: ServerResponse },
): void {
  if (path.endsWith("/preview")) {
    return send(response, 200, fakeEffect(hub.desk.controls, controlPreviewRequest.parse(body)));
  }
  const request = controlRequest.parse(body);
  if (JSON.stringify(body).includes("refused")) {
    return send(response, 403, { title: "Not allowed", detail: "Your role does not let you control bots." });
  }
  hub.desk = { ...hub.desk, controls: withCommand(hub.desk.controls, request) };
  const [command] = hub.desk.controls.commands;
  send(response, 202, { command, effect: fakeEffect(hub.desk.controls, request) });
}

function replayPosted(
  hub: FakeHub,
  path: string,
  { body, response }: { readonly body: unknown; readonly response: ServerResponse },
): void {
  const [, id = "r-1", rest] = REPLAY_PATH.exec(path) ?? [];
  if (id !== "r-1" && rest !== "/control") return send(response, 404, { title: "Not found", detail: path });
  const before = hub.replays.get(id);
  const next =
    before === undefined ? startedReplay(id, Date.parse(hub.desk.exposure.as_of)) : afterControl(before, body);
  hub.replays.set(id, next);
  send(response, before === undefined ? 201 : 200, next);
}

function deleted(hub: FakeHub, path: string, response: ServerResponse): void {
  hub.posted.push({ path: `DELETE ${path}`, body: undefined });
  hub.replays.delete(REPLAY_PATH.exec(path)?.[1] ?? "");
  response.writeHead(204);
  response.end();
}

function listPage(hub: FakeHub, url: URL, response: ServerResponse): void {
  if (hub.failFills) {
    send(response, 503, { title: "The store is away", detail: "The database does not answer." });
    return;
  }
  const name = url.pathname === "/api/v1/fills" ? "fills" : "orders";
  const limit = Number(url.searchParams.get("limit") ?? 20);
  const before = Number(url.searchParams.get("cursor") ?? Number.POSITIVE_INFINITY);
  const filter = tradeFilter(Object.fromEntries(url.searchParams));
  const all: readonly Parameters<typeof matchesFilter>[0][] = hub.desk[name];
  const rest = hub.desk[name].filter(({ seq }, index) => {
    const item = all[index];
    return seq < before && item !== undefined && matchesFilter(item, filter);
  });
  const items = rest.slice(0, limit);
  const cursor = rest.length > limit ? { next_cursor: String(items.at(-1)?.seq) } : {};
  send(response, 200, { [name]: items, ...cursor, as_of: hub.desk.exposure.as_of, as_of_seq: 90_000 });
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

import { request as httpRequest } from "node:http";
import { describe, expect, test } from "vitest";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import type { KeyScope, Role } from "../../src/protocol/api-people.ts";
import { accept, emailOf, invite, PASSWORD, signIn, Visitor } from "../support/desk-people.ts";
import { cookiesOf } from "../support/guarded-hub.ts";
import { ROUTES, WHO_MAY } from "./permissions.ts";
import { noStarter, noWiper, type ServedHub, serveHub } from "./served-hub.ts";

interface Route {
  readonly access: string;
  readonly method: string;
  readonly path: string;
  readonly isWebSocket: boolean;
}

interface Operation {
  readonly "x-access": string;
  readonly responses: object;
}

type Headers = Readonly<Record<string, string>>;

const UNLIMITED = { limits: { requests: { burst: 1e6, perSecond: 1e6 }, failures: { burst: 1e6, perSecond: 1e6 } } };
/** As a proxy says it: then nothing is trusted for coming from loopback. */
const BEYOND: Headers = { "x-forwarded-for": "203.0.113.5" };

/** The table, by access and caller. */
const mayDo = readTable(WHO_MAY);
const listed = new Map(
  lines(ROUTES).map((line) => {
    const [access = "", method = "", path = ""] = line.split(/ +/);
    return [`${method} ${path}`, access] as const;
  }),
);

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function readTable(text: string): ReadonlyMap<string, ReadonlyMap<string, boolean>> {
  const [heads = "", ...rows] = lines(text);
  const callers = heads.split(/ +/);
  return new Map(
    rows.map((row) => {
      const [access = "", ...cells] = row.split(/ +/);
      if (cells.length !== callers.length) throw new Error(`the table has an uneven row: ${row}`);
      return [access, new Map(callers.map((caller, index) => [caller, cells[index] === "yes"]))];
    }),
  );
}

async function routesOf({ send, dataDir }: ServedHub): Promise<Route[]> {
  const authorization = `Bearer ${readLocalAccess(dataDir)?.token}`;
  const { json } = await send({ path: "/openapi.json", headers: { authorization } });
  const { paths } = json as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      access: operation["x-access"],
      method: method.toUpperCase(),
      path,
      isWebSocket: "101" in operation.responses,
    })),
  );
}

async function person(hub: ServedHub, owner: Visitor, role: Role): Promise<Headers> {
  const { token } = await invite(owner, role, role);
  await accept(hub, token);
  return { ...BEYOND, cookie: (await signIn(hub, role)).cookie };
}

async function key(owner: Visitor, scope: KeyScope): Promise<Headers> {
  const made = await owner.ask("POST", "/api/v1/keys", { name: scope, scopes: [scope] });
  return { ...BEYOND, authorization: `Bearer ${(made.json as { key: string }).key}` };
}

/** Every caller of the table but `untrusted`, by the headers that they send. */
async function callersOf(hub: ServedHub): Promise<ReadonlyMap<string, Headers>> {
  const owner = { name: "Ada", email: emailOf("Ada"), password: PASSWORD };
  const made = await hub.send({ method: "POST", path: "/api/v1/setup", body: owner });
  const ada = new Visitor(hub, cookiesOf(made));
  return new Map<string, Headers>([
    ["stranger", BEYOND],
    ["loopback", {}],
    ["viewer", await person(hub, ada, "viewer")],
    ["operator", await person(hub, ada, "operator")],
    ["owner", { ...BEYOND, cookie: ada.cookie }],
    ["local", { authorization: `Bearer ${readLocalAccess(hub.dataDir)?.token}` }],
    ["ingest", await key(ada, "ingest")],
    ["read", await key(ada, "read")],
    ["metrics", await key(ada, "metrics")],
    ["control", await key(ada, "control")],
  ]);
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
}

/** The status of an ordinary request; what it would do is refused for its body, which is empty, or finds nothing. */
async function statusOf(hub: ServedHub, { method, path, headers }: Call): Promise<number> {
  const named = path.replaceAll(/\{\w+\}/g, "nothing1");
  const body = method === "POST" || method === "PATCH" ? { body: {} } : {};
  return (await hub.send({ method, path: named, headers, ...body })).status;
}

/** The status of a handshake, which a bot makes by its name. */
function handshake({ url }: ServedHub, { path, headers }: Omit<Call, "method">): Promise<number> {
  const asked = new URL(`${path.replaceAll(/\{\w+\}/g, "nothing1")}?bot=alpha`, url);
  const upgrade = { connection: "Upgrade", upgrade: "websocket" };
  const key = { "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==", "sec-websocket-version": "13" };
  return new Promise((resolve, reject) => {
    const call = httpRequest(asked, { headers: { ...headers, ...upgrade, ...key }, agent: false });
    call.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    call.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.on("error", reject);
    call.end();
  });
}

/** Every caller asks every route. */
const MANY_CALLS_MS = 240_000;

const isRefusal = (status: number): boolean => status === 401 || status === 403;

/** What is not as the table has it, in words. */
async function deviations(hub: ServedHub, routes: readonly Route[], caller: string, headers: Headers) {
  const found: string[] = [];
  for (const route of routes) {
    const { access, method, path } = route;
    // Signing out would end the session that the rest is asked with.
    if (path === "/api/auth/sign-out" && "cookie" in headers) continue;
    const expected = mayDo.get(access)?.get(caller);
    for (const status of await statusesOf(hub, route, headers))
      if (expected === undefined || isRefusal(status) === expected || status >= 500)
        found.push(`${caller} ${method} ${path} (${access}): ${status}`);
  }
  return found;
}

/** Of a `GET` that has a `HEAD` beside it, the status of both, for who has neither cookie nor key. */
async function statusesOf(hub: ServedHub, { method, path, isWebSocket }: Route, headers: Headers): Promise<number[]> {
  if (isWebSocket) return [await handshake(hub, { path, headers })];
  const status = await statusOf(hub, { method, path, headers });
  if (method !== "GET" || "cookie" in headers || "authorization" in headers) return [status];
  const head = await statusOf(hub, { method: "HEAD", path, headers });
  return head === 404 ? [status] : [status, head];
}

describe("who may do what", () => {
  test("is said of every route: those of the table, and reads", async () => {
    const routes = await routesOf(await serveHub(noStarter));
    const unlike = routes
      .filter(({ method, path, access }) => {
        const rule = listed.get(`${method} ${path}`) ?? (method === "GET" ? "read" : "a line in the table");
        return rule !== access;
      })
      .map(({ method, path, access }) => `${method} ${path} asks for ${access}`);
    expect(unlike).toEqual([]);
    const served = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    expect([...listed.keys()].filter((route) => !served.has(route))).toEqual([]);
  });

  test("is so for every caller and route, WebSockets among them, whoever asks from beyond loopback", {
    timeout: MANY_CALLS_MS,
  }, async () => {
    const hub = await serveHub(noStarter, UNLIMITED);
    const all = await routesOf(hub);
    const found: string[] = [];
    for (const [caller, headers] of await callersOf(hub)) found.push(...(await deviations(hub, all, caller, headers)));
    expect(found).toEqual([]);
    expect(all.filter(({ isWebSocket }) => isWebSocket).map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/api/v1/stream", "/api/v1/link", "/api/v1/replays/{replay_id}/stream"]),
    );
  });

  test("is nothing for a program on the hub's machine where loopback is not trusted", {
    timeout: MANY_CALLS_MS,
  }, async () => {
    const hub = await serveHub(noStarter, { ...UNLIMITED, trustLoopback: [] });
    const all = await routesOf(hub);
    await callersOf(hub);
    expect(await deviations(hub, all, "untrusted", {})).toEqual([]);
  });

  test("is the same for wiping a demo desk as for starting one, and whoever sits there may while nobody owns it", async () => {
    const hub = await serveHub(noWiper, UNLIMITED);
    const wipe = (await routesOf(hub)).filter(({ path, method }) => path === "/api/v1/demo" && method === "DELETE");
    expect(wipe).toMatchObject([{ access: "desk-side" }]);
    expect(await statusOf(hub, { method: "DELETE", path: "/api/v1/demo", headers: {} })).toBe(202);
    for (const [caller, headers] of await callersOf(hub))
      expect(await deviations(hub, wipe, caller, headers)).toEqual([]);
  });

  test("is nothing for a stranger on the document of the API", async () => {
    const hub = await serveHub(noStarter);
    for (const path of ["/docs", "/openapi.json", "/docs/json", "/docs/static/index.html"])
      expect([path, await statusOf(hub, { method: "GET", path, headers: BEYOND })]).toEqual([path, 401]);
  });
});

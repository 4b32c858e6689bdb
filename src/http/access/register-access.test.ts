import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cookiesOf, type GuardedHub, startGuardedHub } from "../../../test/support/guarded-hub.ts";
import { makeKey } from "./api-key.ts";
import { declareAccess } from "./register-access.ts";
import type { Scope } from "../../hub/ports.ts";

async function addKey(
  hub: GuardedHub,
  scopes: readonly Scope[],
  bot?: string,
): Promise<{ key: string; prefix: string }> {
  const { key, row } = makeKey({ name: "a key", scopes, bot }, hub.clock);
  await hub.keys.add(row);
  return { key, prefix: row.prefix };
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe("Host", () => {
  test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "[::1", "10.1.2.3"])(
    "is refused when it is %s",
    async (host) => {
      const hub = await startGuardedHub();
      const answer = await hub.send({ path: "/public", headers: { host } });
      expect([answer.status, answer.json]).toMatchObject([421, { code: "host_not_allowed" }]);
    },
  );

  test.each([
    "localhost",
    "LOCALHOST:9999",
    "127.0.0.1",
    "127.8.8.8:1",
    "[::1]:8000",
    "dashboard:8000",
    "hub.example:1",
  ])("is answered when it is %s", async (host) => {
    const hub = await startGuardedHub({ allowedHosts: ["dashboard:8000", "hub.example"] });
    expect((await hub.send({ path: "/public", headers: { host } })).status).toBe(200);
  });

  test("is refused when the allowed name comes with another port", async () => {
    const hub = await startGuardedHub({ allowedHosts: ["dashboard:8000"] });
    expect((await hub.send({ path: "/public", headers: { host: "dashboard:9000" } })).status).toBe(421);
  });

  test("is refused on unknown paths too", async () => {
    const hub = await startGuardedHub();
    expect((await hub.send({ path: "/nothing", headers: { host: "evil.example" } })).status).toBe(421);
    expect((await hub.send({ path: "/nothing" })).status).toBe(404);
  });
});

describe("Origin", () => {
  const cases = [
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "http://localhost:1" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, 403],
    [{ "sec-fetch-site": "same-origin" }, 200],
    [{}, 200],
  ] as const;

  test.each(cases)("of a POST with %j is answered with %i", async (headers, status) => {
    const hub = await startGuardedHub();
    const answer = await hub.send({ method: "POST", path: "/ingest", headers: { ...headers } });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.json).toMatchObject({ code: "forbidden" });
  });

  test("is fine when it is the hub's own", async () => {
    const hub = await startGuardedHub();
    expect((await hub.send({ method: "POST", path: "/ingest", headers: { origin: hub.url } })).status).toBe(200);
  });

  test("of a link from another site may load a page, and of a script may not read", async () => {
    const hub = await startGuardedHub();
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    const script = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
    expect((await hub.send({ path: "/read", headers: link })).status).toBe(200);
    expect((await hub.send({ path: "/read", headers: script })).status).toBe(403);
  });
});

describe("keys", () => {
  test("open what their scopes name when sent either way", async () => {
    const hub = await startGuardedHub();
    const { key, prefix } = await addKey(hub, ["control"]);
    const byBearer = await hub.send({ path: "/control", headers: bearer(key) });
    const byHeader = await hub.send({ path: "/control", headers: { "x-api-key": key } });
    expect(byBearer.json).toEqual({ kind: "key", prefix, name: "a key", scopes: ["control"] });
    expect(byHeader.json).toEqual(byBearer.json);
  });

  test("are refused when the scope is another one", async () => {
    const hub = await startGuardedHub();
    const { key } = await addKey(hub, ["ingest"]);
    const answer = await hub.send({ path: "/control", headers: bearer(key) });
    expect([answer.status, answer.json]).toMatchObject([403, { code: "forbidden" }]);
    expect((await hub.send({ path: "/account", headers: bearer(key) })).status).toBe(403);
  });

  test("narrow a trusted loopback visitor to their own scopes", async () => {
    const hub = await startGuardedHub();
    const { key } = await addKey(hub, ["ingest"]);
    expect((await hub.send({ path: "/read", headers: bearer(key) })).status).toBe(403);
  });

  test("carry the bot that they are bound to", async () => {
    const hub = await startGuardedHub();
    const { key } = await addKey(hub, ["ingest"], "alpha");
    expect((await hub.send({ path: "/ingest", headers: bearer(key) })).json).toMatchObject({ bot: "alpha" });
  });

  test.each(["dw_nonsense", "", "Basic abc"])("are refused even from loopback when they read %j", async (text) => {
    const hub = await startGuardedHub();
    const answer = await hub.send({
      path: "/read",
      headers: { authorization: text.startsWith("B") ? text : `Bearer ${text}` },
    });
    expect([answer.status, answer.json]).toMatchObject([401, { code: "unauthenticated" }]);
    expect(answer.headers["www-authenticate"]).toContain("Bearer");
  });

  test("are refused when only the secret part is wrong", async () => {
    const hub = await startGuardedHub();
    const { key } = await addKey(hub, ["read"]);
    const wrong = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
    expect((await hub.send({ path: "/read", headers: bearer(wrong) })).status).toBe(401);
    expect((await hub.send({ path: "/read", headers: bearer(key) })).status).toBe(200);
  });

  test("are not taken from the URL", async () => {
    const hub = await startGuardedHub();
    const { key } = await addKey(hub, ["control"]);
    expect((await hub.send({ path: `/control?key=${key}` })).status).toBe(401);
  });

  test("stop to work at once when revoked by the person, and tell who listens", async () => {
    const hub = await startGuardedHub();
    const { key, prefix } = await addKey(hub, ["read"]);
    const revoked: string[] = [];
    hub.access.onKeyRevoked((revokedPrefix) => revoked.push(revokedPrefix));
    expect((await hub.send({ path: "/read", headers: bearer(key) })).status).toBe(200);
    const local = bearer(localToken(hub));
    expect((await hub.send({ method: "DELETE", path: `/api/v1/keys/${prefix}`, headers: local })).status).toBe(204);
    expect((await hub.send({ path: "/read", headers: bearer(key) })).status).toBe(401);
    expect(revoked).toEqual([prefix]);
  });

  test("answer store_unavailable when they are unknown and the store is away", async () => {
    const hub = await startGuardedHub();
    const { StoreUnavailable } = await import("../../hub/ports.ts");
    const { key } = await addKey(hub, ["read"]);
    hub.keys.away = new StoreUnavailable("gone");
    const answer = await hub.send({ path: "/read", headers: bearer(key) });
    expect([answer.status, answer.json]).toMatchObject([503, { code: "store_unavailable" }]);
    expect(answer.headers["retry-after"]).toBe("1");
  });
});

describe("loopback trust", () => {
  test.each(["ingest", "read", "metrics"])("opens %s without a key", async (scope) => {
    const hub = await startGuardedHub();
    const answer = await hub.send({ path: `/${scope}` });
    expect([answer.status, answer.json]).toMatchObject([200, { kind: "loopback" }]);
  });

  test.each(["control", "account", "owner"])("never opens %s", async (scope) => {
    const hub = await startGuardedHub();
    expect((await hub.send({ path: `/${scope}` })).status).toBe(401);
  });

  test.each(["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])("ends when a proxy says %s", async (name) => {
    const hub = await startGuardedHub();
    const answer = await hub.send({ path: "/read", headers: { [name]: "127.0.0.1" } });
    expect([answer.status, answer.json]).toMatchObject([401, { code: "unauthenticated" }]);
  });

  test("ends when the visitor asks for a name that is not loopback's", async () => {
    const hub = await startGuardedHub({ allowedHosts: ["dashboard"] });
    expect((await hub.send({ path: "/read", headers: { host: "dashboard" } })).status).toBe(401);
  });

  test("does not reach visitors from elsewhere whatever they claim", async () => {
    const hub = await startGuardedHub({ host: "0.0.0.0" });
    const headers = { host: "localhost", "x-forwarded-for": "127.0.0.1" };
    const answer = await hub.app.inject({ url: "/read", headers, remoteAddress: "203.0.113.5" });
    expect(answer.statusCode).toBe(401);
    expect((await hub.app.inject({ url: "/read", remoteAddress: "203.0.113.5" })).statusCode).toBe(401);
  });

  test("is what the configuration says", async () => {
    const hub = await startGuardedHub({ trustLoopback: ["ingest"] });
    expect((await hub.send({ path: "/ingest" })).status).toBe(200);
    expect((await hub.send({ path: "/read" })).status).toBe(401);
    expect((await hub.send({ path: "/api/v1/access" })).json).toMatchObject({ loopback_trusted: false });
  });

  test("of reading alone lets a page in", async () => {
    const hub = await startGuardedHub({ trustLoopback: ["read"] });
    expect((await hub.send({ path: "/ingest" })).status).toBe(401);
    expect((await hub.send({ path: "/api/v1/access" })).json).toMatchObject({ loopback_trusted: true });
  });
});

describe("routes", () => {
  test("are refused to everybody when they declare no access", async () => {
    const hub = await startGuardedHub({ addRoutes: (app) => app.get("/forgotten", async () => "open") });
    const { key } = await addKey(hub, ["ingest", "read", "metrics", "control"]);
    for (const headers of [{}, bearer(key), bearer(localToken(hub))]) {
      const answer = await hub.send({ path: "/forgotten", headers });
      expect([answer.status, answer.json]).toMatchObject([403, { code: "forbidden" }]);
    }
  });

  test("of a plugin get the access of their scope", async () => {
    const hub = await startGuardedHub({
      addRoutes: (app) => {
        app.register(async (scope) => {
          declareAccess(scope, "read");
          scope.get("/plugin", async () => "page");
          scope.get("/plugin/open", { config: { access: "public" } }, async () => "open");
        });
      },
    });
    const elsewhere = { "x-forwarded-for": "203.0.113.5" };
    expect((await hub.send({ path: "/plugin" })).status).toBe(200);
    expect((await hub.send({ path: "/plugin", headers: elsewhere })).status).toBe(401);
    expect((await hub.send({ path: "/plugin/open", headers: elsewhere })).status).toBe(200);
  });
});

describe("rate limits", () => {
  test("stop an address after too many bad keys, and let it try again later", async () => {
    const hub = await startGuardedHub({ limits: { failures: { burst: 3, perSecond: 0.1 } } });
    const good = await addKey(hub, ["read"]);
    const remembered = await addKey(hub, ["read"]);
    await hub.send({ path: "/read", headers: bearer(remembered.key) });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await hub.send({ path: "/read", headers: bearer("dw_bad") })).status).toBe(401);
    }
    const stopped = await hub.send({ path: "/read", headers: bearer("dw_bad") });
    expect([stopped.status, stopped.json]).toMatchObject([429, { code: "rate_limited" }]);
    expect(stopped.headers["retry-after"]).toBe("10");
    expect((await hub.send({ path: "/read", headers: bearer(good.key) })).status).toBe(429);
    expect((await hub.send({ path: "/read", headers: bearer(remembered.key) })).status).toBe(200);
    hub.clock.advanceS(10);
    expect((await hub.send({ path: "/read", headers: bearer(good.key) })).status).toBe(200);
  });

  test("do not count good keys as failures", async () => {
    const hub = await startGuardedHub({ limits: { failures: { burst: 1, perSecond: 0.001 } } });
    for (let count = 0; count < 3; count++) {
      const { key } = await addKey(hub, ["read"]);
      expect((await hub.send({ path: "/read", headers: bearer(key) })).status).toBe(200);
    }
  });

  test("bound visitors from elsewhere, each address for itself, and never trusted loopback", async () => {
    const hub = await startGuardedHub({ host: "0.0.0.0", limits: { requests: { burst: 2, perSecond: 1 } } });
    const visit = async (remoteAddress: string) => (await hub.app.inject({ url: "/public", remoteAddress })).statusCode;
    expect([await visit("203.0.113.5"), await visit("203.0.113.5"), await visit("203.0.113.5")]).toEqual([
      200, 200, 429,
    ]);
    expect(await visit("203.0.113.6")).toBe(200);
    expect([await visit("2001:db8::1"), await visit("2001:db8::2"), await visit("2001:db8::3")]).toEqual([
      200, 200, 429,
    ]);
    for (let count = 0; count < 5; count++) expect((await hub.send({ path: "/public" })).status).toBe(200);
    hub.clock.advanceS(1);
    expect(await visit("203.0.113.5")).toBe(200);
  });

  test("count the address that a trusted proxy names", async () => {
    const hub = await startGuardedHub({ trustProxy: true, limits: { requests: { burst: 1, perSecond: 0.001 } } });
    const from = async (claimed: string) =>
      (await hub.send({ path: "/public", headers: { "x-forwarded-for": claimed } })).status;
    expect([await from("203.0.113.5"), await from("198.51.100.1, 203.0.113.5"), await from("203.0.113.6")]).toEqual([
      200, 429, 200,
    ]);
  });
});

describe("the data directory", () => {
  test("holds secrets that only its owner can read", async () => {
    const hub = await startGuardedHub();
    await hub.access.warm();
    for (const name of ["auth.db", "auth-secret", "setup-token", "local-token"]) {
      expect([name, (statSync(join(hub.dataDir, name)).mode & 0o777).toString(8)]).toEqual([name, "600"]);
    }
  });

  test("lets who can read it act as an owner from this machine, and from nowhere else", async () => {
    const hub = await startGuardedHub({ host: "0.0.0.0" });
    const headers = bearer(localToken(hub));
    expect((await hub.send({ path: "/owner", headers })).json).toMatchObject({ kind: "person" });
    const remote = await hub.app.inject({ url: "/owner", headers, remoteAddress: "203.0.113.5" });
    expect(remote.statusCode).toBe(401);
    expect((await hub.send({ path: "/owner", headers: { ...headers, via: "proxy" } })).status).toBe(401);
  });
});

describe("every answer", () => {
  test("carries the headers that protect a page", async () => {
    const hub = await startGuardedHub();
    for (const path of ["/public", "/nothing", "/account"]) {
      const { headers } = await hub.send({ path });
      const csp = String(headers["content-security-policy"]);
      expect(csp).toContain("script-src 'self'");
      expect(csp).toContain("frame-ancestors 'none'");
      expect(csp).not.toContain("upgrade-insecure-requests");
      expect(csp).not.toContain("unsafe");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["strict-transport-security"]).toBeUndefined();
    }
  });

  test("keeps secrets out of the log", async () => {
    const hub = await startGuardedHub({ level: "trace" });
    const { key } = await addKey(hub, ["read"]);
    const password = "a long enough password";
    const owner = { name: "Ada", email: "ada@desk.example", password };
    const made = await hub.send({ method: "POST", path: "/api/v1/setup", body: owner });
    const cookie = cookiesOf(made);
    await hub.send({ path: "/account", headers: { cookie } });
    await hub.send({ path: "/read", headers: bearer(key) });
    const text = hub.log.join("");
    const token = decodeURIComponent(cookie.split("=")[1] ?? "").split(".")[0] ?? "";
    expect(token.length).toBeGreaterThan(20);
    for (const secret of [key, password, token, localToken(hub)]) expect(text.includes(secret)).toBe(false);
    expect(text).toContain("audit: user.made");
  });
});

function localToken(hub: GuardedHub): string {
  const { token } = JSON.parse(readFileSync(join(hub.dataDir, "local-token"), "utf8")) as { token: string };
  return token;
}

import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  cookiesOf,
  type GuardedHub,
  type HttpAnswer,
  newDataDir,
  send,
  startGuardedHub,
} from "../../../test/support/guarded-hub.ts";

const PASSWORD = "correct horse battery";
const OWNER = { name: "Ada", email: "Ada@desk.example", password: PASSWORD };
const ELSEWHERE = { "x-forwarded-for": "203.0.113.5" };

const setUp = (hub: GuardedHub, body: object = OWNER, headers: Record<string, string> = {}) =>
  hub.send({ method: "POST", path: "/api/v1/setup", headers, body });

const signIn = (hub: GuardedHub, body: object, headers: Record<string, string> = {}) =>
  hub.send({ method: "POST", path: "/api/auth/sign-in/email", headers, body });

const tokenFile = (hub: GuardedHub) => join(hub.dataDir, "setup-token");

function problem(answer: HttpAnswer): unknown {
  const { request_id: _, ...rest } = answer.json as Record<string, unknown>;
  return rest;
}

describe("the owner", () => {
  test("is made without a token when the visit and the bind are loopback, and is signed in", async () => {
    const hub = await startGuardedHub();
    expect((await hub.send({ path: "/api/v1/access" })).json).toEqual({
      owner: false,
      signed_in: false,
      loopback_trusted: true,
      setup_token_required: false,
    });
    const made = await setUp(hub);
    expect([made.status, made.json]).toEqual([200, { owner: true, signed_in: true, name: "Ada" }]);
    const headers = { cookie: cookiesOf(made) };
    expect((await hub.send({ path: "/account", headers })).json).toMatchObject({ kind: "person", name: "Ada" });
    expect((await hub.send({ path: "/control", headers: { ...headers, ...ELSEWHERE } })).status).toBe(200);
    expect((await hub.send({ path: "/api/v1/access", headers })).json).toEqual({
      owner: true,
      signed_in: true,
      name: "Ada",
      role: "owner",
      loopback_trusted: true,
      setup_token_required: false,
    });
  });

  test("cannot be made a second time, by whatever token", async () => {
    const hub = await startGuardedHub();
    const token = hub.access.setupToken();
    await setUp(hub);
    const second = await setUp(hub, { ...OWNER, email: "eve@desk.example", setup_token: token });
    expect([second.status, second.json]).toMatchObject([409, { code: "conflict" }]);
    expect((await signIn(hub, { email: "eve@desk.example", password: PASSWORD })).status).toBe(401);
  });

  test("is one when several visitors try at once", async () => {
    const hub = await startGuardedHub();
    const attempts = ["a", "b", "c", "d"].map((name) => setUp(hub, { ...OWNER, name, email: `${name}@desk.example` }));
    const answers = await Promise.all(attempts);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  });

  test("takes the setup token when the visit comes from elsewhere", async () => {
    const hub = await startGuardedHub({ host: "0.0.0.0" });
    const access = await hub.send({ path: "/api/v1/access", headers: ELSEWHERE });
    expect(access.json).toMatchObject({ loopback_trusted: false, setup_token_required: true });
    expect((await setUp(hub, OWNER, ELSEWHERE)).status).toBe(403);
    expect((await setUp(hub, { ...OWNER, setup_token: "guess" }, ELSEWHERE)).json).toMatchObject({ code: "forbidden" });
    const token = readFileSync(tokenFile(hub), "utf8").trim();
    expect(token).toBe(hub.access.setupToken());
    expect((await setUp(hub, { ...OWNER, setup_token: token }, ELSEWHERE)).status).toBe(200);
  });

  test("takes the setup token even from loopback when the bind is not loopback", async () => {
    const hub = await startGuardedHub({ host: "0.0.0.0" });
    expect((await setUp(hub)).status).toBe(403);
    expect((await setUp(hub, { ...OWNER, setup_token: hub.access.setupToken() })).status).toBe(200);
  });

  test("uses the setup token up", async () => {
    const hub = await startGuardedHub({ host: "0.0.0.0" });
    expect((statSync(tokenFile(hub)).mode & 0o777).toString(8)).toBe("600");
    await setUp(hub, { ...OWNER, setup_token: hub.access.setupToken() });
    expect([existsSync(tokenFile(hub)), hub.access.setupToken()]).toEqual([false, undefined]);
  });

  test("is remembered, and the token stays away, when the hub starts again", async () => {
    const dataDir = newDataDir();
    const first = await startGuardedHub({ dataDir });
    const token = first.access.setupToken();
    const cookie = cookiesOf(await setUp(first));
    await first.app.close();
    writeFileSync(join(dataDir, "setup-token"), `${token}\n`);
    const second = await startGuardedHub({ dataDir });
    expect(await second.access.ownerExists()).toBe(true);
    expect([second.access.setupToken(), existsSync(tokenFile(second))]).toEqual([undefined, false]);
    expect((await second.send({ path: "/account", headers: { cookie } })).status).toBe(200);
  });

  test("keeps the same setup token over restarts until it is used", async () => {
    const dataDir = newDataDir();
    const first = await startGuardedHub({ dataDir });
    const token = first.access.setupToken();
    await first.app.close();
    expect((await startGuardedHub({ dataDir })).access.setupToken()).toBe(token);
  });

  test("is refused with what is wrong when the form is incomplete, and the way stays open", async () => {
    const hub = await startGuardedHub();
    const answer = await setUp(hub, { email: "nobody", password: "short" });
    expect(answer.status).toBe(400);
    const { code, errors } = answer.json as { code: string; errors: { path: string }[] };
    expect([code, errors.map(({ path }) => path)]).toEqual(["invalid_request", ["name", "email", "password"]]);
    expect(answer.text).not.toContain("short");
    expect((await setUp(hub)).status).toBe(200);
  });

  test("cannot be guessed at: wrong setup tokens run out", async () => {
    const hub = await startGuardedHub({ host: "0.0.0.0", limits: { failures: { burst: 2, perSecond: 0.01 } } });
    const guess = () => setUp(hub, { ...OWNER, setup_token: "guess" });
    expect([(await guess()).status, (await guess()).status, (await guess()).status]).toEqual([403, 403, 429]);
  });

  test("cannot be made by a page of another site", async () => {
    const hub = await startGuardedHub();
    expect((await setUp(hub, OWNER, { origin: "https://evil.example" })).status).toBe(403);
    expect(await hub.access.ownerExists()).toBe(false);
  });
});

describe("signing in", () => {
  test("gives a cookie that scripts and other sites cannot use, and no token in the body", async () => {
    const hub = await startGuardedHub();
    await setUp(hub);
    const answer = await signIn(hub, { email: "ada@desk.example", password: PASSWORD });
    expect(answer.status).toBe(200);
    const [cookie = ""] = answer.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/i);
    expect(cookie).not.toMatch(/Secure/);
    expect(answer.json).toMatchObject({ signed_in: true, user: { name: "Ada", email: "ada@desk.example" } });
    expect(answer.text).not.toContain("token");
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  test("gives a cookie for TLS only when the hub is visited by https", async () => {
    const hub = await startGuardedHub({ https: true });
    await setUp(hub);
    const answer = await signIn(hub, { email: OWNER.email, password: PASSWORD });
    expect(answer.headers["set-cookie"]?.[0]).toMatch(/^__Secure-.*; Secure/);
    expect((await hub.send({ path: "/account", headers: { cookie: cookiesOf(answer) } })).status).toBe(200);
    expect(answer.headers["strict-transport-security"]).toContain("max-age");
  });

  test("says the same when the address is unknown and when the password is wrong", async () => {
    const hub = await startGuardedHub();
    await setUp(hub);
    const unknown = await signIn(hub, { email: "eve@desk.example", password: PASSWORD });
    const wrong = await signIn(hub, { email: OWNER.email, password: "wrong horse battery" });
    const odd = await signIn(hub, { email: "not an address", password: PASSWORD });
    expect(unknown.status).toBe(401);
    expect(problem(wrong)).toEqual(problem(unknown));
    expect(problem(odd)).toEqual(problem(unknown));
    expect(Object.keys(wrong.headers)).toEqual(Object.keys(unknown.headers));
  });

  test("is stopped after too many failures from an address, also with the right password", async () => {
    const hub = await startGuardedHub({ limits: { failures: { burst: 2, perSecond: 0.1 } } });
    await setUp(hub);
    const wrong = { email: OWNER.email, password: "wrong horse battery" };
    const right = { email: OWNER.email, password: PASSWORD };
    expect([(await signIn(hub, right)).status, (await signIn(hub, right)).status]).toEqual([200, 200]);
    expect([(await signIn(hub, wrong)).status, (await signIn(hub, wrong)).status]).toEqual([401, 401]);
    expect((await signIn(hub, right)).status).toBe(429);
    hub.clock.advanceS(10);
    expect((await signIn(hub, right)).status).toBe(200);
  });

  test("is refused from the pages of other sites", async () => {
    const hub = await startGuardedHub();
    await setUp(hub);
    const body = { email: OWNER.email, password: PASSWORD };
    expect((await signIn(hub, body, { origin: "https://evil.example" })).status).toBe(403);
    expect((await signIn(hub, body, { origin: hub.url })).status).toBe(200);
  });

  test("is the only way of better-auth that is open besides signing out: nobody signs up", async () => {
    const hub = await startGuardedHub();
    await setUp(hub);
    const eve = { name: "Eve", email: "eve@desk.example", password: PASSWORD };
    const signUp = await hub.send({ method: "POST", path: "/api/auth/sign-up/email", body: eve });
    expect([signUp.status, signUp.json]).toMatchObject([404, { code: "not_found" }]);
    for (const path of ["/api/auth/list-sessions", "/api/auth/reset-password", "/api/auth/ok", "/api/auth/error"]) {
      expect([path, (await hub.send({ path })).status]).toEqual([path, 404]);
    }
  });
});

describe("a session", () => {
  test("ends when its person signs out, on the hub and not only in the browser", async () => {
    const hub = await startGuardedHub();
    const cookie = cookiesOf(await setUp(hub));
    expect((await hub.send({ path: "/api/auth/get-session", headers: { cookie } })).json).toMatchObject({
      signed_in: true,
      user: { name: "Ada" },
    });
    const out = await hub.send({ method: "POST", path: "/api/auth/sign-out", headers: { cookie, origin: hub.url } });
    expect([out.status, out.json]).toEqual([200, { signed_in: false }]);
    expect(out.headers["set-cookie"]?.[0]).toMatch(/Max-Age=0/);
    expect((await hub.send({ path: "/account", headers: { cookie } })).status).toBe(401);
    expect((await hub.send({ path: "/api/auth/get-session", headers: { cookie } })).json).toEqual({ signed_in: false });
  });

  test("is not forged when the cookie is changed", async () => {
    const hub = await startGuardedHub();
    const cookie = cookiesOf(await setUp(hub));
    const [name = "", value = ""] = cookie.split("=");
    const other = value[10] === "X" ? "Y" : "X";
    for (const forged of [`${name}=${value.slice(0, 10)}${other}${value.slice(11)}`, `${name}=`, `${name}=a.b`]) {
      expect((await hub.send({ path: "/account", headers: { cookie: forged } })).status).toBe(401);
    }
  });

  test("that is over leaves a loopback visitor what loopback may", async () => {
    const hub = await startGuardedHub();
    const cookie = cookiesOf(await setUp(hub)).replace(/=.*/, "=stale.value");
    expect((await hub.send({ path: "/read", headers: { cookie } })).json).toMatchObject({ kind: "loopback" });
  });

  test("of one hub is not another's, though browsers send cookies to every port", async () => {
    const one = await startGuardedHub();
    const two = await startGuardedHub();
    const first = cookiesOf(await setUp(one));
    const second = cookiesOf(await setUp(two));
    expect(first.split("=")[0]).not.toBe(second.split("=")[0]);
    expect((await send(two.url, { path: "/account", headers: { cookie: first } })).status).toBe(401);
    expect((await send(two.url, { path: "/account", headers: { cookie: `${first}; ${second}` } })).status).toBe(200);
  });

  test("changes its password with the old one, which ends the other sessions", async () => {
    const hub = await startGuardedHub();
    const other = cookiesOf(await setUp(hub));
    const cookie = cookiesOf(await signIn(hub, { email: OWNER.email, password: PASSWORD }));
    const change = (current: string) =>
      hub.send({
        method: "POST",
        path: "/api/auth/change-password",
        headers: { cookie },
        body: { current_password: current, new_password: "a fresh long password" },
      });
    expect((await change("not the password")).status).toBe(403);
    const changed = await change(PASSWORD);
    expect(changed.status).toBe(200);
    expect((await hub.send({ path: "/account", headers: { cookie: other } })).status).toBe(401);
    expect((await hub.send({ path: "/account", headers: { cookie: cookiesOf(changed) } })).status).toBe(200);
    expect((await signIn(hub, { email: OWNER.email, password: PASSWORD })).status).toBe(401);
    expect((await signIn(hub, { email: OWNER.email, password: "a fresh long password" })).status).toBe(200);
  });
});

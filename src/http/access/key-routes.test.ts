import { describe, expect, test } from "vitest";
import { cookiesOf, type GuardedHub, startGuardedHub } from "../../../test/support/guarded-hub.ts";

async function signedIn(hub: GuardedHub): Promise<{ cookie: string }> {
  const body = { name: "Ada", email: "ada@desk.example", password: "correct horse battery" };
  return { cookie: cookiesOf(await hub.send({ method: "POST", path: "/api/v1/setup", body })) };
}

describe("/api/v1/keys", () => {
  test("makes a key that is shown once and works at once", async () => {
    const hub = await startGuardedHub();
    const headers = await signedIn(hub);
    const body = { name: "alpha's reporter", scopes: ["ingest", "ingest"], bot: "alpha" };
    const made = await hub.send({ method: "POST", path: "/api/v1/keys", headers, body });
    expect(made.status).toBe(201);
    const { key, prefix, ...rest } = made.json as { key: string; prefix: string };
    expect(key).toMatch(/^dw_[0-9A-Za-z]{8}[\w-]{43}$/);
    expect(key.slice(3, 11)).toBe(prefix);
    expect(rest).toEqual({
      name: "alpha's reporter",
      scopes: ["ingest"],
      bot: "alpha",
      created_at: "2026-11-21T00:00:00.000Z",
      last_used_at: null,
      expires_at: null,
      revoked_at: null,
    });
    const used = await hub.send({ path: "/ingest", headers: { "x-api-key": key } });
    expect(used.json).toMatchObject({ kind: "key", prefix, bot: "alpha" });
    const list = await hub.send({ path: "/api/v1/keys", headers });
    expect(list.json).toMatchObject({ keys: [{ prefix, last_used_at: "2026-11-21T00:00:00.000Z" }] });
    expect(list.text).not.toContain(key.slice(11));
    expect(JSON.stringify([...hub.keys.rows])).not.toContain(key.slice(11));
    expect(hub.log.join("")).not.toContain(key.slice(11));
  });

  test("lists keys in pages, filtered, and as NDJSON and CSV, without their secrets", async () => {
    const hub = await startGuardedHub();
    const headers = await signedIn(hub);
    const bodies = [
      { name: "a", scopes: ["read"] },
      { name: "=b", scopes: ["ingest"], bot: "alpha" },
    ];
    for (const body of bodies) await hub.send({ method: "POST", path: "/api/v1/keys", headers, body });
    const list = (query: string) => hub.send({ path: `/api/v1/keys?${query}`, headers });
    const namesOf = async (query: string): Promise<string[]> =>
      ((await list(query)).json as { keys: { name: string }[] }).keys.map(({ name }) => name);
    expect(await namesOf("scope=read")).toEqual(["a"]);
    expect(await namesOf("bot=alpha")).toEqual(["=b"]);
    const { next_cursor: next } = (await list("limit=1")).json as { next_cursor: string };
    expect(await namesOf(`limit=1&cursor=${next}`)).not.toEqual(await namesOf("limit=1"));
    expect((await list("format=ndjson")).text.trim().split("\n")).toHaveLength(2);
    const csv = (await list("format=csv")).text;
    expect(csv).toMatch(/^prefix,name,scopes,bot,created_at,last_used_at,revoked_at,expires_at\r\n/);
    expect(csv).toContain("'=b");
    expect(csv).not.toContain("dw_");
    expect((await list("scope=all")).json).toMatchObject({ code: "invalid_request" });
    expect((await hub.send({ path: "/api/v1/keys?format=csv" })).status).toBe(401);
  });

  test("revokes for good, twice without complaint, and says when a prefix is unknown", async () => {
    const hub = await startGuardedHub();
    const headers = await signedIn(hub);
    const made = await hub.send({
      method: "POST",
      path: "/api/v1/keys",
      headers,
      body: { name: "k", scopes: ["read"] },
    });
    const { key, prefix } = made.json as { key: string; prefix: string };
    const remove = (which: string) => hub.send({ method: "DELETE", path: `/api/v1/keys/${which}`, headers });
    expect([(await remove(prefix)).status, (await remove(prefix)).status]).toEqual([204, 204]);
    expect((await hub.send({ path: "/read", headers: { "x-api-key": key } })).status).toBe(401);
    expect((await remove("AAAAAAAA")).json).toMatchObject({ code: "not_found" });
    expect((await remove("%00")).json).toMatchObject({ code: "invalid_request" });
  });

  test.each([
    [{ scopes: ["read"] }, "name"],
    [{ name: "k", scopes: [] }, "scopes"],
    [{ name: "k", scopes: ["everything"] }, "scopes.0"],
    [{ name: "k", scopes: ["read"], bot: "alpha" }, "bot"],
    [{ name: "k", scopes: ["ingest"], bot: "not a bot!" }, "bot"],
    [undefined, ""],
  ])("refuses %j and names %j", async (body, path) => {
    const hub = await startGuardedHub();
    const answer = await hub.send({ method: "POST", path: "/api/v1/keys", headers: await signedIn(hub), body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: "invalid_request", errors: [{ path }] });
    expect(hub.keys.rows.size).toBe(0);
  });

  test("is closed to programs and to visitors of loopback", async () => {
    const hub = await startGuardedHub();
    const headers = await signedIn(hub);
    const body = { name: "k", scopes: ["ingest", "read", "metrics", "control"] };
    const made = await hub.send({ method: "POST", path: "/api/v1/keys", headers, body });
    const { key } = made.json as { key: string };
    expect((await hub.send({ path: "/api/v1/keys", headers: { "x-api-key": key } })).status).toBe(403);
    expect((await hub.send({ method: "POST", path: "/api/v1/keys", body })).status).toBe(401);
    expect((await hub.send({ path: "/api/v1/keys" })).status).toBe(401);
  });

  test("is closed to the pages of other sites, though the browser would send the session", async () => {
    const hub = await startGuardedHub();
    const headers = { ...(await signedIn(hub)), origin: "https://evil.example" };
    const body = { name: "k", scopes: ["control"] };
    expect((await hub.send({ method: "POST", path: "/api/v1/keys", headers, body })).status).toBe(403);
    expect(hub.keys.rows.size).toBe(0);
  });
});

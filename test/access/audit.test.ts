import { describe, expect, test } from "vitest";
import { registerAudit } from "../../src/app/commands/audit.ts";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import type { AuditAnswer, AuditView } from "../../src/protocol/api-people.ts";
import { accept, emailOf, invite, PASSWORD, signIn, trySignIn, Visitor } from "../support/desk-people.ts";
import { cookiesOf, type HttpAnswer, type HttpCall, send } from "../support/guarded-hub.ts";
import { runLocal } from "../support/local-command.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";

/** A whole hub with its owner, and the way to ask it as the command line does. */
async function scene() {
  const desk = await scratchHub();
  const hub = { send: (call: HttpCall) => send(desk.url, call) };
  const owner = { name: "Ada", email: emailOf("Ada"), password: PASSWORD };
  const made = await hub.send({ method: "POST", path: "/api/v1/setup", body: owner });
  const ada = new Visitor(hub, cookiesOf(made));
  const token = readLocalAccess(desk.dataDir)?.token ?? "";
  const locally = (method: string, path: string, body?: object): Promise<HttpAnswer> =>
    hub.send({ method, path, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body }) });
  const audit = async (query = ""): Promise<readonly AuditView[]> =>
    ((await ada.get(`/api/v1/audit${query}`)).json as AuditAnswer).audit;
  return { desk, hub, ada, locally, audit };
}

const brief = ({ who, who_kind, via, action, outcome, target }: AuditView): string =>
  `${who} (${who_kind}, ${via}) ${action} ${outcome} ${target}`;

describe("GET /api/v1/audit", { timeout: 240_000 }, () => {
  test("tells who did what, from where and by what, commands with their reason among it", async () => {
    const { desk, hub, ada, locally, audit } = await scene();
    await trySignIn(hub, "Ada", "wrong horse battery");
    const { user, token } = await invite(ada, "Vera", "viewer");
    await accept(hub, token);
    const made = await locally("POST", "/api/v1/keys", { name: "halter", scopes: ["control"], expires_in_days: 30 });
    const { key, prefix } = made.json as { key: string; prefix: string };
    await sendTo(desk.url, [{ type: "heartbeat", bot: "alpha", ts: Date.now() }]);
    const bearer = { authorization: `Bearer ${key}` };
    const halt = { action: "halt", target: { bot: "alpha" }, reason: "it buys too much" };
    const issued = await hub.send({ method: "POST", path: "/api/v1/controls", headers: bearer, body: halt });
    expect(issued.status).toBe(202);
    await ada.ask("DELETE", `/api/v1/keys/${prefix}`);
    await ada.ask("PATCH", `/api/v1/users/${user.id}`, { role: "operator" });
    expect((await audit()).map(brief)).toEqual([
      "Ada (person, page) user.changed done Vera",
      `Ada (person, page) key.revoked done halter (${prefix})`,
      "halter (key, api) command.halt done bot alpha",
      `local (local, command_line) key.made done halter (${prefix})`,
      "Vera (person, page) password.set done Vera",
      "Ada (person, page) user.made done Vera",
      "nobody (nobody, page) session.refused refused Ada",
      "Ada (person, page) user.made done Ada",
    ]);
    const [command] = await audit("?kind=command");
    expect(command).toMatchObject({ who_id: prefix, address: "127.0.0.1", reason: "it buys too much" });
    expect(JSON.stringify(await audit())).not.toContain(key);
  });

  test("is filtered, and goes on where a page ended, while new acts come in", async () => {
    const { ada, hub, audit } = await scene();
    for (const name of ["a", "b", "c", "d"]) await ada.ask("POST", "/api/v1/keys", { name, scopes: ["read"] });
    await trySignIn(hub, "Nobody");
    expect((await audit("?outcome=refused")).map(brief)).toEqual([
      "nobody (nobody, page) session.refused refused an unknown address",
    ]);
    expect(await audit("?who=Eve")).toEqual([]);
    const first = (await ada.get("/api/v1/audit?kind=key&limit=2")).json as AuditAnswer;
    await ada.ask("POST", "/api/v1/keys", { name: "e", scopes: ["read"] });
    const second = (await ada.get(`/api/v1/audit?kind=key&limit=2&cursor=${first.next_cursor}`)).json as AuditAnswer;
    const names = [...first.audit, ...second.audit].map(({ target }) => target?.slice(0, 1));
    expect([names, second.next_cursor]).toEqual([["d", "c", "b", "a"], undefined]);
    const late = await ada.get("/api/v1/audit?from=2100-01-01T00:00:00Z");
    expect(late.json).toMatchObject({ audit: [] });
    expect((await ada.get("/api/v1/audit?kind=nothing")).status).toBe(400);
  });

  test("is an operator's and an owner's to read, and not a viewer's, a key's or this machine's", async () => {
    const { hub, ada, locally } = await scene();
    const status = async (answer: Promise<HttpAnswer>) => (await answer).status;
    const { token: forVera } = await invite(ada, "Vera", "viewer");
    const { token: forOlga } = await invite(ada, "Olga", "operator");
    await accept(hub, forVera);
    await accept(hub, forOlga);
    const [vera, olga] = [await signIn(hub, "Vera"), await signIn(hub, "Olga")];
    const made = await ada.ask("POST", "/api/v1/keys", {
      name: "all",
      scopes: ["read", "metrics", "control", "ingest"],
    });
    const headers = { authorization: `Bearer ${(made.json as { key: string }).key}` };
    const path = "/api/v1/audit";
    expect(await status(vera.get(path))).toBe(403);
    expect(await status(olga.get(path))).toBe(200);
    expect(await status(hub.send({ path, headers }))).toBe(403);
    expect(await status(hub.send({ path }))).toBe(401);
    expect(await status(locally("GET", path))).toBe(200);
  });

  test("is printed by the command line on the machine of the hub", async () => {
    const { desk, ada } = await scene();
    await ada.ask("POST", "/api/v1/keys", { name: "k\u009b", scopes: ["read"] });
    const printed = await runLocal(registerAudit, desk.dataDir, ["audit", "5", "--kind", "key"]);
    expect(printed.printed[0]).toMatch(/^AT +WHO +VIA +FROM +ACTION +TO +DETAIL +REASON$/);
    expect(printed.printed[1]).toMatch(/ Ada +page +127\.0\.0\.1 +key\.made +k/);
    expect(printed.printed.join("")).not.toContain("\u009b");
    const nothing = await runLocal(registerAudit, desk.dataDir, ["audit", "--who", "Eve"]);
    expect(nothing.printed).toEqual(["Nothing like that was done."]);
    const json = await runLocal(registerAudit, desk.dataDir, ["audit", "--json"]);
    expect(JSON.parse(json.printed[0] ?? "")).toMatchObject({
      audit: [{ action: "key.made" }, { action: "user.made" }],
    });
    expect((await runLocal(registerAudit, desk.dataDir, ["audit", "0"])).exitCode).toBe(2);
  });

  test("is the same rows as NDJSON and CSV, whatever a name holds", async () => {
    const { ada, audit } = await scene();
    await ada.ask("POST", "/api/v1/keys", { name: '=cmd|"x", y', scopes: ["read"] });
    const ndjson = (await ada.get("/api/v1/audit?format=ndjson")).text.trim().split("\n");
    expect(ndjson.map((line) => JSON.parse(line))).toEqual(await audit());
    const csv = (await ada.get("/api/v1/audit?format=csv")).text.split("\r\n");
    expect(csv[0]).toBe("n,at,action,outcome,who,who_kind,who_id,via,address,target,detail,reason,seq");
    expect(csv[1]).toContain(`"'=cmd|""x"", y (`);
  });
});

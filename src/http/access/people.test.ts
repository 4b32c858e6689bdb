import { join as pathOf } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import {
  accept,
  invite,
  join,
  makeOwner,
  PASSWORD,
  signIn,
  tokenOf,
  trySignIn,
} from "../../../test/support/desk-people.ts";
import { type GuardedHub, newDataDir, startGuardedHub } from "../../../test/support/guarded-hub.ts";
import type { UserView } from "../../protocol/api-people.ts";

function said(hub: GuardedHub): string[] {
  return hub.acts.map(({ by, action, outcome = "done", target }) => `${by.who} ${action} ${outcome} ${target ?? ""}`);
}

const inAccounts = (hub: GuardedHub, sql: string): void => {
  const database = new DatabaseSync(pathOf(hub.dataDir, "auth.db"), { timeout: 5_000 });
  database.exec(sql);
  database.close();
};

async function people(owner: { get: (path: string) => Promise<{ json: unknown }> }): Promise<readonly UserView[]> {
  return ((await owner.get("/api/v1/users")).json as { users: UserView[] }).users;
}

describe("a person whom the owner made", () => {
  test("chooses a password once, signs in, and may do what the role says", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const { user, token } = await invite(ada, "Vera", "viewer");
    expect(user).toMatchObject({ name: "Vera", role: "viewer", invited: true, disabled: false, sessions: 0 });
    expect((await trySignIn(hub, "Vera")).status).toBe(401);
    const accepted = await accept(hub, token);
    expect([accepted.status, accepted.json]).toEqual([200, { name: "Vera", email: "vera@desk.example" }]);
    expect((await accept(hub, token)).status).toBe(403);
    const vera = await signIn(hub, "Vera");
    const opened = async (path: string) => (await vera.get(path)).status;
    expect([await opened("/read"), await opened("/account")]).toEqual([200, 200]);
    for (const path of ["/control", "/ingest", "/operator", "/owner", "/api/v1/users", "/api/v1/keys"])
      expect(await opened(path)).toBe(403);
    const refused = (await vera.get("/control")).json;
    expect(refused).toMatchObject({ detail: "This takes the role operator; yours is viewer. An owner can change it." });
    expect(said(hub).slice(1)).toEqual([
      "Ada user.made done Vera",
      "nobody session.refused refused Vera",
      "Vera password.set done Vera",
      "Vera session.begun done ",
    ]);
    expect(JSON.stringify([hub.acts, hub.log])).not.toContain(token);
  });

  test("has only the newest invitation, and that for three days", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const { user, token } = await invite(ada, "Vera", "viewer");
    const again = await ada.ask("POST", `/api/v1/users/${user.id}/invitation`);
    expect((await accept(hub, token)).status).toBe(403);
    inAccounts(hub, "UPDATE auth_verification SET expiresAt = '2020-01-01T00:00:00.000Z'");
    expect((await accept(hub, tokenOf(again))).status).toBe(403);
    const third = await ada.ask("POST", `/api/v1/users/${user.id}/invitation`);
    expect((await accept(hub, tokenOf(third))).status).toBe(200);
  });

  test("keeps an invitation that came with a password too short", async () => {
    const hub = await startGuardedHub();
    const { token } = await invite(await makeOwner(hub), "Vera", "viewer");
    expect((await accept(hub, token, "short")).status).toBe(400);
    expect((await accept(hub, token)).status).toBe(200);
  });

  test("has a new role at once, and what was open is told of", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const { user, visitor } = await join(hub, ada, "Olga", "viewer");
    const told: string[] = [];
    hub.access.onSignedOut((userId) => told.push(userId));
    expect((await visitor.get("/control")).status).toBe(403);
    const changed = await ada.ask("PATCH", `/api/v1/users/${user.id}`, { role: "operator" });
    expect(changed.json).toMatchObject({ role: "operator" });
    expect([(await visitor.get("/control")).status, told]).toEqual([200, [user.id]]);
    expect(hub.acts.at(-1)).toMatchObject({ action: "user.changed", detail: "role viewer to operator" });
  });

  test("is out at once when disabled, is told nothing of it, and comes in again when enabled", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const { user, visitor } = await join(hub, ada, "Vera", "viewer");
    await ada.ask("PATCH", `/api/v1/users/${user.id}`, { disabled: true });
    expect((await visitor.get("/account")).status).toBe(401);
    const [disabled, wrong] = [await trySignIn(hub, "Vera"), await trySignIn(hub, "Vera", "wrong horse battery")];
    const body = (answer: typeof wrong) => ({ ...(answer.json as object), request_id: "" });
    expect([disabled.status, body(disabled)]).toEqual([401, body(wrong)]);
    expect(Object.keys(disabled.headers)).toEqual(Object.keys(wrong.headers));
    await ada.ask("PATCH", `/api/v1/users/${user.id}`, { disabled: false });
    expect((await (await signIn(hub, "Vera")).get("/account")).status).toBe(200);
    expect(said(hub)).toContain("Ada user.disabled done Vera");
  });

  test("is gone with their sessions when removed", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const { user, visitor } = await join(hub, ada, "Vera", "viewer");
    expect((await ada.ask("DELETE", `/api/v1/users/${user.id}`)).status).toBe(204);
    expect((await visitor.get("/account")).status).toBe(401);
    expect((await trySignIn(hub, "Vera")).status).toBe(401);
    expect((await ada.ask("DELETE", `/api/v1/users/${user.id}`)).status).toBe(404);
    expect((await people(ada)).map(({ name }) => name)).toEqual(["Ada"]);
  });

  test("is refused when the address is taken, or the form is wrong", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const make = async (body: object) => (await ada.ask("POST", "/api/v1/users", body)).status;
    expect(await make({ name: "Eve", email: "ADA@desk.example", role: "viewer" })).toBe(409);
    expect(await make({ name: "Eve", email: "eve@desk.example", role: "root" })).toBe(400);
    expect(await make({ name: "Eve", email: "eve", role: "viewer" })).toBe(400);
    expect(await make({ name: "Eve", email: "eve@desk.example", role: "viewer", disabled: false })).toBe(400);
    const id = (await people(ada))[0]?.id ?? "";
    expect((await ada.ask("PATCH", `/api/v1/users/${id}`, {})).status).toBe(400);
    expect((await ada.ask("PATCH", `/api/v1/users/${id}`, { email: "x@desk.example" })).status).toBe(400);
  });
});

describe("the last owner", () => {
  test("cannot be demoted, disabled or removed, also while others are owners who cannot sign in", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const id = (await people(ada))[0]?.id ?? "";
    await invite(ada, "Ina", "owner");
    const dora = await join(hub, ada, "Dora", "owner");
    await ada.ask("PATCH", `/api/v1/users/${dora.user.id}`, { disabled: true });
    const attempts = [
      await ada.ask("PATCH", `/api/v1/users/${id}`, { role: "viewer" }),
      await ada.ask("PATCH", `/api/v1/users/${id}`, { disabled: true }),
      await ada.ask("DELETE", `/api/v1/users/${id}`),
    ];
    expect(attempts.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect((await ada.get("/owner")).status).toBe(200);
  });

  test("stays when two owners take the role from each other at once", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const bob = await join(hub, ada, "Bob", "owner");
    const adaId = (await people(ada)).find(({ name }) => name === "Ada")?.id ?? "";
    const both = await Promise.all([
      ada.ask("PATCH", `/api/v1/users/${bob.user.id}`, { role: "viewer" }),
      bob.visitor.ask("PATCH", `/api/v1/users/${adaId}`, { role: "viewer" }),
    ]);
    expect(both.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    const roles = [await ada.get("/owner"), await bob.visitor.get("/owner")].map(({ status }) => status);
    expect(roles.sort()).toEqual([200, 403]);
  });

  test("is whoever was registered before there were roles", async () => {
    const dataDir = newDataDir();
    const first = await startGuardedHub({ dataDir });
    const { cookie } = await makeOwner(first);
    await first.app.close();
    inAccounts(first, "ALTER TABLE auth_user DROP COLUMN role; ALTER TABLE auth_user DROP COLUMN disabled");
    inAccounts(first, "DROP TABLE auth_two_factor; ALTER TABLE auth_user DROP COLUMN twoFactorEnabled");
    const second = await startGuardedHub({ dataDir });
    expect((await second.send({ path: "/owner", headers: { cookie } })).json).toMatchObject({ role: "owner" });
  });
});

describe("sessions", () => {
  test("are listed with where they come from, and one ends without the others", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const second = await signIn(hub, "Ada");
    const account = (await second.get("/api/v1/account")).json as { sessions: { id: string; current: boolean }[] };
    expect(account).toMatchObject({ name: "Ada", role: "owner", second_factor: false, recovery_codes_left: null });
    expect(account.sessions.map(({ current }) => current)).toEqual([true, false]);
    expect(account.sessions[0]).toMatchObject({ address: "127.0.0.1" });
    expect(JSON.stringify(account)).not.toContain("token");
    const other = account.sessions.find(({ current }) => !current)?.id;
    const told: string[] = [];
    hub.access.onSignedOut((userId) => told.push(userId));
    expect((await second.ask("DELETE", `/api/v1/account/sessions/${other}`)).status).toBe(204);
    expect([(await ada.get("/account")).status, (await second.get("/account")).status]).toEqual([401, 200]);
    expect(told).toHaveLength(1);
    expect((await second.ask("DELETE", `/api/v1/account/sessions/${other}`)).status).toBe(404);
  });

  test("all end but the one that asks for it", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const [second, third] = [await signIn(hub, "Ada"), await signIn(hub, "Ada")];
    expect((await third.ask("DELETE", "/api/v1/account/sessions")).json).toEqual({ ended: 2 });
    const statuses = [await ada.get("/account"), await second.get("/account"), await third.get("/account")];
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 200]);
  });

  test("of others are an owner's to end, and nobody else's", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const vera = await join(hub, ada, "Vera", "viewer");
    const olga = await join(hub, ada, "Olga", "operator");
    const sessions = `/api/v1/users/${vera.user.id}/sessions`;
    expect((await olga.visitor.get(sessions)).status).toBe(403);
    const listed = (await ada.get(sessions)).json as { sessions: { id: string }[] };
    const one = listed.sessions[0]?.id ?? "";
    expect((await olga.visitor.ask("DELETE", `/api/v1/account/sessions/${one}`)).status).toBe(404);
    expect((await vera.visitor.get("/account")).status).toBe(200);
    expect((await ada.ask("DELETE", `${sessions}/${one}`)).status).toBe(204);
    expect((await vera.visitor.get("/account")).status).toBe(401);
    await signIn(hub, "Vera");
    expect((await ada.ask("DELETE", sessions)).json).toEqual({ ended: 1 });
  });

  test("are bounded for each person: one too many ends the oldest, and those that are over are forgotten", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    inAccounts(
      hub,
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 60)
       INSERT INTO auth_session (id, token, userId, createdAt, updatedAt, expiresAt)
       SELECT 's' || n, 't' || n, (SELECT id FROM auth_user),
         strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-' || n || ' minutes'), '2026-01-01T00:00:00.000Z',
         CASE WHEN n <= 5 THEN '2026-01-01T00:00:00.000Z' ELSE '2999-01-01T00:00:00.000Z' END
       FROM numbers`,
    );
    const again = await signIn(hub, "Ada");
    const { sessions } = (await again.get("/api/v1/account")).json as { sessions: { id: string }[] };
    expect([sessions.length, sessions.at(-1)?.id]).toEqual([50, "s53"]);
    expect((await ada.get("/account")).status).toBe(200);
    expect((await again.ask("DELETE", "/api/v1/account/sessions")).json).toEqual({ ended: 49 });
    expect((await ada.get("/account")).status).toBe(401);
  });

  test("take nothing over from a cookie that somebody planted, and replace the one before", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const eve = await join(hub, ada, "Eve", "viewer");
    const planted = eve.visitor.cookie;
    const signedIn = await trySignIn(hub, "Ada", PASSWORD, { cookie: planted });
    const [cookie = ""] = signedIn.headers["set-cookie"] ?? [];
    expect(cookie.split(";")[0]).not.toBe(planted);
    expect((await eve.visitor.get("/account")).status).toBe(401);
    expect((await hub.send({ path: "/account", headers: { cookie } })).json).toMatchObject({ name: "Ada" });
  });

  test("end for everybody else when somebody sets a new password by invitation", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const { user, visitor } = await join(hub, ada, "Vera", "viewer");
    const again = await ada.ask("POST", `/api/v1/users/${user.id}/invitation`);
    expect((await visitor.get("/account")).status).toBe(200);
    expect((await accept(hub, tokenOf(again), "another horse battery")).status).toBe(200);
    expect((await visitor.get("/account")).status).toBe(401);
    expect((await trySignIn(hub, "Vera")).status).toBe(401);
    await signIn(hub, "Vera", "another horse battery");
  });
});

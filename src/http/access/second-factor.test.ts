import { Pool } from "pg";
import { describe, expect, test } from "vitest";
import { afterAll, beforeAll } from "vitest";
import {
  addSecondFactor,
  join,
  makeOwner,
  PASSWORD,
  secondStep,
  trySignIn,
  Visitor,
} from "../../../test/support/desk-people.ts";
import { cookiesOf, type GuardedHub, startGuardedHub } from "../../../test/support/guarded-hub.ts";
import { type PostgresServer, startPostgres } from "../../../test/support/servers.ts";
import { requireTool } from "../../../test/support/tools.ts";
import { totpOf } from "../../../test/support/totp.ts";

const PLENTY = { limits: { failures: { burst: 100, perSecond: 1 } } };

async function usesBothFactors(hub: GuardedHub): Promise<void> {
  const ada = await makeOwner(hub);
  const { secret, recovery_codes } = await addSecondFactor(ada);
  expect((await ada.get("/api/v1/account")).json).toMatchObject({ second_factor: true, recovery_codes_left: 10 });
  const first = await trySignIn(hub, "Ada");
  expect([first.status, first.json]).toEqual([200, { signed_in: false, second_factor: true }]);
  expect((await new Visitor(hub, cookiesOf(first)).get("/account")).status).toBe(401);
  const wrong = await secondStep(hub, first, { code: "000000" });
  expect([wrong.status, cookiesOf(wrong)]).toEqual([401, ""]);
  const right = await secondStep(hub, first, { code: totpOf(secret, 1) });
  expect([right.status, right.json]).toMatchObject([200, { signed_in: true }]);
  expect((await new Visitor(hub, cookiesOf(right)).get("/account")).status).toBe(200);
  const again = await secondStep(hub, await trySignIn(hub, "Ada"), { recovery_code: recovery_codes[3] });
  expect(again.json).toMatchObject({ signed_in: true });
  expect((await ada.get("/api/v1/account")).json).toMatchObject({ recovery_codes_left: 9 });
}

describe("a second factor", () => {
  test("is asked for after the password, and signs in by a code or a recovery code", async () => {
    await usesBothFactors(await startGuardedHub());
  });

  test("holds only once a code has confirmed it, and takes the password", async () => {
    const hub = await startGuardedHub(PLENTY);
    const ada = await makeOwner(hub);
    const wrong = await ada.ask("POST", "/api/v1/account/second-factor", { password: "wrong horse battery" });
    expect(wrong.status).toBe(403);
    const begun = await ada.ask("POST", "/api/v1/account/second-factor", { password: PASSWORD });
    expect(begun.json).toMatchObject({ uri: expect.stringMatching(/^otpauth:\/\/totp\/Deskwatch/) });
    expect((await trySignIn(hub, "Ada")).json).toMatchObject({ signed_in: true });
    const refused = await ada.ask("POST", "/api/v1/account/second-factor/confirm", { code: "000000" });
    expect(refused.status).toBe(403);
    expect((await trySignIn(hub, "Ada")).json).toMatchObject({ signed_in: true });
    await addSecondFactor(ada);
    expect((await trySignIn(hub, "Ada")).json).toMatchObject({ second_factor: true });
    expect((await ada.ask("POST", "/api/v1/account/second-factor", { password: PASSWORD })).status).toBe(409);
  });

  test("takes a code once, although it is right for a while", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const { secret } = await addSecondFactor(ada);
    const code = totpOf(secret, 1);
    expect((await secondStep(hub, await trySignIn(hub, "Ada"), { code })).status).toBe(200);
    const sessions = async () => ((await ada.get("/api/v1/account")).json as { sessions: unknown[] }).sessions.length;
    const before = await sessions();
    const second = await secondStep(hub, await trySignIn(hub, "Ada"), { code });
    expect([second.status, cookiesOf(second), await sessions()]).toEqual([401, "", before]);
    expect(hub.acts.at(-1)).toMatchObject({ action: "session.refused", target: "Ada", detail: "wrong second factor" });
  });

  test("takes a recovery code once", async () => {
    const hub = await startGuardedHub();
    const { recovery_codes } = await addSecondFactor(await makeOwner(hub));
    const body = { recovery_code: recovery_codes[0] };
    expect((await secondStep(hub, await trySignIn(hub, "Ada"), body)).status).toBe(200);
    expect((await secondStep(hub, await trySignIn(hub, "Ada"), body)).status).toBe(401);
  });

  test("gives up old recovery codes when new ones are made", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const { recovery_codes: old } = await addSecondFactor(ada);
    const renewed = await ada.ask("POST", "/api/v1/account/recovery-codes", { password: PASSWORD });
    const { recovery_codes: codes } = renewed.json as { recovery_codes: string[] };
    expect(codes).toHaveLength(10);
    expect((await secondStep(hub, await trySignIn(hub, "Ada"), { recovery_code: old[0] })).status).toBe(401);
    expect((await secondStep(hub, await trySignIn(hub, "Ada"), { recovery_code: codes[0] })).status).toBe(200);
  });

  test("rests after ten wrong codes, also for the right one, and says so", async () => {
    const hub = await startGuardedHub(PLENTY);
    const { secret } = await addSecondFactor(await makeOwner(hub));
    for (const _ of [1, 2]) {
      const first = await trySignIn(hub, "Ada");
      for (const code of ["000000", "000001", "000002", "000003", "000004"])
        expect((await secondStep(hub, first, { code })).status).toBe(401);
    }
    const locked = await secondStep(hub, await trySignIn(hub, "Ada"), { code: totpOf(secret, 1) });
    expect([locked.status, locked.json]).toMatchObject([429, { code: "rate_limited" }]);
  });

  test("is nobody's who did not give the password, and no session of another replaces that", async () => {
    const hub = await startGuardedHub(PLENTY);
    const ada = await makeOwner(hub);
    const { secret } = await addSecondFactor(ada);
    const eve = await join(hub, ada, "Eve", "viewer");
    const code = totpOf(secret, 1);
    const path = "/api/auth/sign-in/second-factor";
    const without = await hub.send({ method: "POST", path, body: { code } });
    const withSession = await eve.visitor.ask("POST", path, { code });
    expect([without.status, withSession.status]).toEqual([401, 401]);
    expect((await eve.visitor.get("/account")).json).toMatchObject({ name: "Eve" });
  });

  test("is given up with the password, and taken away by an owner for whoever lost it", async () => {
    const hub = await startGuardedHub(PLENTY);
    const ada = await makeOwner(hub);
    await addSecondFactor(ada);
    const drop = (password: string) => ada.ask("POST", "/api/v1/account/second-factor/disable", { password });
    expect([(await drop("wrong horse battery")).status, (await drop(PASSWORD)).status]).toEqual([403, 204]);
    expect((await trySignIn(hub, "Ada")).json).toMatchObject({ signed_in: true });
    const vera = await join(hub, ada, "Vera", "viewer");
    await addSecondFactor(vera.visitor);
    expect((await trySignIn(hub, "Vera")).json).toMatchObject({ second_factor: true });
    const dropped = await ada.ask("DELETE", `/api/v1/users/${vera.user.id}/second-factor`);
    expect(dropped.json).toMatchObject({ name: "Vera", second_factor: false });
    expect((await trySignIn(hub, "Vera")).json).toMatchObject({ signed_in: true });
  });

  test("keeps out whoever was disabled between password and code", async () => {
    const hub = await startGuardedHub();
    const ada = await makeOwner(hub);
    const vera = await join(hub, ada, "Vera", "viewer");
    const { secret } = await addSecondFactor(vera.visitor);
    const first = await trySignIn(hub, "Vera");
    await ada.ask("PATCH", `/api/v1/users/${vera.user.id}`, { disabled: true });
    expect((await secondStep(hub, first, { code: totpOf(secret, 1) })).status).toBe(401);
  });
});

requireTool("postgres")("a second factor in PostgreSQL", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  test("is asked for after the password, with tables that the hub made, beside people with roles", async () => {
    const pool = new Pool({ connectionString: await postgres.createDatabase() });
    // The server may stop before the last connection has said goodbye.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    try {
      const hub = await startGuardedHub({ pool, ...PLENTY });
      await usesBothFactors(hub);
      await hub.app.close();
      await pool.query('UPDATE auth_user SET role = NULL, "twoFactorEnabled" = false');
      const second = await startGuardedHub({ pool, dataDir: hub.dataDir });
      const signedIn = await trySignIn(second, "Ada");
      const ada = new Visitor(second, cookiesOf(signedIn));
      expect((await ada.get("/owner")).status).toBe(200);
      const { user, visitor } = await join(second, ada, "Vera", "viewer");
      expect((await visitor.get("/control")).status).toBe(403);
      expect((await ada.ask("DELETE", `/api/v1/users/${user.id}`)).status).toBe(204);
      expect((await visitor.get("/account")).status).toBe(401);
      await second.app.close();
    } finally {
      await pool.end();
    }
  });
});

import { describe, expect, test } from "vitest";
import { type GuardedHub, newDataDir, startGuardedHub } from "../../../test/support/guarded-hub.ts";
import { runLocal } from "../../../test/support/local-command.ts";
import { registerKeys } from "./keys.ts";

const run = (dataDir: string, ...args: string[]) => runLocal(registerKeys, dataDir, ["keys", ...args]);

async function useKey(hub: GuardedHub, key: string, path: string): Promise<number> {
  return (await hub.send({ path, headers: { authorization: `Bearer ${key}` } })).status;
}

describe("deskwatch keys", () => {
  test("makes a key that works, lists it and revokes it when a hub runs on the data directory", async () => {
    const hub = await startGuardedHub();
    const made = await run(hub.dataDir, "create", "alpha", "--scope", "ingest", "control", "--bot", "alpha");
    const [key = ""] = made.printed;
    expect([made.exitCode, made.printed.length]).toEqual([0, 1]);
    expect([await useKey(hub, key, "/control"), await useKey(hub, key, "/read")]).toEqual([200, 403]);

    const listed = await run(hub.dataDir, "list");
    expect(listed.printed[1]).toMatch(new RegExp(`^${key.slice(3, 11)} +alpha +ingest,control +alpha `));
    expect(listed.printed.join("")).not.toContain(key.slice(11));
    const json = await run(hub.dataDir, "list", "--json");
    expect(JSON.parse(json.printed[0] ?? "")).toMatchObject({ keys: [{ name: "alpha", bot: "alpha" }] });

    expect((await run(hub.dataDir, "revoke", key.slice(0, 11))).printed).toEqual([`Revoked ${key.slice(3, 11)}.`]);
    expect(await useKey(hub, key, "/control")).toBe(401);
  });

  test("makes a key that ends by itself when it is told how long it stands", async () => {
    const hub = await startGuardedHub();
    const { printed } = await run(hub.dataDir, "create", "guest", "--scope", "read", "--expires", "2");
    const [key = ""] = printed;
    hub.clock.advanceS(2 * 86_400 - 1);
    expect(await useKey(hub, key, "/read")).toBe(200);
    hub.clock.advanceS(1);
    expect(await useKey(hub, key, "/read")).toBe(401);
    expect((await run(hub.dataDir, "create", "guest", "--scope", "read", "--expires", "0")).exitCode).toBe(2);
  });

  test("says what to do and fails when no hub runs", async () => {
    const dataDir = newDataDir();
    const outcome = await run(dataDir, "list");
    expect([outcome.exitCode, outcome.complained.join("")]).toEqual([1, expect.stringContaining("deskwatch start")]);
  });

  test("fails when the hub has stopped, or was killed and left its token", async () => {
    const hub = await startGuardedHub();
    await hub.app.close();
    expect((await run(hub.dataDir, "list")).exitCode).toBe(1);
    const { writeLocalAccess } = await import("../../http/access/local-token.ts");
    writeLocalAccess(hub.dataDir, { url: hub.url, token: "x".repeat(43) });
    const outcome = await run(hub.dataDir, "list");
    expect([outcome.exitCode, outcome.complained.join("")]).toEqual([1, expect.stringContaining("no hub runs")]);
  });

  test("passes on why the hub refused", async () => {
    const hub = await startGuardedHub();
    const bound = await run(hub.dataDir, "create", "k", "--scope", "read", "--bot", "alpha");
    expect([bound.exitCode, bound.complained.join("")]).toEqual([1, expect.stringContaining("scope ingest")]);
    const unknown = await run(hub.dataDir, "revoke", "AAAAAAAA");
    expect([unknown.exitCode, unknown.complained.join("")]).toEqual([1, expect.stringContaining("no key")]);
  });

  test.each([[["create", "k"]], [["create", "k", "--scope", "everything"]], [["revoke"]]])(
    "is misuse when called as %j",
    async (args) => {
      expect((await run(newDataDir(), ...args)).exitCode).toBe(2);
    },
  );
});

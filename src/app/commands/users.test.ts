import { describe, expect, test } from "vitest";
import { accept, addSecondFactor, makeOwner, PASSWORD, signIn, trySignIn } from "../../../test/support/desk-people.ts";
import { newDataDir, startGuardedHub } from "../../../test/support/guarded-hub.ts";
import { runLocal } from "../../../test/support/local-command.ts";
import { registerUsers } from "./users.ts";

const run = (dataDir: string, ...args: string[]) => runLocal(registerUsers, dataDir, ["users", ...args]);

const tokenIn = (printed: readonly string[]): string => (printed[0] ?? "").split("/invitation#")[1] ?? "";

describe("deskwatch users", () => {
  test("gives an owner back who lost both password and second factor", async () => {
    const hub = await startGuardedHub();
    await addSecondFactor(await makeOwner(hub));
    const reset = await run(hub.dataDir, "reset-password", "ada@desk.example");
    expect(reset.printed[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/invitation#[\w-]{43}$/);
    expect((await accept(hub, tokenIn(reset.printed), "another horse battery")).status).toBe(200);
    expect((await trySignIn(hub, "Ada", PASSWORD)).status).toBe(401);
    expect((await trySignIn(hub, "Ada", "another horse battery")).json).toMatchObject({ second_factor: true });
    expect((await run(hub.dataDir, "disable-totp", "Ada")).printed).toEqual([
      "Ada signs in with the password alone now.",
    ]);
    await signIn(hub, "Ada", "another horse battery");
    const acts = hub.acts.filter(({ by }) => by.who_kind === "local").map(({ action }) => action);
    expect(acts).toEqual(["user.invited", "second_factor.off"]);
  });

  test("adds, lists, changes and removes people", async () => {
    const hub = await startGuardedHub();
    await makeOwner(hub);
    const added = await run(hub.dataDir, "add", "Vera", "--email", "vera@desk.example", "--role", "operator");
    await accept(hub, tokenIn(added.printed));
    const vera = await signIn(hub, "Vera");
    const line = async () => (await run(hub.dataDir, "list")).printed.find((each) => each.startsWith("Vera")) ?? "";
    expect(await line()).toMatch(/^Vera +vera@desk\.example +operator +no +1 /);
    expect((await run(hub.dataDir, "set-role", "vera", "viewer")).printed).toEqual(["Vera is viewer now."]);
    expect((await vera.get("/control")).status).toBe(403);
    await run(hub.dataDir, "disable", "Vera");
    expect(await line()).toMatch(/disabled$/);
    expect((await vera.get("/account")).status).toBe(401);
    await run(hub.dataDir, "enable", "Vera");
    await signIn(hub, "Vera");
    await run(hub.dataDir, "remove", "Vera");
    const json = JSON.parse((await run(hub.dataDir, "list", "--json")).printed[0] ?? "");
    expect(json.users.map(({ name }: { name: string }) => name)).toEqual(["Ada"]);
  });

  test("fails with what to do when a name fits nobody or several, or the hub would be nobody's", async () => {
    const hub = await startGuardedHub();
    await makeOwner(hub);
    for (const email of ["a@desk.example", "b@desk.example"]) await run(hub.dataDir, "add", "Twin", "--email", email);
    const said = async (...args: string[]) => {
      const { complained, exitCode } = await run(hub.dataDir, ...args);
      return [exitCode, complained[0]];
    };
    expect(await said("disable", "Eve")).toEqual([1, "deskwatch: nobody is called Eve; see `deskwatch users list`."]);
    expect(await said("disable", "twin")).toEqual([
      1,
      "deskwatch: several people are called twin: give an e-mail address.",
    ]);
    expect(await said("disable", "Ada")).toEqual([
      1,
      "deskwatch: Nobody would be left who owns this hub: make somebody else an owner first.",
    ]);
    const [code, why] = await said("set-role", "Ada", "root");
    expect([code, why]).toEqual([1, expect.stringContaining("role")]);
  });

  test("says what to do when no hub runs, and when nobody was made yet", async () => {
    const none = await run(newDataDir(), "list");
    expect([none.exitCode, none.complained[0]]).toEqual([
      1,
      expect.stringContaining("start it with `deskwatch start`"),
    ]);
    const hub = await startGuardedHub();
    expect((await run(hub.dataDir, "list")).printed[0]).toContain("open the page");
  });
});

import { expect, test, vi } from "vitest";
import { registerHaltRules } from "../../src/app/commands/halt-rules.ts";
import { controlDesk } from "../support/control-desk.ts";
import { sendTo } from "../support/scratch-hub.ts";
import { typed } from "../support/typed-command.ts";
import { waitUntil } from "../support/wait-until.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 180_000 });

const DAILY = ["set", "daily", "--metric", "daily_loss_pct", "--limit", "3%"];

/** A whole hub, and `deskwatch halt-rules` on its machine. */
async function scene() {
  const desk = await controlDesk();
  const run = (args: readonly string[], more: object = {}) =>
    typed([registerHaltRules], ["halt-rules", ...args], {
      environment: { DESKWATCH_DATA_DIR: desk.dataDir },
      ...more,
    });
  return { desk, run };
}

test("rules are set, listed with what they read, changed in part, and removed", async () => {
  const { desk, run } = await scene();
  expect((await run(["list"])).out).toMatch(/^No rule halts by itself: deskwatch halt-rules set/);
  expect(await run(DAILY)).toEqual({ code: 0, out: "Set daily.\n", err: "" });
  await desk.start("mm", "making");
  await sendTo(desk.url, [{ type: "risk", bot: "mm", ts: new Date().toISOString(), daily_loss_pct: 0.042 }]);
  await waitUntil("mm is halted", async () => (await run([])).out.includes("its halt of mm holds"));
  const { out } = await run(["list"]);
  expect(out).toMatch(
    /^daily +⚠ breached +daily loss at or over 3 % +halts the bot; never resumes by itself +1 · 1 breached +page · local/m,
  );
  expect(out).toMatch(/^mm +daily +⚠ breached +4\.2 % +≥ 3 % +for .*; its halt of mm holds/m);
  const changed = ["set", "daily", "--limit", "0.05", "--resume-after", "60", "--of", "mm", "arb", "--off"];
  expect((await run(changed)).out).toBe("Changed daily.\n");
  const { rules } = JSON.parse((await run(["list", "--json"])).out);
  expect(rules).toMatchObject([
    {
      ...{ name: "daily", metric: "daily_loss_pct", limit: 0.05, scope: "bot", action: "halt", of: ["mm", "arb"] },
      ...{ resume: { when_clear_for_s: 60 }, enabled: false, set_by: "local" },
    },
  ]);
  await run(["set", "daily", "--on", "--of", "all", "--resume-after", "never"]);
  expect(JSON.parse((await run(["list", "--json"])).out).rules).toMatchObject([
    { of: [], resume: "never", enabled: true, limit: 0.05 },
  ]);
  expect((await run(["remove", "daily"], { asks: true, input: "dail\n" })).err).toContain("nothing was done");
  expect((await run(["remove", "daily"], { asks: true, input: "daily\n" })).out).toMatch(/^Removed daily\./);
  expect((await run(["list"])).out).toMatch(/^No rule halts by itself/);
});

test("what is wrong is said, and nothing is set", async () => {
  const { run } = await scene();
  const refused = async (...args: string[]): Promise<string> => {
    const { code, err } = await run(args);
    return `${code} ${err.trim().replace("deskwatch: ", "")}`;
  };
  expect(await refused("set", "daily")).toBe("2 there is no rule daily yet: say its --metric and --limit");
  expect(await refused("set", "daily", "--metric", "drawdown_pct")).toBe("2 say the --limit of drawdown_pct");
  expect(await refused(...DAILY, "--on", "--off")).toBe("2 say --on or --off, not both");
  expect(await refused("set", "daily", "--metric", "drawdown_pct", "--limit", "5")).toBe(
    "2 limit: expected a ratio of 1 at most (0.03 is 3 %), found 5",
  );
  expect(await refused("set", "Daily loss", "--metric", "drawdown_pct", "--limit", "5%")).toBe(
    "2 name: expected 1 to 24 of a-z 0-9 -",
  );
  expect(await refused(...DAILY, "--scope", "venue")).toMatch(/^2 scope: expected one of bot, strategy, desk/);
  expect(await refused("remove", "daily")).toBe("2 there is no terminal to ask on: say --yes");
  expect(await refused("remove", "daily", "--yes")).toBe("1 There is no rule daily.");
  await run(DAILY);
  expect(await refused("set", "daily", "--metric", "consecutive_losses")).toBe(
    "2 say the --limit of consecutive_losses",
  );
});

test("a key that may only control sets a new rule, and changes none that it cannot see", async () => {
  const { desk, run } = await scene();
  const { body } = await desk.call<{ key: string }>("/api/v1/keys", { name: "k", scopes: ["control"] });
  const withKey = ["--url", desk.url, "--key", body.key];
  expect((await run([...DAILY, ...withKey])).out).toBe("Set daily.\n");
  expect((await run([...DAILY, "--limit", "90%", ...withKey])).err).toContain("There is a rule daily already");
});

import { expect, test } from "vitest";
import { registerControl } from "../../src/app/commands/control.ts";
import { registerControls } from "../../src/app/commands/controls.ts";
import type { CommandAnswer } from "../../src/protocol/api-control.ts";
import { controlDesk } from "../support/control-desk.ts";
import { LinkedBot } from "../support/linked-bot.ts";
import { typed } from "../support/typed-command.ts";

const run = (dataDir: string, args: readonly string[], more: object = {}) =>
  typed([registerControl, registerControls], args, { environment: { DESKWATCH_DATA_DIR: dataDir }, ...more });

test("halt shows its effect in numbers and the proof of every bot, and ends with 0 when it is proven", async () => {
  const desk = await controlDesk();
  await desk.start("maker", "making");
  await desk.place("maker", "o-1");
  (await LinkedBot.on(desk.url, "maker")).obey();
  const { out, err, code } = await run(desk.dataDir, ["halt", "--all", "--reason", "a drill", "--yes", "--wait", "60"]);
  expect(err).toBe("");
  expect(out).toMatch(/^Halts 1 bot, 1 resting order\.$/m);
  expect(out).toMatch(/^maker {2}requested 0 ms → delivered [^→]+ → acknowledged [^→]+ → verified [^;]+; reported/m);
  expect(code).toBe(0);

  const { out: listed } = await run(desk.dataDir, ["controls"]);
  expect(listed).toMatch(
    /^maker +■ halted +running +● linked +0 +0 +Halt of everything by local, on the command line/m,
  );
  const { code: resumed } = await run(desk.dataDir, ["resume", "--all", "--reason", "over", "--yes", "--wait", "60"]);
  expect(resumed).toBe(0);
});

test("a halt that is not proven in time ends with 1 and names the bots", async () => {
  const desk = await controlDesk();
  await desk.start("deaf", "making");
  const { err, code } = await run(desk.dataDir, ["halt", "--bot", "deaf", "--reason", "x", "--yes", "--wait", "0.2"]);
  expect([code, err]).toEqual([1, "deskwatch: not proven of deaf; `deskwatch controls` shows how far it came\n"]);
});

test("--json prints the command with its courses", async () => {
  const desk = await controlDesk();
  await desk.start("maker", "making");
  const { out, code } = await run(desk.dataDir, [
    "pause",
    "--strategy",
    "making",
    "--reason",
    "x",
    "--yes",
    "--wait",
    "0",
    "--json",
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(out) as CommandAnswer).toMatchObject({
    command: { action: "pause", target: { strategy: "making" }, via: "command_line", bots: [{ bot: "maker" }] },
    effect: { summary: "Pauses 1 bot" },
  });
});

test.each([
  [["halt", "--reason", "x", "--yes"], "name exactly one of --bot, --strategy, --venue and --all"],
  [["halt", "--all", "--bot", "a", "--reason", "x", "--yes"], "name exactly one of"],
  [["halt", "--all", "--reason", "x"], "there is no terminal to ask on: say --yes"],
  [["halt", "--all", "--reason", "x", "--yes", "--wait", "soon"], "--wait is a number of seconds"],
])("%j is misuse", async (args, message) => {
  const { code, err } = await run("/nowhere", args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("on a terminal it asks for the name of the target, and does nothing without it", async () => {
  const desk = await controlDesk();
  await desk.start("maker", "making");
  const no = await run(desk.dataDir, ["halt", "--bot", "maker", "--reason", "x"], { input: "maker-1\n", asks: true });
  expect(no).toMatchObject({ code: 1 });
  expect(no.err).toContain("Halts 1 bot, 0 resting orders.\n1 of them never asked for commands");
  expect(no.err).toContain("Type maker to go on: deskwatch: nothing was done\n");
  expect((await desk.call<{ commands: [] }>("/api/v1/controls")).body.commands).toEqual([]);
  const yes = await run(desk.dataDir, ["halt", "--bot", "maker", "--reason", "x", "--wait", "0"], {
    input: "maker\n",
    asks: true,
  });
  expect(yes).toMatchObject({ code: 0, out: expect.stringContaining("maker  requested 0 ms") });
});

test("a bot that is not known is refused, and so is a visitor without the right", async () => {
  const desk = await controlDesk();
  const unknown = await run(desk.dataDir, ["halt", "--bot", "maker", "--reason", "x", "--yes"]);
  expect([unknown.code, unknown.err]).toEqual([1, "deskwatch: There is no bot maker here: nothing was done.\n"]);
  const stranger = await typed([registerControl], ["halt", "--all", "--reason", "x", "--yes", "--url", desk.url], {
    environment: { DESKWATCH_DATA_DIR: "/nowhere" },
  });
  expect(stranger.code).toBe(1);
  expect(stranger.err).toContain("deskwatch keys create NAME --scope control");
});

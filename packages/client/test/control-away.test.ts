import { join } from "node:path";
import { expect, test } from "vitest";
import { waitUntil } from "../../../test/support/wait-until.ts";
import type { Command, ControlOptions } from "../src/index.ts";
import { controlling, restingOrder } from "./controlling.ts";

const bot = controlling();
const whenAway = { stopAfterS: 0.3 };

function watched(options: Partial<ControlOptions> = {}) {
  const commands: Command[] = [];
  const control = bot.controlFor({
    ...{ whenAway, openOrders: () => [], ...options },
    onCommand: (command) => {
      commands.push(command);
    },
  });
  return { control, commands };
}

test("goes on with what it was told last while the hub is away", async () => {
  const { control, commands } = watched({ whenAway: "keep" });
  await control.ready();
  await bot.hub.down();
  await waitUntil("it noticed", () => control.status().by === undefined);
  expect([control.allowed({}), commands]).toEqual([true, []]);
});

test("halts itself when the hub is away for too long, and goes on by a resume alone", async () => {
  const { control, commands } = watched();
  await control.ready();
  await bot.hub.down();
  await waitUntil("it halted", () => control.state === "halted");
  expect(control.allowed({ intent: "exit" })).toBe(false);
  expect(commands).toMatchObject([{ action: "halt", local: true, reason: expect.stringContaining("0.3 s") }]);
  await bot.hub.up();
  await waitUntil("it is connected again", () => control.status().by === "link");
  await waitUntil("its state and what is left are told", () => bot.told("orders.snapshot").length > 0);
  expect(bot.told("bot.state")).toMatchObject([
    { status: "halted", reason: expect.stringContaining("no sign of life") },
  ]);
  expect([control.state, control.status().stopped, bot.hub.acks]).toEqual(["halted", true, []]);
  bot.hub.issue("resume", { all: true });
  await waitUntil("it goes on", () => control.allowed({}));
  expect(control.status().stopped).toBe(false);
});

test("goes on when it hears the hub again and its rule says so", async () => {
  const { control, commands } = watched({ whenAway: { ...whenAway, resumeWhenHeard: true } });
  await control.ready();
  await bot.hub.down();
  await waitUntil("it halted", () => control.state === "halted");
  await bot.hub.up();
  await waitUntil("it goes on", () => control.state === "running");
  expect(commands.map(({ action }) => action)).toEqual(["halt"]);
});

test("is not freed from its own halt by a resume that it had before", async () => {
  const { control } = watched();
  await control.ready();
  bot.hub.forgetful = true;
  bot.hub.issue("resume");
  await waitUntil("it is acknowledged", () => bot.hub.acks.length > 0);
  await bot.hub.down();
  await waitUntil("it halted", () => control.state === "halted");
  await bot.hub.up();
  await waitUntil("the old resume came again", () => bot.hub.acks.length > 1);
  expect(control.state).toBe("halted");
});

test("stays halted by itself over a restart", async () => {
  const stateFile = join(bot.directory, "control.json");
  const { control } = watched({ stateFile });
  await control.ready();
  await bot.hub.down();
  await waitUntil("it halted and knows what is left", () => control.status().stopped && control.status().pending === 0);
  control.close();
  await bot.hub.up();
  const { control: after } = watched({ stateFile });
  await after.ready();
  expect(after.status()).toMatchObject({ state: "halted", stopped: true, heard: true });
});

test("notices a hub that is connected and says nothing", async () => {
  const { control } = watched({ probeS: 0.05 });
  await control.ready();
  // From here on nothing answers, and nothing is closed.
  bot.hub.intercept = () => true;
  bot.hub.send("x".repeat(1));
  await waitUntil("it halted", () => control.state === "halted");
});

test("stays as it is while the hub gives signs of life and has no news", async () => {
  const { control } = watched({ probeS: 0.02 });
  await control.ready();
  const probes = bot.hub.asked.length;
  let ticks = 0;
  await waitUntil("more time has passed than it would wait", () => ++ticks > 40);
  expect([control.state, bot.hub.asked.length]).toEqual(["running", probes]);
});

test("tells of a halt by itself what is left when a provider fails first", async () => {
  let asked = 0;
  const { control } = watched({
    openOrders: () => {
      if (asked++ === 0) throw new Error("the venue is away");
      return asked === 2 ? [restingOrder("o-1")] : [];
    },
  });
  await control.ready();
  await bot.hub.down();
  await waitUntil("it has looked until nothing was left", () => asked === 3);
  expect(control.status().lastError).toBeDefined();
  await bot.hub.up();
  await waitUntil("both are told", () => bot.told("orders.snapshot").length === 2);
});

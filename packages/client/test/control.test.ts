import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseEvent } from "../../../src/protocol/parse-event.ts";
import { waitUntil } from "../../../test/support/wait-until.ts";
import type { Command } from "../src/index.ts";
import { controlling, restingOrder } from "./controlling.ts";

const bot = controlling();
const entry = { venue: "binance", intent: "entry" } as const;
const exit = { venue: "binance", intent: "exit" } as const;

test("lets a bot trade when the hub tells no orders", async () => {
  const control = bot.controlFor();
  expect(await control.ready()).toBe(true);
  expect(control.status()).toMatchObject({ state: "running", heard: true, by: "link", pending: 0 });
  expect([control.allowed(entry), control.allowed(exit), control.allowed({})]).toEqual([true, true, true]);
  expect(bot.told("bot.state")).toEqual([]);
});

test.each([
  ["pause", "paused", false, true],
  ["halt", "halted", false, false],
  ["flatten", "reducing", false, true],
] as const)("changes the flag before the handler runs when a %s comes", async (action, state, entries, exits) => {
  const seen: unknown[] = [];
  const control = bot.controlFor({
    onCommand: (command) => {
      seen.push([command.action, command.state, command.local, control.state, control.allowed(entry)]);
    },
  });
  await control.ready();
  const { command_id } = bot.hub.issue(action);
  await waitUntil("it is acknowledged", () => bot.hub.acks.length > 0);
  expect(seen).toEqual([[action, state, false, state, entries]]);
  expect(bot.hub.acks).toEqual([{ command_id, by: "link" }]);
  expect([control.state, control.allowed(entry), control.allowed(exit)]).toEqual([state, entries, exits]);
  await waitUntil("the bot's state is told", () => bot.told("bot.state").length > 0);
  expect(bot.told("bot.state")).toMatchObject([{ status: state, reason: "as the test wants it" }]);
});

test("acknowledges when the handler is done, and tells what is left afterwards", async () => {
  let finish: () => void = () => undefined;
  const resting = [restingOrder("o-1")];
  const control = bot.controlFor({
    openOrders: () => resting,
    positions: async () => [{ venue: "binance", symbol: "BTCUSDT", size: 0 }],
    onCommand: () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  });
  await control.ready();
  bot.hub.issue("flatten");
  await waitUntil("the command arrived", () => control.state === "reducing");
  expect([bot.hub.acks, control.status().pending]).toEqual([[], 1]);
  resting.length = 0;
  finish();
  await waitUntil("positions are told", () => bot.told("position.snapshot").length > 0);
  expect(bot.hub.acks).toHaveLength(1);
  expect(bot.told("orders.snapshot")).toMatchObject([{ orders: [], source: "bot" }]);
  expect(bot.told("position.snapshot")).toMatchObject([{ positions: [{ size: 0 }], source: "bot" }]);
  expect(bot.hub.events.map((event) => parseEvent({ ...event })).filter(({ ok }) => !ok)).toEqual([]);
});

test("tells what the handler returns when there is nobody to ask", async () => {
  const control = bot.controlFor({ onCommand: async () => ({ orders: [restingOrder("o-2")] }) });
  await control.ready();
  bot.hub.issue("halt");
  await waitUntil("orders are told", () => bot.told("orders.snapshot").length > 0);
  expect(bot.told("orders.snapshot")).toMatchObject([{ orders: [{ order_id: "o-2" }] }]);
});

test("asks again while orders are left, and no more when none are", async () => {
  const left = [[restingOrder("o-1"), restingOrder("o-2")], [restingOrder("o-2")], []];
  let asked = 0;
  const control = bot.controlFor({ openOrders: () => left[asked++] ?? [], onCommand: () => undefined });
  await control.ready();
  bot.hub.issue("halt");
  await waitUntil("none is left", () => bot.told("orders.snapshot").length === 3);
  expect(bot.told("orders.snapshot").map(({ orders }) => (orders as unknown[]).length)).toEqual([2, 1, 0]);
  expect(asked).toBe(3);
});

test("goes on proving a halt when another command comes before its orders are gone", async () => {
  const left = [[restingOrder("o-1")], [restingOrder("o-1")], []];
  let asked = 0;
  const control = bot.controlFor({ openOrders: () => left[asked++] ?? [], onCommand: () => undefined });
  await control.ready();
  bot.hub.issue("halt", { venue: "binance" });
  await waitUntil("the halt is told of", () => bot.told("orders.snapshot").length === 1);
  bot.hub.issue("pause", { venue: "kraken" });
  await waitUntil("no order is left", () => bot.told("orders.snapshot").length === 3);
  expect(bot.told("orders.snapshot").at(-1)).toMatchObject({ orders: [] });
});

test("leaves the orders of other venues alone when a halt is of one", async () => {
  let asked = 0;
  const control = bot.controlFor({
    openOrders: () => {
      asked++;
      return [restingOrder("o-1", "kraken")];
    },
    onCommand: () => undefined,
  });
  await control.ready();
  bot.hub.issue("halt", { venue: "binance" });
  await waitUntil("orders are told", () => bot.told("orders.snapshot").length === 1);
  expect([control.state, control.allowed(entry), control.allowed({ venue: "kraken" })]).toEqual([
    "running",
    false,
    true,
  ]);
  expect(control.status().venues).toEqual({ binance: "halted" });
  bot.hub.issue("resume", { venue: "binance" });
  await waitUntil("the venue is free", () => control.allowed(entry));
  await waitUntil("orders are told again", () => bot.told("orders.snapshot").length === 2);
  expect(asked).toBe(2);
});

test.each([
  ["throws", () => Promise.reject(new Error("the venue refused"))],
  [
    "throws at once",
    () => {
      throw new Error("the venue refused");
    },
  ],
])("tells why when the handler %s, and the halt holds", async (_how, onCommand) => {
  const control = bot.controlFor({ onCommand });
  await control.ready();
  const { command_id } = bot.hub.issue("halt");
  await waitUntil("it is acknowledged", () => bot.hub.acks.length > 0);
  expect(bot.hub.acks).toEqual([{ command_id, by: "link", error: "the venue refused" }]);
  expect([control.state, control.status().lastError]).toEqual(["halted", "the venue refused"]);
});

test("stands a handler that throws what no words can be made of", async () => {
  const hostile = {
    toString: () => {
      throw new Error("no");
    },
  };
  const control = bot.controlFor({
    onCommand: () => {
      throw hostile;
    },
  });
  await control.ready();
  bot.hub.issue("halt");
  await waitUntil("it is acknowledged", () => bot.hub.acks.length > 0);
  expect(bot.hub.acks[0]?.error).toContain("cannot be read");
});

test("acknowledges pause and resume without a handler, and lets a halt wait for one", async () => {
  const control = bot.controlFor();
  await control.ready();
  bot.hub.issue("pause");
  bot.hub.issue("halt");
  bot.hub.issue("resume");
  await waitUntil("two are acknowledged", () => bot.hub.acks.length === 2);
  expect(bot.hub.acks.map(({ command_id }) => command_id)).toEqual(["c-1", "c-3"]);
  await waitUntil("the bot knows", () => control.status().pending === 1);
  control.onCommand(() => undefined);
  await waitUntil("the halt is too", () => bot.hub.acks.length === 3);
});

test("runs a halt at once when the handler of a pause hangs", async () => {
  const ran: string[] = [];
  let finish: (left: undefined) => void = () => undefined;
  const control = bot.controlFor({
    onCommand: ({ action }) => {
      ran.push(action);
      if (action !== "pause") return undefined;
      return new Promise<undefined>((resolve) => {
        finish = resolve;
      });
    },
  });
  await control.ready();
  bot.hub.issue("pause");
  bot.hub.issue("resume");
  bot.hub.issue("halt");
  await waitUntil("the halt is acknowledged", () => bot.hub.acks.length > 0);
  expect(bot.hub.acks.map(({ command_id }) => command_id)).toEqual(["c-3"]);
  expect(ran).toEqual(["pause", "halt"]);
  finish(undefined);
  await waitUntil("the others are acknowledged", () => bot.hub.acks.length === 3);
  // The resume was overtaken by the halt: what it would start stays stopped.
  expect(ran).toEqual(["pause", "halt"]);
});

test("tells what is left once more when the hub asks anew for what it had confirmed", async () => {
  const ran: Command[] = [];
  const control = bot.controlFor({
    openOrders: () => [],
    onCommand: (command) => {
      ran.push(command);
    },
  });
  await control.ready();
  const command = bot.hub.issue("halt");
  await waitUntil("it is done and proven", () => bot.told("orders.snapshot").length === 1);
  bot.hub.send({ op: "orders", ...bot.hub.orders(), commands: [command] });
  await waitUntil("it is proven again", () => bot.told("orders.snapshot").length === 2);
  expect([bot.hub.acks.length, ran.length, control.status().pending]).toEqual([2, 1, 0]);
});

test("runs the handler once when the hub says a command again and again", async () => {
  const ran: Command[] = [];
  const control = bot.controlFor({
    onCommand: (command) => {
      ran.push(command);
    },
  });
  await control.ready();
  bot.hub.loseAcks = true;
  bot.hub.forgetful = true;
  const command = bot.hub.issue("halt");
  await waitUntil("it is acknowledged", () => bot.hub.acks.length === 1);
  bot.hub.send({ op: "command", ...command, state: "halted" });
  await waitUntil("it is acknowledged again", () => bot.hub.acks.length === 2);
  for (let round = 3; round < 6; round++) {
    bot.hub.cut();
    await waitUntil("it is acknowledged on the next line", () => bot.hub.acks.length === round);
  }
  expect(ran.map(({ command_id }) => command_id)).toEqual([command.command_id]);
  expect(new Set(bot.hub.acks.map(({ command_id }) => command_id)).size).toBe(1);
  expect(bot.told("orders.snapshot")).toEqual([]);
});

test("has its halt before it may trade when it was issued while the bot was away", async () => {
  const control = bot.controlFor({ untilHeard: "block" });
  expect(control.allowed(exit)).toBe(false);
  await control.ready();
  expect(control.allowed(entry)).toBe(true);
  await bot.hub.down();
  bot.hub.issue("halt");
  await bot.hub.up();
  const second = bot.controlFor({ untilHeard: "block" });
  const allowedBefore = second.allowed(entry);
  expect(await second.ready({ timeoutMs: 30_000 })).toBe(true);
  expect([allowedBefore, second.allowed(entry), second.state]).toEqual([false, false, "halted"]);
  await waitUntil("the first heard it too", () => control.state === "halted");
});

test("says that nobody was heard when the hub is away, and allows what its policy says", async () => {
  await bot.hub.down();
  const open = bot.controlFor();
  const closed = bot.controlFor({ untilHeard: "block" });
  expect(await open.ready({ timeoutMs: 50 })).toBe(false);
  expect([open.allowed(entry), closed.allowed(entry), closed.state]).toEqual([true, false, "halted"]);
  expect(open.status()).toMatchObject({ heard: false, by: undefined, lastError: expect.stringMatching(/./) });
});

test("starts halted when it was halted before a restart and no hub is there", async () => {
  const stateFile = join(bot.directory, "kept", "control.json");
  const before = bot.controlFor({ stateFile, onCommand: () => undefined });
  await before.ready();
  bot.hub.issue("halt");
  bot.hub.issue("pause", { venue: "kraken" });
  await waitUntil("both are acknowledged", () => bot.hub.acks.length === 2);
  before.close();
  await bot.hub.down();
  const after = bot.controlFor({ stateFile });
  expect(after.status()).toMatchObject({ state: "halted", venues: { kraken: "paused" }, heard: false });
  expect(after.allowed(exit)).toBe(false);
  bot.hub.issue("resume");
  await bot.hub.up();
  await waitUntil("it heard that it may go on", () => after.allowed(entry));
});

test("blocks until it has heard the hub when what it kept cannot be read", async () => {
  const stateFile = join(bot.directory, "control.json");
  writeFileSync(stateFile, '{"bot":"b-1","state":"hal');
  const control = bot.controlFor({ stateFile });
  expect([control.allowed(entry), control.status().lastError]).toEqual([false, expect.stringMatching(/JSON/)]);
  await control.ready();
  expect(control.allowed(entry)).toBe(true);
});

test("leaves the file of another bot alone", async () => {
  const stateFile = join(bot.directory, "control.json");
  const text = '{"bot":"b-2","state":"halted","venues":{},"stopped":false}';
  writeFileSync(stateFile, text);
  const control = bot.controlFor({ stateFile });
  expect([control.state, control.status().lastError]).toEqual(["running", expect.stringContaining("another bot")]);
});

test("never throws when its options are nonsense", async () => {
  const control = bot.controlFor({
    ...({ url: "ftp://nowhere", key: "two words", whenAway: null, retry: undefined } as object),
  });
  expect(await control.ready({ timeoutMs: 10 })).toBe(false);
  expect(control.allowed(undefined as unknown as object)).toBe(true);
  expect(control.status().lastError).toContain("http");
  control.close();
});

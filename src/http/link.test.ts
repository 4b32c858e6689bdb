import fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { ManualClock, MemoryKeyStore, newDataDir } from "../../test/support/guarded-hub.ts";
import { HandControl } from "../../test/support/hand-control.ts";
import { LinkedBot } from "../../test/support/linked-bot.ts";
import { waitUntil } from "../../test/support/wait-until.ts";
import { registerAccess } from "./access/register-access.ts";
import { registerLink } from "./link.ts";
import { registerProblems } from "./problem.ts";
import { Upgrades } from "./upgrades.ts";

/** A real server with the link, over control in memory. */
async function startLink(pingMs = 60_000) {
  const hub = new HandControl();
  const app = fastify();
  onTestFinished(() => app.close());
  registerProblems(app);
  const access = await registerAccess(app, {
    keys: new MemoryKeyStore(),
    clock: new ManualClock(),
    dataDir: newDataDir(),
    host: "127.0.0.1",
  });
  registerLink(app, { hub, access, upgrades: new Upgrades(app, access), pingMs });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { hub, url, app };
}

const tick = (index: number) => ({ type: "error", code: `E${index}`, message: "m" });

test("pings a bot, and closes a connection that lets two go unanswered while one that answers stays", async () => {
  const { url } = await startLink(700);
  const dead = new WebSocket(`${url.replace("http", "ws")}/api/v1/link?bot=dead`, { autoPong: false });
  onTestFinished(() => dead.terminate());
  let closed = false;
  dead.on("close", () => {
    closed = true;
  });
  const alive = await LinkedBot.on(url, "alive");
  await waitUntil("the dead one is closed", () => closed);
  await waitUntil("the other was asked as often", () => alive.of("ping").length > 2);
  expect(alive.closed).toBeUndefined();
});

test("answers every batch of a bot that sends many without waiting, in whatever number", async () => {
  const { url } = await startLink();
  const bot = await LinkedBot.on(url, "ann");
  const results = await Promise.all(Array.from({ length: 50 }, (_, index) => bot.send(tick(index), tick(index + 100))));
  expect(results.map(({ accepted }) => accepted)).toEqual(Array(50).fill(2));
});

test("answers a batch with the problem while the store is away, and confirms an acknowledgement once it is back", async () => {
  const { url, hub } = await startLink();
  await hub.say("ann", { type: "bot.started" });
  await hub.issue({ action: "pause", target: { bot: "ann" }, reason: "r", command_id: "p" });
  const bot = await LinkedBot.on(url, "ann");
  expect(bot.orders).toMatchObject({ state: "paused", commands: [{ command_id: "p" }] });
  hub.away = true;
  expect(await bot.send(tick(1))).toMatchObject({ problem: { code: "store_unavailable", detail: "the disk is full" } });
  const acknowledged = bot.acknowledge("p");
  expect(await bot.send(tick(2))).toMatchObject({ problem: { code: "store_unavailable" } });
  expect(bot.of("acked")).toEqual([]);
  hub.away = false;
  await acknowledged;
  expect(hub.view("p")).toMatchObject({ state: "acknowledged" });
});

test("of five connections of one bot the oldest is closed, and a stopping hub closes the others", async () => {
  const { url, app } = await startLink();
  const bots: LinkedBot[] = [];
  for (let count = 0; count < 5; count++) bots.push(await LinkedBot.on(url, "ann"));
  await waitUntil("the oldest is closed", () => bots[0]?.closed !== undefined);
  expect(bots.map(({ closed }) => closed?.code)).toEqual([1008, undefined, undefined, undefined, undefined]);
  await app.close();
  await waitUntil("all are closed", () => bots.every(({ closed }) => closed !== undefined));
  expect(bots.at(-1)?.closed).toEqual({ code: 1001, reason: "the hub stops" });
});

import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CommandCourse, CommandView } from "../../src/protocol/api-control.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { controlDesk, controllerOf } from "../support/control-desk.ts";
import { LinkedBot } from "../support/linked-bot.ts";
import { scratchDesk, scratchDirectory } from "../support/scratch.ts";
import { mountSmallDisk, requireMount } from "../support/small-disk.ts";
import { waitUntil } from "../support/wait-until.ts";

const HALT = { action: "halt", target: { all: true }, reason: "a drill" } as const;
const EMPTY = { type: "orders.snapshot", orders: [] };

/** A hub process on that directory, and the right to control it. */
async function begin(dataDir: string) {
  const desk = await scratchDesk({ dataDir });
  return { desk, ...controllerOf({ url: desk.url, dataDir }) };
}

const courseOf = (view: CommandView, bot: string): CommandCourse | undefined =>
  view.bots.find((course) => course.bot === bot);

describe("a hub that is killed at every step of a halt", () => {
  test("has it when it starts again, tells it anew, and calls it proven only by what came after it was done", async () => {
    const dataDir = scratchDirectory();
    let hub = await begin(dataDir);
    await hub.start("ann", "making");
    await hub.start("deaf", "making");
    const killed = async (): Promise<void> => {
      await hub.desk.end("SIGKILL");
      hub = await begin(dataDir);
    };

    expect((await hub.issue({ ...HALT, command_id: "h" })).status).toBe(202);
    await killed();
    expect(await hub.command("h")).toMatchObject({ standing: true, by: "local", reason: "a drill" });
    let ann = await LinkedBot.on(hub.url, "ann");
    expect(ann.frames[0]).toMatchObject({ op: "orders", state: "halted", commands: [{ command_id: "h" }] });

    await ann.send(EMPTY);
    await ann.acknowledge("h");
    await killed();
    expect(courseOf(await hub.command("h"), "ann")).toMatchObject({ verified_at: null, open_orders: null });
    ann = await LinkedBot.on(hub.url, "ann");
    expect(ann.frames[0]).toMatchObject({ op: "orders", state: "halted", commands: [] });

    await ann.send(EMPTY);
    await waitUntil("it is verified", async () => courseOf(await hub.command("h"), "ann")?.verified_at !== null);
    expect(courseOf(await hub.command("h"), "deaf")).toMatchObject({ delivered_at: null, acknowledged_at: null });
    expect((await hub.issue({ ...HALT, command_id: "h" })).status).toBe(200);
  }, 120_000);

  test("loses nothing that it confirmed, whenever it is killed", async () => {
    const dataDir = scratchDirectory();
    const taken: string[] = [];
    const confirmed: Confirmed[] = [];
    for (let round = 0; round < 2; round++) await killedRound(dataDir, { round, taken, confirmed });
    const hub = await begin(dataDir);
    const { body } = await hub.call<{ commands: CommandView[] }>("/api/v1/controls?limit=500");
    const commands = new Map(body.commands.map((command) => [command.command_id, command]));
    expect(taken.length).toBeGreaterThan(4);
    expect(taken.filter((id) => !commands.has(id))).toEqual([]);
    const lost = confirmed.filter(({ id, bot }) => {
      const view = commands.get(id);
      const course = view && courseOf(view, bot);
      return course?.acknowledged_at === null && !course.over;
    });
    expect(lost).toEqual([]);
    const courses = body.commands.flatMap(({ bots }) => bots);
    const unfounded = courses.filter(
      ({ verified_at, evidence, acknowledged_at }) => verified_at !== null && (evidence ?? acknowledged_at) === null,
    );
    expect(unfounded).toEqual([]);
  }, 120_000);
});

interface Confirmed {
  readonly id: string;
  readonly bot: string;
}

interface Kept {
  readonly round: number;
  readonly taken: string[];
  readonly confirmed: Confirmed[];
}

/** Commands and two bots that obey, until the hub is killed in the midst of it. */
async function killedRound(dataDir: string, { round, taken, confirmed }: Kept): Promise<void> {
  const hub = await begin(dataDir);
  if (round === 0) for (const bot of ["ann", "ben"]) await hub.start(bot, "making");
  const bots = await Promise.all(["ann", "ben"].map((bot) => LinkedBot.on(hub.url, bot)));
  for (const bot of bots) bot.obey();
  const issuing = issueUntilKilled(hub, round, taken);
  await waitUntil("some are confirmed", () => bots.every((bot) => bot.of("acked").length >= 3 + round * 2));
  await hub.desk.end("SIGKILL");
  await issuing;
  for (const { bot, ...linked } of bots.map((one) => ({ bot: one.bot, acked: one.of("acked") })))
    for (const { command_id: id } of linked.acked) confirmed.push({ id, bot });
}

const ACTIONS = ["halt", "flatten", "pause", "resume"] as const;

async function issueUntilKilled(hub: Awaited<ReturnType<typeof begin>>, round: number, taken: string[]): Promise<void> {
  for (let count = 0; count < 100; count++) {
    const id = `c-${round}-${count}`;
    const target = count % 3 === 0 ? { bot: "ann" } : { all: true as const };
    const request = { action: ACTIONS[count % 4] ?? "halt", target, reason: "r", command_id: id };
    const answer = await hub.issue(request).catch(() => undefined);
    if (answer === undefined) return;
    if (answer.status === 202) taken.push(id);
  }
}

test("a bot that is killed with a command in hand is told it again, and its connection holds nothing up", async () => {
  const hub = await controlDesk();
  await hub.start("ann", "making");
  const first = await LinkedBot.on(hub.url, "ann");
  await hub.issue({ ...HALT, command_id: "h" });
  await waitUntil("it has the command", () => first.of("command").length > 0);
  first.socket.terminate();
  const second = await LinkedBot.on(hub.url, "ann");
  expect(second.frames[0]).toMatchObject({ op: "orders", state: "halted", commands: [{ command_id: "h" }] });
  second.obey();
  await hub.until("h", "verified");
}, 120_000);

test("a cut connection is shown: the step that does not come is late, and comes when the bot is back", async () => {
  const hub = await controlDesk();
  await hub.start("ann", "making");
  (await LinkedBot.on(hub.url, "ann")).socket.terminate();
  await hub.issue({ ...HALT, command_id: "h" });
  await hub.until("h", "late");
  expect(courseOf(await hub.command("h"), "ann")).toMatchObject({
    late: expect.arrayContaining(["delivered"]),
    delivered_at: null,
  });
  (await LinkedBot.on(hub.url, "ann")).obey();
  await hub.until("h", "verified");
}, 120_000);

test("clocks hours apart change neither the order of steps nor their times", async () => {
  const hub = await controlDesk();
  await hub.start("ann", "making");
  const bot = await LinkedBot.on(hub.url, "ann");
  await hub.issue({ ...HALT, command_id: "h" });
  await waitUntil("it has the command", () => bot.of("command").length > 0);
  const hours = 5 * 3_600_000;
  const there = (): string => new Date(Date.now() - hours).toISOString();
  await bot.send({ ...EMPTY, ts: there() });
  await delay(5);
  bot.say({ op: "ack", command_id: "h", ts: there() });
  await waitUntil("it is acknowledged", () => bot.of("acked").length > 0);
  expect(courseOf(await hub.command("h"), "ann")?.open_orders).toBeNull();
  await delay(5);
  await bot.send({ ...EMPTY, ts: there() });
  await hub.until("h", "verified");
  const course = courseOf(await hub.command("h"), "ann");
  const { delivered_ms: delivered, acknowledged_ms: acknowledged, verified_ms: verified } = course ?? {};
  const steps = [delivered, acknowledged, verified].map((ms) => ms ?? -1);
  expect(steps.toSorted((a, b) => a - b)).toEqual(steps);
  expect(steps[0]).toBeGreaterThanOrEqual(0);
}, 120_000);

/** A hub with a bot on its link, whose disk is full. */
async function hubOnFullDisk() {
  const disk = mountSmallDisk(200);
  onTestFinished(disk.unmount);
  const hub = await begin(disk.directory);
  await hub.start("ann", "making");
  const bot = await LinkedBot.on(hub.url, "ann");
  disk.fill(0);
  // What the log took already leaves it room to write into: until that is used up it stores on.
  const filling = { type: "annotation", title: "x", text: "y".repeat(900) };
  await waitUntil("the store is away", async () => (await bot.send(...Array(500).fill(filling))).problem !== undefined);
  return { disk, hub, bot };
}

/** Ends the hub, and reads which commands its log has, in order. */
async function loggedCommands(hub: Awaited<ReturnType<typeof begin>>, dataDir: string): Promise<unknown[]> {
  await hub.desk.end("SIGKILL");
  const store = await openSqliteStore({ dataDir });
  const { events } = await store.events({ type: "command.issued", limit: 10 }).finally(() => store.close());
  return events.map((body) => (JSON.parse(body) as { command_id: unknown }).command_id);
}

requireMount()("while the disk is full", () => {
  test("a halt reaches the bots that are connected, says that it is not stored, and is stored once it can be", async () => {
    const { disk, hub, bot } = await hubOnFullDisk();
    const refused = await hub.issue<{ code: string; detail: string }>({ ...HALT, command_id: "h" });
    expect(refused).toMatchObject({ status: 503, body: { code: "store_unavailable" } });
    expect(refused.body.detail).toContain("ask again with command_id h");
    await waitUntil("the bot is told", () => bot.orders?.state === "halted");
    expect((await hub.call("/api/v1/controls/h")).status).toBe(404);
    bot.obey();

    disk.free();
    await waitUntil("it is stored", async () => (await hub.issue({ ...HALT, command_id: "h" })).status === 200);
    await hub.until("h", "verified");
    expect(await loggedCommands(hub, disk.directory)).toEqual(["h"]);
  }, 120_000);

  test("a halt comes into the log before the resume that follows it, and holds nobody afterwards", async () => {
    const { disk, hub, bot } = await hubOnFullDisk();
    bot.obey();
    expect((await hub.issue({ ...HALT, command_id: "h" })).status).toBe(503);
    await waitUntil("the bot is told", () => bot.orders?.state === "halted");
    disk.free();
    const resume = { ...HALT, action: "resume", command_id: "r" } as const;
    await waitUntil("it is resumed", async () => [200, 202].includes((await hub.issue(resume)).status));
    await hub.until("r", "acknowledged");
    expect(bot.orders).toMatchObject({ state: "running", commands: [] });
    expect(await hub.command("h")).toMatchObject({ standing: false });
    expect(await loggedCommands(hub, disk.directory)).toEqual(["h", "r"]);
  }, 120_000);
});

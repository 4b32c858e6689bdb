import { beforeEach, describe, expect, test } from "vitest";
import { HandControl, HandLink } from "../../../test/support/hand-control.ts";
import type { ControlAction, ControlTarget } from "../../protocol/api-control.ts";
import type { ToldOrders } from "./telling.ts";

let hub: HandControl;
let ids = 0;

beforeEach(async () => {
  hub = new HandControl();
  await hub.say("old", { type: "bot.started", strategy: "making", venues: [{ venue: "kraken", connected: true }] });
});

async function issue(action: ControlAction, target: ControlTarget): Promise<string> {
  const id = `n-${++ids}`;
  expect(await hub.issue({ action, target, reason: "a drill", command_id: id })).toMatchObject({ ok: true });
  await hub.advance(50);
  return id;
}

const placed = (more: object) => ({
  ...{ type: "order.placed", order_id: `o-${++ids}`, venue: "kraken", symbol: "S", side: "buy", size: "1" },
  ...more,
});

/** A long poll of a bot, and what it was answered. */
function polling(bot: string, more: object = {}): ToldOrders[] {
  const answers: ToldOrders[] = [];
  void hub.control.orders(bot, { waitMs: 60_000, ...more }).then((told) => answers.push(told));
  return answers;
}

describe("a bot that comes into what is held while it waits in a long poll", () => {
  test("is woken by an event that names a strategy that is halted", async () => {
    const id = await issue("halt", { strategy: "making" });
    const answers = polling("new");
    await hub.advance(100);
    expect(answers).toEqual([]);
    await hub.say("new", placed({ strategy: "making" }));
    await hub.advance(50);
    expect(answers).toMatchObject([{ state: "halted", commands: [{ command_id: id }] }]);
  });

  test("is woken by its first order at a venue that is halted, for what rests there is to be cancelled", async () => {
    const id = await issue("halt", { venue: "kraken" });
    await hub.control.orders("new");
    const answers = polling("new", { since: (await hub.control.orders("new")).as_of_seq });
    await hub.advance(100);
    expect(answers).toEqual([]);
    await hub.say("new", placed({}));
    await hub.advance(50);
    expect(answers).toMatchObject([{ venues_halted: ["kraken"], commands: [{ command_id: id }] }]);
  });

  test("is left to wait by what changes nothing for it", async () => {
    await issue("halt", { strategy: "making" });
    const answers = polling("new");
    await hub.say("new", placed({ strategy: "arbitrage" }));
    await hub.say("new", placed({}));
    await hub.advance(500);
    expect(answers).toEqual([]);
  });
});

test("a bot on a connection is told of a halted venue as soon as something of it is there", async () => {
  const id = await issue("halt", { venue: "kraken" });
  const link = new HandLink(hub.control, "new");
  expect(link.frames.at(-1)).toMatchObject({ op: "orders", venues_halted: ["kraken"], commands: [] });
  await hub.say("new", placed({}));
  await hub.advance(100);
  expect(link.frames.at(-1)).toMatchObject({ op: "orders", commands: [{ command_id: id }] });
  expect(hub.view(id)?.bots.map(({ bot }) => bot)).toEqual(["old", "new"]);
});

describe("a bot that names its strategy when it asks", () => {
  test("has the halt of that strategy in its first answer, though the hub never heard of it", async () => {
    const id = await issue("halt", { strategy: "making" });
    const told = await hub.control.orders("new", { waitMs: 60_000, strategy: "making" });
    expect(told).toMatchObject({ state: "halted", commands: [{ command_id: id }] });
    expect(await hub.control.acknowledge({ commandId: id, bot: "new" })).toMatchObject({ ok: true });
    await hub.say("new", { type: "orders.snapshot", orders: [] });
    await hub.advance(300);
    expect(hub.view(id)?.bots).toMatchObject([{ bot: "old" }, { bot: "new", evidence: "reported" }]);
  });

  test("may acknowledge at once, before its delivery is in the log", async () => {
    const id = await issue("halt", { strategy: "making" });
    const link = new HandLink(hub.control, "new", "making");
    expect(link.frames.at(-1)).toMatchObject({ state: "halted", commands: [{ command_id: id }] });
    expect(await hub.control.acknowledge({ commandId: id, bot: "new" })).toMatchObject({ ok: true });
    await hub.advance(100);
    const course = hub.view(id)?.bots.find(({ bot }) => bot === "new");
    expect(course?.acknowledged_at).not.toBeNull();
  });

  test("is halted with its strategy from then on, and free when that is", async () => {
    const link = new HandLink(hub.control, "new", "making");
    expect(link.frames.at(-1)).toMatchObject({ state: "running" });
    const effect = hub.control.preview({ action: "halt", target: { strategy: "making" } });
    expect(effect.bots).toEqual(["new", "old"]);
    await issue("halt", { strategy: "making" });
    expect(link.frames.at(-1)).toMatchObject({ state: "halted" });
    await issue("resume", { strategy: "making" });
    expect(link.frames.at(-1)).toMatchObject({ state: "running" });
  });

  test("counts by its newest word: an event of another strategy moves it there", async () => {
    await issue("halt", { strategy: "making" });
    const link = new HandLink(hub.control, "old", "arbitrage");
    expect(link.frames.at(-1)).toMatchObject({ state: "running" });
    await hub.say("old", placed({ strategy: "arbitrage" }));
    await hub.say("old", placed({ strategy: "making" }));
    await hub.advance(50);
    expect(link.frames.at(-1)).toMatchObject({ op: "orders", state: "halted" });
  });

  test("wakes its own long poll when another connection names it", async () => {
    await issue("halt", { strategy: "making" });
    const answers = polling("new");
    await hub.control.orders("new", { waitMs: 0, strategy: "making" });
    await hub.advance(50);
    expect(answers).toMatchObject([{ state: "halted" }]);
  });
});

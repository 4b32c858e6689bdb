import { beforeEach, describe, expect, test } from "vitest";
import { HandControl, HandLink } from "../../test/support/hand-control.ts";
import { micros } from "../base/time.ts";
import type { CommandCourse, ControlAction, ControlTarget } from "../protocol/api-control.ts";

let hub: HandControl;

beforeEach(async () => {
  hub = new HandControl();
  await started("ann", "making", "kraken");
  await started("ben", "making", "kalshi");
  await started("cid", "arbitrage", "kalshi");
});

const started = (bot: string, strategy: string, venue: string): Promise<void> =>
  hub.say(bot, { type: "bot.started", strategy, venues: [{ venue, connected: true, subscriptions: 1 }] });

let ids = 0;
async function issue(action: ControlAction, target: ControlTarget): Promise<string> {
  const id = `c-${++ids}`;
  const done = await hub.issue({ action, target, reason: "a drill", command_id: id });
  expect(done).toMatchObject({ ok: true });
  return id;
}

/** The bot asks, and does what it is told. */
async function obey(bot: string): Promise<void> {
  const { commands } = await hub.control.orders(bot);
  await hub.advance(10);
  for (const { command_id: commandId } of commands)
    expect(await hub.control.acknowledge({ commandId, bot })).toMatchObject({ ok: true });
}

const showOrders = (bot: string, ...venues: string[]): Promise<void> =>
  hub.say(bot, { type: "orders.snapshot", orders: venues.map(restingAt) });

const restingAt = (venue: string, index: number) => ({
  order_id: `o-${index}`,
  venue,
  symbol: "S",
  side: "buy",
  size: "1",
});

const place = (bot: string, more: object = {}, skewMs = 0): Promise<void> =>
  hub.say(bot, { type: "order.placed", ...restingAt("kraken", ++ids), ...more }, skewMs);

const course = (id: string, bot: string): CommandCourse | undefined =>
  hub.view(id)?.bots.find((one) => one.bot === bot);

const state = async (bot: string): Promise<string> => (await hub.control.orders(bot)).state;

const told = (type: string): unknown[] =>
  hub.log.filter(({ event }) => event.type === type).map(({ event }) => [event.bot, event["step"] ?? event["reason"]]);

describe("what holds a bot", () => {
  test("the newest command of a target holds it; a wider one that is older goes on to", async () => {
    await issue("halt", { all: true });
    await issue("flatten", { bot: "ann" });
    expect([await state("ann"), await state("ben")]).toEqual(["reducing", "halted"]);
    await issue("pause", { bot: "ann" });
    expect(await state("ann")).toBe("halted");
  });

  test("a resume of a strategy lifts that strategy and the bots in it, and says what goes on to hold", async () => {
    await issue("halt", { bot: "ann" });
    await issue("pause", { strategy: "making" });
    await issue("halt", { venue: "kalshi" });
    await issue("halt", { bot: "cid" });
    const { still, summary } = hub.control.preview({ action: "resume", target: { strategy: "making" } });
    expect(still).toEqual(["Venue kalshi is still halted by Ada: a drill"]);
    expect(summary).toBe("Resumes 2 bots, 1 other command still holds some of it");
    await issue("resume", { strategy: "making" });
    expect([await state("ann"), await state("ben"), await state("cid")]).toEqual(["running", "running", "halted"]);
    expect(await hub.control.orders("ben")).toMatchObject({ venues_halted: ["kalshi"], state: "running" });
  });

  test("a resume of all lifts everything, venues too", async () => {
    await issue("halt", { venue: "kraken" });
    await issue("flatten", { bot: "ann" });
    await issue("resume", { all: true });
    expect(await hub.control.orders("ann")).toMatchObject({ state: "running", venue_states: {}, venues_halted: [] });
  });

  test("a bot that says its strategy only after it connected is told at once that it is held", async () => {
    await issue("halt", { strategy: "making" });
    const link = new HandLink(hub.control, "new");
    expect(link.frames.at(-1)).toMatchObject({ op: "orders", state: "running" });
    await started("new", "making", "kraken");
    await hub.advance(100);
    expect(link.frames.at(-1)).toMatchObject({ op: "orders", state: "halted", commands: [{ action: "halt" }] });
  });
});

describe("a proof", () => {
  test("takes a snapshot that comes after the acknowledgement and shows no order in the target", async () => {
    const id = await issue("halt", { venue: "kalshi" });
    await showOrders("ben");
    await obey("ben");
    await hub.advance(300);
    expect(course(id, "ben")).toMatchObject({ verified_at: null, open_orders: null });
    await showOrders("ben", "kraken", "kalshi");
    await hub.advance(300);
    expect(course(id, "ben")).toMatchObject({ verified_at: null, open_orders: 1 });
    await showOrders("ben", "kraken");
    await hub.advance(300);
    expect(course(id, "ben")).toMatchObject({ evidence: "reported", open_orders: 0 });
  });

  test("of a flatten takes besides that no position is held, even when the bot says nothing new by it", async () => {
    await hub.say("ann", { type: "position.snapshot", positions: [] });
    const id = await issue("flatten", { bot: "ann" });
    await obey("ann");
    await showOrders("ann");
    await hub.advance(300);
    expect(course(id, "ann")?.verified_at).toBeNull();
    await hub.say("ann", { type: "position.snapshot", positions: [] });
    await hub.advance(300);
    expect(course(id, "ann")).toMatchObject({ evidence: "reported", open_orders: 0, positions: 0 });
  });

  test("does not rest on what was so before the bot was done, by its own clock however wrong", async () => {
    const id = await issue("halt", { bot: "ann" });
    await hub.control.orders("ann");
    const hourAhead = 3_600_000;
    const doneAt = new Date(hub.now / 1000 + hourAhead).toISOString();
    await hub.control.acknowledge({ commandId: id, bot: "ann", doneAt });
    await hub.say("ann", { type: "orders.snapshot", orders: [] }, hourAhead - 2_000);
    await hub.advance(300);
    expect(course(id, "ann")?.open_orders).toBeNull();
    await hub.say("ann", { type: "orders.snapshot", orders: [] }, hourAhead + 50);
    await hub.advance(300);
    expect(course(id, "ann")).toMatchObject({ evidence: "reported" });
  });

  test("is venue-verified by what the hub reads at every venue of the bot, never by the bot's word that a venue says so", async () => {
    await started("two", "making", "kraken");
    await place("two", { venue: "kalshi" });
    const id = await issue("halt", { bot: "two" });
    await obey("two");
    await hub.say("two", { type: "orders.snapshot", orders: [], source: "venue" });
    await hub.advance(300);
    expect(course(id, "two")).toMatchObject({ evidence: "reported" });
    await hub.read("two", { type: "orders.snapshot", venue: "kraken", orders: [] });
    await hub.advance(300);
    expect(course(id, "two")).toMatchObject({ evidence: "reported" });
    await hub.read("two", { type: "orders.snapshot", venue: "kalshi", orders: [] });
    await hub.advance(300);
    expect(course(id, "two")).toMatchObject({ evidence: "venue-verified" });
  });

  test("is not given while the venue shows an order that the bot does not", async () => {
    const id = await issue("halt", { bot: "ann" });
    await obey("ann");
    await hub.read("ann", { type: "orders.snapshot", venue: "kraken", orders: [restingAt("kraken", 1)] });
    await hub.advance(100);
    expect(course(id, "ann")).toMatchObject({ verified_at: null, open_orders: 1 });
  });

  test("counts the orders that were placed after the acknowledgement although they were not allowed", async () => {
    const id = await issue("pause", { bot: "ann" });
    await place("ann");
    await obey("ann");
    await hub.advance(100);
    await place("ann", { intent: "exit" });
    await place("ann", {}, -5_000);
    expect(course(id, "ann")).toMatchObject({ orders_since: 0 });
    await place("ann");
    expect(course(id, "ann")).toMatchObject({ orders_since: 1 });
  });

  test("of a pause is the acknowledgement; an error is no proof, and a later word that it is done is one", async () => {
    const id = await issue("pause", { bot: "ann" });
    await hub.control.orders("ann");
    await hub.control.acknowledge({ commandId: id, bot: "ann", error: "the venue is down" });
    expect(hub.view(id)).toMatchObject({ state: "acknowledged", bots: [{ error: "the venue is down" }] });
    await hub.control.acknowledge({ commandId: id, bot: "ann" });
    expect(hub.view(id)).toMatchObject({ state: "acknowledged", bots: [{ error: null }] });
  });
});

describe("a command", () => {
  test("is told late once for each step, and may still be proven", async () => {
    const id = await issue("halt", { bot: "ann" });
    await hub.advance(1_500);
    expect(told("command.late")).toEqual([]);
    await hub.advance(20_000);
    expect(told("command.late")).toEqual([
      ["ann", "delivered"],
      ["ann", "acknowledged"],
      ["ann", "verified"],
    ]);
    expect(hub.view(id)?.state).toBe("late");
    await obey("ann");
    await showOrders("ann");
    await hub.advance(300);
    expect(hub.view(id)).toMatchObject({
      state: "verified",
      bots: [{ late: ["delivered", "acknowledged", "verified"] }],
    });
  });

  test("ends for a bot that it is not done with when it is replaced, lifted, or the bot stops", async () => {
    const replaced = await issue("halt", { bot: "ann" });
    const newer = await issue("flatten", { bot: "ann" });
    const stopped = await issue("halt", { bot: "cid" });
    await hub.say("cid", { type: "bot.stopped" });
    await hub.advance(300);
    const lifted = await issue("halt", { bot: "ben" });
    await issue("resume", { bot: "ben" });
    await hub.advance(300);
    expect(hub.view(replaced)).toMatchObject({ state: "over", standing: false });
    expect(hub.view(newer)).toMatchObject({ state: "issued", standing: true });
    expect(hub.view(stopped)).toMatchObject({ state: "over", standing: true });
    expect(hub.view(lifted)).toMatchObject({ state: "over", standing: false });
    expect(told("command.expired")).toEqual([
      ["ann", "a newer command took its place"],
      ["cid", "the bot stopped"],
      ["ben", "it was lifted"],
    ]);
  });

  test("begins anew with a bot that had stopped: a restart is no way out", async () => {
    const id = await issue("halt", { all: true });
    await obey("ann");
    await hub.say("ben", { type: "bot.stopped" });
    await hub.advance(3_000);
    expect(course(id, "ben")).toMatchObject({ over: true });
    await started("ben", "making", "kalshi");
    expect(await hub.control.orders("ben")).toMatchObject({ state: "halted", commands: [{ command_id: id }] });
    await hub.advance(100);
    expect(course(id, "ben")).toMatchObject({ over: false, acknowledged_at: null });
    expect(course(id, "ben")?.delivered_at).not.toBeNull();
  });

  test("is refused for a name that nobody bears, and by another command's id", async () => {
    const unknown = await hub.issue({ action: "halt", target: { bot: "dan" }, reason: "r" });
    expect(unknown).toMatchObject({ ok: false, error: { code: "not_found" } });
    const id = await issue("halt", { bot: "ann" });
    const other = await hub.issue({ action: "resume", target: { bot: "ann" }, reason: "r", command_id: id });
    expect(other).toMatchObject({ ok: false, error: { code: "conflict" } });
    expect(await state("ann")).toBe("halted");
  });

  test("asked for twice at the same moment is one", async () => {
    const request = { action: "halt", target: { all: true }, reason: "r", command_id: "twice" } as const;
    const both = await Promise.all([hub.issue(request), hub.issue(request)]);
    expect(both.map((done) => done.ok && done.value.repeated)).toEqual([false, true]);
    expect(hub.log.filter(({ event }) => event.type === "command.issued")).toHaveLength(1);
  });

  test("under the id of another that is on its way is refused, whatever becomes of that", async () => {
    hub.away = true;
    const halt = { action: "halt", target: { all: true }, reason: "r", command_id: "one" } as const;
    const both = await Promise.all([hub.issue(halt), hub.issue({ ...halt, action: "resume" })]);
    expect(both).toMatchObject([{ error: { code: "store_unavailable" } }, { error: { code: "conflict" } }]);
  });

  test("is acknowledged only by a bot that it concerns", async () => {
    const id = await issue("halt", { bot: "ann" });
    expect(await hub.control.acknowledge({ commandId: id, bot: "cid" })).toMatchObject({
      error: { code: "forbidden" },
    });
    expect(await hub.control.acknowledge({ commandId: "none", bot: "ann" })).toMatchObject({
      error: { code: "not_found" },
    });
  });

  test("is no sign of life of the bot that it concerns, and changes nothing of what the bot said", async () => {
    const seen = hub.state.samples.contacts.get("ann")?.lastAt;
    const before = { ...hub.state.bots.get("ann"), seq: 0 };
    await hub.advance(1_000);
    await issue("halt", { bot: "ann" });
    await hub.advance(20_000);
    expect(hub.state.samples.contacts.get("ann")?.lastAt).toBe(seen);
    expect({ ...hub.state.bots.get("ann"), seq: 0 }).toEqual(before);
  });

  test("keeps who asked, how and from where", async () => {
    await issue("halt", { bot: "ann" });
    expect(hub.log.find(({ event }) => event.type === "command.issued")?.event).toMatchObject({
      bot: "deskwatch",
      by: "Ada",
      by_kind: "person",
      by_id: "u1",
      via: "page",
      address: "10.0.0.7",
      bots: ["ann"],
      resting_orders: 0,
    });
  });

  test("of a thousand and more that hold nothing the newest thousand are kept, and all that hold something", async () => {
    const standing = await issue("halt", { bot: "cid" });
    const first = await issue("resume", { bot: "ann" });
    for (let count = 0; count < 1_005; count++) await issue("resume", { bot: "ann" });
    const { commands, courses, openCourses } = hub.state.desk;
    expect(commands.size).toBe(1_001);
    expect(commands.has(standing)).toBe(true);
    expect(commands.has(first)).toBe(false);
    expect(courses.size).toBe(1_001);
    expect(openCourses.size).toBeLessThanOrEqual(1_001);
    expect(hub.restart()).toBe(true);
  });
});

describe("while the store is away", () => {
  test("a halt goes to the bots all the same, its caller is told the truth, and it is stored later", async () => {
    const link = new HandLink(hub.control, "ann");
    hub.away = true;
    const request = { action: "halt", target: { all: true }, reason: "r", command_id: "dark" } as const;
    const done = await hub.issue(request);
    expect(done).toMatchObject({ ok: false, error: { code: "store_unavailable" } });
    expect(done.ok ? "" : done.error.message).toContain("1 bot that is connected was told all the same");
    expect(link.frames.slice(-2)).toMatchObject([
      { op: "command", command_id: "dark", state: "halted" },
      { op: "orders", state: "halted" },
    ]);
    expect(await state("ben")).toBe("halted");
    expect(await hub.control.acknowledge({ commandId: "dark", bot: "ann" })).toMatchObject({
      error: { code: "store_unavailable" },
    });
    hub.away = false;
    await hub.advance(2_000);
    expect(hub.view("dark")).toMatchObject({ standing: true, reason: "r" });
    expect(await hub.issue(request)).toMatchObject({ ok: true, value: { repeated: true } });
    expect(hub.restart()).toBe(true);
    expect(await state("ann")).toBe("halted");
  });

  test("a resume is refused and changes nothing", async () => {
    await issue("halt", { all: true });
    hub.away = true;
    const done = await hub.issue({ action: "resume", target: { all: true }, reason: "r" });
    expect(done).toMatchObject({ ok: false, error: { code: "store_unavailable" } });
    expect(await state("ann")).toBe("halted");
  });

  test("a halt under an id that the log has from long ago lets the bots go when that is known", async () => {
    hub.now = micros(hub.now + 1);
    await hub.ingest.submit(
      [
        {
          value: {
            type: "annotation",
            bot: "deskwatch",
            ts: new Date(hub.now / 1000).toISOString(),
            id: "command:old",
            title: "x",
          },
        },
      ],
      { speaker: "hub" },
    );
    const link = new HandLink(hub.control, "ann");
    hub.away = true;
    await hub.issue({ action: "halt", target: { bot: "ann" }, reason: "r", command_id: "old" });
    expect(link.frames.at(-1)).toMatchObject({ state: "halted" });
    hub.away = false;
    await hub.advance(2_000);
    expect(link.frames.at(-1)).toMatchObject({ op: "orders", state: "running" });
    const again = await hub.issue({ action: "halt", target: { bot: "ann" }, reason: "r", command_id: "old" });
    expect(again).toMatchObject({ ok: false, error: { code: "conflict" } });
  });

  test("a halt does not wait for a store that answers late", async () => {
    const link = new HandLink(hub.control, "ann");
    let answer = (): void => undefined;
    hub.hold = new Promise((resolve) => {
      answer = resolve;
    });
    const issuing = hub.issue({ action: "halt", target: { bot: "ann" }, reason: "r", command_id: "slow" });
    await hub.advance(600);
    expect(link.frames.at(-1)).toMatchObject({ op: "orders", state: "halted" });
    answer();
    expect(await issuing).toMatchObject({ ok: true, value: { command: { command_id: "slow" } } });
  });
});

test("of many connections of one bot the oldest is ended", () => {
  const links = Array.from({ length: 5 }, () => new HandLink(hub.control, "ann"));
  expect(links.map(({ ended }) => ended.length)).toEqual([1, 0, 0, 0, 0]);
});

import { beforeEach, describe, expect, test } from "vitest";
import { HandControl, HandLink } from "../../../test/support/hand-control.ts";
import type { ControlAction, ControlTarget } from "../../protocol/api-control.ts";

let hub: HandControl;

beforeEach(async () => {
  hub = new HandControl();
  for (const bot of ["ann", "ben"])
    await hub.say(bot, { type: "bot.started", strategy: "making", venues: [{ venue: "kraken", connected: true }] });
});

const issue = (id: string, action: ControlAction, target: ControlTarget) =>
  hub.issue({ action, target, reason: "a drill", command_id: id });

const issued = (): unknown[] =>
  hub.log.filter(({ event }) => event.type === "command.issued").map(({ event }) => event["command_id"]);

const state = async (bot: string): Promise<string> => (await hub.control.orders(bot)).state;

const ALL = { all: true } as const;

describe("commands that could not be stored", () => {
  test("are stored before the next one, so that a halt of before does not reverse a resume of after", async () => {
    hub.away = true;
    expect(await issue("h", "halt", ALL)).toMatchObject({ error: { code: "store_unavailable" } });
    hub.away = false;
    expect(await issue("r", "resume", ALL)).toMatchObject({ ok: true });
    expect(issued()).toEqual(["h", "r"]);
    expect(await state("ann")).toBe("running");
    await hub.advance(5_000);
    expect([await state("ann"), issued()]).toEqual(["running", ["h", "r"]]);
    expect(hub.view("h")).toMatchObject({ standing: false });
  });

  test("do not replace what was asked for later: a halt stands after a flatten of before", async () => {
    const link = new HandLink(hub.control, "ann");
    hub.away = true;
    await issue("f", "flatten", { bot: "ann" });
    await issue("p", "pause", { venue: "kraken" });
    hub.away = false;
    await issue("h", "halt", { bot: "ann" });
    expect(issued()).toEqual(["f", "p", "h"]);
    await hub.advance(5_000);
    expect([await state("ann"), issued()]).toEqual(["halted", ["f", "p", "h"]]);
    expect(link.frames.at(-1)).toMatchObject({ op: "orders", state: "halted", venue_states: { kraken: "paused" } });
  });

  test("come into the log in the order in which they were asked for, also while the store is slow and then fails", async () => {
    let answer = (): void => undefined;
    hub.hold = new Promise((resolve) => {
      answer = resolve;
    });
    hub.fails = 1;
    const halting = issue("h", "halt", ALL);
    await hub.advance(100);
    const resuming = issue("r", "resume", ALL);
    await hub.advance(100);
    answer();
    expect(await halting).toMatchObject({ error: { code: "store_unavailable" } });
    expect(await resuming).toMatchObject({ ok: true });
    await hub.advance(5_000);
    expect([issued(), await state("ann")]).toEqual([["h", "r"], "running"]);
  });

  test("hold bots in the order in which they were asked for, whatever their target", async () => {
    hub.away = true;
    await issue("f", "flatten", ALL);
    await issue("h", "halt", { bot: "ann" });
    expect([await state("ann"), await state("ben")]).toEqual(["halted", "reducing"]);
    await issue("f2", "flatten", ALL);
    expect([await state("ann"), await state("ben")]).toEqual(["reducing", "reducing"]);
    expect((await hub.control.orders("ann")).commands.map(({ command_id: id }) => id)).toEqual(["h", "f2"]);
    hub.away = false;
    await hub.advance(2_000);
    expect([await state("ann"), await state("ben"), issued()]).toEqual(["reducing", "reducing", ["f", "h", "f2"]]);
  });

  test("count as delivered on a connection that was told before a slow store had them", async () => {
    const link = new HandLink(hub.control, "ann");
    let answer = (): void => undefined;
    hub.hold = new Promise((resolve) => {
      answer = resolve;
    });
    const issuing = issue("h", "halt", { bot: "ann" });
    await hub.advance(600);
    expect(link.frames.at(-1)).toMatchObject({ op: "orders", state: "halted" });
    answer();
    await issuing;
    await hub.advance(100);
    const [course] = hub.view("h")?.bots ?? [];
    expect(course?.delivered_at).not.toBeNull();
  });

  test("are refused as a resume while the store is away, and the resume is not done later", async () => {
    hub.away = true;
    await issue("h", "halt", ALL);
    expect(await issue("r", "resume", ALL)).toMatchObject({ error: { code: "store_unavailable" } });
    hub.away = false;
    await hub.advance(5_000);
    expect([issued(), await state("ann")]).toEqual([["h"], "halted"]);
  });
});

describe("a command that the hub itself refuses", () => {
  const long = { by: "x".repeat(200), via: "api", kind: "key" } as const;

  test("holds nobody, is told so, and does not come between others and the log", async () => {
    hub.away = true;
    await issue("h", "halt", { bot: "ben" });
    const bad = await hub.issue({ action: "halt", target: ALL, reason: "r", command_id: "bad" }, long);
    expect(bad).toMatchObject({ ok: false, error: { code: "internal" } });
    expect(bad.ok ? "" : bad.error.message).toContain("nothing was done");
    expect([await state("ann"), await state("ben")]).toEqual(["running", "halted"]);
    hub.away = false;
    expect(await issue("r", "resume", { bot: "ben" })).toMatchObject({ ok: true });
    expect([issued(), await state("ann"), await state("ben")]).toEqual([["h", "r"], "running", "running"]);
  });

  test("because of a fault of its own keeps no other out of the log", async () => {
    const problems: string[] = [];
    hub.onProblem = (what, error) => problems.push(`${what}: ${String(error)}`);
    hub.away = true;
    await issue("h", "halt", { bot: "ann" });
    await issue("broken", "halt", { bot: "ben" });
    hub.away = false;
    hub.breaksAt = "command:broken";
    expect(await issue("r", "resume", { bot: "ann" })).toMatchObject({ ok: true });
    expect([issued(), await state("ann"), await state("ben")]).toEqual([["h", "r"], "running", "running"]);
    expect(problems).toContain("keeping a command: Error: this row cannot be dealt with");
  });
});

test("a thousand commands at one moment are few appends, and each is told of its own", async () => {
  const before = hub.appends;
  const all = await Promise.all(
    Array.from({ length: 1_000 }, (_, n) => issue(`c-${n}`, "halt", { bot: n % 2 ? "ann" : "ben" })),
  );
  expect(all.every(({ ok }) => ok)).toBe(true);
  expect(issued()).toEqual(all.map((_, n) => `c-${n}`));
  expect(hub.appends - before).toBeLessThan(20);
});

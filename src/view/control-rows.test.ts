import { describe, expect, test } from "vitest";
import type { CommandCourse, CommandView, ControlledBot, ControlsAnswer } from "../protocol/api-control.ts";
import { controlledRows, deskWords, haltCount, linkShown, newestCourses, saysShown } from "./control-rows.ts";
import { byWords, heldBy, isConfirmed, targetWords, typedConfirmation } from "./control-words.ts";

const NOW_MS = Date.parse("2026-11-21T14:03:22.000Z");
const at = (agoS: number): string => new Date(NOW_MS - agoS * 1000).toISOString();

const bot = (name: string, changes: Partial<ControlledBot> = {}): ControlledBot => ({
  ...{ bot: name, mode: "live", liveness: "alive", status: "running", state: "running", command_ids: [] },
  ...{ linked: true, last_asked_at: at(1), open_orders: 0, positions: 0 },
  ...changes,
});

const course = (name: string, changes: Partial<CommandCourse> = {}): CommandCourse => ({
  bot: name,
  ...{ delivered_at: null, acknowledged_at: null, verified_at: null },
  ...{ delivered_ms: null, acknowledged_ms: null, verified_ms: null },
  ...{ evidence: null, open_orders: null, positions: null, orders_since: 0, late: [], error: null, over: false },
  ...changes,
});

const command = (id: string, changes: Partial<CommandView> = {}): CommandView => ({
  ...{ command_id: id, seq: 1, action: "halt", target: { bot: "a" }, reason: "odd prices", by: "Ada", via: "page" },
  ...{ mode: "live", issued_at: at(5), state: "issued", standing: true, proof: "verified", bots: [] },
  ...changes,
});

const asked = (bots: ControlledBot[], commands: CommandView[]): ControlsAnswer => ({
  desk: { state: "running", command_ids: [] },
  ...{ bots, commands, strategies: [], venues: [], as_of: at(0), as_of_seq: 1 },
});

describe("controlledRows", () => {
  test("puts what needs somebody first, then what is held, then by name", () => {
    const late = command("c-2", {
      bots: [course("late", { late: ["delivered"] }), course("worse", { orders_since: 1 })],
    });
    const bots = [
      bot("b"),
      bot("a"),
      bot("late"),
      bot("held", { state: "halted" }),
      bot("worse"),
      bot("gone", { liveness: "stopped" }),
    ];
    expect(controlledRows(asked(bots, [late])).map((row) => row.bot.bot)).toEqual([
      "worse",
      "late",
      "held",
      "a",
      "b",
      "gone",
    ]);
  });

  test("names what holds a bot in words, and an older command by its id", () => {
    const known = command("c-1", { target: { all: true } });
    const [row] = controlledRows(asked([bot("a", { command_ids: ["c-0", "c-1"] })], [known]));
    expect(row?.held.map(({ words }) => words)).toEqual([
      "an older command, c-0",
      "Halt of everything by Ada, on the page: odd prices",
    ]);
  });
});

describe("newestCourses", () => {
  const done = { acknowledged_at: at(700), acknowledged_ms: 20 };

  test("keeps the newest of each bot", () => {
    const commands = [command("new", { bots: [course("a")] }), command("old", { bots: [course("a"), course("b")] })];
    const newest = newestCourses(commands, NOW_MS);
    expect([...newest].map(([name, each]) => [name, each.command.command_id])).toEqual([
      ["a", "new"],
      ["b", "old"],
    ]);
  });

  test("leaves out what is long done and holds nothing", () => {
    const resumed = command("r", {
      action: "resume",
      proof: "acknowledged",
      standing: false,
      bots: [course("a", done)],
    });
    expect(newestCourses([resumed], NOW_MS).has("a")).toBe(true);
    expect(newestCourses([{ ...resumed, issued_at: at(700) }], NOW_MS).has("a")).toBe(false);
    expect(newestCourses([{ ...resumed, issued_at: at(700), standing: true }], NOW_MS).has("a")).toBe(true);
  });
});

test("a bot that never asked is said to prove nothing, one that asked once when", () => {
  expect(linkShown({ linked: false, last_asked_at: null }, NOW_MS).full).toContain("nothing can be proven");
  expect(linkShown({ linked: false, last_asked_at: at(95) }, NOW_MS).text).toBe("◌ 1 min ago");
  expect(linkShown({ linked: true, last_asked_at: null }, NOW_MS).tone).toBe("ok");
});

test("a bot that says otherwise than it may is amber", () => {
  expect(saysShown({ status: "running", state: "halted" })).toMatchObject({ tone: "stale", text: "running" });
  expect(saysShown({ status: "halted", state: "halted" }).tone).toBe("neutral");
  expect(saysShown({ status: null, state: "running" }).reason).toBeDefined();
});

test("the count of halts tells those that are told from those that say so", () => {
  const bots = [bot("a", { state: "halted", status: "halted" }), bot("b", { state: "halted" }), bot("c")];
  expect(haltCount([...bots, bot("d", { state: "halted", liveness: "stopped" })])).toEqual({ told: 2, said: 1 });
});

test("the desk says what holds it, or how much is held besides", () => {
  const { desk } = asked([], []);
  expect(deskWords({ desk, bots: [bot("a")], venues: [] })).toBe("Nothing is held: orders of every kind are allowed.");
  expect(deskWords({ desk, bots: [bot("a", { state: "paused" }), bot("b")], venues: [] })).toBe(
    "Nothing holds the desk as a whole; 1 of 2 bots is held.",
  );
  expect(deskWords({ desk: { ...desk, state: "halted" }, bots: [], venues: [] })).toBe(
    "The whole desk: no order at all.",
  );
});

describe("what has to be typed", () => {
  test("is the name as it is, and for everything the words in any case", () => {
    expect(typedConfirmation("halt", { all: true })).toBe("HALT ALL");
    expect(isConfirmed(" halt  all ", "halt", { all: true })).toBe(true);
    expect(isConfirmed("HALT ALL", "resume", { all: true })).toBe(false);
    expect(isConfirmed("mm-btc ", "halt", { bot: "mm-btc" })).toBe(true);
    expect(isConfirmed("MM-BTC", "halt", { bot: "mm-btc" })).toBe(false);
  });
});

test("a target and who asked are told in words", () => {
  expect(targetWords({ venue: "kalshi" })).toBe("venue kalshi");
  expect(byWords({ by: "stale feed", via: "rule" })).toBe("stale feed, by a rule");
  expect(byWords({ by: "Ada", via: "discord" })).toBe("Ada, by discord");
  expect(heldBy([], new Map())).toEqual([]);
});

import { describe, expect, test } from "vitest";
import type { BotView } from "../protocol/api.ts";
import { botCondition, byUrgency, countBots, spokenChange, toldOtherwise } from "./bot-condition.ts";
import { botFacts, droppedEvents } from "./bot-facts.ts";
import { heartbeatBar, heartbeatWords } from "./heartbeat-bar.ts";
import { modeBadges } from "./trading-mode.ts";

const bot = (changes: Partial<BotView> = {}): BotView => ({
  bot: "mm-btc",
  mode: "live",
  status: "running",
  liveness: "alive",
  stuck: false,
  last_seen_at: "2026-11-21T14:03:20.000Z",
  last_seen_age_s: 2,
  expected_interval_s: 5,
  progress: 10,
  progress_age_s: 2,
  uptime_s: 100,
  venues: [],
  counters: {},
  risk_stats: {},
  risk: {},
  contacts_per_minute: [],
  facts: 0,
  fills: 0,
  open_orders: 0,
  rejected: 0,
  contradictions: 0,
  odd_times: 0,
  ...changes,
});

describe("botCondition", () => {
  test.each([
    [{}, "running", "ok"],
    [{ status: null }, "alive", "ok"],
    [{ liveness: "offline", status: "halted" }, "offline", "bad"],
    [{ liveness: "stale" }, "stale", "stale"],
    [{ liveness: "stale", status: "halted" }, "halted", "bad"],
    [{ stuck: true }, "stuck", "stale"],
    [{ status: "paused" }, "paused", "stale"],
    [{ liveness: "stopped" }, "stopped", "muted"],
    [{ status: "error" }, "error", "bad"],
  ] as const)("of %o is %s when all is weighed", (changes, word, tone) => {
    expect(botCondition(bot(changes))).toMatchObject({ word, tone });
  });
  test("counts the time since the view was made when it speaks of silence", () => {
    expect(botCondition(bot({ liveness: "stale" }), 29).detail).toBe("No contact for 31 s, expected every 5 s");
  });
  test("gives the reason when there is one", () => {
    expect(botCondition(bot({ status: "halted", reason: "daily loss" })).detail).toBe("Halted: daily loss");
  });
  test("names the error when the bot reports one", () => {
    const last_error = { code: "timeout", message: "no answer", at: "2026-11-21T14:03:20.000Z" };
    expect(botCondition(bot({ status: "error", last_error })).detail).toBe("timeout: no answer");
  });
});

test("the worst bot comes first when they are ordered", () => {
  const bots = [
    bot({ bot: "b" }),
    bot({ bot: "a" }),
    bot({ bot: "z", liveness: "offline" }),
    bot({ bot: "y", stuck: true }),
  ];
  expect(bots.sort(byUrgency).map((each) => each.bot)).toEqual(["z", "y", "a", "b"]);
});

test("every bot is counted once when the strip counts them", () => {
  const bots = [
    bot(),
    bot({ liveness: "stale" }),
    bot({ liveness: "offline" }),
    bot({ status: "halted" }),
    bot({ liveness: "stopped" }),
    bot({ stuck: true }),
  ];
  expect(countBots(bots)).toEqual({ live: 1, stale: 2, offline: 1, halted: 1, stopped: 1, total: 6 });
});

describe("spokenChange", () => {
  const well = botCondition(bot());
  const silent = botCondition(bot({ liveness: "stale", last_seen_age_s: 31 }));
  test("says what happened when a bot falls silent and when it is back", () => {
    expect(spokenChange(well, silent, "mm-btc")).toBe("mm-btc is stale. No contact for 31 s, expected every 5 s.");
    expect(spokenChange(silent, well, "mm-btc")).toBe("mm-btc is running again.");
  });
  test("says nothing when nothing changed or a healthy bot comes", () => {
    expect(spokenChange(silent, silent, "mm-btc")).toBeUndefined();
    expect(spokenChange(undefined, well, "mm-btc")).toBeUndefined();
  });
});

describe("heartbeatBar", () => {
  test("shows a beat for each minute when contacts are due every 5 s", () => {
    expect(heartbeatBar([0, 5, 6, 12, 1], 5)).toEqual(["none", "few", "full", "full", "full"]);
  });
  test("is satisfied with one contact when one is due every ten minutes", () => {
    expect(heartbeatBar([1, 0, 1], 600)).toEqual(["full", "none", "full"]);
  });
  test("says it in words when it is read aloud", () => {
    expect(heartbeatWords([0, 5, 6])).toBe("contact in 2 of the last 3 minutes");
  });
});

test("modes stay apart when bots trade in several", () => {
  const badges = modeBadges([bot({ mode: "paper" }), bot(), bot({ mode: "paper" })]);
  expect(badges.map(({ label, bots }) => `${label} ${bots}`)).toEqual(["LIVE 1", "PAPER 2"]);
});

describe("botFacts", () => {
  const factOf = (changes: Partial<BotView>, term: string) =>
    botFacts(bot(changes), Date.UTC(2026, 10, 21, 14)).find((each) => each.term === term)?.shown;
  test("says why when the bot did not tell", () => {
    expect(factOf({}, "Strategy")).toEqual({ text: "—", tone: "muted", reason: "the bot gave none" });
    expect(factOf({ progress: null }, "Progress")?.reason).toBe("its heartbeats carry no progress");
  });
  test("is amber when something was lost or refused", () => {
    expect(factOf({ rejected: 3 }, "Rejected events")).toEqual({ text: "3", tone: "stale" });
    const client = { sent: 48_000, dropped: 41, spooled: 0 };
    expect(droppedEvents(bot({ client }))).toEqual({
      text: "41",
      tone: "stale",
      full: "48,000 sent, 41 dropped, 0 kept on disk",
    });
  });
});

test("what a bot is told is shown only where it says that it does more than it may", () => {
  const told = (state: "running" | "paused" | "halted", status: BotView["status"]) =>
    toldOtherwise(bot({ status, control: { state, command_ids: ["c"] } }))?.word;
  expect(told("halted", "running")).toBe("halted");
  expect(told("paused", null)).toBe("paused");
  expect([
    told("halted", "halted"),
    told("paused", "halted"),
    told("halted", "stopped"),
    told("running", "paused"),
  ]).toEqual([undefined, undefined, undefined, undefined]);
  expect(toldOtherwise(bot())).toBeUndefined();
});

import { describe, expect, test } from "vitest";
import { DAILY, RuleDesk as Desk } from "../../../test/support/rule-desk.ts";
import { ensure } from "../../base/assert.ts";
import { botHeld, strategyHeld } from "../control/effective.ts";
import type { HaltRule } from "./rule.ts";

describe("a rule that was changed", () => {
  const changed = (desk: Desk, to: Partial<HaltRule>): HaltRule => {
    const { source: _source, by: _by, since: _since, seq: _seq, ...rule } = { ...DAILY, ...to };
    desk.fact(desk.now, { type: "rule.declared", bot: "deskwatch", rule, source: "page", by: "ann" });
    return ensure(desk.state.desk.rules.get("daily"), "the rule that was set");
  };
  const overruled = () => {
    const desk = new Desk().bot().risk({ daily_loss_pct: 0.04 });
    desk.look(DAILY);
    return desk;
  };

  test("begins anew: a breach of it asks, though somebody had resumed before it was changed", () => {
    const desk = overruled().later().command("resume", { bot: "mm" }).later();
    expect(desk.asked(DAILY)).toEqual([]);
    const tighter = changed(desk, { limit: 0.02 });
    const look = desk.look(tighter);
    expect(look.alerts).toMatchObject([
      { type: "alert.resolved", message: "The rule was changed, and looks anew." },
      { type: "alert.raised", threshold: 0.02 },
    ]);
    expect(look.commands).toHaveLength(1);
    for (let step = 0; step < 3; step++) expect(desk.look(tighter)).toMatchObject({ alerts: [], commands: [] });
  });

  test("asks nothing twice while its own command stands, and for more where it does more now", () => {
    const desk = overruled();
    const looser = changed(desk, { limit: 0.035 });
    for (let step = 0; step < 3; step++) expect(desk.asked(looser)).toEqual([]);
    expect(desk.asked(changed(desk, { action: "flatten" }))).toEqual([]);
    const paused = new Desk().bot().risk({ daily_loss_pct: 0.04 });
    expect(paused.asked({ ...DAILY, action: "pause" })).toHaveLength(1);
    const stricter = changed(paused, {});
    expect(paused.asked(stricter)).toEqual([expect.stringMatching(/^halt bot,mm/)]);
    for (let step = 0; step < 3; step++) expect(paused.asked(stricter)).toEqual([]);
  });

  test("waits anew before it resumes", () => {
    const rule: HaltRule = { ...DAILY, resume: { when_clear_for_s: 3 } };
    const desk = new Desk().bot().risk({ daily_loss_pct: 0.04 });
    desk.look(rule);
    desk.risk({ daily_loss_pct: 0 });
    for (let step = 0; step < 3; step++) expect(desk.asked(rule)).toEqual([]);
    const again = changed(desk, { ...rule, limit: 0.02 });
    for (let step = 0; step < 3; step++) expect(desk.asked(again)).toEqual([]);
    expect(desk.asked(again)).toEqual([expect.stringMatching(/^resume bot,mm/)]);
  });
});

describe("two rules of one target", () => {
  const MARGIN: HaltRule = { ...DAILY, name: "margin", metric: "margin_ratio", limit: 0.2 };
  const state = (desk: Desk) => botHeld(desk.state.desk, "mm", undefined).state;

  test("ask for one command together: of the rule that never resumes, or else the one that does more", () => {
    const first: HaltRule = { ...DAILY, resume: { when_clear_for_s: 2 } };
    const desk = new Desk().bot().risk({ daily_loss_pct: 0.04, margin_ratio: 0.1 });
    expect(desk.look(first, MARGIN).commands.map(({ rule }) => rule.name)).toEqual(["margin"]);
    desk.risk({ daily_loss_pct: 0, margin_ratio: 0.1 });
    for (let step = 0; step < 10; step++) {
      expect(desk.asked(first, MARGIN)).toEqual([]);
      expect(state(desk)).toBe("halted");
    }
    const flattens: HaltRule = { ...first, action: "flatten" };
    const other = new Desk().bot().risk({ daily_loss_pct: 0.04, margin_ratio: 0.1 });
    expect(other.look(flattens, MARGIN).commands.map(({ rule }) => rule.name)).toEqual(["daily"]);
    other.risk({ daily_loss_pct: 0, margin_ratio: 0.1 });
    for (let step = 0; step < 10; step++) {
      expect(other.asked(flattens, MARGIN)).toEqual([]);
      expect(state(other)).toBe("reducing");
    }
  });

  test("never lift what another rule held before them: not while its breach lasts, nor after", () => {
    const pauses: HaltRule = { ...DAILY, action: "pause" };
    const halts: HaltRule = { ...MARGIN, resume: { when_clear_for_s: 2 } };
    const desk = new Desk().bot().risk({ daily_loss_pct: 0.04, margin_ratio: 0.9 });
    expect(desk.asked(pauses, halts)).toEqual([expect.stringMatching(/^pause bot,mm/)]);
    desk.risk({ daily_loss_pct: 0.04, margin_ratio: 0.1 });
    expect(desk.asked(pauses, halts)).toEqual([expect.stringMatching(/^halt bot,mm/)]);
    desk.risk({ daily_loss_pct: 0.04, margin_ratio: 0.9 });
    for (let step = 0; step < 10; step++) expect(desk.asked(pauses, halts)).toEqual([]);
    desk.risk({ daily_loss_pct: 0, margin_ratio: 0.9 });
    for (let step = 0; step < 10; step++) expect(desk.asked(pauses, halts)).toEqual([]);
    expect(state(desk)).toBe("halted");
  });

  test("never let the target go while the other has a breach that had no command yet", () => {
    const first: HaltRule = { ...DAILY, resume: { when_clear_for_s: 2 } };
    const desk = new Desk().bot().risk({ daily_loss_pct: 0.04, margin_ratio: 0.9 });
    desk.look(first, MARGIN);
    desk.risk({ daily_loss_pct: 0, margin_ratio: 0.1 });
    for (let step = 0; step < 10; step++) {
      expect(desk.asked(first, MARGIN)).toEqual([]);
      expect(state(desk)).toBe("halted");
    }
    desk.risk({ daily_loss_pct: 0, margin_ratio: 0.9 });
    expect(desk.asked(first, MARGIN)).toEqual([expect.stringMatching(/^resume bot,mm/)]);
    expect(state(desk)).toBe("running");
  });
});

describe("after a restart", () => {
  const rule: HaltRule = { ...DAILY, resume: { when_clear_for_s: 2 } };

  test("a value of before the breach, the newest that was stored, ends nothing; the next that is heard does", () => {
    const desk = new Desk().bot().risk({ daily_loss_pct: 0.01 }).sample(0, { type: "risk", daily_loss_pct: 0.04 });
    expect(desk.asked(rule)).toHaveLength(1);
    desk.state.samples.risk.clear();
    desk.restart();
    for (let step = 0; step < 10; step++) {
      const { alerts, commands, readings } = desk.look(rule);
      expect({ alerts, commands }).toEqual({ alerts: [], commands: [] });
      expect(readings).toMatchObject([{ state: "no_data", alert: {}, measure: { reason: /nothing was heard/ } }]);
    }
    desk.sample(desk.now, { type: "risk", daily_loss_pct: 0.01 });
    expect(desk.look(rule).alerts).toMatchObject([{ type: "alert.resolved" }]);
    desk.look(rule);
    expect(desk.asked(rule)).toEqual([expect.stringMatching(/^resume bot,mm/)]);
  });

  test("a feed that was not heard since ends nothing, until it is heard, and breaches once it is silent for the limit", () => {
    const feed: HaltRule = { ...rule, name: "feed", metric: "feed_age_s", limit: 10, scope: "venue" };
    const book = { type: "book", venue: "kalshi", symbol: "A", bids: [], asks: [] };
    const desk = new Desk().bot().sample(0, book);
    desk.now = 20;
    expect(desk.asked(feed)).toHaveLength(1);
    desk.restart();
    for (let step = 0; step < 9; step++) {
      expect(desk.look(feed)).toMatchObject({ alerts: [], commands: [], readings: [{ state: "no_data" }] });
    }
    expect(desk.look(feed)).toMatchObject({ alerts: [], commands: [], readings: [{ state: "breached" }] });
    desk.sample(desk.now, book);
    expect(desk.look(feed).alerts).toMatchObject([{ type: "alert.resolved" }]);
    desk.look(feed);
    expect(desk.asked(feed)).toEqual([expect.stringMatching(/^resume venue,kalshi/)]);
  });
});

describe("several subjects of one target", () => {
  const ofStrategy: HaltRule = { ...DAILY, scope: "strategy" };
  const held = ({ state }: Desk) => strategyHeld(state.desk, "s").state;

  test("each ask for the command once: a second bot's breach holds the strategy that somebody resumed after the first", () => {
    const desk = new Desk().bot("a", { strategy: "s" }).bot("b", { strategy: "s" });
    desk.risk({ daily_loss_pct: 0.04 }, "a").risk({ daily_loss_pct: 0.01 }, "b");
    desk.look(ofStrategy);
    expect(held(desk)).toBe("halted");
    desk.later().command("resume", { strategy: "s" });
    for (let step = 0; step < 3; step++) desk.look(ofStrategy);
    expect(held(desk)).toBe("running");
    desk.risk({ daily_loss_pct: 0.05 }, "b");
    expect(desk.asked(ofStrategy)).toEqual([expect.stringMatching(/^halt strategy,s: Daily loss of b is 5 %/)]);
    expect(held(desk)).toBe("halted");
    desk.later().command("resume", { strategy: "s" });
    for (let step = 0; step < 3; step++) desk.look(ofStrategy);
    expect(held(desk)).toBe("running");
  });

  test("that breach at once ask for one command together", () => {
    const desk = new Desk().bot("a", { strategy: "s" }).bot("b", { strategy: "s" });
    desk.risk({ daily_loss_pct: 0.04 }, "a").risk({ daily_loss_pct: 0.05 }, "b");
    expect(desk.asked(ofStrategy)).toHaveLength(1);
    for (let step = 0; step < 3; step++) expect(desk.asked(ofStrategy)).toEqual([]);
    desk.later().command("resume", { strategy: "s" });
    for (let step = 0; step < 3; step++) expect(desk.asked(ofStrategy)).toEqual([]);
  });
});

describe("a subject that is watched no longer", () => {
  test.each([
    ["has stopped", (desk: Desk) => desk.fact(desk.now, { type: "bot.stopped", bot: "mm" })],
    ["runs in another mode", (desk: Desk) => desk.bot("mm", { mode: "paper" })],
  ])("ends its alert and says why, where its bot %s; its command stands", (why, leave) => {
    const desk = new Desk().bot().risk({ daily_loss_pct: 0.04 });
    desk.look(DAILY);
    leave(desk.later());
    expect(desk.look(DAILY).alerts).toMatchObject([
      { type: "alert.resolved", rule: "rule:daily", scope: { bot: "mm" }, message: expect.stringContaining(why) },
    ]);
    expect(desk.state.desk.alerts.size).toBe(0);
    expect(desk.look(DAILY).alerts).toEqual([]);
    expect(botHeld(desk.state.desk, "mm", undefined).state).toBe("halted");
  });
});

describe("a value that flaps about its limit", () => {
  test.each<[string, HaltRule]>([
    ["never resumes", DAILY],
    ["resumes after 3 s", { ...DAILY, resume: { when_clear_for_s: 3 } }],
  ])("is halted once by a rule that %s, and is resumed only once it stays within for so long", (_, rule) => {
    const desk = new Desk().bot();
    const asked: string[] = [];
    for (let step = 0; step < 40; step++) {
      desk.risk({ daily_loss_pct: step % 2 === 0 ? 0.031 : 0.029 });
      asked.push(...desk.asked(rule));
    }
    expect(asked).toEqual([expect.stringMatching(/^halt bot,mm/)]);
    for (let step = 0; step < 10; step++) asked.push(...desk.asked(rule));
    expect(asked.slice(1)).toEqual(rule.resume === "never" ? [] : [expect.stringMatching(/^resume bot,mm/)]);
  });
});

describe("live and paper", () => {
  const losses = (desk: Desk, live: number, paper: number): Desk => {
    desk.fact(desk.now, { type: "risk", bot: "a", mode: "live", equity_quote: live });
    return desk.fact(desk.now, { type: "risk", bot: "p", mode: "paper", equity_quote: paper });
  };

  test("are never added up, and no rule of one sees the other", () => {
    const desk = losses(new Desk().bot("a").bot("p", { mode: "paper" }), 1_000, 1_000);
    losses(desk.later(), 990, 500);
    const ofDesk: HaltRule = { ...DAILY, name: "desk", scope: "desk" };
    const { commands, readings } = desk.look(DAILY, ofDesk);
    expect(commands).toEqual([]);
    expect(readings.map(({ subject, measure }) => [subject.bot, measure.value])).toEqual([
      ["a", expect.closeTo(0.01)],
      [undefined, expect.closeTo(0.01)],
    ]);
    expect(desk.asked({ ...DAILY, name: "paper", mode: "paper" })).toEqual([expect.stringMatching(/^halt bot,p/)]);
    expect(botHeld(desk.state.desk, "a", undefined).state).toBe("running");
  });
});

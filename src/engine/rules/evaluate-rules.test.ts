import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../../test/support/folded-desk.ts";
import { ensure } from "../../base/assert.ts";
import { type Micros, micros } from "../../base/time.ts";
import { measured } from "../../metrics/measure.ts";
import { slicesOf, stateFromSlices } from "../snapshot.ts";
import { botHeld, strategyHeld } from "../control/effective.ts";
import type { State } from "../fold.ts";
import { eachReading, evaluateRules, NO_MEMORY, type RuleCommand, type RuleMemory } from "./evaluate-rules.ts";
import type { HaltRule } from "./rule.ts";
import type { RuleContext } from "./rule-values.ts";
import { SinceStart } from "./since-start.ts";

const DAILY: HaltRule = {
  ...{ name: "daily", metric: "daily_loss_pct", unit: "ratio", limit: 0.03, scope: "bot", of: [], mode: "live" },
  ...{ action: "halt", resume: "never", enabled: true },
  ...{ source: "file", by: undefined, since: at(0), seq: 0 },
};

function looked(state: State, rules: readonly HaltRule[], context: RuleContext, memory: RuleMemory) {
  const readings = [...eachReading(state, rules, context)];
  return { ...evaluateRules(state, { rules, context, memory, readings }), readings };
}

/** A fold, and rules that are looked at; what they ask for is folded as the hub would. */
class Desk extends FoldedDesk {
  now = 0;
  memory: RuleMemory = NO_MEMORY;
  streaks = new Map<string, ReturnType<typeof measured>>();
  hubSince: Micros = at(0);
  sinceStart = new SinceStart(this.state);
  readonly #taken = new Set<string>();
  #ids = 0;

  bot(bot = "mm", more: object = {}): this {
    return this.fact(this.now, { type: "bot.started", bot, status: "running", mode: "live", ...more });
  }

  /** Of the newest fact. */
  get seq(): number {
    return this.state.desk.seq;
  }

  later(): this {
    this.now++;
    return this;
  }

  risk(said: object, bot = "mm"): this {
    return this.fact(this.now, { type: "risk", bot, ...said });
  }

  command(action: string, target: object, by = "ann", id = `c${++this.#ids}`): this {
    const bots = "bot" in target ? [target.bot] : [...this.state.bots.keys()].filter((name) => name !== "deskwatch");
    return this.fact(this.now, {
      ...{ type: "command.issued", bot: "deskwatch", command_id: id, action, target, bots },
      ...{ by, via: by.startsWith("rule:") ? "rule" : "api", reason: "test" },
    });
  }

  context(): RuleContext {
    const { hubSince, streaks, sinceStart } = this;
    return { now: at(this.now), hubSince, streaks, sinceStart };
  }

  /** The hub starts again: what it remembers is gone. */
  restart(): this {
    this.memory = NO_MEMORY;
    this.sinceStart = new SinceStart(this.state);
    this.hubSince = at(this.now);
    return this;
  }

  /** Looks a second later, and folds what is asked for. */
  look(...rules: HaltRule[]): ReturnType<typeof looked> {
    this.now++;
    const proposed = looked(this.state, rules, this.context(), this.memory);
    this.memory = proposed.memory;
    for (const alert of proposed.alerts) this.fact(this.now, { ...alert });
    this.#take(proposed.commands);
    return proposed;
  }

  /** As the hub does: a `command_id` that is known changes nothing, and one that is kept no more is refused. */
  #take(commands: readonly RuleCommand[]): void {
    for (const { rule, request } of commands) {
      const id = request.command_id ?? "";
      if (this.#taken.has(id)) continue;
      this.#taken.add(id);
      this.command(request.action, request.target, `rule:${rule.name}`, id);
    }
  }

  /** The commands asked for at this look, as words. */
  asked(...rules: HaltRule[]): string[] {
    return this.look(...rules).commands.map(
      ({ request }) => `${request.action} ${Object.entries(request.target).join()}: ${request.reason}`,
    );
  }
}

describe("each rule", () => {
  test("daily loss halts at its limit of the day's starting equity, as computed or as the bot reports it", () => {
    const desk = new Desk().bot().risk({ equity_quote: 1000 }).risk({ equity_quote: 971 });
    expect(desk.asked(DAILY)).toEqual([]);
    desk.risk({ equity_quote: 970 });
    expect(desk.asked(DAILY)).toEqual([
      "halt bot,mm: Daily loss of mm is 3 %, at or over its limit of 3 % (rule daily)",
    ]);
    const reported = new Desk().bot().risk({ daily_loss_pct: 0.04 });
    expect(reported.asked(DAILY)).toEqual([
      "halt bot,mm: Daily loss of mm is 4 %, at or over its limit of 3 % (rule daily)",
    ]);
  });

  test("drawdown flattens at its limit below the peak", () => {
    const rule: HaltRule = { ...DAILY, name: "dd", metric: "drawdown_pct", limit: 0.05, action: "flatten" };
    const desk = new Desk()
      .bot()
      .risk({ equity_quote: 1000 })
      .risk({ equity_quote: 1200 })
      .risk({ equity_quote: 1141 });
    expect(desk.asked(rule)).toEqual([]);
    desk.risk({ equity_quote: 1140 });
    expect(desk.asked(rule)).toEqual(["flatten bot,mm: Drawdown of mm is 5 %, at or over its limit of 5 % (rule dd)"]);
  });

  test("losses in a row pause, by the bot's report or by its stored fills", () => {
    const rule: HaltRule = { ...DAILY, name: "row", metric: "consecutive_losses", limit: 5, action: "pause" };
    const desk = new Desk().bot("mm", { risk_stats: { consecutive_losses: 5 } }).bot("arb");
    desk.streaks.set("arb", measured(4, 9));
    expect(desk.asked(rule)).toEqual([
      "pause bot,mm: Losses in a row of mm is 5, at or over its limit of 5 (rule row)",
    ]);
    desk.streaks.set("arb", measured(6, 9));
    expect(desk.asked(rule)).toEqual([
      "pause bot,arb: Losses in a row of arb is 6, at or over its limit of 5 (rule row)",
    ]);
  });

  test("a margin ratio halts below its limit", () => {
    const rule: HaltRule = { ...DAILY, name: "margin", metric: "margin_ratio", limit: 0.2 };
    const desk = new Desk().bot().risk({ margin_ratio: 0.2 });
    expect(desk.asked(rule)).toEqual([]);
    desk.risk({ margin_ratio: 0.19 });
    expect(desk.asked(rule)).toEqual(["halt bot,mm: Margin ratio of mm is 0.19, below its limit of 0.2 (rule margin)"]);
  });

  test("a silent feed halts its venue, and silence from before the hub began is nobody's", () => {
    const rule: HaltRule = { ...DAILY, name: "feed", metric: "feed_age_s", limit: 10, scope: "venue" };
    const book = { type: "book", venue: "kalshi", symbol: "A", bids: [], asks: [] };
    const desk = new Desk().bot().sample(0, book);
    desk.now = 8;
    expect(desk.asked(rule)).toEqual([]);
    expect(desk.asked(rule)).toEqual([
      "halt venue,kalshi: Silence of the feed of kalshi is 10 s, at or over its limit of 10 s (rule feed)",
    ]);
    const restarted = new Desk().bot().sample(0, book);
    restarted.now = 100;
    restarted.hubSince = at(95);
    expect(restarted.asked(rule)).toEqual([]);
  });

  test("a silent feed halts the bots or the strategies that use it, where they are its scope", () => {
    const rule: HaltRule = { ...DAILY, name: "feed", metric: "feed_age_s", limit: 10, scope: "strategy" };
    const venues = [{ venue: "kalshi", connected: true }];
    const desk = new Desk().bot("mm", { strategy: "making", venues }).bot("arb", { strategy: "arbs" });
    desk.sample(0, { type: "book", venue: "kalshi", symbol: "A", bids: [], asks: [] });
    desk.now = 20;
    expect(desk.asked(rule)).toEqual([
      "halt strategy,making: Silence of the feed of kalshi for mm is 21 s, at or over its limit of 10 s (rule feed)",
    ]);
    desk.command("resume", { all: true });
    expect(desk.asked({ ...rule, name: "feed-bot", scope: "bot" })).toMatchObject(
      [/^halt bot,mm: /].map((r) => expect.stringMatching(r)),
    );
  });

  test("losses of the desk are of all bots together, and halt all", () => {
    const desk = new Desk().bot("a").bot("b").risk({ equity_quote: 1000 }, "a").risk({ equity_quote: 1000 }, "b");
    desk.now = 1;
    desk.risk({ equity_quote: 950 }, "a");
    expect(desk.asked({ ...DAILY, scope: "desk" })).toEqual([]);
    desk.risk({ equity_quote: 940 }, "a");
    expect(desk.asked({ ...DAILY, scope: "desk" })).toEqual([
      "halt all,true: Daily loss is 3 %, at or over its limit of 3 % (rule daily)",
    ]);
  });

  test("watches only what it names, in its mode, and no bot that has stopped", () => {
    const desk = new Desk().bot("a").bot("b").bot("p", { mode: "paper" }).bot("s");
    for (const bot of ["a", "b", "s"]) desk.risk({ daily_loss_pct: 0.5 }, bot);
    desk.risk({ daily_loss_pct: 0.5, mode: "paper" }, "p").fact(0, { type: "bot.stopped", bot: "s" });
    expect(desk.asked({ ...DAILY, of: ["b", "p", "s"] })).toEqual([expect.stringMatching(/^halt bot,b:/)]);
  });
});

describe("no data", () => {
  test("fires nothing, and is shown with its reason", () => {
    const { commands, alerts, readings } = new Desk().bot().look(DAILY);
    expect({ commands, alerts }).toEqual({ commands: [], alerts: [] });
    expect(readings).toMatchObject([{ state: "no_data", measure: { reason: "no equity was reported" } }]);
  });

  test("clears nothing: the breach stands, and a rule that would resume begins to wait anew", () => {
    const rule: HaltRule = { ...DAILY, metric: "margin_ratio", limit: 0.2, resume: { when_clear_for_s: 3 } };
    const desk = new Desk().bot().risk({ margin_ratio: 0.1 });
    desk.look(rule);
    desk.risk({ margin_ratio: 0.9 });
    desk.look(rule);
    desk.look(rule);
    desk.risk({});
    expect(desk.look(rule).readings).toMatchObject([{ state: "no_data" }]);
    desk.risk({ margin_ratio: 0.9 });
    for (let step = 0; step < 3; step++) expect(desk.asked(rule)).toEqual([]);
    expect(desk.asked(rule)).toEqual(["resume bot,mm: Margin ratio has been within its limit for 3 s (rule daily)"]);
  });
});

describe("a breach asks for its command once", () => {
  const breached = () => new Desk().bot().risk({ daily_loss_pct: 0.04 });

  test("as long as that stands, and after somebody resumed not before the value was within the limit", () => {
    const desk = breached();
    expect(desk.asked(DAILY)).toHaveLength(1);
    for (let step = 0; step < 5; step++) expect(desk.asked(DAILY)).toEqual([]);
    desk.command("resume", { bot: "mm" });
    for (let step = 0; step < 5; step++) expect(desk.asked(DAILY)).toEqual([]);
    desk.risk({ daily_loss_pct: 0.029 });
    expect(desk.asked(DAILY)).toEqual([]);
    desk.risk({ daily_loss_pct: 0.031 });
    expect(desk.asked(DAILY)).toHaveLength(1);
  });

  test("and tells it as an alert, once, and once that it is over", () => {
    const desk = breached();
    expect(desk.look(DAILY).alerts).toMatchObject([
      { type: "alert.raised", rule: "rule:daily", scope: { bot: "mm" }, value: 0.04, threshold: 0.03, unit: "ratio" },
    ]);
    expect(desk.look(DAILY).alerts).toEqual([]);
    desk.risk({ daily_loss_pct: 0 });
    expect(desk.look(DAILY).alerts).toMatchObject([{ type: "alert.resolved", rule: "rule:daily" }]);
    expect(desk.look(DAILY).alerts).toEqual([]);
  });

  test("after a restart too: it is all in the log", () => {
    const desk = breached();
    desk.look(DAILY);
    desk.command("resume", { bot: "mm" });
    const { state } = desk;
    const slices = [
      ...slicesOf("desk", state.desk),
      ...[...state.bots].flatMap(([name, bot]) => [...slicesOf(`bot:${name}`, bot)]),
    ];
    const again = looked(stateFromSlices(slices), [DAILY], { ...desk.context(), now: at(60) }, NO_MEMORY);
    expect(again).toMatchObject({ commands: [], alerts: [], readings: [{ state: "breached" }] });
  });

  test("also when the hub died between telling the breach and asking", () => {
    const desk = breached();
    desk.now++;
    const { alerts, commands } = looked(desk.state, [DAILY], desk.context(), NO_MEMORY);
    for (const alert of alerts) desk.fact(desk.now, { ...alert });
    const again = desk.look(DAILY).commands;
    expect(again.map(({ request }) => request.command_id)).toEqual(commands.map(({ request }) => request.command_id));
  });

  test("by the same id while the log can take neither, as the hub asks again each second", () => {
    const desk = breached();
    const ids = new Set<string | undefined>();
    for (let step = 0; step < 5; step++) {
      desk.now++;
      const { commands, memory } = looked(desk.state, [DAILY], desk.context(), desk.memory);
      desk.memory = memory;
      for (const { request } of commands) ids.add(request.command_id);
    }
    expect(ids.size).toBe(1);
  });

  test("never loosens what somebody asked for, nor breaks off a flatten, and asks once that is lifted", () => {
    for (const action of ["halt", "flatten"]) {
      const desk = breached().command(action, { bot: "mm" });
      for (const rule of ["pause", "halt", "flatten"] as const)
        expect(desk.asked({ ...DAILY, action: rule })).toEqual([]);
      desk.command("resume", { bot: "mm" });
      expect(desk.asked(DAILY)).toHaveLength(1);
    }
    expect(
      breached()
        .command("pause", { bot: "mm" })
        .asked({ ...DAILY, action: "pause" }),
    ).toEqual([]);
    expect(breached().command("pause", { bot: "mm" }).asked(DAILY)).toHaveLength(1);
  });

  test.each<[string, HaltRule[]]>([
    ["removed", []],
    ["switched off", [{ ...DAILY, enabled: false }]],
  ])("and a rule that was %s ends its alerts, and lifts nothing", (what, rules) => {
    const desk = breached();
    desk.look(DAILY);
    expect(desk.look(...rules)).toMatchObject({
      alerts: [{ type: "alert.resolved", rule: "rule:daily", message: expect.stringContaining(what) }],
      commands: [],
    });
    for (let step = 0; step < 5; step++) expect(desk.look(...rules)).toMatchObject({ alerts: [], commands: [] });
    expect(botHeld(desk.state.desk, "mm", undefined).state).toBe("halted");
  });
});

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

describe("a rule lifts its command", () => {
  const rule: HaltRule = { ...DAILY, resume: { when_clear_for_s: 3 } };
  const recovered = (said: HaltRule) => {
    const desk = new Desk().bot().risk({ daily_loss_pct: 0.04 });
    desk.look(said);
    desk.risk({ daily_loss_pct: 0 });
    for (let step = 0; step < 3; step++) expect(desk.asked(said)).toEqual([]);
    return desk;
  };

  test("never, unless it says so", () => {
    const desk = recovered(DAILY);
    for (let step = 0; step < 50; step++) expect(desk.asked(DAILY)).toEqual([]);
  });

  test("after so many seconds within the limit", () => {
    expect(recovered(rule).asked(rule)).toEqual([
      "resume bot,mm: Daily loss has been within its limit for 3 s (rule daily)",
    ]);
  });

  test("only once every bot under the command is within the limit", () => {
    const ofStrategy: HaltRule = { ...rule, scope: "strategy" };
    const desk = new Desk().bot("a", { strategy: "s" }).bot("b", { strategy: "s" });
    desk.risk({ daily_loss_pct: 0.04 }, "a").risk({ daily_loss_pct: 0.01 }, "b");
    expect(desk.asked(ofStrategy)).toHaveLength(1);
    desk.risk({ daily_loss_pct: 0.01 }, "a").risk({ daily_loss_pct: 0.04 }, "b");
    for (let step = 0; step < 10; step++) expect(desk.asked(ofStrategy)).toEqual([]);
    desk.risk({ daily_loss_pct: 0.01 }, "b");
    for (let step = 0; step < 3; step++) expect(desk.asked(ofStrategy)).toEqual([]);
    expect(desk.asked(ofStrategy)).toHaveLength(1);
  });

  test("and never anybody else's: neither a newer one of the same target, nor one that its resume would lift too", () => {
    expect(recovered(rule).command("halt", { bot: "mm" }).asked(rule)).toEqual([]);
    const desk = new Desk().bot("mm", { strategy: "s" }).risk({ daily_loss_pct: 0.04 });
    const ofStrategy: HaltRule = { ...rule, scope: "strategy" };
    desk.look(ofStrategy);
    desk.command("halt", { bot: "mm" }).risk({ daily_loss_pct: 0 });
    for (let step = 0; step < 10; step++) expect(desk.asked(ofStrategy)).toEqual([]);
    desk.command("resume", { bot: "mm" });
    expect(desk.asked(ofStrategy)).toHaveLength(1);
  });

  test("nor a person's pause that it took the place of", () => {
    const desk = new Desk().bot().risk({ daily_loss_pct: 0.04 }).command("pause", { bot: "mm" });
    expect(desk.asked(rule)).toHaveLength(1);
    desk.risk({ daily_loss_pct: 0 });
    for (let step = 0; step < 10; step++) expect(desk.asked(rule)).toEqual([]);
    expect(botHeld(desk.state.desk, "mm", undefined).state).toBe("halted");
  });
});

type Step = "breach" | "clear" | "unknown" | "look" | "restart" | "resume" | "halt" | "pause";

const VALUES: Partial<Record<Step, object>> = {
  breach: { margin_ratio: 0.1 },
  clear: { margin_ratio: 0.9 },
  unknown: {},
};
const COMMANDS: Partial<Record<Step, "no" | "halt" | "pause">> = { resume: "no", halt: "halt", pause: "pause" };

/** What a rule does, in few words: the value, who holds the bot, and whether the breach at hand has had its command. */
class Model {
  #value: Step = "unknown";
  #held: "no" | "rule" | "halt" | "pause" = "no";
  #isSpent = false;

  take(step: Step): void {
    if (VALUES[step] !== undefined) this.#value = step;
    this.#held = COMMANDS[step] ?? this.#held;
  }

  /** Whether the look that follows asks for a command. */
  asks(): boolean {
    if (this.#value === "clear") this.#isSpent = false;
    if (this.#value !== "breach") return false;
    const asks = !this.#isSpent && (this.#held === "no" || this.#held === "pause");
    if (asks) this.#held = "rule";
    this.#isSpent ||= this.#held === "rule";
    return asks;
  }
}

test("under any course of values, resumes and commands a rule behaves as a small model of it", () => {
  const steps = fc.array(
    fc.constantFrom<Step>("breach", "clear", "unknown", "look", "restart", "resume", "halt", "pause"),
    { maxLength: 40 },
  );
  const rule: HaltRule = { ...DAILY, metric: "margin_ratio", limit: 0.2 };
  fc.assert(
    fc.property(steps, (course) => {
      const desk = new Desk().bot();
      const model = new Model();
      for (const step of course) {
        model.take(step);
        const said = VALUES[step];
        if (said !== undefined) desk.risk(said);
        if (COMMANDS[step] !== undefined) desk.later().command(step, { bot: "mm" });
        if (step === "restart") desk.restart();
        expect(desk.asked(rule)).toHaveLength(model.asks() ? 1 : 0);
      }
    }),
    { numRuns: 300 },
  );
});

test("ids of commands are taken by the API, whatever their rule and target are called", () => {
  const rule: HaltRule = { ...DAILY, name: "a".repeat(24) };
  const desk = new Desk().bot("b".repeat(64)).risk({ daily_loss_pct: 0.5 }, "b".repeat(64));
  desk.now = 1;
  const proposed = looked(desk.state, [rule], { ...desk.context(), now: micros(at(1)) }, NO_MEMORY);
  expect(proposed.commands[0]?.request.command_id).toMatch(/^[A-Za-z0-9._:-]{1,64}$/);
});

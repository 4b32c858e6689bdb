import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at } from "../../../test/support/folded-desk.ts";
import { DAILY, looked, RuleDesk as Desk } from "../../../test/support/rule-desk.ts";
import { micros } from "../../base/time.ts";
import { measured } from "../../metrics/measure.ts";
import { botHeld } from "../control/effective.ts";
import { slicesOf, stateFromSlices } from "../snapshot.ts";
import { NO_MEMORY } from "./evaluate-rules.ts";
import type { HaltRule } from "./rule.ts";

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

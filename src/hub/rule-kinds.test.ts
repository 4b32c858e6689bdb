import { afterEach, expect, test, vi } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { ensure } from "../base/assert.ts";
import { micros } from "../base/time.ts";
import type { CommandView } from "../protocol/api-control.ts";
import type { HaltRuleTerms } from "../protocol/halt-rule.ts";
import type { HaltRuleView } from "../protocol/api-rules.ts";

/** A machine that is busy with other tests takes its time. */
vi.setConfig({ testTimeout: 180_000 });

const ANN = { by: "Ann", kind: "person", via: "page" } as const;
const START = Date.UTC(2026, 1, 24) * 1000;
const VENUES = [{ venue: "kalshi", connected: true }];

interface Kind {
  readonly rule: Partial<HaltRuleTerms>;
  /** What is said when the value is within its limit, breaches it, and is within it again. */
  readonly within: readonly object[];
  readonly breach: readonly object[];
  readonly clear: readonly object[];
  readonly reason: string;
  /** Only what is said in another minute is stored, and counts. */
  readonly eachMinute?: boolean;
}

const trade = (n: string, exit: string): object[] => [
  { type: "fill", fill_id: `b${n}`, venue: "kalshi", symbol: "A", side: "buy", size: "1", price: "10" },
  { type: "fill", fill_id: `s${n}`, venue: "kalshi", symbol: "A", side: "sell", size: "1", price: exit },
];
const risk = (said: object): object[] => [{ type: "risk", ...said }];
const book = [{ type: "book", venue: "kalshi", symbol: "A", bids: [], asks: [] }];

const KINDS: Readonly<Record<string, Kind>> = {
  "daily loss": {
    rule: { metric: "daily_loss_pct", unit: "ratio", limit: 0.03 },
    within: risk({ equity_quote: 1_000 }),
    breach: risk({ equity_quote: 969 }),
    clear: risk({ equity_quote: 980 }),
    eachMinute: true,
    reason: "Daily loss of mm is 3.1 %, at or over its limit of 3 % (rule it)",
  },
  drawdown: {
    rule: { metric: "drawdown_pct", unit: "ratio", limit: 0.05 },
    within: risk({ drawdown_pct: 0.01 }),
    breach: risk({ drawdown_pct: 0.05 }),
    clear: risk({ drawdown_pct: 0.049 }),
    reason: "Drawdown of mm is 5 %, at or over its limit of 5 % (rule it)",
  },
  "losses in a row": {
    rule: { metric: "consecutive_losses", unit: "count", limit: 2 },
    within: trade("1", "9"),
    breach: trade("2", "9"),
    clear: trade("3", "11"),
    reason: "Losses in a row of mm is 2, at or over its limit of 2 (rule it)",
  },
  "margin ratio": {
    rule: { metric: "margin_ratio", unit: "ratio", limit: 0.2 },
    within: risk({ margin_ratio: 0.2 }),
    breach: risk({ margin_ratio: 0.19 }),
    clear: risk({ margin_ratio: 0.3 }),
    reason: "Margin ratio of mm is 0.19, below its limit of 0.2 (rule it)",
  },
  "stale feed": {
    rule: { metric: "feed_age_s", unit: "seconds", limit: 30 },
    within: book,
    breach: [],
    clear: book,
    reason: "Silence of the feed of kalshi for mm is 30 s, at or over its limit of 30 s (rule it)",
  },
};

const benches: HandDrivenHub[] = [];

afterEach(async () => {
  for (const bench of benches.splice(0)) {
    await bench.stop();
    bench.remove();
    expect(bench.problems.filter((problem) => /rule|command/.test(problem))).toEqual([]);
  }
});

/** A hub with one rule, and a bot of it that is within its limit and has an order that rests. */
async function scene(kind: Kind) {
  const rule: HaltRuleTerms = {
    ...{ name: "it", metric: "daily_loss_pct", unit: "ratio", limit: 0.03, scope: "bot", of: [], mode: "live" },
    ...{ action: "halt", resume: "never", enabled: true },
    ...kind.rule,
  };
  const bench = new HandDrivenHub(START);
  benches.push(bench);
  await bench.start();
  const hub = () => ensure(bench.hub, "a hub that runs");
  const set = (more: Partial<HaltRuleTerms>) => hub().rules.set({ ...rule, ...more }, ANN);
  await set({});
  const send = async (...events: readonly object[]): Promise<void> => {
    const ts = new Date(bench.now / 1000).toISOString();
    if (events.length === 0) return;
    const done = await hub().ingest.submit(events.map((value) => ({ value: { bot: "mm", ts, ...value } })));
    if (!done.ok || done.value.items.some(({ kind: said }) => said === "rejected"))
      throw new Error(JSON.stringify(done));
  };
  const second = async (): Promise<void> => {
    bench.now = micros(bench.now + 1_000_000);
    await bench.time.advance(1_000);
  };
  /** Lets time pass until it holds. */
  const until = (holds: () => boolean): Promise<void> =>
    vi.waitFor(async () => {
      await second();
      expect(holds()).toBe(true);
    }, 120_000);
  const view = (): HaltRuleView => ensure(hub().query.haltRules().rules[0], "the rule");
  const commands = (): CommandView[] => [...hub().query.controls({ limit: 50 }).commands].reverse();
  const reads = (state: string) => () => view().readings.some((each) => each.state === state);
  await send({ type: "bot.started", status: "running", mode: "live", venues: VENUES });
  await send({ type: "order.placed", order_id: "o", venue: "kalshi", symbol: "A", side: "buy", size: 1 });
  await send(...kind.within);
  await until(reads("within"));
  expect(commands()).toEqual([]);
  const nextMinute = (): void => {
    if (kind.eachMinute === true) bench.now = micros(bench.now + 60_000_000);
  };
  const breach = async (): Promise<void> => {
    nextMinute();
    await send(...kind.breach);
    await until(() => commands().length > 0);
  };
  /** The bot does what the newest command asks for, and says that nothing rests. */
  const obey = async (): Promise<void> => {
    const id = commands().at(-1)?.command_id ?? "";
    await second();
    await hub().control.acknowledge({ commandId: id, bot: "mm" });
    await second();
    await send({ type: "orders.snapshot", orders: [] });
    await until(() => commands().at(-1)?.state === "verified");
  };
  const clear = async (): Promise<void> => {
    nextMinute();
    await send(...kind.clear);
    await until(reads("within"));
  };
  return { set, second, until, view, commands, breach, obey, clear };
}

test.each(Object.entries(KINDS))(
  "a rule of %s halts once, is proven like any halt, and resumes only once it says so, after the time within its limit",
  async (_, kind) => {
    const { set, second, until, commands, breach, obey, clear, view } = await scene(kind);
    await breach();
    await obey();
    const halt = {
      ...{ action: "halt", target: { bot: "mm" }, by: "rule:it", via: "rule", reason: kind.reason, state: "verified" },
      bots: [{ bot: "mm", evidence: "reported" }],
    };
    expect(commands()).toMatchObject([{ ...halt, standing: true }]);
    await clear();
    for (let look = 0; look < 10; look++) await second();
    expect(commands()).toMatchObject([{ ...halt, standing: true }]);
    expect(view().readings[0]?.command_id).toBe(commands()[0]?.command_id);
    await set({ resume: { when_clear_for_s: 3 } });
    await until(() => commands().length === 2);
    expect(commands()).toMatchObject([
      { ...halt, standing: false },
      { action: "resume", target: { bot: "mm" }, by: "rule:it", reason: expect.stringContaining("limit for 3 s") },
    ]);
    expect(view().readings[0]).toMatchObject({ command_id: null });
  },
);

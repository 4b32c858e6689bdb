import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { micros } from "../../src/base/time.ts";
import type { StatisticsFilter } from "../../src/hub/analysis/statistics.ts";
import type { StatisticsAnswer, StatisticView } from "../../src/protocol/api-statistics.ts";
import { HandDrivenHub } from "../support/hand-driven-hub.ts";

const DAY = 86_400;
const START = Date.UTC(2026, 0, 1) * 1000;
const END = START + 60 * DAY * 1e6;
const USUAL = { confidence: 0.95, rollingDays: 30 };

let desk: HandDrivenHub;

beforeEach(() => {
  desk = new HandDrivenHub(END);
});

afterEach(async () => {
  await desk.stop();
  desk.remove();
  expect(desk.problems).toEqual([]);
});

const isoAt = (seconds: number): string => new Date(START / 1000 + seconds * 1000).toISOString();

async function tell(...events: Record<string, unknown>[]): Promise<void> {
  const done = await desk.hub?.ingest.submit(events.map((value) => ({ value: { bot: "maker", ...value } })));
  if (done?.ok !== true || done.value.items.some(({ kind }) => kind === "rejected"))
    throw new Error(JSON.stringify(done));
}

/** The equity at the end of each of some days, told an hour before. */
const equities = (values: readonly number[], more: object = {}) =>
  values.map((equity, day) => ({
    type: "balance",
    ts: isoAt(day * DAY + 23 * 3_600),
    venue: "v",
    balances: [],
    equity,
    equity_currency: "USDT",
    ...more,
  }));

async function read(filter: Partial<StatisticsFilter> = {}): Promise<StatisticsAnswer> {
  const answer = await desk.hub?.query.statistics({ ...USUAL, ...filter });
  if (answer === undefined) throw new Error("no hub");
  return answer;
}

const named = (answer: StatisticsAnswer, name: string): StatisticView => {
  const found = answer.statistics.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe("Statistics of daily returns", () => {
  test("are of the equity of whole UTC days, what came in taken out", async () => {
    await desk.start();
    // 1,000 → 1,100 (+10 %) → 1,590 with 500 sent in: (1,590 − 500) ÷ 1,100 − 1 = −0.909 % → 1,749 (+10 %).
    await tell(...equities([1_000, 1_100, 1_590, 1_749]), {
      type: "income",
      ts: isoAt(2 * DAY + 60),
      venue: "v",
      income_type: "TRANSFER",
      amount: 500,
      currency: "USDT",
    });
    const answer = await read({ bot: "maker", from: micros(START), to: micros(START + 4 * DAY * 1e6) });
    expect(answer).toMatchObject({ bot: "maker", mode: "live", currency: "USDT", days: 4, returns: 3 });
    expect(answer.daily.map((day) => [day.date, day.equity, day.flow])).toEqual([
      ["2026-01-01", 1_000, 0],
      ["2026-01-02", 1_100, 0],
      ["2026-01-03", 1_590, 500],
      ["2026-01-04", 1_749, 0],
    ]);
    const [first, ...rest] = answer.daily.map((day) => day.return);
    expect(first).toBeNull();
    expect(answer.daily[0]?.reason).toContain("the day before");
    for (const [index, wanted] of [0.1, -10 / 1_100, 0.1].entries()) expect(rest[index]).toBeCloseTo(wanted, 12);
    expect(named(answer, "total_return").value).toBeCloseTo(1.1 * (1_090 / 1_100) * 1.1 - 1, 12);
    expect(named(answer, "max_drawdown").value).toBeCloseTo(10 / 1_100, 12);
    expect(answer.notes).toEqual(["1 of 4 days have no return: no equity is known at both their ends"]);
  });

  test("say how many days they need where there are too few, and never 0", async () => {
    await desk.start();
    await tell(...equities([1_000, 1_010, 1_005, 1_020, 1_015, 1_030, 1_040]));
    const answer = await read({ from: micros(START), to: micros(START + 7 * DAY * 1e6) });
    for (const name of ["sharpe", "sortino", "calmar", "volatility", "var_historical", "psr", "dsr"])
      expect(named(answer, name)).toMatchObject({ value: null, reason: "needs 20 days, has 6", n: 6 });
    expect(named(answer, "sharpe").ci).toEqual({ reason: "needs 20 days, has 6" });
    expect(named(answer, "best_day").value).toBeCloseTo(1_020 / 1_005 - 1, 12);
    expect(answer.rolling).toMatchObject({ points: [], reason: "needs 30 days, has 6" });
    expect(answer.trends[0]).toMatchObject({ p: null, significant: null, reason: "needs 8, has 6" });
  });

  test("are the textbook's of the same returns, by the confidence and the trials that are asked for", async () => {
    await desk.start();
    const returns = walk(59);
    await tell(...equities(equityOf(returns)));
    const answer = await read({ bot: "maker", from: micros(START), confidence: 0.9, trials: 20 });
    const n = returns.length;
    const mean = returns.reduce((sum, value) => sum + value, 0) / n;
    const deviation = Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
    const downside = Math.sqrt(returns.reduce((sum, value) => sum + Math.min(value, 0) ** 2, 0) / n);
    expect(answer.returns).toBe(n);
    expect(named(answer, "sharpe").value).toBeCloseTo((mean / deviation) * Math.sqrt(365), 9);
    expect(named(answer, "sortino").value).toBeCloseTo((mean / downside) * Math.sqrt(365), 9);
    expect(named(answer, "volatility").value).toBeCloseTo(deviation * Math.sqrt(365), 9);
    // Type 7 at 10 % of 59: rank 5.8, between the sixth and the seventh worst.
    const worst = [...returns].sort((a, b) => a - b);
    const [low = 0, high = 0] = [worst[5], worst[6]];
    expect(named(answer, "var_historical").value).toBeCloseTo(low + 0.8 * (high - low), 12);
    expect(named(answer, "cvar_historical").value).toBeCloseTo(worst.slice(0, 6).reduce((a, b) => a + b, 0) / 6, 12);
    const [psr, dsr] = [named(answer, "psr").value, named(answer, "dsr").value];
    expect(Number(dsr)).toBeLessThan(Number(psr));
    expect(named(await read({ bot: "maker", from: micros(START), trials: 1 }), "dsr").value).toBe(psr);
    expect(named(await read({ bot: "maker", from: micros(START) }), "dsr").reason).toContain("trials");
    const ci = named(answer, "sharpe").ci;
    if (ci === undefined || "reason" in ci) throw new Error("no interval");
    expect(ci.level).toBe(0.9);
    expect(Number(ci.low)).toBeLessThan(Number(named(answer, "sharpe").value));
    expect(Number(ci.high)).toBeGreaterThan(Number(named(answer, "sharpe").value));
    expect(answer.rolling.points).toHaveLength(30);
    expect(answer.trends.map(({ name, n: days }) => [name, days])).toEqual([
      ["return", 59],
      ["size_of_return", 59],
    ]);
  });

  test("take no profit from a bot that joins the desk", async () => {
    await desk.start();
    await tell(...equities([1_000, 1_100, 1_210, 1_331]));
    // It reports 5,000 for the first time on the third day, and 5,500 (+10 %) on the fourth.
    await tell(...equities([0, 0, 5_000, 5_500], { bot: "late" }).slice(2));
    const answer = await read({ from: micros(START), to: micros(START + 4 * DAY * 1e6) });
    expect(answer.daily.map(({ equity, flow }) => [equity, flow])).toEqual([
      [1_000, 0],
      [1_100, 0],
      [6_210, 5_000],
      [6_831, 0],
    ]);
    for (const day of answer.daily.slice(1)) expect(day.return).toBeCloseTo(0.1, 12);
  });

  test("have no return where money moved in a currency that the equity is not told in", async () => {
    await desk.start();
    await tell(...equities([1_000, 1_100]), {
      type: "income",
      ts: isoAt(DAY + 60),
      venue: "v",
      income_type: "TRANSFER",
      amount: 5,
      currency: "XYZ",
    });
    const answer = await read({ bot: "maker", from: micros(START), to: micros(START + 2 * DAY * 1e6) });
    expect(answer.daily[1]).toMatchObject({
      return: null,
      reason: "maker moved 5 XYZ, which cannot be taken out of an equity in USDT",
    });
  });

  test("let every other read through while they are drawn", async () => {
    let waiting: (() => void)[] = [];
    let isHeld = false;
    const breathe = (): Promise<void> =>
      isHeld ? new Promise((resolve) => waiting.push(resolve)) : new Promise((resolve) => setImmediate(resolve));
    await desk.start({ timers: { every: () => () => undefined, after: () => () => undefined, breathe } });
    await tell(...equities(equityOf(walk(59))));
    isHeld = true;
    let answer: StatisticsAnswer | undefined;
    const heavy = read({ bot: "maker", from: micros(START) }).then((told) => {
      answer = told;
    });
    let rounds = 0;
    while (answer === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      if (waiting.length === 0) continue;
      // It rests: whoever else asks is answered before it goes on.
      expect(desk.hub?.query.bots("all").bots).toHaveLength(1);
      expect((await desk.hub?.query.metric("equity", { bot: "maker" })) as object).toHaveProperty("value");
      expect((await desk.hub?.query.events({ limit: 1 }))?.events).toHaveLength(1);
      rounds++;
      const held = waiting;
      waiting = [];
      for (const go of held) go();
    }
    await heavy;
    isHeld = false;
    expect(rounds).toBeGreaterThan(5);
  });

  test("are the same again at the same moment, and others once something was told", async () => {
    await desk.start();
    const equity = equityOf(walk(59));
    await tell(...equities(equity));
    const first = await read({ bot: "maker", from: micros(START) });
    expect(await read({ bot: "maker", from: micros(START) })).toEqual(first);
    await tell({ type: "fill.voided", ts: isoAt(59 * DAY), fill_id: "none", venue: "v", reason: "test" });
    const later = await read({ bot: "maker", from: micros(START) });
    expect(later.as_of_seq).toBe(first.as_of_seq + 1);
    expect(later.statistics).toEqual(first.statistics);
  });
});

/** Invented returns of days. */
function walk(count: number): number[] {
  const random = seededRandom(4);
  return Array.from({ length: count }, () => 0.002 + (random.next() + random.next() + random.next() - 1.5) * 0.03);
}

/** What 10,000 becomes by them, exact enough that the returns come out again. */
function equityOf(returns: readonly number[]): number[] {
  const values = [10_000];
  for (const value of returns) values.push((values.at(-1) ?? 0) * (1 + value));
  return values;
}

describe("Metrics of days", () => {
  test("are the numbers of the statistics at the same seq, with their intervals", async () => {
    await desk.start();
    await tell(...equities(equityOf(walk(59))));
    const answer = await read({ bot: "maker", from: micros(START) });
    const names = ["sharpe", "sortino", "calmar", "volatility", "total_return", "var_historical", "psr"];
    for (const name of names) {
      const metric = await desk.hub?.query.metric(name, { bot: "maker" });
      expect(metric).toMatchObject({ name, window: "all", value: named(answer, name).value, n: 59 });
      expect((metric as { as_of_seq: number }).as_of_seq).toBe(answer.as_of_seq);
    }
    const ci = named(answer, "sharpe").ci;
    expect(await desk.hub?.query.metric("sharpe", { bot: "maker" })).toMatchObject({ ci: ciOf(ci) });
    const newest = await read({ bot: "maker", from: micros(END - 30 * DAY * 1e6) });
    expect(await desk.hub?.query.metric("sharpe", { bot: "maker", window: "30d" })).toMatchObject({
      value: named(newest, "sharpe").value,
      n: 30,
    });
    expect(await desk.hub?.query.metric("sharpe", { bot: "maker", window: "7d" })).toBe("no such window");
  });

  test("over time are of the 30 days that end with each step, and say why there are too few", async () => {
    await desk.start();
    await tell(...equities(equityOf(walk(59))));
    const series = await desk.hub?.query.series("sharpe", { bot: "maker", from: micros(START) });
    if (series === undefined || typeof series === "string") throw new Error(String(series));
    const answer = await read({ bot: "maker", from: micros(START) });
    expect(series).toMatchObject({ says: "end", step_s: DAY, unit: "ratio" });
    expect(series.points).toHaveLength(60);
    expect(series.points[5]).toMatchObject({ value: null, reason: "needs 20 days, has 5" });
    expect(series.points.slice(30).map(({ value }) => value)).toEqual(
      answer.rolling.points.map(({ sharpe }) => expect.closeTo(sharpe ?? Number.NaN, 9)),
    );
  });
});

function ciOf(ci: StatisticView["ci"]) {
  if (ci === undefined || "reason" in ci) throw new Error("no interval");
  return { low: ci.low, high: ci.high, level: ci.level };
}

import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { micros } from "../../src/base/time.ts";
import type { CompareFilter } from "../../src/hub/analysis/compare.ts";
import type { CompareAnswer, Difference } from "../../src/protocol/api-compare.ts";
import { deskOfStories } from "../support/desk-of-stories.ts";

const DAY = 86_400;
const START = Date.UTC(2026, 0, 1) * 1000;

/** Each story has a bot and a venue of its own on one desk. */
let bot = "";
const desk = deskOfStories(START + 60 * DAY * 1e6, "bot", (name) => {
  bot = name;
});

const moment = (seconds: number) => micros(START + seconds * 1e6);
const isoAt = (seconds: number): string => new Date(START / 1000 + seconds * 1000).toISOString();

async function tell(...events: Record<string, unknown>[]): Promise<void> {
  const done = await desk.hub?.ingest.submit(events.map((value) => ({ value: { bot, venue: bot, ...value } })));
  if (done?.ok !== true || done.value.items.some(({ kind }) => kind === "rejected"))
    throw new Error(JSON.stringify(done));
}

async function compared(filter: Partial<CompareFilter> = {}): Promise<CompareAnswer> {
  const answer = await desk.hub?.query.compare({ bot, by: "period", confidence: 0.95, ...filter });
  if (answer === undefined) throw new Error("no hub");
  return answer;
}

const metric = ({ metrics }: CompareAnswer, name: string): Difference => {
  const found = metrics.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

const ETH = { type: "instrument", ts: isoAt(0), symbol: "ETH", kind: "linear", quote: "USDT" };

interface Trading {
  readonly from: number;
  readonly trades: number;
  /** What each trade makes, and how much that varies. */
  readonly mean: number;
  readonly spread: number;
  readonly mode?: string;
  readonly slippage?: number;
  /** Of so many fills one says no fee; 1 for each of them. */
  readonly feelessOf?: number;
  /** So many trades in a row win as maker, or lose as taker. */
  readonly streak?: number;
}

/** Round trips of 1 bought at 1,000, each ten minutes after the one before. */
function trading({
  from,
  trades,
  mean,
  spread,
  mode,
  slippage = 0,
  feelessOf,
  streak,
}: Trading): Record<string, unknown>[] {
  const random = seededRandom(trades + from);
  const fill = (index: number, side: string, price: number, mid: number) => ({
    type: "fill",
    ts: isoAt(from + index * 600 + (side === "buy" ? 0 : 60)),
    fill_id: `${from}-${index}-${side}`,
    symbol: "ETH",
    side,
    size: 1,
    price: price.toFixed(4),
    arrival_mid: mid.toFixed(4),
    ...(feelessOf !== undefined && index % feelessOf === 0 ? {} : { fee: "0.2" }),
    is_maker: streak === undefined ? side === "buy" : Math.floor(index / streak) % 2 === 0,
    ...(mode === undefined ? {} : { mode }),
  });
  return Array.from({ length: trades }, (_, index) => {
    const chance =
      streak === undefined ? random.next() + random.next() - 1 : Math.floor(index / streak) % 2 === 0 ? 1 : -1;
    const made = mean + 0.4 + chance * spread;
    const slip = slippage + (random.next() - 0.5) * 0.05;
    return [fill(index, "buy", 1_000, 1_000 - slip), fill(index, "sell", 1_000 + made, 1_000 + made + slip)];
  }).flat();
}

describe("Period against period", () => {
  test("tells both values, the difference, how sure it is and by which test", async () => {
    await tell(ETH);
    await tell(...trading({ from: 20 * DAY, trades: 60, mean: 1, spread: 2, slippage: 0.1 }));
    await tell(...trading({ from: 30 * DAY, trades: 50, mean: -1, spread: 2, slippage: 0.4 }));
    const answer = await compared({ from: moment(30 * DAY), to: moment(40 * DAY) });
    expect(answer).toMatchObject({
      bot,
      a: { label: "previous", from: isoAt(20 * DAY), to: isoAt(30 * DAY) },
      b: { label: "current", from: isoAt(30 * DAY), to: isoAt(40 * DAY) },
      spans: [],
    });
    const expectancy = metric(answer, "expectancy_per_trade");
    expect(expectancy).toMatchObject({ a: { n: 60 }, b: { n: 50 }, significant: true, better: "higher" });
    expect(expectancy.a.value).toBeCloseTo(1, 0);
    expect(expectancy.b.value).toBeCloseTo(-1, 0);
    expect(expectancy.difference).toBeCloseTo((expectancy.b.value ?? 0) - (expectancy.a.value ?? 0), 12);
    expect(expectancy.test).toContain("Welch");
    expect(expectancy.ci?.high).toBeLessThan(0);
    expect(expectancy.band).toBeUndefined();
    // Slippage of 0.1 and of 0.4 on 1,000: 1 and 4 bps.
    const slippage = metric(answer, "slippage_bps");
    expect(slippage.a.value).toBeCloseTo(1, 0);
    expect(slippage.b.value).toBeCloseTo(4, 0);
    expect(slippage).toMatchObject({ significant: true, a: { n: 120 }, b: { n: 100 } });
    // Fees of 0.2 on 1,000 in both.
    expect(metric(answer, "fees_bps").a.value).toBeCloseTo(2, 1);
    expect(metric(answer, "maker_ratio_pct")).toMatchObject({
      a: { value: 50 },
      b: { value: 50 },
      difference: 0,
      p: 1,
    });
    expect(metric(answer, "sharpe")).toMatchObject({ a: { value: null, reason: "needs 20 days, has 0" }, p: null });
  });

  test("does not take a fee that nobody told for 0", async () => {
    await tell(ETH);
    await tell(...trading({ from: 20 * DAY, trades: 40, mean: 1, spread: 2, feelessOf: 1 }));
    await tell(...trading({ from: 30 * DAY, trades: 40, mean: 1, spread: 2, feelessOf: 4 }));
    const answer = await compared({ from: moment(30 * DAY), to: moment(40 * DAY) });
    expect(metric(answer, "fees_bps")).toMatchObject({
      a: { value: null, reason: "no fill says its fee in the currency of its profit", n: 0 },
      b: { value: expect.closeTo(2, 1), n: 60 },
      difference: null,
      significant: null,
    });
    expect(answer.notes).toEqual([
      "80 of 80 fills of previous say no fee: its trades are told before those",
      "20 of 80 fills of current say no fee: its trades are told before those",
    ]);
  });

  test("is less sure of trades that win and lose together", async () => {
    await tell(ETH);
    await tell(...trading({ from: 20 * DAY, trades: 90, mean: 0, spread: 2, streak: 1 }));
    await tell(...trading({ from: 30 * DAY, trades: 90, mean: 0, spread: 2, streak: 15 }));
    const answer = await compared({ from: moment(30 * DAY), to: moment(40 * DAY) });
    const win = metric(answer, "win_rate_pct");
    expect(win).toMatchObject({
      a: { value: 50 },
      b: { value: 50 },
      difference: 0,
      test: expect.stringContaining("√n"),
    });
    // Of 90 independent ones on each side ±14.3 (Newcombe).
    expect(win.ci?.high).toBeGreaterThan(25);
    // Of 180 independent fills on each side ±10.2.
    expect(metric(answer, "maker_ratio_pct").ci?.high).toBeGreaterThan(20);
    const expectancy = metric(answer, "expectancy_per_trade");
    // Each makes 2 or −2: of 90 independent ones on each side ±1.96 · 2 · √(2 ÷ 90) = 0.58.
    expect(expectancy.ci?.high).toBeGreaterThan(1);
  });

  test("does not call chance a difference", async () => {
    await tell(ETH);
    for (const from of [20, 30]) await tell(...trading({ from: from * DAY, trades: 60, mean: 0.5, spread: 2 }));
    const answer = await compared({ from: moment(30 * DAY), to: moment(40 * DAY) });
    for (const { name, significant } of answer.metrics) expect([name, significant]).not.toEqual([name, true]);
  });

  test("of few trades says what it needs and still shows both values", async () => {
    await tell(ETH);
    await tell(...trading({ from: 20 * DAY, trades: 5, mean: 1, spread: 1 }));
    await tell(...trading({ from: 30 * DAY, trades: 40, mean: 1, spread: 1 }));
    const win = metric(await compared({ from: moment(30 * DAY), to: moment(40 * DAY) }), "win_rate_pct");
    expect(win).toMatchObject({ a: { n: 5 }, b: { n: 40 }, p: null, significant: null });
    expect(win.difference).not.toBeNull();
    expect(win.reason).toBe("needs 20 on each side, has 5 and 40");
  });

  test("compares the days of the equity too", async () => {
    const random = seededRandom(2);
    let equity = 10_000;
    const days = Array.from({ length: 51 }, (_, day) => {
      equity *= 1 + (day < 26 ? 0.004 : -0.004) + (random.next() - 0.5) * 0.01;
      return { type: "balance", ts: isoAt(day * DAY - 60), balances: [], equity, equity_currency: "USDT" };
    });
    await tell(ETH, ...days);
    const answer = await compared({ from: moment(25 * DAY), to: moment(50 * DAY) });
    expect(metric(answer, "mean_return")).toMatchObject({ a: { n: 25 }, b: { n: 25 }, significant: true });
    expect(metric(answer, "sharpe")).toMatchObject({ significant: true, test: expect.stringContaining("Mertens") });
    expect(metric(answer, "volatility_day").significant).toBe(false);
  });
});

describe("Version against version", () => {
  const started = (day: number, version: string, config_hash?: string) => ({
    type: "bot.started",
    ts: isoAt(day * DAY),
    version,
    ...(config_hash === undefined ? {} : { config_hash }),
  });

  test("takes the newest and the one before, whatever restarts there were; annotations part them too", async () => {
    await tell(ETH, started(1, "1.0"), started(5, "1.0"), started(10, "1.1", "abc"));
    await tell({ type: "annotation", ts: isoAt(20 * DAY), title: "wider quotes" }, started(22, "1.1", "abc"));
    await tell(...trading({ from: 2 * DAY, trades: 30, mean: 0, spread: 1 }));
    await tell(...trading({ from: 12 * DAY, trades: 30, mean: 1, spread: 1 }));
    await tell(...trading({ from: 21 * DAY, trades: 30, mean: 3, spread: 1 }));
    const answer = await compared({ by: "version" });
    expect(answer.spans.map(({ label, from, to }) => [label, from, to])).toEqual([
      ["wider quotes", isoAt(20 * DAY), null],
      ["1.1 abc", isoAt(10 * DAY), isoAt(20 * DAY)],
      ["1.0", isoAt(DAY), isoAt(10 * DAY)],
    ]);
    expect(answer.a).toMatchObject({ label: "1.1 abc", version: "1.1", config_hash: "abc" });
    expect(answer.b).toMatchObject({ label: "wider quotes", version: "1.1", config_hash: "abc" });
    expect(metric(answer, "expectancy_per_trade")).toMatchObject({ a: { n: 30 }, b: { n: 30 }, significant: true });
    const chosen = await compared({ by: "version", a: "1.0", b: "1.1 abc" });
    expect(metric(chosen, "expectancy_per_trade").a.value).toBeCloseTo(0, 0);
    expect(metric(chosen, "expectancy_per_trade").b.value).toBeCloseTo(1, 0);
  });

  test("says what there is where it cannot compare", async () => {
    await tell(ETH);
    await expect(compared({ by: "version" })).rejects.toThrow("the bot said no bot.started");
    await tell(started(1, "1.0"));
    await expect(compared({ by: "version" })).rejects.toThrow("there are 1.0");
    await expect(compared({ by: "version", b: "2.0" })).rejects.toThrow("no span is called 2.0: there are 1.0");
    await expect(compared({ from: moment(9e6), to: moment(1) })).rejects.toThrow("no time in it");
    await expect(compared({ by: "mode", against: "live" })).rejects.toThrow("name another mode");
  });
});

describe("Live against paper", () => {
  test("tells the band that chance alone leaves, and whether live lies in it", async () => {
    await tell(ETH);
    await tell(...trading({ from: 40 * DAY, trades: 80, mean: 1, spread: 2, slippage: 0, mode: "paper" }));
    await tell(...trading({ from: 41 * DAY, trades: 60, mean: 0.9, spread: 2, slippage: 0.3 }));
    const answer = await compared({ by: "mode", from: moment(39 * DAY), to: moment(45 * DAY) });
    expect(answer).toMatchObject({ a: { label: "paper", mode: "paper" }, b: { label: "live", mode: "live" } });
    const expectancy = metric(answer, "expectancy_per_trade");
    expect(expectancy.band).toMatchObject({ within: true });
    expect(expectancy.band?.low).toBeLessThan(expectancy.b.value ?? Number.NaN);
    expect(expectancy.band?.high).toBeGreaterThan(expectancy.b.value ?? Number.NaN);
    const slippage = metric(answer, "slippage_bps");
    expect(slippage.band).toMatchObject({ within: false });
    expect(slippage).toMatchObject({ significant: true, a: { n: 160 }, b: { n: 120 } });
  });
});

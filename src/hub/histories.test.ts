import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { seededRandom } from "../base/random.ts";
import { MICROS_PER_DAY, micros } from "../base/time.ts";
import type { MetricWindow } from "../metrics/definition.ts";
import type { PerformanceRow } from "../protocol/api-money.ts";
import { Overloaded } from "./explain.ts";
import { HistoryUnreadable } from "./histories.ts";
import type { Query } from "./query.ts";

const START = Date.UTC(2026, 1, 24, 12) * 1000;

const bench = new HandDrivenHub(START);
/** Each test has a bot of its own in the one hub. */
let bots = 0;
let bot = "";

beforeAll(() => bench.start());

beforeEach(() => {
  bot = `mm-${++bots}`;
  bench.now = micros(START);
});

afterAll(async () => {
  await bench.stop();
  bench.remove();
  expect(bench.problems).toEqual([]);
});

const at = (seconds: number): string => new Date(START / 1000 + seconds * 1000).toISOString();

async function send(...events: Record<string, unknown>[]): Promise<void> {
  const done = await bench.hub?.ingest.submit(events.map((value) => ({ value: { bot, ts: at(0), ...value } })));
  if (done?.ok !== true || done.value.items.some(({ kind }) => kind === "rejected"))
    throw new Error(`not taken: ${JSON.stringify(done)}`);
}

function query(): Query {
  const { hub } = bench;
  if (hub === undefined) throw new Error("no hub");
  return hub.query;
}

type Fill = Record<"type" | "fill_id" | "ts" | "venue" | "symbol" | "side" | "price" | "size", string>;

let fillIds = 0;
const fill = (seconds: number, side: string, size: number, price: number, more: object = {}): Fill => ({
  type: "fill",
  fill_id: `f${++fillIds}`,
  ts: at(seconds),
  venue: "v",
  symbol: "A",
  side,
  price: String(price),
  size: String(size),
  ...more,
});

const quotedInUsd = (symbol: string) => ({ type: "instrument", venue: "v", symbol, kind: "spot", quote: "USD" });

async function rowOf(method: "average" | "fifo", window: "all" | "today" | "session" = "all"): Promise<PerformanceRow> {
  const filter = { bot, mode: "live", window };
  const answer = method === "fifo" ? await query().fifoPerformance(filter) : query().performance(filter);
  const [row, ...others] = answer.rows;
  if (row === undefined || others.length > 0) throw new Error(`${answer.rows.length} rows`);
  return row;
}

async function metric(name: string, window: MetricWindow = "all"): Promise<number | string | null> {
  const answer = await query().metric(name, { bot, mode: "live", window });
  return typeof answer === "string" ? answer : (answer.value ?? answer.reason ?? null);
}

/** Lets the hub make the ledgers of the bot again. */
const untilMadeAgain = (): Promise<void> =>
  vi.waitFor(async () => {
    await bench.time.advance(1_000);
    expect(bench.hub?.state.bots.get(bot)?.staleLedgers.size).toBe(0);
  }, 30_000);

describe("performance, first in first out", () => {
  test("realises the oldest lot, and leaves together with what is open what average cost does", async () => {
    await send(quotedInUsd("A"), fill(-300, "buy", 1, 100, { fee: "0.5" }), fill(-200, "buy", 1, 120));
    await send(fill(-100, "sell", 1, 130, { fee: "0.1" }), { type: "mark", venue: "v", symbol: "A", price: "125" });
    const [average, fifo] = [await rowOf("average"), await rowOf("fifo")];
    expect(average).toMatchObject({ realized: 20, unrealized: 15, fees: 0.6 });
    expect(fifo).toMatchObject({ realized: 30, unrealized: 5, fees: 0.6, fills: 3, volume: 350 });
    const asOf = await query().fifoPerformance({ bot, mode: "live", window: "all" });
    expect(asOf.as_of_seq).toBe(query().asOf().as_of_seq);
    expect(asOf.total).toMatchObject({ realized: 30, unrealized: 5, net: 29.4 });
  });

  test("counts each closing by its lots for a bot that makes markets, with the age of what closed", async () => {
    await send({ type: "bot.state", status: "running", makes_markets: true }, quotedInUsd("A"));
    await send(fill(-7_200, "buy", 1, 100), fill(-3_600, "buy", 1, 110), fill(0, "sell", 2, 105));
    expect((await rowOf("average")).trades).toMatchObject({ basis: "closing_fill", closed: 1, breakeven: 1 });
    const { trades } = await rowOf("fifo");
    expect(trades).toMatchObject({ basis: "closing_fill", closed: 1, breakeven: 1, avg_holding_hours: { value: 1.5 } });
    await send(fill(1, "buy", 1, 100), fill(2, "buy", 1, 120), fill(3, "sell", 1, 109));
    expect((await rowOf("average")).trades).toMatchObject({ wins: 0, losses: 1 });
    expect((await rowOf("fifo")).trades).toMatchObject({ wins: 1, losses: 0, expectancy: { value: 4.5 } });
  });

  test("puts what was realised into its day and session, from lots of days before", async () => {
    await send(quotedInUsd("A"), fill(-86_400, "buy", 1, 100), fill(-86_000, "buy", 1, 200));
    await send(fill(-85_000, "sell", 1, 210), { type: "bot.started", status: "running", ts: at(-100) });
    await send(fill(-50, "sell", 1, 190));
    expect(await rowOf("fifo", "today")).toMatchObject({ realized: -10, fills: 1 });
    expect(await rowOf("fifo", "session")).toMatchObject({ realized: -10 });
    expect(await rowOf("fifo", "all")).toMatchObject({ realized: 100, fills: 4 });
    expect(await rowOf("average", "today")).toMatchObject({ realized: 40 });
  });

  test("closes lots at the payout of a settlement, and leaves out a fill that was voided", async () => {
    const binary = (seconds: number, size: number, price: number): Fill =>
      fill(seconds, "buy", size, price, { symbol: "YES" });
    const wrong = binary(-90, 100, 0.9);
    await send(
      { ...quotedInUsd("YES"), kind: "binary", payout: "1" },
      binary(-100, 10, 0.4),
      wrong,
      binary(-80, 10, 0.6),
    );
    await send({ type: "fill.voided", fill_id: wrong.fill_id, venue: "v", reason: "FAILED" });
    await send({ type: "settlement", venue: "v", symbol: "YES", payout_per_unit: "1" });
    expect(await rowOf("fifo")).toMatchObject({ realized: 10, unrealized: 0 });
    expect(await rowOf("average")).toMatchObject({ realized: 10 });
  });

  test("takes fills that came late in the order of their time", async () => {
    await send(quotedInUsd("A"), fill(-300, "buy", 1, 100), fill(-100, "sell", 1, 130), fill(-400, "buy", 1, 120));
    expect(await rowOf("fifo")).toMatchObject({ realized: 10 });
    expect(await rowOf("average")).toMatchObject({ realized: 20 });
  });

  test("says so while the ledger waits to be made again", async () => {
    const day = Array.from({ length: 60 }, (_, n) => fill(-3_600 + n, n % 2 === 0 ? "buy" : "sell", 1, 100 + n));
    await send(quotedInUsd("A"), ...day);
    await send(fill(-90_000, "buy", 1, 50));
    await expect(rowOf("fifo")).rejects.toThrow(HistoryUnreadable);
  });

  test("is of all modes of the bot where all are asked for, each by itself", async () => {
    const paper = { mode: "paper" };
    await send(quotedInUsd("A"), fill(-300, "buy", 1, 100), fill(-200, "sell", 1, 130));
    await send(fill(-300, "buy", 1, 100, paper), fill(-200, "buy", 1, 50, paper), fill(-100, "sell", 1, 60, paper));
    const { rows } = await query().fifoPerformance({ bot, mode: "all", window: "all" });
    expect(rows.map(({ mode, realized }) => [mode, realized]).toSorted()).toEqual([
      ["live", 30],
      ["paper", -40],
    ]);
  });
});

describe("metrics from stored fills", () => {
  test("follow streaks and the largest trades over instruments, in the order of closing", async () => {
    await send(quotedInUsd("A"), quotedInUsd("B"));
    const trade = (seconds: number, symbol: string, made: number): Fill[] => [
      fill(seconds, "buy", 1, 100, { symbol }),
      fill(seconds + 10, "sell", 1, 100 + made, { symbol }),
    ];
    await send(...trade(-900, "A", 5), ...trade(-800, "B", 7), ...trade(-700, "A", -3), ...trade(-600, "B", 0));
    await send(...trade(-500, "B", -9), ...trade(-400, "A", -1));
    expect(await metric("trade_streak")).toBe(-3);
    expect(await metric("longest_win_streak")).toBe(2);
    expect(await metric("longest_loss_streak")).toBe(3);
    expect(await metric("largest_win")).toBe(7);
    expect(await metric("largest_loss")).toBe(-9);
    expect(await metric("median_holding_time_hours")).toBeCloseTo(10 / 3_600, 12);
    // What comes late takes its place: a win between the losses.
    await send(...trade(-550, "A", 2));
    expect(await metric("trade_streak")).toBe(-2);
  });

  test("weigh what is held by time, and carry it into a window", async () => {
    await send(quotedInUsd("A"), quotedInUsd("B"));
    const midnight = -43_200;
    await send(fill(midnight - 600, "buy", 2, 50), fill(midnight + 21_600, "sell", 2, 60));
    await send(fill(midnight + 21_600, "sell", 1, 30, { symbol: "B" }));
    // Today: 100 for six hours and then 30 short for six; 150 were traded.
    expect(await metric("inventory_avg", "today")).toBeCloseTo(65, 9);
    expect(await metric("inventory_net_avg", "today")).toBeCloseTo(35, 9);
    expect(await metric("inventory_max", "today")).toBe(100);
    expect(await metric("inventory_turnover", "today")).toBeCloseTo(150 / 65, 9);
    expect(await metric("inventory_turnover", "all")).toBeCloseTo(250 / ((100 * 22_200 + 30 * 21_600) / 43_800), 9);
  });

  test("go on with time while nothing new is told, and are of the seq that they say", async () => {
    await send(quotedInUsd("A"), fill(-100, "buy", 1, 100));
    expect(await metric("inventory_avg")).toBe(100);
    await send(fill(0, "sell", 1, 100));
    bench.now = micros(START + 100 * 1_000_000);
    expect(await metric("inventory_avg")).toBe(50);
    bench.now = micros(START + 300 * 1_000_000);
    expect(await metric("inventory_avg")).toBe(25);
    const answer = await query().metric("inventory_avg", { bot, mode: "live" });
    expect(answer).toMatchObject({ as_of_seq: query().asOf().as_of_seq, currency: "USD", n: 2 });
  });

  test("say why there is nothing: no fills, no trades, no rate, no bot", async () => {
    await send({ type: "bot.state", status: "running" });
    expect(await metric("trade_streak")).toBe("no fills were reported");
    expect(await metric("inventory_avg")).toBe("no fills were reported");
    await send(fill(-10, "buy", 1, 100), fill(-9, "sell", 1, 101));
    await send({ ...quotedInUsd("E"), quote: "EUR" }, fill(-8, "buy", 1, 100, { symbol: "E" }));
    await send(fill(-7, "sell", 1, 101, { symbol: "E" }));
    expect(await metric("largest_win")).toMatch(/^no recorded rate/);
    expect(await metric("inventory_turnover")).toMatch(/^no recorded rate/);
    expect(await metric("trade_streak")).toBe(2);
    const desk = await query().metric("trade_streak", { mode: "live" });
    expect(desk).toMatchObject({ value: null, reason: "is of one bot: name it with bot" });
    expect(await query().metric("trade_streak", { bot, mode: "live", window: "now" })).toBe("no such window");
  });

  test("go on from what was read with what is told later, and begin again where that is not enough", async () => {
    const { store } = bench;
    if (store === undefined) throw new Error("no store");
    const read = vi.spyOn(store, "fills");
    const readOn = (): boolean => read.mock.calls.every(([{ afterSeq }]) => afterSeq !== undefined);
    const traded = async () => ({
      largest: await metric("largest_win"),
      longest: await metric("longest_win_streak"),
      fifo: (await rowOf("fifo")).realized,
    });
    const sold = fill(-90, "sell", 1, 110);
    await send(quotedInUsd("A"), fill(-100, "buy", 2, 100), sold);
    expect(await traded()).toEqual({ largest: "no trades", longest: "no trades", fifo: 10 });
    read.mockClear();
    await send(fill(-80, "sell", 1, 130), fill(-70, "buy", 1, 100), fill(-60, "sell", 1, 101));
    expect(await traded()).toEqual({ largest: 40, longest: 2, fifo: 41 });
    expect(read.mock.calls.length).toBeGreaterThan(0);
    expect(readOn()).toBe(true);
    // A fee that another source knew, a fill that came late, and one that is taken back.
    await send({ ...sold, fee: "3" });
    expect(await traded()).toEqual({ largest: 37, longest: 2, fifo: 41 });
    expect((await rowOf("fifo")).fees).toBe(3);
    await send(fill(-75, "buy", 1, 90), fill(-72, "sell", 1, 91));
    expect(await traded()).toEqual({ largest: 37, longest: 3, fifo: 42 });
    await send({ type: "fill.voided", fill_id: sold.fill_id, venue: "v", reason: "FAILED" });
    // 30 of the first lot, −9 of the second, and 11 of that bought at 90.
    expect((await rowOf("fifo")).realized).toBe(32);
    expect((await rowOf("average")).realized).toBe(29.5);
    expect(readOn()).toBe(false);
    read.mockRestore();
  });

  test("are refused when too many wait already", async () => {
    await send(quotedInUsd("A"), fill(-100, "buy", 1, 100));
    const asked = Array.from({ length: 8 }, () => metric("inventory_avg"));
    const done = await Promise.allSettled(asked);
    const refused = done.filter((each) => each.status === "rejected");
    expect(refused.length).toBe(4);
    for (const each of refused) expect(each.reason).toBeInstanceOf(Overloaded);
  });

  test("come to the same however fills are ordered in the log", async () => {
    const random = seededRandom(5);
    const day = Math.round(MICROS_PER_DAY / 1_000_000);
    const all = Array.from({ length: 300 }, (_, n) => ({
      ...fill(-day + n * 200, random.pick(["buy", "sell"]), 1 + random.below(5), 50 + random.below(100)),
      symbol: random.pick(["A", "B", "C"]),
    }));
    const names = ["trade_streak", "longest_win_streak", "longest_loss_streak", "largest_win", "largest_loss"];
    const levels = ["inventory_avg", "inventory_net_avg", "inventory_max", "inventory_turnover"];
    const rest = async () => {
      const values: (number | string | null)[] = [];
      for (const name of [...names, ...levels]) values.push(await metric(name));
      return values;
    };
    await send(...["A", "B", "C"].map(quotedInUsd), ...all);
    const inOrder = await rest();
    expect(inOrder.every((value) => typeof value === "number")).toBe(true);
    bot = `${bot}-late`;
    // Each comes up to ten places late.
    const late = all.map((each, n) => ({ each, place: n + random.below(10) })).toSorted((a, b) => a.place - b.place);
    await send(...late.map(({ each }) => each));
    const outOfOrder = await rest();
    outOfOrder.forEach((value, index) =>
      expect(value, [...names, ...levels][index]).toBeCloseTo(Number(inOrder[index]), 9),
    );
  });

  test("come to the same when fills come later than can be held back", async () => {
    const many = Array.from({ length: 2_400 }, (_, n) =>
      fill(-20_000 + n, n % 2 === 0 ? "buy" : "sell", 1, n % 2 === 0 ? 100 : 97 + (n % 9)),
    );
    const early = [fill(-21_000, "buy", 5, 100), fill(-20_990, "sell", 5, 300)];
    const names = ["trade_streak", "longest_win_streak", "largest_win", "inventory_avg", "inventory_max"];
    const read = async () => {
      const values: (number | string | null)[] = [];
      for (const name of names) values.push(await metric(name));
      return values;
    };
    await send(quotedInUsd("A"), ...early, ...many);
    const inOrder = await read();
    expect(inOrder.slice(2)).toEqual([1_000, expect.any(Number), 500]);
    bot = `${bot}-late`;
    await send(...many, ...early);
    await expect(read()).rejects.toThrow(HistoryUnreadable);
    await untilMadeAgain();
    expect(await read()).toEqual(inOrder);
  });
});

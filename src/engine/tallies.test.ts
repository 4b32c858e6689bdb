import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import { isoFromMicros } from "../base/time.ts";
import type { MetricWindow } from "../metrics/definition.ts";
import { copyState } from "./state-copy.ts";
import { readMetricNamed } from "./read-metrics.ts";
import { fingerprint, slicesOf, botSlice, stateFromSlices } from "./snapshot.ts";

const DAY_S = 86_400;
const iso = (seconds: number): string => isoFromMicros(at(seconds));

interface Way {
  readonly id: string;
  readonly sentAt: number;
  readonly took?: number;
  readonly bot?: string;
  readonly size?: number;
}

/** An order that was decided upon, sent, acknowledged and filled, each step as long after the one before. */
function way(desk: FoldedDesk, { id, sentAt, took = 0.5, bot = "mm", size = 1 }: Way): FoldedDesk {
  const order = { bot, order_id: id, venue: "v", symbol: "A" };
  const placed = { ...order, type: "order.placed", side: "buy", price: 100, size };
  return desk
    .fact(sentAt, { ...placed, decided_at: iso(sentAt - took), sent_at: iso(sentAt) })
    .fact(sentAt + took, { ...order, type: "order.acknowledged" })
    .fact(sentAt + 2 * took, { ...order, type: "fill", fill_id: `f-${bot}-${id}`, side: "buy", size: 1, price: 100 });
}

interface Asked {
  readonly window?: MetricWindow;
  readonly bot?: string | undefined;
  readonly now?: number;
}

function ask({ state }: FoldedDesk, name: string, { window = "all", bot = "mm", now = 3 * DAY_S }: Asked = {}) {
  const answer = readMetricNamed(state, at(now), name, { bot: bot === "desk" ? undefined : bot, mode: "live", window });
  if (typeof answer === "string") throw new Error(answer);
  return answer;
}

const LEGS = ["order_decided_to_sent", "order_sent_to_acknowledged", "order_acknowledged_to_filled"] as const;

describe("the way of an order", () => {
  test("is timed step by step, at its first fill only", () => {
    const desk = way(new FoldedDesk(), { id: "1", sentAt: 100, size: 3 });
    desk.fact(200, {
      type: "fill",
      fill_id: "x",
      order_id: "1",
      venue: "v",
      symbol: "A",
      side: "buy",
      size: 1,
      price: 1,
    });
    for (const leg of LEGS) {
      const told = ask(desk, `${leg}_p50_seconds`);
      expect(Math.abs(Number(told.value) / 0.5 - 1), leg).toBeLessThan(0.022);
      expect(told.n, leg).toBe(1);
    }
  });

  test("has percentiles of many, and those of all bots together", () => {
    const desk = new FoldedDesk();
    for (let n = 1; n <= 100; n++)
      way(desk, { id: String(n), sentAt: n * 100, took: n / 100, bot: n <= 50 ? "mm" : "other" });
    const near = (bot: string, percentile: string, seconds: number) => {
      const { value, n } = ask(desk, `order_sent_to_acknowledged_${percentile}_seconds`, { bot });
      expect(Math.abs(Number(value) / seconds - 1), `${bot} ${percentile} ${value}`).toBeLessThan(0.022);
      return n;
    };
    expect(near("mm", "p50", 0.25)).toBe(50);
    expect(near("desk", "p50", 0.5)).toBe(100);
    near("desk", "p95", 0.95);
    near("desk", "p99", 0.99);
  });

  test("is absent with a reason where the moments were not told, and takes no step backwards", () => {
    const desk = new FoldedDesk();
    const order = { order_id: "1", venue: "v", symbol: "A" };
    const placed = { ...order, type: "order.placed", side: "buy", price: 100, size: 1 };
    desk.fact(100, placed).fact(101, { ...order, type: "fill", fill_id: "f", side: "buy", size: 1, price: 100 });
    for (const leg of LEGS)
      expect(ask(desk, `${leg}_p95_seconds`)).toMatchObject({
        value: null,
        reason: expect.stringMatching(/^the bot does not report/),
      });
    desk
      .fact(200, { ...placed, order_id: "2", decided_at: iso(201), sent_at: iso(200) })
      .fact(199, { ...order, order_id: "2", type: "order.acknowledged" });
    for (const leg of LEGS.slice(0, 2)) expect(ask(desk, `${leg}_p95_seconds`).value, leg).toBeNull();
  });

  test("awaits nothing more of an order that ended, or was filled before its acknowledgement came", () => {
    const desk = new FoldedDesk();
    const order = { order_id: "1", venue: "v", symbol: "A" };
    const placed = { ...order, type: "order.placed", side: "buy", price: 100, size: 1, sent_at: iso(100) };
    desk.fact(100, placed).fact(101, { ...order, type: "order.acknowledged" });
    desk.fact(102, { ...order, type: "order.cancelled" });
    desk.fact(103, { ...placed, order_id: "2", sent_at: iso(103) });
    desk.fact(104, { ...order, order_id: "2", type: "fill", fill_id: "f", side: "buy", size: 1, price: 100 });
    desk.fact(105, { ...order, order_id: "2", type: "order.acknowledged" });
    const bot = desk.state.bots.get("mm");
    const counted = (sketch: readonly number[]): number => sketch.reduce((sum, count) => sum + count, 0);
    expect(bot?.openOrders.size).toBe(0);
    expect(bot?.tallies.map(({ acknowledged, filled }) => [counted(acknowledged), counted(filled)])).toEqual([[1, 0]]);
  });

  test("is counted in its session and its days", () => {
    const desk = way(new FoldedDesk(), { id: "1", sentAt: 100 });
    desk.fact(200, { type: "bot.started", status: "running" });
    way(desk, { id: "2", sentAt: 300 });
    way(desk, { id: "3", sentAt: 2 * DAY_S + 5 });
    way(desk, { id: "4", sentAt: 2 * DAY_S + 50 });
    const n = (window: MetricWindow, now: number): number =>
      ask(desk, "order_decided_to_sent_p50_seconds", { window, now }).n;
    const today = 2 * DAY_S + 100;
    expect([n("all", today), n("session", today), n("today", today), n("7d", today)]).toEqual([4, 3, 2, 4]);
    expect([n("today", 3 * DAY_S + 1), n("7d", 7 * DAY_S + 1), n("30d", 40 * DAY_S)]).toEqual([0, 2, 0]);
    desk.fact(3 * DAY_S, { type: "bot.started", status: "running" });
    expect(n("session", 3 * DAY_S + 1)).toBe(0);
  });
});

describe("approval rate", () => {
  const opportunity = (id: string, action: string) => ({
    ...{ type: "opportunity", opportunity_id: id, pair_id: "p", action, edge_bps: 10, confidence: "high" },
  });

  test("is what the bot reports, else of the opportunities that it told this session", () => {
    const desk = new FoldedDesk().fact(1, { type: "bot.state", status: "running" });
    expect(ask(desk, "approval_rate", { window: "now" })).toMatchObject({ value: null, n: 0 });
    desk
      .fact(2, opportunity("1", "detected"))
      .fact(3, opportunity("1", "approved"))
      .fact(4, opportunity("1", "executed"));
    desk.fact(5, opportunity("2", "rejected")).fact(6, opportunity("3", "rejected"));
    desk.fact(7, opportunity("4", "rejected"));
    expect(ask(desk, "approval_rate", { window: "now" })).toMatchObject({ value: 0.25, n: 4, source: "computed" });
    desk.fact(8, { type: "bot.started", status: "running" }).fact(9, opportunity("5", "executed"));
    expect(ask(desk, "approval_rate", { window: "now" })).toMatchObject({ value: 1, n: 1, source: "computed" });
    desk.fact(10, { type: "bot.state", status: "running", risk_stats: { approval_rate: 0.4 } });
    expect(ask(desk, "approval_rate", { window: "now" })).toMatchObject({ value: 0.4, source: "reported" });
  });
});

describe("ticks", () => {
  test("have percentiles of the last five minutes, of a bot and of all", () => {
    const desk = new FoldedDesk();
    for (const bot of ["mm", "other"]) desk.fact(0, { bot, type: "bot.state", status: "running" });
    for (let n = 1; n <= 100; n++)
      desk.sample(n, { bot: n <= 50 ? "mm" : "other", type: "tick", duration_s: n / 1_000 });
    const p95 = (bot: string, now: number) => ask(desk, "tick_duration_p95_seconds", { bot, now, window: "now" });
    expect(Math.abs(Number(p95("mm", 100).value) / 0.047 - 1)).toBeLessThan(0.01);
    expect(Math.abs(Number(p95("desk", 100).value) / 0.095 - 1)).toBeLessThan(0.01);
    expect(p95("desk", 100).n).toBe(100);
    expect(p95("mm", 600)).toMatchObject({ value: null, reason: "the bot does not report ticks" });
  });
});

test("what is changed in place is a copy's own, and comes back from a snapshot", () => {
  const desk = way(new FoldedDesk(), { id: "1", sentAt: 100 });
  desk.fact(150, { type: "bot.started", status: "running" }).sample(160, { type: "tick", duration_s: 0.5 });
  const copying = copyState(desk.state);
  let step = copying.next();
  while (step.done !== true) step = copying.next();
  const { state: copy } = step.value;
  const before = fingerprint(copy);
  const slices = [...desk.state.bots].flatMap(([name, bot]) => [...slicesOf(botSlice(name), bot)]);
  way(desk, { id: "2", sentAt: 200 }).sample(210, { type: "tick", duration_s: 1 });
  expect(fingerprint(copy)).toBe(before);
  const p95 = { bot: "mm", mode: "live", window: "now" } as const;
  expect(readMetricNamed(copy, at(220), "tick_duration_p95_seconds", p95)).toMatchObject({ n: 1 });
  const restored = stateFromSlices(slices);
  expect(restored.bots.get("mm")?.tallies).toEqual(copy.bots.get("mm")?.tallies);
});

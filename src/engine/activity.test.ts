import { describe, expect, test } from "vitest";
import { micros } from "../base/time.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import { activityOf } from "./activity.ts";
import { emptyState, reduce, type State } from "./fold.ts";

const DAY = 20_508;
const HOUR = 3_600_000_000;
const at = (hours: number) => micros(DAY * 24 * HOUR + hours * HOUR);

/** A bot's facts, each at its hour of the day. */
function desk(facts: readonly (readonly [hour: number, event: Record<string, unknown>])[]): State {
  const state = emptyState();
  facts.forEach(([hour, said], index) => {
    const parsed = parseEvent({ bot: "mm", ts: 0, venue: "k", symbol: "A", side: "buy", size: 2, ...said }, "hub");
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    const ts = at(hour);
    reduce(state, { seq: index + 1, ts, receivedAt: ts, standing: "fact", ofSeq: undefined, event: parsed.value });
  });
  return state;
}

function read(state: State, span: "all" | "session" | number = "all", hour = 24) {
  const bot = state.bots.get("mm");
  if (bot === undefined) throw new Error("no bot");
  return activityOf(bot, "live", span, at(hour));
}

const placed = (id: string, more = {}) => ({ type: "order.placed", order_id: id, ...more });
const filled = (id: string, more = {}) => ({ type: "fill", fill_id: `f-${id}`, order_id: id, price: 100, ...more });

describe("entry orders", () => {
  test("are those neither reduce-only nor exits, and count once, at their first fill", () => {
    const { ordersPlaced, ordersFilled, fillRatePct, fillRateQtyPct } = read(
      desk([
        [1, placed("1")],
        [1, placed("2")],
        [1, placed("3", { reduce_only: true, side: "sell" })],
        [1, placed("4", { intent: "exit", side: "sell" })],
        [2, filled("1", { size: 1 })],
        [2, { ...filled("1"), type: "order.filled", fill_id: "g", size: 1 }],
        [2, filled("3", { side: "sell" })],
        [3, filled("unheard")],
      ]),
    );
    expect([ordersPlaced, ordersFilled]).toEqual([2, 1]);
    expect(fillRatePct).toEqual({ value: 50, n: 2 });
    expect(fillRateQtyPct).toEqual({ value: 50, n: 2 });
  });

  test("count when their fill comes after they ended or after a list without them, still once", () => {
    const state = desk([
      [1, placed("1")],
      [1, placed("2")],
      [1, { type: "order.cancelled", order_id: "1" }],
      [2, filled("1", { size: 1 })],
      [2, filled("1", { fill_id: "g", size: 1 })],
      [3, { type: "orders.snapshot", orders: [] }],
      [3, filled("2")],
    ]);
    expect(read(state).fillRatePct).toEqual({ value: 100, n: 2 });
  });

  test("keep what was said of them through a list of the bot that holds them", () => {
    const listed = { order_id: "1", venue: "k", symbol: "A", side: "buy", size: 2, filled_size: 1 };
    const state = desk([
      [1, placed("1")],
      [2, { type: "orders.snapshot", orders: [listed] }],
      [3, filled("1")],
    ]);
    expect(read(state).ordersFilled).toBe(1);
  });

  test("of several instruments have no fill rate by size", () => {
    const state = desk([
      [1, placed("1")],
      [1, placed("2", { symbol: "B" })],
    ]);
    expect(read(state).fillRateQtyPct).toMatchObject({ value: undefined, n: 2 });
    expect(read(state).fillRatePct).toEqual({ value: 0, n: 2 });
  });

  test("that were never placed leave the fill rate unknown", () => {
    expect(read(desk([[1, filled("1")]])).fillRatePct).toMatchObject({ value: undefined });
  });

  test("of the last session stay in its day and leave the session", () => {
    const state = desk([
      [1, { type: "bot.started" }],
      [2, placed("1")],
      [2, filled("1")],
      [26, { type: "bot.started" }],
      [27, placed("2")],
    ]);
    const counts = (span: "all" | "session" | number) => {
      const { ordersPlaced, ordersFilled } = read(state, span, 48);
      return [ordersPlaced, ordersFilled];
    };
    expect([counts("all"), counts("session"), counts(DAY), counts(DAY + 1)]).toEqual([
      [2, 1],
      [1, 0],
      [1, 1],
      [1, 0],
    ]);
  });
});

describe("a late order", () => {
  test("counts in its own day and session, not in those of its receipt", () => {
    const state = desk([
      [1, { type: "bot.started" }],
      [25, placed("1")],
      [26, { type: "bot.started" }],
      [30, placed("2")],
      [23, placed("3")],
      [50, placed("4")],
    ]);
    expect(([DAY, DAY + 1, DAY + 2, "session"] as const).map((span) => read(state, span, 72).ordersPlaced)).toEqual([
      1, 2, 1, 2,
    ]);
  });
});

describe("slippage", () => {
  test("is a cost when it is positive, on either side, from the fill's mid or else the order's", () => {
    const { avgEntrySlippageBps, avgExitSlippageBps, avgSlippageBps } = read(
      desk([
        // Bought at 100.05 against 100: 5 bps. Sold at 99.9 against 100: 10 bps. Bought back at 99.97: −3 bps.
        [1, placed("1", { arrival_mid: 100 })],
        [2, filled("1", { price: 100.05 })],
        [3, filled("2", { price: 99.9, side: "sell", arrival_mid: 100 })],
        [4, filled("3", { price: 99.97, arrival_mid: 100 })],
        [5, filled("4", { price: 90 })],
      ]),
    );
    expect(avgEntrySlippageBps.n).toBe(2);
    expect(avgEntrySlippageBps.value).toBeCloseTo((5 - 3) / 2, 9);
    expect(avgExitSlippageBps.value).toBeCloseTo(10, 9);
    expect(avgSlippageBps.value).toBeCloseTo((5 - 3 + 10) / 3, 9);
  });

  test("goes to the exit when order or fill says so, whatever is held", () => {
    const mids = { price: 101, arrival_mid: 100 };
    const state = desk([
      [1, placed("1", { intent: "exit" })],
      [2, filled("1", mids)],
      [3, filled("2", { ...mids, reduce_only: true })],
    ]);
    expect([read(state).avgEntrySlippageBps.n, read(state).avgExitSlippageBps.n]).toEqual([0, 2]);
  });

  test("is unknown when no mid above zero was told", () => {
    const state = desk([[1, filled("1", { arrival_mid: 0 })]]);
    expect(read(state).avgSlippageBps).toMatchObject({ value: undefined, n: 0 });
  });
});

describe("time in market", () => {
  const pct = (state: State, span: "all" | "session" | number = DAY, hour = 24) =>
    read(state, span, hour).timeInMarketPct.value;

  test("is the union over instruments, and what is open counts up to the moment of reading", () => {
    const state = desk([
      [0, filled("1")],
      [3, filled("2", { symbol: "B" })],
      [6, filled("3", { side: "sell" })],
      [9, filled("4", { side: "sell", symbol: "B" })],
      [18, filled("5", { side: "sell" })],
    ]);
    expect(pct(state, DAY, 24)).toBe((100 * (9 + 6)) / 24);
    expect(pct(state, DAY, 20)).toBe((100 * (9 + 2)) / 20);
    expect(pct(state, DAY + 1, 36)).toBe(100);
    expect(pct(state, "all", 36)).toBe((100 * (9 + 18)) / 36);
  });

  test("is split at midnight and at the start of a session", () => {
    const state = desk([
      [18, filled("1")],
      [20, { type: "bot.started" }],
      [30, filled("2", { side: "sell" })],
    ]);
    expect([pct(state, DAY, 48), pct(state, DAY + 1, 48)]).toEqual([25, 25]);
    expect(pct(state, "session", 40)).toBe(50);
  });

  test("goes on through a flip, and ends with a settlement", () => {
    const state = desk([
      [0, filled("1")],
      [6, filled("2", { side: "sell", size: 5 })],
      [12, { type: "settlement", payout_per_unit: 1 }],
    ]);
    expect(pct(state)).toBe(50);
  });

  test("does not count what a voided fill had opened", () => {
    const opening = { ...filled("1"), bot: "mm", ts: 0, venue: "k", symbol: "A", side: "buy", size: 2 };
    const state = desk([
      [0, filled("0", { symbol: "B" })],
      [6, filled("9", { symbol: "B", side: "sell" })],
      [7, filled("1")],
      [9, { type: "fill.voided", fill_id: "f-1", reason: "FAILED", voids: opening }],
    ]);
    expect(pct(state)).toBe(25);
  });

  test("is unknown before anything was filled", () => {
    expect(pct(desk([[1, placed("1")]]))).toBeUndefined();
  });
});

import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../../test/support/folded-desk.ts";
import { seededRandom } from "../../base/random.ts";
import type { DeskEvent } from "../../protocol/event-types.ts";
import { emptyState, reduce, reduceTail, type State } from "../fold.ts";
import { botSlice, fingerprint, slicesOf, stateFromSlices } from "../snapshot.ts";
import { readQuality } from "./read.ts";
import { INSTRUMENTS_MAX } from "./tally.ts";

const DAY_S = 86_400;
const SCOPE = { bot: "mm", mode: "live" } as const;
const PLACE = { venue: "v", symbol: "A" };
const read = (state: State, seconds: number, window: "session" | "today" | "7d" | "30d" | "all" = "all") =>
  readQuality(state, SCOPE, { window, asOf: at(seconds) });

const quote = (id: string, more: object = {}) => ({
  ...{ type: "quote", quote_id: id, ...PLACE, side: "buy", price: 10, size: 4 },
  ...more,
});
const ended = (id: string, outcome: string, more: object = {}) => ({
  ...{ type: "quote.ended", quote_id: id, ...PLACE, outcome },
  ...more,
});
const fill = (id: string, more: object = {}) => ({
  ...{ type: "fill", fill_id: id, ...PLACE, side: "buy", price: 100, size: 2, fee: 1, is_maker: true },
  ...more,
});

describe("quotes", () => {
  test("hit a rate of what ended, by whom they were for, and none is told where none was reported", () => {
    const desk = new FoldedDesk()
      .fact(0, quote("a", { intent: "maker" }))
      .fact(1, quote("b", { intent: "taker" }))
      .fact(2, ended("a", "cancelled"))
      .fact(3, ended("b", "filled"))
      .fact(4, ended("c", "expired", { intent: "maker", filled_size: 1 }))
      .fact(5, ended("d", "rejected"));
    const { hitRate, hitRateMaker, hitRateTaker } = read(desk.state, 10);
    expect([hitRate, hitRateMaker, hitRateTaker]).toEqual([
      { value: (100 * 2) / 3, n: 3 },
      { value: 50, n: 2 },
      { value: 100, n: 1 },
    ]);
    expect(read(new FoldedDesk().fact(0, fill("f")).state, 1).hitRate).toMatchObject({
      reason: "no quotes reported",
    });
  });

  test("count once, and as hit where a fill said so", () => {
    const desk = new FoldedDesk()
      .fact(0, quote("a"))
      .fact(1, fill("f", { quote_id: "a" }))
      .fact(2, ended("a", "cancelled"))
      .fact(3, ended("a", "expired"));
    expect(read(desk.state, 10).hitRate).toEqual({ value: 100, n: 1 });
    desk.fact(4, quote("a")).fact(5, ended("a", "expired"));
    expect(read(desk.state, 10).hitRate).toEqual({ value: 50, n: 2 });
  });

  test("have a fill factor of those that say what traded at their price", () => {
    const desk = new FoldedDesk()
      .fact(1, ended("a", "partially_filled", { filled_size: 2, eligible_size: 8 }))
      .fact(2, ended("b", "filled", { size: 4, eligible_size: 4 }))
      .fact(3, ended("c", "cancelled", { eligible_size: 0 }))
      .fact(4, ended("d", "cancelled"));
    expect(read(desk.state, 10).fillFactor).toEqual({ value: 6 / 12, n: 2 });
  });
});

describe("fills", () => {
  test("are held against their reference price, else their mid, and say nothing without", () => {
    const desk = new FoldedDesk()
      .fact(0, { type: "instrument", ...PLACE, kind: "linear", quote: "USD", multiplier: 10 })
      .fact(1, fill("a", { reference_price: 101, mid: 100.5 }))
      .fact(2, fill("b", { side: "sell", mid: 100.5 }))
      .fact(3, fill("c"));
    // (1 · 2 · 10 − 1) and (−0.5 · 2 · 10 − 1) of 100 · 2 · 10 twice.
    expect(read(desk.state, 10).avgMarkoutIn).toEqual({ value: (19 - 11) / 4_000, n: 2 });
    expect(read(desk.state, 10).avgMarkoutOut).toMatchObject({ reason: "no taker fill says a reference price" });
    expect(read(desk.state, 10).spreadCaptureBps).toMatchObject({ value: expect.closeTo(0, 12), n: 2 });
  });

  test("of an inverse contract are held against it in what it settles in, told before or after it is named", () => {
    const named = { type: "instrument", ...PLACE, kind: "inverse", base: "BTC", quote: "USD", multiplier: 100 };
    const maker = fill("a", { price: 40_000, size: 10, reference_price: 50_000, fee: 0.0001, fee_currency: "BTC" });
    const taker = fill("b", { side: "sell", price: 50_000, size: 20, mid: 40_000, fee: 0.002, is_maker: false });
    // 10 · 100 · (1 ÷ 40,000 − 1 ÷ 50,000) = 0.005 less 0.0001, of 10 · 100 ÷ 40,000 = 0.025.
    const avgMarkoutIn = { value: expect.closeTo(0.0049 / 0.025, 12), n: 1 };
    // −20 · 100 · (1 ÷ 50,000 − 1 ÷ 40,000) = 0.01 less 0.002, of 20 · 100 ÷ 50,000 = 0.04.
    const avgMarkoutOut = { value: expect.closeTo(0.008 / 0.04, 12), n: 1 };
    const first = new FoldedDesk().fact(0, named).fact(1, maker).fact(2, taker);
    expect(read(first.state, 10)).toMatchObject({ avgMarkoutIn, avgMarkoutOut });
    const untold = { ...maker, fee_currency: undefined };
    const last = new FoldedDesk().fact(0, untold).fact(1, taker).fact(2, named);
    expect(read(last.state, 10)).toMatchObject({ avgMarkoutIn, avgMarkoutOut });
  });

  test("of contracts of both kinds add up where what they settle in has a rate, and else say what lacks", () => {
    const desk = new FoldedDesk()
      .fact(0, { type: "instrument", ...PLACE, kind: "linear", quote: "USD" })
      .fact(1, {
        type: "instrument",
        venue: "v",
        symbol: "I",
        kind: "inverse",
        base: "BTC",
        quote: "USD",
        multiplier: 100,
      })
      .fact(2, fill("a", { mid: 101, fee: 0 }))
      .fact(3, fill("b", { symbol: "I", price: 40_000, size: 10, mid: 50_000, fee: 0 }));
    expect(read(desk.state, 10).avgMarkoutIn).toMatchObject({ reason: "no recorded rate from BTC to USD", n: 2 });
    desk.fact(4, { type: "rate", currency: "BTC", per: "USD", price: 45_000 });
    // 1 · 2 of 200, and 0.005 of 0.025 BTC at 45,000 USD: 225 of 1,125.
    expect(read(desk.state, 10).avgMarkoutIn).toEqual({ value: expect.closeTo((2 + 225) / (200 + 1_125), 12), n: 2 });
  });

  test("are not netted of fees that nobody told, or that are in another currency", () => {
    const desk = new FoldedDesk()
      .fact(0, { type: "instrument", ...PLACE, kind: "spot", quote: "USD" })
      .fact(1, fill("a", { mid: 101, fee: undefined }));
    const reason = "not every fill says its fee in the currency of its price";
    expect(read(desk.state, 10).avgMarkoutIn).toMatchObject({ reason });
    const other = new FoldedDesk()
      .fact(0, { type: "instrument", ...PLACE, kind: "spot", quote: "USD" })
      .fact(1, fill("a", { mid: 101, fee_currency: "BNB" }));
    expect(read(other.state, 10).avgMarkoutIn).toMatchObject({ reason });
  });

  test("of several currencies are not added up without a rate", () => {
    const desk = new FoldedDesk()
      .fact(0, { type: "instrument", ...PLACE, kind: "spot", quote: "USD" })
      .fact(0, { type: "instrument", venue: "v", symbol: "E", kind: "spot", quote: "EUR" })
      .fact(1, fill("a", { mid: 101 }))
      .fact(2, fill("b", { symbol: "E", mid: 102 }));
    expect(read(desk.state, 10).avgMarkoutIn).toMatchObject({ reason: "no recorded rate from EUR to USD" });
    desk.fact(3, { type: "rate", currency: "EUR", per: "USD", price: "2" });
    expect(read(desk.state, 10).avgMarkoutIn).toEqual({ value: (1 + 3 * 2) / (200 + 400), n: 2 });
  });

  test("that are taken back count no more, once", () => {
    const told = {
      ...fill("a", { mid: 101 }),
      bot: "mm",
      ts: "2026-02-24T00:00:01Z",
      price: "100",
      size: "2",
      mid: "101",
      fee: "1",
    };
    const state = emptyState();
    const step = (seq: number, event: object, ofSeq?: number, standing: "fact" | "merge" = "fact") =>
      reduce(state, { seq, ts: at(seq), receivedAt: at(seq), standing, ofSeq, event: event as DeskEvent });
    step(1, told);
    step(2, { ...told, fill_id: "b" });
    const voiding = { type: "fill.voided", bot: "mm", ts: told.ts, venue: "v", fill_id: "a", reason: "x", voids: told };
    step(3, voiding, 1);
    expect(read(state, 10).avgMarkoutIn).toEqual({ value: 1 / 200, n: 1 });
    step(4, { ...voiding, id: "again" }, 1);
    expect(read(state, 10).avgMarkoutIn).toEqual({ value: 1 / 200, n: 1 });
  });

  test("get the fee that another source tells on their own day", () => {
    const state = emptyState();
    const told = { ...fill("a"), bot: "mm", ts: "2026-02-24T00:00:01Z", price: "100", size: "2", mid: "101" };
    const { fee: _, ...feeless } = told;
    const step = (seq: number, seconds: number, event: object, ofSeq?: number) =>
      reduce(state, {
        ...{ seq, ts: at(seconds), receivedAt: at(seconds), ofSeq, event: event as DeskEvent },
        standing: ofSeq === undefined ? "fact" : "merge",
      });
    step(1, 10, feeless);
    step(2, DAY_S + 10, { ...feeless, fill_id: "b", fee: "1" });
    step(3, DAY_S + 20, { type: "fill", bot: "mm", ts: told.ts, ...PLACE, fill_id: "a", fee: "1" }, 1);
    expect(read(state, DAY_S + 30).avgMarkoutIn).toEqual({ value: 2 / 400, n: 2 });
    expect(read(state, DAY_S + 30, "today").avgMarkoutIn).toEqual({ value: 1 / 200, n: 1 });
  });

  test("of more instruments than are told apart leave no number", () => {
    const desk = new FoldedDesk();
    for (let index = 0; index <= INSTRUMENTS_MAX; index++)
      desk.fact(index, ended(`q${index}`, "filled", { symbol: `S${index}` }));
    expect(read(desk.state, 10).hitRate).toMatchObject({
      reason: "a bot trades more instruments than are told apart",
    });
  });
});

describe("windows", () => {
  /** Facts of 45 days that are heard in any order, most of them late. */
  function shuffled(seed: number): { readonly state: State; readonly days: readonly number[] } {
    const random = seededRandom(seed);
    const days = Array.from({ length: 120 }, () => random.below(45));
    if (random.below(2) === 0) days.sort((a, b) => a - b + (random.below(3) === 0 ? random.below(9) - 4 : 0));
    const desk = new FoldedDesk();
    for (const [index, day] of days.entries())
      desk.late(50 * DAY_S + index, day * DAY_S + 60, ended(`q${index}`, index % 3 === 0 ? "filled" : "expired"));
    return { state: desk.state, days };
  }

  test.each(Array.from({ length: 20 }, (_, seed) => seed))("hold what took effect in them, seed %i", (seed) => {
    const { state, days } = shuffled(seed);
    const newest = Math.max(...days);
    for (const [window, length] of [
      ["today", 1],
      ["7d", 7],
      ["30d", 30],
    ] as const) {
      const within = days.map((day, index) => ({ day, index })).filter(({ day }) => day > newest - length);
      const hits = within.filter(({ index }) => index % 3 === 0).length;
      expect(read(state, newest * DAY_S + 100, window).hitRate).toEqual({
        value: expect.closeTo((100 * hits) / within.length, 9),
        n: within.length,
      });
    }
    expect(read(state, newest * DAY_S + 100).hitRate.n).toBe(days.length);
  });

  test("of a session begin with it, whatever comes late", () => {
    const desk = new FoldedDesk()
      .fact(0, ended("a", "filled"))
      .fact(100, { type: "bot.started", status: "running" })
      .fact(200, ended("b", "expired"))
      .late(300, 50, ended("c", "filled"))
      .late(301, 50, ended("d", "filled", { symbol: "B" }));
    expect(read(desk.state, 400, "session").hitRate).toEqual({ value: 0, n: 1 });
    expect(read(desk.state, 400).hitRate.n).toBe(4);
  });

  test("without a fact in them say so", () => {
    const desk = new FoldedDesk().fact(0, ended("a", "filled"));
    expect(read(desk.state, 3 * DAY_S, "today").hitRate).toMatchObject({ reason: "no quotes reported", n: 0 });
  });
});

test("a snapshot and the tail give what all facts give, byte for byte", () => {
  const random = seededRandom(3);
  const whole = emptyState();
  const told: Parameters<typeof reduce>[1][] = [];
  const events = Array.from({ length: 200 }, (_, index) =>
    index % 2 === 0
      ? ended(`q${index}`, "filled", { symbol: `S${random.below(4)}`, filled_size: "1", eligible_size: "2" })
      : { ...fill(`f${index}`), mid: "101", price: "100", size: "2", fee: index % 5 === 0 ? undefined : "1" },
  );
  for (const [index, event] of events.entries()) {
    const ts = at(random.below(5) * DAY_S + index);
    told.push({
      ...{ seq: index + 1, ts, receivedAt: at(6 * DAY_S), standing: "fact", ofSeq: undefined },
      event: { bot: "mm", ts: "2026-02-24T00:00:00Z", ...event } as DeskEvent,
    });
  }
  for (const fact of told) reduce(whole, fact);
  const half = emptyState();
  for (const fact of told.slice(0, 90)) reduce(half, fact);
  const bot = half.bots.get("mm");
  if (bot === undefined) throw new Error("no bot");
  const slices = [...slicesOf("desk", half.desk), ...slicesOf(botSlice("mm"), bot)];
  for (const fact of told.slice(90)) reduce(half, fact);
  const restored = stateFromSlices(slices);
  for (const fact of told.slice(90)) reduceTail(restored, fact);
  expect(fingerprint(restored)).toBe(fingerprint(whole));
});

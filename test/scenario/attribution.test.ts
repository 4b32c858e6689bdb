import { describe, expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import type { AttributionFilter } from "../../src/hub/analysis/attribution.ts";
import type { AttributionAnswer, AttributionRow } from "../../src/protocol/api-attribution.ts";
import { deskOfStories } from "../support/desk-of-stories.ts";

const START = Date.UTC(2026, 1, 24, 12) * 1000;
const HOUR = 3_600;

/** Each story has a bot and a venue of its own on one desk. */
let bot = "";
const desk = deskOfStories(START, "maker", (name) => {
  bot = name;
});

const moment = (seconds: number) => micros(START + seconds * 1e6);

/** Tells events of one moment. */
async function tell(seconds: number, ...events: Record<string, unknown>[]): Promise<void> {
  desk.now = moment(seconds);
  const ts = new Date(desk.now / 1000).toISOString();
  const done = await desk.hub?.ingest.submit(events.map((value) => ({ value: { bot, venue: bot, ts, ...value } })));
  if (done?.ok !== true || done.value.items.some(({ kind }) => kind === "rejected"))
    throw new Error(JSON.stringify(done));
}

async function parted(filter: Partial<Omit<AttributionFilter, "mode">> = {}): Promise<AttributionAnswer> {
  const answer = await desk.hub?.query.attribution({ bot, from: moment(-HOUR), ...filter });
  if (answer === undefined) throw new Error("no hub");
  return answer;
}

async function row(filter: Partial<Omit<AttributionFilter, "mode">> = {}): Promise<AttributionRow> {
  const [first] = (await parted(filter)).rows;
  if (first === undefined) throw new Error("no row");
  return first;
}

const ETH = { type: "instrument", symbol: "ETH", kind: "linear", quote: "USDT" };
let ids = 0;
const fill = (side: string, size: number, price: number, more: object = {}) => ({
  type: "fill",
  fill_id: `f${ids++}`,

  symbol: "ETH",
  side,
  size,
  price,
  ...more,
});
const mark = (price: number, symbol = "ETH") => ({ type: "mark", symbol, price });

/** Of the terms, without what helps to read them. */
const terms = ({ net, signal, execution, cost, residual }: AttributionRow) => ({
  net,
  signal,
  execution,
  cost,
  residual,
});

describe("Where profit came from", () => {
  test("is told of a round trip: what the mids did, what both fills lost to them, and what it cost", async () => {
    // Bought 2 at 2,001 when the mid was 2,000; sold 2 at 2,009 when it was 2,011; fees 1 and 2, funding −0.5.
    await tell(0, ETH, fill("buy", 2, 2_001, { arrival_mid: 2_000, fee: 1 }));
    await tell(60, fill("sell", 2, 2_009, { arrival_mid: 2_011, fee: 2, funding: -0.5 }));
    const found = await row();
    // signal 2·(2,011 − 2,000) = 22; slippage 2·1 + 2·2 = 6; cost −3 − 0.5; realised 2·(2,009 − 2,001) = 16; 16 − 3.5.
    expect(terms(found)).toEqual({ net: 12.5, signal: 22, execution: -6, cost: -3.5, residual: 0 });
    expect(found).toMatchObject({ bot, mode: "live", currency: "USDT", fees: 3, funding: -0.5, pnl: 12.5 });
    expect(found.open).toMatchObject({ unrealized: 0, signal: 0, execution: 0, residual: 0 });
    expect(found.memo).toMatchObject({ slippage: 6, fills: 2, fills_without_arrival_mid: 0 });
    // 6 of 4,000 + 4,022.
    expect(found.memo.slippage_bps).toBeCloseTo((6 / 8_022) * 10_000, 9);
  });

  test("of a short is told alike", async () => {
    // Sold 1 at 99 (mid 100), bought back at 91 (mid 90): signal 10, slippage 1 + 1, realised 8.
    await tell(0, ETH, fill("sell", 1, 99, { arrival_mid: 100 }));
    await tell(60, fill("buy", 1, 91, { arrival_mid: 90 }));
    expect(terms(await row())).toEqual({ net: 8, signal: 10, execution: -2, cost: 0, residual: 0 });
  });

  test("of a part that closed takes its share of each entry, and leaves the rest in what is open", async () => {
    // 1 at 101 (mid 100) and 3 at 105 (mid 104): 4 of cost 416 at 104, of mids 412 at 103. Sold 1 at 110 (mid 111).
    await tell(0, ETH, fill("buy", 1, 101, { arrival_mid: 100 }));
    await tell(10, fill("buy", 3, 105, { arrival_mid: 104 }));
    await tell(20, fill("sell", 1, 110, { arrival_mid: 111 }), mark(120));
    const found = await row();
    // realised 110 − 104 = 6: signal 111 − 103 = 8, slippage 1 at the exit and 1 of the entries' 4.
    expect(terms(found)).toEqual({ net: 6, signal: 8, execution: -2, cost: 0, residual: 0 });
    // Open 3 at 104, mids at 103, mark 120: 48 = 51 of signal − 3 of slippage.
    expect(found.open).toEqual({ unrealized: 48, signal: 51, execution: -3, residual: 0 });
    expect(found.pnl).toBe(54);
    // Σ slippage of all fills: 1 + 3 + 1; it is what execution took of both.
    expect(found.memo.slippage).toBe(5);
  });

  test("of a fill that goes through flat is parted by size", async () => {
    // Long 2 at 100 (mid 99); sold 5 at 110 (mid 112): closes 2, opens 3 short; bought 3 at 107 (mid 106).
    await tell(0, ETH, fill("buy", 2, 100, { arrival_mid: 99 }));
    await tell(10, fill("sell", 5, 110, { arrival_mid: 112, fee: 5 }));
    await tell(20, fill("buy", 3, 107, { arrival_mid: 106 }));
    // signal 2·(112 − 99) + 3·(112 − 106) = 44; slippage 2 + 10 + 3 = 15; realised 20 + 9 = 29.
    expect(terms(await row())).toEqual({ net: 24, signal: 44, execution: -15, cost: -5, residual: 0 });
  });

  test("counts contracts by their multiplier", async () => {
    await tell(0, { ...ETH, symbol: "C", multiplier: "0.1" }, fill("buy", 10, 50, { symbol: "C", arrival_mid: 49 }));
    await tell(10, fill("sell", 10, 60, { symbol: "C", arrival_mid: 62 }));
    // 10 contracts of 0.1: signal 13, slippage 1 + 2.
    expect(terms(await row())).toEqual({ net: 10, signal: 13, execution: -3, cost: 0, residual: 0 });
  });

  test("of an inverse contract is in what it settles in", async () => {
    const inverse = { type: "instrument", symbol: "I", kind: "inverse", base: "BTC", quote: "USD" };
    await tell(0, { ...inverse, multiplier: 100 }, fill("buy", 100, 20_000, { symbol: "I", arrival_mid: 16_000 }));
    await tell(10, fill("sell", 100, 25_000, { symbol: "I", arrival_mid: 32_000 }));
    const found = await row();
    // 10,000 USD: worth −10,000 ÷ price. signal 0.625 − 0.3125; slippage 0.125 at the entry (−0.5 + 0.625) and
    // −0.3125 + 0.4 = 0.0875 at the exit; realised 0.5 − 0.4 = 0.1.
    expect(found.currency).toBe("BTC");
    expect(terms(found)).toEqual({ net: 0.1, signal: 0.3125, execution: -0.2125, cost: 0, residual: 0 });
  });

  test("of a settled contract ends at what it paid, without slippage there", async () => {
    const yes = { type: "instrument", symbol: "YES", kind: "binary", quote: "USD" };
    await tell(0, yes, fill("buy", 100, 0.42, { symbol: "YES", arrival_mid: 0.4, fee: 0.7 }));
    await tell(HOUR, { type: "settlement", symbol: "YES", payout_per_unit: 1 });
    // signal 100·(1 − 0.40) = 60, slippage 2, fee 0.7: 100·0.58 − 0.7.
    expect(terms(await row())).toEqual({ net: 57.3, signal: 60, execution: -2, cost: -0.7, residual: 0 });
  });

  test("takes the mid of the order where the fill says none, as it was known when the fill came", async () => {
    const order = { type: "order.placed", order_id: "o1", symbol: "ETH", side: "buy", size: 1 };
    await tell(0, ETH, { ...order, arrival_mid: 100 });
    await tell(1, fill("buy", 1, 101, { order_id: "o1" }));
    await tell(2, fill("sell", 1, 105, { order_id: "o2", arrival_mid: 106 }));
    await tell(3, { ...order, order_id: "o3", arrival_mid: 50 });
    expect(terms(await row())).toEqual({ net: 4, signal: 6, execution: -2, cost: 0, residual: 0 });
    expect((await row()).memo).toMatchObject({ orders_placed: 2, orders_missed: 1 });
  });

  test("leaves as residual what lacks a mid at either end, counted and named", async () => {
    // 1 at 101 (mid 100) and 1 at 103 (none): 2 of cost 204. Sold 2 at 110 (mid 111).
    await tell(0, ETH, fill("buy", 1, 101, { arrival_mid: 100 }), fill("buy", 1, 103));
    await tell(10, fill("sell", 2, 110, { arrival_mid: 111 }));
    const found = await row();
    // realised 16. Of the first: signal 111 − 100 = 11, slippage 1 + 1. Of the second: slippage 1 at the exit, and
    // 111 − 103 = 8 that is neither.
    expect(terms(found)).toEqual({ net: 16, signal: 11, execution: -3, cost: 0, residual: 8 });
    expect(found.residual_reasons).toEqual(["1 of 3 fills without a mid at arrival (ETH)"]);
    expect(found.memo.fills_without_arrival_mid).toBe(1);
  });

  test("says beside it what the mid did to the fills in the 30 s after them", async () => {
    const marked = (seconds: number, price: number) => tell(seconds, mark(price));
    await tell(0, ETH);
    await marked(1, 100);
    await tell(2, fill("buy", 2, 101, { arrival_mid: 100, mid: 100 }));
    await marked(20, 98);
    await marked(60, 97);
    await tell(70, fill("sell", 2, 96, { arrival_mid: 97, mid: 97 }));
    await marked(80, 99);
    await marked(120, 99);
    // The first is held against 98 at 0:32, the second against 99 at 1:40: 2 · (98 − 100) − 2 · (99 − 97).
    const found = await row();
    expect(found.memo).toMatchObject({ adverse_selection: -8, adverse_selection_fills: 2 });
    expect(found.memo.adverse_selection_reason).toBeUndefined();
    // Of a part it is not read, which is not that no fill has any.
    for (const { memo } of [...found.by_asset, ...found.by_day])
      expect(memo).toMatchObject({
        adverse_selection: null,
        adverse_selection_fills: null,
        adverse_selection_reason: "is read of one bot and range, not of a part of it",
      });
    const all = await desk.hub?.query.attribution({});
    expect(all?.rows.find((each) => each.bot === bot)?.memo).toMatchObject({
      adverse_selection: null,
      adverse_selection_fills: null,
      adverse_selection_reason: "is read of one bot: name it with bot",
    });
  });

  test("says that no fill has a mark after it where that is so", async () => {
    await tell(0, ETH, fill("buy", 1, 100, { mid: 100 }));
    expect((await row()).memo).toMatchObject({
      adverse_selection: null,
      adverse_selection_fills: 0,
      adverse_selection_reason: "no fill has a mid of its own and a mark 30 s later",
    });
  });

  test("leaves everything as residual where nobody says a mid", async () => {
    await tell(0, ETH, fill("buy", 1, 100), fill("sell", 1, 90));
    const found = await row();
    expect(terms(found)).toEqual({ net: -10, signal: 0, execution: 0, cost: 0, residual: -10 });
    expect(found.memo).toMatchObject({ slippage: null, slippage_bps: null });
  });

  test("says pair trades and reported positions by name, as they have no fills to part", async () => {
    await tell(0, { type: "fill", fill_id: "p1", venue: undefined, pair_id: "P", pnl_cents: 250, fees_cents: 50 });
    await tell(1, {
      type: "position.closed",
      bot: `legacy-${bot}`,
      position_id: "1",

      symbol: "ETH",
      side: "long",
      size: 1,
      entry_price: 10,
      exit_price: 12,
      realized_pnl: 2,
    });
    const rows = [...(await parted()).rows, ...(await parted({ bot: `legacy-${bot}` })).rows];
    // Profit after fees 2.50, fees 0.50: gross 3.
    expect(rows[0]).toMatchObject({
      net: 2.5,
      cost: -0.5,
      residual: 3,
      residual_reasons: ["1 pair trades, which name neither side nor price"],
    });
    expect(rows[1]).toMatchObject({
      net: 2,
      residual: 2,
      residual_reasons: ["1 closed positions as the bot reports them, without their fills"],
    });
  });

  test("says of what is open that its mark is not known, and still parts what closed", async () => {
    await tell(0, ETH, fill("buy", 2, 100, { arrival_mid: 99 }), fill("sell", 1, 104, { arrival_mid: 105 }));
    const found = await row();
    expect(terms(found)).toEqual({ net: 4, signal: 6, execution: -2, cost: 0, residual: 0 });
    expect(found).toMatchObject({
      pnl: null,
      open: { unrealized: null, reason: "no mark and no book of ETH at the end" },
    });
  });
});

describe("By day and by instrument", () => {
  /** A day and a half of two instruments; funding comes as income rows. */
  async function days(): Promise<void> {
    const income = { type: "income", currency: "USDT", income_type: "FUNDING_FEE" };
    await tell(0, ETH, { ...ETH, symbol: "SOL" }, fill("buy", 1, 100, { arrival_mid: 100, fee: 1 }));
    await tell(HOUR, fill("sell", 1, 110, { arrival_mid: 112, fee: 1 }));
    await tell(HOUR + 1, { ...income, transaction_id: "1", symbol: "ETH", amount: -3 });
    await tell(20 * HOUR, fill("sell", 10, 20, { symbol: "SOL", arrival_mid: 20.5, fee: 2 }));
    await tell(21 * HOUR, fill("buy", 10, 19, { symbol: "SOL", arrival_mid: 18, fee: 2 }));
    await tell(21 * HOUR + 1, { ...income, transaction_id: "2", amount: 4 });
  }

  test("parts sum to the whole, and the whole is the net of performance", async () => {
    await days();
    const found = await row();
    // ETH: 12 − 2 − 2 − 3 = 5; SOL: 25 − 15 − 4 = 6; funding of no instrument 4.
    expect(terms(found)).toEqual({ net: 15, signal: 37, execution: -17, cost: -5, residual: 0 });
    expect(
      found.by_asset.map(({ symbol, net, signal, execution, cost }) => [symbol, net, signal, execution, cost]),
    ).toEqual([
      ["SOL", 6, 25, -15, -4],
      ["ETH", 5, 12, -2, -5],
      [null, 4, 0, 0, 4],
    ]);
    expect(found.by_day.map(({ date, net, signal, execution, cost }) => [date, net, signal, execution, cost])).toEqual([
      ["2026-02-24", 5, 12, -2, -5],
      ["2026-02-25", 10, 25, -15, 0],
    ]);
    const told = await desk.hub?.query.rangePerformance({ bot, from: moment(-HOUR), mode: "live" });
    expect(told?.rows[0]?.net).toBe(found.net);
  });

  test("a range tells what closed in it, whatever was opened before", async () => {
    await days();
    const of = async (from: number, to: number) => terms(await row({ from: moment(from), to: moment(to) }));
    // From after the purchase of ETH on: what it closed at, its fee, and the funding.
    expect(await of(60, 2 * HOUR)).toEqual({ net: 6, signal: 12, execution: -2, cost: -4, residual: 0 });
    expect(await of(12 * HOUR, 30 * HOUR)).toEqual({ net: 10, signal: 25, execution: -15, cost: 0, residual: 0 });
    // Nothing closed: only a fee was paid, and what is open is told apart.
    await tell(22 * HOUR, fill("buy", 1, 200, { arrival_mid: 201, fee: 1 }), mark(210));
    const open = await row({ from: moment(22 * HOUR) });
    expect(terms(open)).toEqual({ net: -1, signal: 0, execution: 0, cost: -1, residual: 0 });
    expect(open.open).toEqual({ unrealized: 10, signal: 9, execution: 1, residual: 0 });
  });

  test("of whole days is the same as of ranges that begin a moment later", async () => {
    await days();
    // 12 hours into the first day the story begins: its days end at 12 h and at 36 h.
    await tell(40 * HOUR, fill("buy", 3, 50, { arrival_mid: 51 }), mark(55));
    await tell(41 * HOUR, fill("sell", 1, 52, { arrival_mid: 52.5, fee: 1 }), mark(55));
    for (const [from, to] of [
      [-12, 12],
      [12, 36],
      [36, 60],
      [-12, 60],
      [60, 84],
    ] as const) {
      const whole = await parted({ from: moment(from * HOUR), to: moment(to * HOUR) });
      const other = await parted({ from: micros(moment(from * HOUR) + 1), to: moment(to * HOUR) });
      expect(whole.rows).toEqual(other.rows);
    }
  });

  test("of a second account of one instrument is told together with the first", async () => {
    await tell(0, ETH, fill("buy", 1, 101, { arrival_mid: 100, account: "a" }));
    await tell(1, fill("sell", 1, 104, { arrival_mid: 105, account: "b" }));
    await tell(2, fill("sell", 1, 110, { arrival_mid: 111, account: "a" }));
    await tell(3, fill("buy", 1, 100, { arrival_mid: 99, account: "b" }));
    const found = await row();
    // a: 11 − 2; b: 6 − 2.
    expect(terms(found)).toEqual({ net: 13, signal: 17, execution: -4, cost: 0, residual: 0 });
    expect(found.by_asset).toHaveLength(1);
  });

  test("goes on with what is told later, and follows a fill that is taken back", async () => {
    await tell(0, ETH, fill("buy", 1, 101, { arrival_mid: 100 }));
    await tell(1, fill("sell", 1, 105, { fill_id: "x", arrival_mid: 106 }));
    expect(terms(await row())).toMatchObject({ net: 4, signal: 6 });
    await tell(2, fill("buy", 1, 107, { arrival_mid: 106 }), fill("sell", 1, 108, { arrival_mid: 110 }));
    expect(terms(await row())).toMatchObject({ net: 5, signal: 10, execution: -5, residual: 0 });
    await tell(3, { type: "fill.voided", fill_id: "x", reason: "busted" });
    // Held 2 of cost 208 (mids 206), of which 1 was sold at 108 (mid 110): realised 4, signal 7, slippage 3.
    expect(terms(await row())).toMatchObject({ net: 4, signal: 7, execution: -3, residual: 0 });
  });
});

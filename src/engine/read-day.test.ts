import { describe, expect, test } from "vitest";
import { ensure } from "../base/assert.ts";
import { micros } from "../base/time.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import { summaryCsv, summaryJson, summaryLine } from "../view/daily-summary.ts";
import { emptyState, reduce, type State } from "./fold.ts";
import { readPerformance } from "./read-performance.ts";
import { dayTerms, readDay, readDays } from "./read-day.ts";

const HOUR = 3_600_000_000;
const DATE = "2026-01-01";
const START = Date.UTC(2026, 0, 1) * 1000;
const at = (hours: number) => micros(START + hours * HOUR);

type Fact = readonly [hour: number, event: Record<string, unknown>];

/** A desk's facts, each at its hour after 2026-01-01T00:00:00Z. */
function desk(facts: readonly Fact[]): State {
  const state = emptyState();
  for (const fact of facts) tell(state, fact);
  return state;
}

function tell(state: State, [hour, said]: Fact): void {
  const place = { bot: "trend-1", ts: 0, venue: "binance", symbol: "BTCUSDT" };
  const parsed = parseEvent({ ...place, ...said }, "hub");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const [ts, seq] = [at(hour), state.desk.seq + 1];
  reduce(state, { seq, ts, receivedAt: ts, standing: "fact", ofSeq: undefined, event: parsed.value });
}

const read = (state: State, date = DATE, hour = 48) =>
  ensure(readDay(state, { date, asOf: at(hour), mode: "live" }), `${date} is a day`);

const USDT: Fact = [0, { type: "instrument", kind: "linear", quote: "USDT" }];
const RATE: Fact = [0, { type: "rate", currency: "USDT", per: "USD", price: 1 }];

let fills = 0;
const fill = (more: Record<string, unknown>) => ({
  type: "fill",
  fill_id: `f${fills++}`,
  price: 100,
  size: 10,
  ...more,
});

/** Bought 10 at 100.07 and sold at `exit`, each for a fee of 1.25: an order of its own for both. */
function trade(index: number, exit: number, [from, to]: readonly [number, number]): Fact[] {
  const [entryId, exitId] = [`in-${index}`, `out-${index}`];
  const sized = { size: 10, fee: 1.25, fee_currency: "USDT" };
  return [
    [from, { type: "order.placed", order_id: entryId, side: "buy", size: 10, intent: "entry" }],
    [from, fill({ ...sized, order_id: entryId, side: "buy", price: 100.07, arrival_mid: 100 })],
    [to, { type: "order.placed", order_id: exitId, side: "sell", size: 10, reduce_only: true }],
    [to, fill({ ...sized, order_id: exitId, side: "sell", price: exit, arrival_mid: exit })],
  ];
}

/**
 * Five trades of 10 at 100.07, each less 2 × 1.25 of fees:
 *   (102.32 − 100.07) × 10 − 2.50 =  20.00    (98.67 − 100.07) × 10 − 2.50 = −16.50
 *   (102.57 − 100.07) × 10 − 2.50 =  22.50    (98.32 − 100.07) × 10 − 2.50 = −20.00
 *   (102.82 − 100.07) × 10 − 2.50 =  25.00
 * Three of five won: 60.0 %. Won 67.50, lost 36.50: factor 1.8493…, and 31.00 ÷ 5 = 6.20 a trade. Fees 10 × 1.25 = 12.50.
 * Six entry orders, five of them filled: 83.33… %. Five entries at (100.07 − 100) ÷ 100 = 7 bps, five exits at 0: 3.5.
 * Funding 0.70 received, 3.00 paid: −2.30. Held four times 2 h and once 2.848 h: 10.848 h of 24 h are 45.2 %.
 */
const example = (): State =>
  desk([
    USDT,
    RATE,
    ...trade(1, 102.32, [1, 3]),
    ...trade(2, 98.67, [4, 6]),
    ...trade(3, 102.57, [7, 9]),
    [9, { type: "order.placed", order_id: "missed", side: "buy", size: 10, intent: "entry" }],
    [10, { type: "income", income_type: "FUNDING_FEE", amount: 0.7, currency: "USDT", transaction_id: "1" }],
    ...trade(4, 98.32, [11, 13]),
    [14, { type: "income", income_type: "FUNDING_FEE", amount: -3, currency: "USDT", transaction_id: "2" }],
    ...trade(5, 102.82, [16, 18.848]),
  ]);

const LINE =
  "date=2026-01-01 trades=5 win_rate=60.0% expectancy=6.20 profit_factor=1.85 fill_rate=83.3% avg_slippage_bps=3.5 " +
  "fees=12.50 net_funding=-2.30 time_in_market=45.2%";

describe("the summary of a day", () => {
  test("is the line of source document 3, of the bot and of the desk", () => {
    const { desk: whole, bots } = read(example());
    expect(bots.map((section) => [section.bot, section.currency, summaryLine(DATE, section)])).toEqual([
      ["trend-1", "USDT", LINE],
    ]);
    expect([whole.currency, summaryLine(DATE, whole)]).toEqual(["USD", LINE]);
  });

  test("holds what the line is made of", () => {
    const { desk: whole } = read(example());
    expect(whole.costs).toEqual({
      fees_paid: 12.5,
      rebates: 0,
      funding_received: 0.7,
      funding_paid: 3,
      net_funding: -2.3,
      total_costs: 14.8,
    });
    expect(whole.trades).toMatchObject({ total_trades: 5, wins: 3, losses: 2, breakeven: 0 });
    expect(whole.trades.avg_holding_hours).toEqual({ value: (4 * 2 + 2.848) / 5, n: 5 });
    expect(whole.trades.avg_entry_slippage_bps.value).toBeCloseTo(7, 9);
    expect(whole.trades.avg_exit_slippage_bps.value).toBe(0);
    expect(whole.execution).toMatchObject({ orders_placed: 6, orders_filled: 5 });
  });

  test("stays the same, byte for byte, through all that comes after the day", () => {
    const state = example();
    const before = summaryJson(read(state));
    tell(state, [24, { type: "day.closed", date: DATE, ...closedWith(state) }]);
    tell(state, [25, { type: "rate", currency: "USDT", per: "USD", price: 0.9 }]);
    tell(state, [25, { type: "bot.started", makes_markets: true }]);
    for (const fact of trade(6, 101, [26, 28])) tell(state, fact);
    tell(state, [29, { type: "bot.started", bot: "new" }]);
    expect(summaryJson(read(state, DATE, 240))).toBe(before);
  });

  test("says what performance says of today", () => {
    const state = example();
    const [row] = readPerformance(state, at(20), { window: "today" }).rows;
    const [section] = read(state, DATE, 20).bots;
    expect([section?.costs.fees_paid, section?.costs.net_funding]).toEqual([row?.fees, row?.funding]);
    expect(section?.trades).toMatchObject({
      total_trades: row?.trades.closed,
      win_rate_pct: row?.trades.win_rate_pct,
      expectancy: row?.trades.expectancy,
      profit_factor: row?.trades.profit_factor,
      avg_holding_hours: row?.trades.avg_holding_hours,
    });
  });

  test("counts what is held over midnight in both days, before it is closed and after", () => {
    const state = desk([USDT, RATE, [18, fill({ side: "buy" })]]);
    const before = summaryJson(read(state));
    expect(read(state).bots[0]?.time_in_market_pct).toEqual({ value: 25, n: 1 });
    tell(state, [30, fill({ side: "sell" })]);
    expect(summaryJson(read(state))).toBe(before);
    expect(read(state, "2026-01-02").bots[0]?.time_in_market_pct).toEqual({ value: 25, n: 1 });
  });

  test("with funding alone has costs, and says why the rest is unknown", () => {
    const { desk: whole } = read(
      desk([USDT, RATE, [5, { type: "income", income_type: "FUNDING_FEE", amount: -2, currency: "USDT" }]]),
    );
    expect(whole.costs).toMatchObject({ funding_paid: 2, net_funding: -2, total_costs: 2 });
    expect(whole.trades.win_rate_pct).toEqual({ value: null, reason: expect.any(String), n: 0 });
    expect(summaryLine(DATE, whole)).toBe(
      "date=2026-01-01 trades=0 win_rate=n/a expectancy=n/a profit_factor=n/a fill_rate=n/a avg_slippage_bps=n/a " +
        "fees=0.00 net_funding=-2.00 time_in_market=n/a",
    );
  });

  test("leaves the desk's money unknown where a currency has no rate, not that of the bot, and keeps the counts", () => {
    const state = desk([USDT, ...trade(1, 102.32, [1, 3])]);
    const { desk: whole, bots } = read(state);
    const reason = "no recorded rate from USDT to USD";
    expect(bots[0]?.costs.fees_paid).toBe(2.5);
    expect(whole.costs).toMatchObject({ fees_paid: null, total_costs: null, reason });
    expect(whole.trades.expectancy).toEqual({ value: null, reason, n: 1 });
    expect(whole.trades).toMatchObject({ total_trades: 1, wins: 1, win_rate_pct: { value: 100, n: 1 } });
  });

  test("of nothing but losses in currencies without rates keeps its counts, and knows no factor of them", () => {
    const state = desk([
      [1, fill({ side: "sell", price: 1 })],
      [2, fill({ side: "buy", price: 2, fee: 0.1, fee_currency: "BNB" })],
    ]);
    const { bots, desk: whole } = read(state);
    for (const { trades, costs } of [...bots, whole]) {
      expect(trades).toMatchObject({ total_trades: 1, losses: 1, profit_factor: { value: null, n: 1 } });
      expect(trades.profit_factor.reason).toMatch(/^no recorded rate from /);
      expect(costs.fees_paid).toBeNull();
    }
  });

  test("has an unbounded profit factor without losses, `inf` in the line", () => {
    const summary = read(desk([USDT, RATE, ...trade(1, 102.32, [1, 3])]));
    expect(summary.desk.trades.profit_factor).toEqual({ value: "unbounded", n: 1 });
    expect(summaryLine(DATE, summary.desk)).toContain("profit_factor=inf ");
    expect(cells(summaryCsv(summary), "profit_factor")).toEqual(["unbounded", "unbounded"]);
  });

  test("adds bots up in USD, and the time of several only where it cannot overlap", () => {
    const state = example();
    for (const [hour, event] of trade(7, 102.32, [2, 4])) tell(state, [hour, { ...event, bot: "trend-2" }]);
    const { desk: whole, bots } = read(state);
    expect(bots.map(({ bot }) => bot)).toEqual(["trend-1", "trend-2"]);
    expect(whole.costs.fees_paid).toBe(15);
    expect(whole.trades).toMatchObject({ total_trades: 6, wins: 4 });
    expect(whole.time_in_market_pct).toMatchObject({ value: null, n: 2 });
    tell(state, [0, fill({ bot: "holder", side: "buy" })]);
    expect(read(state).desk.time_in_market_pct).toEqual({ value: 100, n: 3 });
  });

  test("never adds a bot's paper trades to the desk's", () => {
    const state = example();
    for (const [hour, event] of trade(8, 102.32, [2, 4])) tell(state, [hour, { ...event, mode: "paper" }]);
    const { desk: whole, bots } = read(state);
    expect(bots.map(({ mode }) => mode)).toEqual(["live", "paper"]);
    expect(summaryLine(DATE, whole)).toBe(LINE);
  });

  test("is of the day so far for today, and of no day that has not begun", () => {
    const state = desk([USDT, RATE, [0, fill({ side: "buy" })]]);
    expect(read(state, DATE, 12)).toMatchObject({ is_over: false, desk: { time_in_market_pct: { value: 100 } } });
    expect(readDay(state, { date: "2026-01-02", asOf: at(24), mode: "live" })).toBeUndefined();
    expect(readDay(state, { date: "2026-02-31", asOf: at(24 * 90), mode: "live" })).toBeUndefined();
  });

  test("is listed for every day with facts, newest first", () => {
    const state = example();
    tell(state, [24, { type: "day.closed", date: DATE }]);
    tell(state, [50, fill({ side: "buy" })]);
    expect(readDays(state, 10)).toEqual([
      { date: "2026-01-03", is_closed: false },
      { date: DATE, is_closed: true },
    ]);
    expect(readDays(state, 1)).toHaveLength(1);
  });
});

describe("the CSV file", () => {
  test("has a row for the desk and one for each bot, and an empty cell for what is unknown", () => {
    const csv = summaryCsv(read(desk([USDT, ...trade(1, 102.32, [1, 3])])));
    expect(csv.split("\r\n")).toHaveLength(4);
    expect(cells(csv, "bot")).toEqual(["", "trend-1"]);
    expect(cells(csv, "fees_paid")).toEqual(["", "2.5"]);
    expect(cells(csv, "total_trades")).toEqual(["1", "1"]);
  });
});

const closedWith = (state: State) => {
  const { usdRates, marketMakers } = dayTerms(state, DATE);
  return { usd_rates: usdRates, market_makers: marketMakers };
};

function cells(csv: string, column: string): (string | undefined)[] {
  const [head = "", ...rows] = csv.trimEnd().split("\r\n");
  const index = head.split(",").indexOf(column);
  return rows.map((row) => row.split(",")[index]);
}

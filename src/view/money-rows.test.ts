import { describe, expect, test } from "vitest";
import type { DaySummary, SummarySection } from "../protocol/api-summaries.ts";
import { eventFilter, eventQuery } from "./event-filter.ts";
import { eventLine } from "./event-row.ts";
import { dayLines, figureOf, sectionKey, summaryGroups } from "./summary-rows.ts";

const none = { value: null, reason: "no trades", n: 0 };

const section: SummarySection = {
  mode: "live",
  currency: "USDT",
  costs: {
    ...{ fees_paid: 12.5, rebates: 2, funding_received: 1, funding_paid: 4, net_funding: -3, total_costs: null },
    reason: "no recorded rate from BNB to USDT",
  },
  trades: {
    ...{
      total_trades: 12_345,
      wins: 0,
      losses: 0,
      breakeven: 0,
      win_rate_pct: none,
      expectancy: { value: 4.25, n: 2 },
    },
    ...{ profit_factor: { value: "unbounded", n: 2 }, avg_holding_hours: none },
    ...{ avg_entry_slippage_bps: { value: -1.25, n: 4 }, avg_exit_slippage_bps: none },
  },
  execution: { orders_placed: 8, orders_filled: 4, fill_rate_pct: { value: 50, n: 8 } },
  time_in_market_pct: { value: 71.4, n: 2 },
  avg_slippage_bps: { value: -1.25, n: 4 },
};

describe("a section of a daily summary", () => {
  test("has the figures of source document 3 under their names, each with its unit, n and reason", () => {
    const { costs, trades, execution } = summaryGroups(section);
    expect(costs.map(({ name, shown, unit }) => [name, shown.reason ?? shown.text, unit])).toEqual([
      ["fees_paid", "12.50", "USDT"],
      ["rebates", "2.00", "USDT"],
      ["funding_received", "1.00", "USDT"],
      ["funding_paid", "4.00", "USDT"],
      ["net_funding", "−3.00", "USDT"],
      ["total_costs", "no recorded rate from BNB to USDT", "USDT"],
    ]);
    expect(trades.map(({ name }) => name)).toEqual(Object.keys(section.trades));
    expect(execution.map(({ name, shown, n }) => [name, shown.text, n])).toEqual([
      ["orders_placed", "8", undefined],
      ["orders_filled", "4", undefined],
      ["fill_rate_pct", "50.0", 8],
      ["time_in_market_pct", "71.4", 2],
      ["avg_slippage_bps", "−1.3", 4],
    ]);
    expect(figureOf(section, "profit_factor")?.shown.text).toBe("∞");
    expect(figureOf(section, "expectancy")?.shown.text).toBe("+4.25");
    expect(figureOf(section, "win_rate_pct")?.shown.reason).toBe("no trades, n=0");
    expect(figureOf(section, "no_such")).toBeUndefined();
  });

  test("is of the desk, or of a bot in a mode", () => {
    expect([sectionKey(section), sectionKey({ ...section, bot: "a" })]).toEqual(["desk", "a live"]);
  });
});

test("days say whether they go on, are over, or were restated, before and after their figures came", () => {
  const days = ["2026-03-14", "2026-03-13", "2026-03-12"].map((date, ago) => ({ date, is_closed: ago > 0 }));
  const summary = (date: string, restated: boolean): DaySummary => ({
    ...{ date, is_over: true, restated, desk: section, bots: [] },
  });
  const read = new Map([["2026-03-12", summary("2026-03-12", true)]]);
  expect(dayLines(days, read).map(({ date, state, bots }) => [date, state, bots])).toEqual([
    ["2026-03-14", "so far", undefined],
    ["2026-03-13", "over", undefined],
    ["2026-03-12", "restated", 0],
  ]);
});

describe("an event of the log", () => {
  const said = (type: string, fields: object): string =>
    eventLine({ seq: 7, type, bot: "a", ts: "2026-03-14T12:00:00Z", ...fields }).said;

  test.each([
    [
      "fill",
      { side: "buy", size: "0.5", price: 71000, fee: "0.2", fee_currency: "USDT" },
      "buy 0.5 @ 71,000, fee 0.2 USDT",
    ],
    ["income", { income_type: "FUNDING_FEE", amount: "-2.2", currency: "USDT" }, "FUNDING_FEE, −2.2 USDT"],
    ["income", { income_type: "REBATE", amount: 3, currency: "USDT" }, "REBATE, +3 USDT"],
    ["balance", { equity: "20412.8", equity_currency: "USD" }, "equity 20,412.8, USD"],
    ["balance", { balances: [] }, "balances without an equity"],
    ["adjustment", { amount: "5", currency: "USD", reason: "by hand" }, "+5 USD, by hand"],
    ["annotation", { title: "2.0", text: "wider quotes" }, "2.0: wider quotes"],
    ["error", { message: "cannot place" }, "cannot place"],
    ["heartbeat", {}, ""],
  ])("%s says itself in short", (type, fields, words) => {
    expect(said(type, fields)).toBe(words);
  });

  test("has its market, or the reason that it has none, and all of it as JSON", () => {
    const line = eventLine({ seq: 7, type: "fill", bot: "a", ts: "t", venue: "kalshi", symbol: "PRES" });
    expect([line.market.text, line.key, line.ts]).toEqual(["kalshi PRES", "7", "t"]);
    expect(JSON.parse(line.json)).toMatchObject({ seq: 7, symbol: "PRES" });
    expect(eventLine({ seq: 8, type: "x", bot: "a" }).market.reason).toBe("it is of no market");
  });
});

test("an address narrows events by what it names and nothing else", () => {
  const filter = eventFilter({ type: " fill ", bot: 7, mode: "", from: "2026-03-14T00:00:00Z", other: "x" });
  expect(filter).toEqual({ type: "fill", bot: "7", from: "2026-03-14T00:00:00Z" });
  expect(eventQuery(filter)).toEqual({ type: "fill", bot: "7", from: "2026-03-14T00:00:00Z" });
});

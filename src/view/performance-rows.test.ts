import { describe, expect, test } from "vitest";
import type { PerformanceAnswer, PerformanceRow, WireMeasure } from "../protocol/api-money.ts";
import { equityLines, limitUse } from "./equity-rows.ts";
import { botToday, madeByCurrency, moneyShown, moneyWindowOf, performanceLine, todayMade } from "./performance-rows.ts";

const known = (value: number | "unbounded", n: number): WireMeasure => ({ value, n });
const none: WireMeasure = { value: null, reason: "no trades", n: 0 };

function made(bot: string, changes: Partial<PerformanceRow> = {}): PerformanceRow {
  return {
    ...{ bot, mode: "live", currency: "USDT", realized: 15, fees: 2, funding: -1, net: 12, unrealized: 3 },
    ...{ transfers: 0, adjustments: 0, volume: 1_000, fills: 9, maker_ratio: known(0.25, 8) },
    trades: {
      ...{ basis: "round_trip", closed: 4, wins: 3, losses: 1, breakeven: 0 },
      ...{ win_rate_pct: known(75, 4), expectancy: known(-0.0042, 4), profit_factor: known("unbounded", 3) },
      ...{ payoff: none, avg_holding_hours: known(0.5, 4) },
    },
    ...changes,
  };
}

function today(rows: PerformanceRow[], total: Partial<PerformanceAnswer["total"]> = {}): PerformanceAnswer {
  return {
    ...{ window: "today", from: null, rows, equity: [], as_of: "2026-11-21T14:03:22Z", as_of_seq: 1 },
    total: { realized: 15, fees: 2, funding: -1, net: 12, unrealized: 3, bots: 1, ...total },
  };
}

const unsummed = { net: null, realized: null, fees: null, funding: null, reason: "no recorded rate from X to USD" };

describe("what trading made, as it is shown", () => {
  test("costs stand with a minus, so that the terms add up to the net", () => {
    const { net, realised, fees, funding } = moneyShown(today([]).total);
    expect([realised.text, fees.text, funding.text, net.text]).toEqual(["+15.00", "−2.00", "−1.00", "+12.00"]);
    expect(moneyShown({ ...today([]).total, fees: -4 }).fees).toEqual({ text: "+4.00", tone: "neutral" });
    expect(moneyShown({ ...today([]).total, fees: 0 }).fees.text).toBe("0.00");
  });

  test("a statistic has its n on hover, and no bound or no value says why", () => {
    const line = performanceLine(made("a"));
    expect(line.winRate).toEqual({ text: "75.0", tone: "neutral", full: "75, n=4 trades" });
    expect(line.profitFactor).toEqual({ text: "∞", tone: "neutral", full: "no losses yet, n=3 trades" });
    expect(line.payoff).toEqual({ text: "—", tone: "muted", reason: "no trades, n=0" });
    expect(line.closed.full).toBe("4 trades from flat to flat; 3 won, 1 lost, 0 even");
    expect([line.holding.text, line.makerPercent.text]).toEqual(["30 min", "25.0"]);
  });

  test("small money of a coin is not rounded away", () => {
    expect(performanceLine(made("a")).expectancy.text).toBe("−0.0042");
    expect(performanceLine(made("a", { net: 0.00000123 })).net.text).toBe("+0.0000012");
    expect(performanceLine(made("a", { net: 0 })).net.text).toBe("0.00");
  });

  test("money that is not known says why", () => {
    const line = performanceLine(made("a", { net: null, reason: "2 pair trades said no profit", unrealized: null }));
    expect(line.net.reason).toBe("2 pair trades said no profit");
    expect(line.unrealised.reason).toBe("no mark price came for it");
  });

  test("today of the desk is its sum in USD, with what it is and what is not in it on hover", () => {
    expect(todayMade(today([made("a")]), "live")).toEqual({
      shown: {
        text: "+12.00",
        tone: "up",
        full: "realised − fees + funding since 00:00 UTC: +12.00 USD; not realised: +3.00 USD",
      },
      currency: "USD",
    });
    const unmarked = today([made("a")], { unrealized: null, unrealized_reason: "no mark of A" });
    expect(todayMade(unmarked, "live").shown.full).toContain("not realised: not known (no mark of A)");
  });

  test("today without rates is the largest currency of the desk's own mode, under its own name", () => {
    const rows = [
      made("a"),
      made("b", { currency: "X", net: -40 }),
      made("c", { currency: "Y", net: 1e6, mode: "paper" }),
    ];
    const { shown, currency } = todayMade(today(rows, unsummed), "live");
    expect([shown.text, currency]).toEqual(["−40.00", "X"]);
    expect(shown.full).toContain("−40.00 X, +12.00 USDT: no sum in USD: no recorded rate from X to USD");
  });

  test("today is unknown, not zero, when nothing came or nothing is known", () => {
    expect(todayMade(today([], { net: 0 }), "live").shown.reason).toBe("no fill, closed position or payment came yet");
    const unknown = today([made("a", { net: null, reason: "why" })], unsummed);
    expect(todayMade(unknown, "live")).toEqual({
      shown: { text: "—", tone: "muted", reason: "no sum in USD: no recorded rate from X to USD" },
      currency: undefined,
    });
  });

  test("a bot has a line for each of its currencies, and none of another mode", () => {
    const rows = [made("a"), made("a", { currency: "X" }), made("a", { mode: "paper" }), made("b")];
    expect(botToday(rows, { bot: "a", mode: "live" }).lines.map(({ row }) => row.currency)).toEqual(["USDT", "X"]);
    expect(botToday(undefined, { bot: "a", mode: "live" }).none.reason).toBe("it has not come yet");
    expect(botToday([], { bot: "a", mode: "live" }).none.reason).toContain("no fill");
  });

  test("a bot's line tells of the currencies in which something was done or is held, and how many there are besides", () => {
    const quiet = (currency: string, more: Partial<PerformanceRow> = {}): PerformanceRow => {
      const row = made("a", { currency, fills: 0, net: 0, unrealized: 0, ...more });
      return { ...row, trades: { ...row.trades, closed: 0 } };
    };
    const shown = (...rows: PerformanceRow[]) => {
      const { lines, more } = botToday(rows, { bot: "a", mode: "live" });
      return [lines.map(({ row }) => row.currency).join(" "), more];
    };
    expect(shown(quiet("A"), quiet("B"), quiet("C", { unrealized: null }))).toEqual(["A", 2]);
    expect(shown(quiet("A"), quiet("B", { unrealized: 3 }), quiet("C"))).toEqual(["B", 2]);
    expect(shown(quiet("A"), quiet("B", { net: -1 }), quiet("C", { fills: 1 }))).toEqual(["B C", 1]);
    expect(shown(quiet("A", { net: null }), made("a", { currency: "B" }))).toEqual(["A B", 0]);
    expect(shown(...["A", "B", "C", "D", "E"].map((currency) => made("a", { currency })))).toEqual(["A B C", 2]);
  });

  test("sums by currency count each bot once, the largest first, and are unknown where one part is", () => {
    const rows = [made("a"), made("b"), made("c", { currency: "X", net: 99 }), made("d", { currency: "Z", net: null })];
    expect(madeByCurrency(rows).map(({ currency, net, bots }) => [currency, net.text, bots])).toEqual([
      ["X", "+99.00", 1],
      ["USDT", "+24.00", 2],
      ["Z", "—", 1],
    ]);
  });

  test("an address that names no window means today", () => {
    expect(["30d", "year", undefined].map(moneyWindowOf)).toEqual(["30d", "today", "today"]);
  });
});

describe("losses beside their limits", () => {
  test("are within, near from four fifths on, and over from the limit on", () => {
    const words = [0, 0.0399, 0.0401, 0.05, 0.3].map((value) => limitUse(known(value, 9), 0.05));
    expect(words.map(({ word }) => word)).toEqual(["within", "within", "near", "over", "over"]);
    expect(words.at(-1)?.share).toBe(1);
    expect(limitUse(none, 0.05)).toMatchObject({ share: undefined, word: undefined, shown: { reason: "no trades" } });
  });

  test("stand in the order of their drawdown, the unknown last", () => {
    const row = (bot: string, drawdown: WireMeasure) => ({
      ...{ bot, mode: "live" as const, venue: null, currency: null, equity: 10, at: "2026-11-21T14:03:22Z" },
      ...{ drawdown, max_drawdown: drawdown, daily_loss: none },
      ...{ drawdown_limit: 0.05, daily_loss_limit: 0.03 },
    });
    const lines = equityLines([row("a", none), row("b", known(0.01, 2)), row("c", known(0.2, 2))]);
    expect(lines.map((line) => line.row.bot)).toEqual(["c", "b", "a"]);
  });
});

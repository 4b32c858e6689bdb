import { describe, expect, test } from "vitest";
import { at, FoldedDesk } from "../../test/support/folded-desk.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import { readPerformance } from "./read-performance.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;

const usd = (symbol: string, more: Record<string, unknown> = {}) => ({
  type: "instrument",
  venue: "v",
  symbol,
  kind: "spot",
  quote: "USD",
  ...more,
});

let fills = 0;
const fill = (side: string, size: number, price: number, more: Record<string, unknown> = {}) => ({
  type: "fill",
  fill_id: `f${++fills}`,
  venue: "v",
  symbol: "A",
  side,
  size,
  price,
  ...more,
});

const read = (desk: FoldedDesk, seconds: number, window: MoneyWindow = "all") =>
  readPerformance(desk.state, at(seconds), { window, mode: "live" });

describe("What trading made", () => {
  test("is realised profit less fees plus funding, and what is not realised stands beside it", () => {
    const desk = new FoldedDesk()
      .fact(0, usd("A"))
      .fact(1, fill("buy", 10, 100, { fee: 1, is_maker: true }))
      .fact(2, fill("sell", 4, 103, { fee: "-0.5", is_maker: false, funding: "0.25" }))
      .sample(3, { type: "mark", venue: "v", symbol: "A", price: 101 });
    const { rows, total } = read(desk, 4);
    // 4 × (103 − 100) = 12; 1 − 0.5 = 0.5 of fees; 6 × (101 − 100) = 6 not realised
    const money = { realized: 12, fees: 0.5, funding: 0.25, net: 11.75, unrealized: 6 };
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      currency: "USD",
      ...money,
      fills: 2,
      volume: 1412,
      maker_ratio: { value: 0.5, n: 2 },
    });
    expect(total).toEqual({ ...money, bots: 1 });
  });

  test("is nothing in a session in which nothing was filled yet, whatever the one before made", () => {
    const desk = new FoldedDesk()
      .fact(0, usd("A"))
      .fact(0, usd("B"))
      .fact(0, { type: "bot.started", status: "running" })
      .fact(1, fill("buy", 1, 10))
      .fact(2, fill("sell", 1, 12))
      .fact(10, { type: "bot.started", status: "running" });
    expect(read(desk, 20, "session").rows[0]).toMatchObject({ realized: 0, fills: 0, trades: { closed: 0 } });
    desk.fact(30, fill("buy", 1, 10, { symbol: "B" })).fact(31, fill("sell", 1, 15, { symbol: "B" }));
    expect(read(desk, 40, "session").rows[0]).toMatchObject({ realized: 5, fills: 2, trades: { closed: 1 } });
    expect(read(desk, 40).rows[0]).toMatchObject({ realized: 7, fills: 4 });
  });

  test("says why where it is not known, and never 0 in its place", () => {
    const desk = new FoldedDesk()
      .fact(0, fill("buy", 1, 5))
      .fact(1, fill("sell", 1, 6))
      .fact(2, fill("buy", 1, 6));
    const { rows, total } = read(desk, 3);
    expect(rows[0]).toMatchObject({ currency: "quote of A", realized: 1, unrealized: null });
    expect(rows[0]?.unrealized_reason).toBe("no mark and no book of A");
    expect(total).toMatchObject({ net: null, reason: "no recorded rate from quote of A to USD" });
    expect(rows[0]?.trades.profit_factor).toEqual({ value: "unbounded", n: 1 });
    expect(read(new FoldedDesk().fact(0, { type: "bot.started" }), 1)).toMatchObject({
      rows: [],
      total: { net: 0, bots: 0 },
    });
  });

  test("is summed in USD through recorded rates alone", () => {
    const euro = { type: "instrument", venue: "v", symbol: "E", kind: "spot", quote: "EUR" };
    const desk = new FoldedDesk()
      .fact(0, usd("A"))
      .fact(0, euro)
      .fact(1, fill("buy", 1, 10))
      .fact(2, fill("sell", 1, 13))
      .fact(3, fill("buy", 1, 10, { symbol: "E" }))
      .fact(4, fill("sell", 1, 20, { symbol: "E" }));
    expect(read(desk, 5).total).toMatchObject({ net: null, reason: "no recorded rate from EUR to USD" });
    desk.fact(6, { type: "rate", currency: "EUR", per: "USD", price: "1.1" });
    expect(read(desk, 7).total).toMatchObject({ net: 14 });
  });

  test("keeps a fee in another currency apart from the profit", () => {
    const desk = new FoldedDesk()
      .fact(0, usd("A"))
      .fact(1, fill("buy", 1, 10, { fee: "0.001", fee_currency: "BNB" }))
      .fact(2, fill("sell", 1, 12, { fee: "0.1", fee_currency: "USD" }));
    const { rows } = read(desk, 3);
    expect(rows.find(({ currency }) => currency === "BNB")).toMatchObject({ fees: 0.001, net: -0.001, realized: 0 });
    expect(rows.find(({ currency }) => currency === "USD")).toMatchObject({ fees: 0.1, net: 1.9 });
  });

  test("belongs to the UTC day and the session in which it was filled, also when it is told late", () => {
    const desk = new FoldedDesk()
      .fact(0, usd("A"))
      .fact(10, fill("buy", 2, 10))
      .fact(20, fill("sell", 1, 11))
      .fact(DAY, { type: "bot.started" })
      .fact(DAY + 10, fill("sell", 1, 14));
    const net = (window: MoneyWindow) => read(desk, DAY + HOUR, window).total.net;
    expect([net("today"), net("session"), net("7d"), net("all")]).toEqual([4, 4, 5, 5]);
    desk.late(DAY + 30, 15, fill("buy", 1, 6));
    // The late purchase lowers the average to 26 ÷ 3 before anything was sold.
    expect(net("all")).toBeCloseTo(11 + 14 - (2 * 26) / 3, 9);
    expect(net("today")).toBeCloseTo(14 - 26 / 3, 9);
    expect([net("session"), net("7d")]).toEqual([net("today"), net("all")]);
  });

  test("counts funding once: the venue's own rows before what fills say", () => {
    const income = (amount: number, id: string) => ({
      type: "income",
      income_type: "FUNDING_FEE",
      amount,
      currency: "USD",
      venue: "v",
      transaction_id: id,
    });
    const desk = new FoldedDesk().fact(0, usd("A")).fact(1, fill("buy", 1, 10, { funding: 3 }));
    expect(read(desk, 2).rows[0]?.funding).toBe(3);
    desk.fact(3, income(-2, "1")).fact(4, income(0.5, "2"));
    expect(read(desk, 5).rows[0]?.funding).toBe(-1.5);
  });

  test("decides by all that was told which source counts, so that days add up to the whole", () => {
    const income = (income_type: string, amount: number) => ({
      type: "income",
      income_type,
      amount,
      currency: "USD",
      venue: "v",
      transaction_id: income_type,
    });
    const desk = new FoldedDesk()
      .fact(0, usd("A"))
      .fact(1, fill("buy", 1, 10, { funding: 3, fee: 1 }))
      .fact(2, income("FUNDING_FEE", -2))
      .fact(DAY + 1, fill("buy", 1, 10, { funding: 4, fee: -1 }))
      .fact(DAY + 2, income("COMMISSION", -7));
    const row = (window: MoneyWindow) => read(desk, DAY + 3, window).rows[0];
    // Funding: the venue's rows, of which today has none. Fees: what fills said, though it comes to nothing in all.
    expect([row("all")?.funding, row("today")?.funding]).toEqual([-2, 0]);
    expect([row("all")?.fees, row("today")?.fees]).toEqual([0, -1]);
  });

  test("takes closed positions of a bot that tells no fills, and document 2's pair trades in cents", () => {
    const closed = (id: string, realized_pnl: number, more: Record<string, unknown> = {}) => ({
      type: "position.closed",
      position_id: id,
      venue: "v",
      symbol: "A",
      side: "long",
      size: 1,
      entry_price: 10,
      realized_pnl,
      ...more,
    });
    const desk = new FoldedDesk()
      .fact(0, usd("A"))
      .fact(HOUR, closed("1", 9, { fees: 1, opened_at: new Date(at(0) / 1000).toISOString() }))
      .fact(HOUR, closed("2", -4, { fees: 1, realized_pnl_is_gross: true }));
    expect(read(desk, 2 * HOUR).rows[0]).toMatchObject({
      realized: 6,
      fees: 2,
      net: 4,
      trades: { basis: "reported", closed: 2, wins: 1, losses: 1, expectancy: { value: 2, n: 2 } },
    });
    const pairs = new FoldedDesk().fact(0, {
      type: "fill",
      fill_id: "p",
      pair_id: "x",
      size_usd: 100,
      pnl_cents: 150,
      fees_cents: 30,
    });
    expect(read(pairs, 1).rows[0]).toMatchObject({ currency: "USD", realized: 1.8, fees: 0.3, net: 1.5, fills: 1 });
    pairs.fact(2, { type: "fill", fill_id: "q", pair_id: "x", size_usd: 100 });
    expect(read(pairs, 3).rows[0]).toMatchObject({ net: null, reason: "1 pair trades said no profit" });
  });

  test("closes what is held of a binary contract at its payout, on both legs", () => {
    const leg = (symbol: string) => usd(symbol, { kind: "binary", payout: 1 });
    const desk = new FoldedDesk()
      .fact(0, leg("YES"))
      .fact(0, leg("NO"))
      .fact(1, fill("buy", 100, 0.54, { symbol: "YES" }))
      .fact(2, fill("buy", 100, 0.43, { symbol: "NO" }))
      .fact(3, { type: "settlement", venue: "v", symbol: "YES", payout_per_unit: 1 })
      .fact(4, { type: "settlement", venue: "v", symbol: "NO", payout_per_unit: 0 });
    // 46 − 43 = 3 whatever happens: 1 − 0.97 for each of the hundred
    expect(read(desk, 5).rows[0]).toMatchObject({
      realized: 3,
      net: 3,
      unrealized: 0,
      trades: { closed: 2, wins: 1, losses: 1 },
    });
  });

  test("is counted in the underlying for inverse contracts", () => {
    const desk = new FoldedDesk()
      .fact(0, usd("P", { kind: "inverse", base: "BTC", multiplier: 100 }))
      .fact(1, fill("buy", 10, 50_000, { symbol: "P" }))
      .fact(2, fill("sell", 10, 62_500, { symbol: "P" }));
    // 1000 ÷ 50000 − 1000 ÷ 62500 = 0.02 − 0.016
    expect(read(desk, 3).rows[0]).toMatchObject({ currency: "BTC", realized: 0.004 });
  });

  test("stands beside the equity that was reported, its drawdown and the loss of the day", () => {
    const equity = (value: number) => ({ type: "risk", equity_quote: value });
    const desk = new FoldedDesk().fact(0, equity(1_000)).fact(HOUR, equity(1_200)).fact(DAY, equity(1_140));
    expect(read(desk, DAY + 1).equity).toMatchObject([
      { bot: "mm", equity: 1_140, max_drawdown: { value: 0.05, n: 3 }, daily_loss: { value: 0.05, n: 2 } },
    ]);
    const balance = { type: "balance", balances: [], equity_currency: "USDT" };
    desk
      .fact(DAY + HOUR, { ...balance, venue: "v", equity: 500 })
      .fact(DAY + HOUR, { ...balance, venue: "w", equity: 20 });
    desk.fact(DAY + 2 * HOUR, { ...balance, venue: "v", equity: 475 });
    expect(read(desk, 2 * DAY).equity.slice(1)).toMatchObject([
      {
        venue: "v",
        max_drawdown: { value: 0.05 },
        daily_loss: { value: null, reason: "no equity was reported today" },
      },
      { venue: "w", currency: "USDT", max_drawdown: { value: 0 } },
    ]);
  });

  test("never adds live and paper", () => {
    const desk = new FoldedDesk()
      .fact(0, usd("A"))
      .fact(1, fill("buy", 1, 10))
      .fact(2, fill("sell", 1, 12, { mode: "paper" }));
    expect(read(desk, 3).total).toMatchObject({ realized: 0, bots: 1 });
    expect(
      readPerformance(desk.state, at(3), { window: "all" })
        .rows.map(({ mode }) => mode)
        .sort(),
    ).toEqual(["live", "paper"]);
  });
});

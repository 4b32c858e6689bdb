import { describe, expect, test } from "vitest";
import { importText, inChunks } from "../../../test/imports/items-of.ts";
import { hbotDays } from "./hbot-days.ts";
import { hbotFills } from "./hbot-fills.ts";
import { hbotMinutes } from "./hbot-minutes.ts";

const FILLS =
  "ts,bot_variant,exchange,trading_pair,side,price,amount_base,notional_quote,fee_quote,order_id,state,mid_ref,expected_spread_pct,adverse_drift_30s,fee_source,is_maker,realized_pnl_quote";
const BUY =
  "2026-05-04T10:00:00.000001+00:00,z,some_paper_trade,ETH-USDC,buy,2000.50,1E-3,2.0005,0.00200050,p-1,running,2000.0000000,0.0045,0.0005514061527802322867482483620,file,False,0";
const fillsOf = (...rows: string[]) => importText(hbotFills, inChunks([FILLS, ...rows, ""].join("\n")));

describe("hbotFills", () => {
  test("maps every column that an event has", async () => {
    const { events, invalid } = await fillsOf(BUY);
    expect(invalid).toEqual([]);
    expect(events.map(({ event }) => event.type)).toEqual(["instrument", "fill"]);
    expect(events[0]?.event).toMatchObject({
      venue: "some_paper_trade",
      symbol: "ETH-USDC",
      kind: "spot",
      base: "ETH",
      quote: "USDC",
    });
    expect(events[1]?.event).toMatchObject({
      bot: "hbot-z",
      mode: "paper",
      ts: "2026-05-04T10:00:00.000001Z",
      order_id: "p-1",
      side: "buy",
      price: "2000.5",
      size: "0.001",
      is_maker: false,
      fee: "0.0020005",
      fee_currency: "USDC",
      mid: "2000",
      expected_spread_bps: 45,
      adverse_drift_30s: 0.0005514061527802323,
      realized_pnl_quote: "0",
    });
  });

  test("counts two fills when one order fills twice, and both when the rows are the same", async () => {
    const partial = BUY.replace("1E-3", "0.002");
    const { events } = await fillsOf(BUY, partial, BUY);
    const ids = events.flatMap(({ event }) => (event.type === "fill" ? [event.fill_id] : []));
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });

  test("says the same when the rows are found in another file in another order", async () => {
    const other = BUY.replace("p-1", "p-2");
    const ids = async (...rows: string[]) => (await fillsOf(...rows)).events.map(({ event }) => event.id).sort();
    expect(await ids(BUY, other)).toEqual(await ids(other, BUY));
  });

  test("takes a venue of perpetuals for linear", async () => {
    const { events } = await fillsOf(BUY.replace("some_paper_trade", "some_perpetual"));
    expect(events[0]?.event).toMatchObject({ kind: "linear", settle: "USDC" });
  });

  test.each([
    ["the price is no decimal", BUY.replace("2000.50", "dear"), "price is not a decimal"],
    ["there is no size", BUY.replace("1E-3", ""), "no amount_base"],
    ["the time is none", BUY.replace("2026-05-04T10", "2026-15-04T10"), "ts is not a time"],
    ["the pair is none", BUY.replace("ETH-USDC", "ETHUSDC"), "trading_pair is not BASE-QUOTE"],
    ["is_maker is neither", BUY.replace("False", "perhaps"), "is_maker is neither true nor false"],
    ["a field is missing", BUY.replace(",running", ""), "expected 17 fields"],
  ])("refuses the row alone when %s", async (_, row, reason) => {
    const imported = await fillsOf(row, BUY);
    expect(imported.refused.map(({ line, refused }) => [line, refused])).toEqual([[2, reason]]);
    expect(imported.events.filter(({ event }) => event.type === "fill")).toHaveLength(1);
  });

  test("leaves a fault that only the hub sees to the hub", async () => {
    const { invalid } = await fillsOf(BUY.replace(",buy,", ",hold,"));
    expect(invalid.join()).toContain('"path":"side"');
  });

  test("fails as a whole when it is another file", async () => {
    await expect(importText(hbotFills, inChunks("a,b\n1,2\n"))).rejects.toThrow("columns missing: ts, bot_variant");
    await expect(importText(hbotFills, inChunks(""))).rejects.toThrow("the file is empty");
  });
});

const MINUTES =
  "ts,bot_variant,exchange,trading_pair,state,regime,mid,equity_quote,base_pct,soft_pause_edge,base_balance,quote_balance,skew,best_ask_size,orders_active,daily_loss_pct,drawdown_pct,adverse_drift_30s,risk_reasons";
const MINUTE =
  "2026-05-04T10:00:00+00:00,z,some_paper_trade,ETH-USDC,soft_pause,down,2000.00,3000.0,0E+6,True,1,1000,-0.003,None,8,0.0003,0.001,0.0001,low_base|wide";

describe("hbotMinutes", () => {
  test("maps a row to state, risk, balance, mark and gauges", async () => {
    const { events, invalid, refused } = await importText(hbotMinutes, inChunks(`${MINUTES}\n${MINUTE}\n`));
    expect([invalid, refused]).toEqual([[], []]);
    const byType = Object.fromEntries(events.map(({ event }) => [event.type, event]));
    expect(byType["bot.state"]).toMatchObject({
      bot: "hbot-z",
      status: "paused",
      reason: "low_base|wide",
      counters: { orders_active: 8 },
    });
    expect(byType["risk"]).toMatchObject({
      equity_quote: 3000,
      base_pct: 0,
      daily_loss_pct: 0.0003,
      drawdown_pct: 0.001,
      adverse_drift_30s: 0.0001,
      risk_reasons: ["low_base", "wide"],
    });
    expect(byType["balance"]).toMatchObject({
      balances: [
        { currency: "ETH", total: "1" },
        { currency: "USDC", total: "1000" },
      ],
      equity: "3000",
      equity_currency: "USDC",
    });
    expect(byType["mark"]).toMatchObject({ symbol: "ETH-USDC", price: "2000" });
    const gauges = events.flatMap(({ event }) => (event.type === "metric" ? [[event.name, event.value]] : []));
    expect(gauges).toEqual([["skew", -0.003]]);
  });

  test("refuses a row with its reason when its state is unknown", async () => {
    const row = MINUTE.replace("soft_pause", "asleep");
    const { refused } = await importText(hbotMinutes, inChunks(`${MINUTES}\n${row}\n`));
    expect(refused).toMatchObject([
      { line: 2, refused: "the state is none of running, soft_pause, hard_stop", detail: "asleep" },
    ]);
  });
});

const DAYS =
  "ts,bot_variant,exchange,trading_pair,state,equity_open_quote,equity_now_quote,pnl_quote,pnl_pct,turnover_x,fills_count,ops_events";
const DAY =
  "2026-05-05T00:00:00.3+00:00,z,some_perpetual,ETH-USDC,hard_stop,3000.0,2990.0,-10.0,-0.00333,0E+10,4,gate|low_base";

describe("hbotDays", () => {
  test("maps a row to equity, state and a note that keeps it whole", async () => {
    const { events, invalid } = await importText(hbotDays, inChunks(`${DAYS}\n${DAY}\n`));
    expect(invalid).toEqual([]);
    const byType = Object.fromEntries(events.map(({ event }) => [event.type, event]));
    expect(byType["balance"]).toMatchObject({ balances: [], equity: "2990", equity_currency: "USDC" });
    expect(byType["bot.state"]).toMatchObject({ status: "halted", reason: "gate|low_base" });
    expect(byType["annotation"]).toMatchObject({ pnl_quote: "-10", turnover_x: 0, ops_events: ["gate", "low_base"] });
  });
});

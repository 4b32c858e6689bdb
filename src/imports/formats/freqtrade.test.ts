import type { SQLInputValue } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { countTypes, importDatabase, importText, inChunks } from "../../../test/imports/items-of.ts";
import { databaseMaker } from "../../../test/imports/made-database.ts";
import { freqtradeJson } from "./freqtrade-json.ts";
import { freqtradeSqlite } from "./freqtrade-sqlite.ts";

const make = databaseMaker();

type Fields = Record<string, SQLInputValue>;
const TRADE: Fields = {
  id: 1,
  exchange: "somewhere",
  pair: "ABC/BTC",
  is_open: 0,
  fee_open: 0.001,
  fee_open_cost: 0.1,
  fee_open_currency: "ABC",
  fee_close: 0.002,
  fee_close_cost: 0.00000011,
  fee_close_currency: "BTC",
  open_rate: 0.00000473,
  close_rate: 0.000005,
  close_profit_abs: 0.0000002,
  stake_amount: 0.000473,
  amount: 100,
  open_date: "2026-01-02 03:04:05.000001",
  close_date: "2026-01-02 04:00:00",
  sell_reason: "roi",
  strategy: "Made",
  is_short: 0,
  leverage: 1,
  funding_fees: 0,
};
const ORDER: Fields = {
  id: 1,
  ft_trade_id: 1,
  ft_order_side: "buy",
  ft_pair: "ABC/BTC",
  order_id: "9007199254740993",
  status: "closed",
  order_type: "limit",
  side: "buy",
  price: 0.00000473,
  average: null,
  amount: 100,
  filled: 100,
  order_date: "2026-01-02 03:04:04",
  order_filled_date: "2026-01-02 03:05:00",
  order_update_date: "2026-01-02 03:05:01",
};
const EXIT: Fields = {
  ...ORDER,
  id: 2,
  ft_order_side: "sell",
  order_id: "x2",
  order_type: "market",
  side: "sell",
  price: 0.000005,
  order_date: "2026-01-02 03:59:00",
  order_filled_date: "2026-01-02 04:00:00",
};

const tableOf = (name: string, row: Fields): string =>
  `CREATE TABLE ${name} (${Object.entries(row)
    .map(([column, value]) => `${column} ${typeof value === "string" ? "VARCHAR" : "NUMERIC"}`)
    .join(", ")});`;
const database = (trades: readonly Fields[], orders: readonly Fields[]) =>
  make(tableOf("trades", TRADE) + tableOf("orders", ORDER), { trades, orders });
const json = (document: unknown) => importText(freqtradeJson, inChunks(JSON.stringify(document)));
const tables = (trades: readonly Fields[], orders: readonly Fields[]) => json({ trades, orders });
const eventsOf = ({ events }: Awaited<ReturnType<typeof json>>) => events.map(({ event }) => event);

describe("freqtradeJson", () => {
  test.each([
    ["the average where it is told", { average: 0.0000051, cost: 0.000473 }, "0.0000051"],
    ["cost ÷ filled where the cost is of a better price than the one asked for", { cost: 0.00047 }, "0.0000047"],
    ["the price asked for where the cost differs by no more than its last digit", { cost: 0.00047301 }, "0.00000473"],
    ["the price asked for where no cost is told", { cost: null }, "0.00000473"],
  ])("has of a fill %s", async (_, more, price) => {
    const all = await tables([TRADE], [{ ...ORDER, ...more }, EXIT]);
    const [fill] = eventsOf(all).filter(({ type }) => type === "fill");
    expect(fill).toMatchObject({ price });
  });

  test("takes no price from the cost of a derivative, which may be its margin", async () => {
    const pair = "ABC/USDT:USDT";
    const all = await tables([{ ...TRADE, pair }], [{ ...ORDER, ft_pair: pair, cost: 0.0001 }]);
    const [fill] = eventsOf(all).filter(({ type }) => type === "fill");
    expect(fill).toMatchObject({ price: "0.00000473" });
  });

  test("tells a trade as position, its orders as orders and fills, in order of time", async () => {
    const all = await tables([TRADE], [ORDER, EXIT]);
    expect([all.rows, all.invalid, all.refused]).toEqual([3, [], []]);
    expect(eventsOf(all).map(({ type }) => type)).toEqual([
      "order.placed",
      "instrument",
      "position.opened",
      "fill",
      "order.placed",
      "position.closed",
      "fill",
    ]);
    const byType = Object.fromEntries(eventsOf(all).map((event) => [event.type, event]));
    expect(byType["instrument"]).toMatchObject({ kind: "spot", base: "ABC", quote: "BTC", venue: "somewhere" });
    expect(byType["position.closed"]).toMatchObject({
      bot: "freqtrade",
      strategy: "Made",
      mode: "live",
      position_id: "1:1767323045",
      side: "long",
      size: "100",
      entry_price: "0.00000473",
      exit_price: "0.000005",
      realized_pnl: "0.0000002",
      // 100 × (0.00000473 × 0.001 + 0.000005 × 0.002)
      fees: "0.000001473",
      opened_at: "2026-01-02T03:04:05.000001Z",
      reason: "roi",
    });
    expect(byType["position.closed"]).not.toHaveProperty("realized_pnl_is_gross");
  });

  test("tells entry and exit, maker or not, and the fee that each was charged in its currency", async () => {
    const fills = eventsOf(await tables([TRADE], [ORDER, EXIT])).filter(({ type }) => type === "fill");
    expect(fills).toMatchObject([
      { fill_id: "9007199254740993", side: "buy", fee: "0.1", fee_currency: "ABC", ts: "2026-01-02T03:05:00.000Z" },
      { fill_id: "x2", side: "sell", fee: "0.00000011", fee_currency: "BTC", is_maker: false },
    ]);
    expect(fills[0]).not.toHaveProperty("is_maker");
    const placed = eventsOf(await tables([TRADE], [ORDER, EXIT])).filter(({ type }) => type === "order.placed");
    expect(placed).toMatchObject([{ intent: "entry" }, { intent: "exit", order_type: "market" }]);
  });

  test("leaves fees to the position when an entry was bought in parts, which the trade does not tell apart", async () => {
    const all = await tables([TRADE], [ORDER, { ...ORDER, id: 3, order_id: "o3" }, EXIT]);
    const fills = eventsOf(all).filter(({ type }) => type === "fill");
    expect(fills.map((fill) => "fee" in fill)).toEqual([false, false, true]);
    expect(eventsOf(all).find(({ type }) => type === "position.closed")).not.toHaveProperty("fees");
  });

  test("tells a short of a perpetual with its funding as income, above 0 received", async () => {
    const trade = { ...TRADE, pair: "ABC/USDT:USDT", is_short: 1, leverage: 3, funding_fees: -0.5 };
    const entry = { ...ORDER, side: "sell", ft_order_side: "sell" };
    const exit = { ...EXIT, side: "buy", ft_order_side: "buy" };
    const all = await tables([trade], [entry, exit]);
    expect(all.invalid).toEqual([]);
    const byType = Object.fromEntries(eventsOf(all).map((event) => [event.type, event]));
    expect(byType["instrument"]).toMatchObject({ kind: "linear", settle: "USDT" });
    expect(byType["position.opened"]).toMatchObject({ side: "short" });
    expect(byType["income"]).toMatchObject({ income_type: "FUNDING_FEE", amount: "-0.5", currency: "USDT" });
    const placed = eventsOf(all).flatMap((event) => (event.type === "order.placed" ? [event] : []));
    expect(placed.map(({ side, intent, reduce_only }) => [side, intent, reduce_only])).toEqual([
      ["sell", "entry", false],
      ["buy", "exit", true],
    ]);
  });

  test("says of an open trade only what no longer changes", async () => {
    const open = { ...TRADE, is_open: 1, close_date: null, close_rate: null, funding_fees: 3 };
    const partly = { ...ORDER, status: "open", filled: 40 };
    const all = await tables([open], [partly]);
    expect(countTypes(all.events)).toEqual({ instrument: 1, "position.opened": 1, "order.placed": 1 });
    expect(all.leftOut).toEqual(["what an open order has filled so far: it still changes"]);
    expect((await tables([{ ...open, amount: 0 }], [])).leftOut).toEqual([
      "a trade that has bought or sold nothing yet",
    ]);
  });

  test("tells a cancelled order and what it had filled", async () => {
    const all = await tables([TRADE], [{ ...ORDER, status: "canceled", filled: 40, average: 0.0000047 }]);
    const [fill, end] = ["fill", "order.cancelled"].map((type) => eventsOf(all).find((event) => event.type === type));
    expect([fill, end]).toMatchObject([{ size: "40", price: "0.0000047" }, { filled_size: "40" }]);
  });

  test("is paper when its orders were a dry run", async () => {
    const all = await tables([TRADE], [{ ...ORDER, order_id: "dry_run_buy_ABC/BTC_1" }]);
    expect(new Set(eventsOf(all).map(({ mode }) => mode))).toEqual(new Set(["paper"]));
  });

  test("reads the orders within their trades, as its API answers them, with times in ms", async () => {
    const { id: _, ...rest } = TRADE;
    const { order_date: __, order_filled_date: ___, order_update_date: ____, price: _____, ...order } = ORDER;
    const within = {
      ...order,
      safe_price: 0.00000473,
      order_timestamp: 1767323044000,
      order_filled_timestamp: 1767323100000,
    };
    const trade = { ...rest, trade_id: 1, open_date: "2026-01-02 03:04:05", orders: [within] };
    for (const document of [{ trades: [trade], trades_count: 1 }, [trade]]) {
      const all = await json(document);
      expect([all.rows, all.invalid, all.refused]).toEqual([2, [], []]);
      expect(eventsOf(all).find(({ type }) => type === "fill")).toMatchObject({
        ts: "2026-01-02T03:05:00.000Z",
        price: "0.00000473",
      });
      expect(eventsOf(all).find(({ type }) => type === "position.opened")).toMatchObject({
        position_id: "1:1767323045",
      });
    }
  });

  test.each([
    [
      "the pair is none",
      [{ ...TRADE, pair: "ABCBTC" }],
      [ORDER],
      ["pair is not BASE/QUOTE", "the trade of the order was refused"],
    ],
    ["the exit price is missing", [{ ...TRADE, close_rate: null }], [ORDER], ["no close_rate"]],
    ["an order has an unknown status", [TRADE], [{ ...ORDER, status: "lost" }], ["the status is unknown"]],
    ["an order has no time", [TRADE], [{ ...ORDER, order_date: null }], ["no order_date"]],
    ["an order's trade is not there", [], [ORDER], ["the trade of the order is not in the file"]],
    ["a trade is no object", [3], [], ["no pair"]],
  ])("refuses only the row when %s", async (_, trades, orders, reasons) => {
    const { refused } = await json({ trades, orders });
    expect(refused.map(({ refused: reason }) => reason)).toEqual(reasons);
  });

  test("goes on with an order when its trade is refused for its exit", async () => {
    const all = await tables(
      [
        { ...TRADE, close_rate: null },
        { ...TRADE, id: 2 },
      ],
      [ORDER],
    );
    expect(countTypes(all.events)).toMatchObject({ fill: 1, "position.opened": 1, "position.closed": 1 });
  });

  test.each(["{", "{}", '{"trades": 3}', "3"])("fails as a whole when it is %j", async (text) => {
    await expect(importText(freqtradeJson, inChunks(text))).rejects.toThrow(/not JSON|no list of trades/);
  });

  test("refuses a document that would not fit in memory", async () => {
    const endless = async function* () {
      for (let index = 0; index < 100; index++) yield " ".repeat(2 ** 20);
    };
    await expect(importText(freqtradeJson, endless())).rejects.toThrow("larger than 64 MiB");
  });
});

describe("freqtradeSqlite", () => {
  test("tells the same as the JSON of the same tables", async () => {
    const second = { ...TRADE, id: 2, pair: "XYZ/BTC" };
    const orders = [ORDER, EXIT, { ...ORDER, id: 3, order_id: "o3", ft_trade_id: 2 }];
    const [ofTables, ofJson] = [
      await importDatabase(freqtradeSqlite, database([TRADE, second], orders)),
      await tables([TRADE, second], orders),
    ];
    expect(eventsOf(ofTables)).toEqual(eventsOf(ofJson));
    expect(ofTables.events).not.toHaveLength(0);
  });

  test("refuses orders whose trade is not there, wherever they stand, and takes the others", async () => {
    const lost = [null, 0, 2, 9].map((ft_trade_id, index) => ({
      ...ORDER,
      ft_trade_id,
      id: index + 5,
      order_id: `l${index}`,
    }));
    const all = await importDatabase(freqtradeSqlite, database([TRADE, { ...TRADE, id: 3 }], [ORDER, EXIT, ...lost]));
    expect(all.refused.map(({ refused }) => refused)).toEqual(
      lost.map(() => "the trade of the order is not in the database"),
    );
    expect([all.rows, countTypes(all.events)["fill"]]).toEqual([8, 2]);
  });
});

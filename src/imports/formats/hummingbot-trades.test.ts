import { describe, expect, test } from "vitest";
import { importText, inChunks } from "../../../test/imports/items-of.ts";
import { hummingbotTrades } from "./hummingbot-trades.ts";

const HEADER =
  "exchange_trade_id,config_file_path,strategy,market,symbol,base_asset,quote_asset,timestamp,order_id,trade_type,order_type,price,amount,leverage,trade_fee,position,age";
const PERCENT = "{'fee_type': 'AddedToCost', 'percent': '0.002', 'percent_token': None, 'flat_fees': []}";
const flat = (...fees: [string, string][]) =>
  `{'fee_type': 'AddedToCost', 'percent': '0', 'percent_token': 'USDT', 'flat_fees': [${fees
    .map(([token, amount]) => `{'token': '${token}', 'amount': '${amount}'}`)
    .join(", ")}]}`;

const ROW = {
  exchange_trade_id: "9007199254740993",
  config_file_path: "conf_made_up.yml",
  strategy: "pure_market_making",
  market: "some_venue",
  symbol: "ABC-USDT",
  base_asset: "ABC",
  quote_asset: "USDT",
  timestamp: "1700000000123",
  order_id: "order-1",
  trade_type: "BUY",
  order_type: "LIMIT_MAKER",
  price: "0.5",
  amount: "100",
  leverage: "1",
  trade_fee: PERCENT,
  position: "NIL",
  age: "00:00:04",
};

const line = (change: Partial<typeof ROW> = {}) =>
  Object.values({ ...ROW, ...change })
    .map((value) => (value.includes(",") ? `"${value}"` : value))
    .join(",");
const imported = (...rows: string[]) => importText(hummingbotTrades, inChunks(`${[HEADER, ...rows].join("\n")}\n`));

async function fillOf(change: Partial<typeof ROW>) {
  const { events, invalid } = await imported(line(change));
  expect(invalid).toEqual([]);
  return events.find(({ event }) => event.type === "fill")?.event;
}

describe("hummingbotTrades", () => {
  test("tells instrument and fill, the bot named as its configuration file", async () => {
    const { events, rows, refused } = await imported(line());
    expect([rows, refused]).toEqual([1, []]);
    expect(events.map(({ event }) => event)).toMatchObject([
      { type: "instrument", kind: "spot", base: "ABC", quote: "USDT" },
      {
        type: "fill",
        bot: "conf_made_up",
        mode: "live",
        strategy: "pure_market_making",
        ts: "2023-11-14T22:13:20.123Z",
        fill_id: "order-1:9007199254740993",
        order_id: "order-1",
        side: "buy",
        price: "0.5",
        size: "100",
        is_maker: true,
        fee: "0.1",
        fee_currency: "USDT",
      },
    ]);
  });

  test("keeps every digit of a price of 2.99E-8 and of a dust fill of 0.0001", async () => {
    expect(await fillOf({ price: "2.99E-8", amount: "0.0001" })).toMatchObject({
      price: "0.0000000299",
      size: "0.0001",
      fee: "0.00000000000000598",
    });
  });

  test("reads 0.08 where Python wrote the double of 0.08 whole", async () => {
    const fee = "0.11129999999999999615862833479695837013423442840576171875";
    expect(
      await fillOf({
        amount: "0.08000000000000000166533453693773481063544750213623046875",
        trade_fee: flat(["USDT", fee]),
      }),
    ).toMatchObject({ size: "0.08", fee: "0.1113", fee_currency: "USDT" });
  });

  test("counts percent and flat fees of one currency together", async () => {
    const both = PERCENT.replace("[]", "[{'token': 'USDT', 'amount': '0.05'}, {'token': 'USDT', 'amount': '0.01'}]");
    expect(await fillOf({ trade_fee: both })).toMatchObject({ fee: "0.16", fee_currency: "USDT" });
  });

  test("keeps the fee's own currency when it is paid in another token, as older files write it in pairs", async () => {
    const pairs = "{'percent': 0.0, 'flat_fees': [('BNB', Decimal('0.010'))]}";
    expect(await fillOf({ trade_fee: pairs })).toMatchObject({ fee: "0.01", fee_currency: "BNB" });
  });

  test("says so when a fill was paid for in two currencies", async () => {
    const { events, leftOut } = await imported(line({ trade_fee: flat(["BNB", "0.01"], ["USDT", "0.2"]) }));
    expect(leftOut).toEqual([expect.stringContaining("second currency")]);
    expect(events.at(-1)?.event).toMatchObject({
      fee: "0.2",
      fee_currency: "USDT",
      fees_in_other_currencies: [{ currency: "BNB", amount: "0.01" }],
    });
  });

  test("has a fee of 0 when there was none, and none when nothing is said", async () => {
    expect(await fillOf({ trade_fee: flat() })).toMatchObject({ fee: "0", fee_currency: "USDT" });
    expect(await fillOf({ trade_fee: "" })).not.toHaveProperty("fee");
  });

  test("tells by OPEN and CLOSE of a perpetual what only reduces", async () => {
    const change = { market: "some_perpetual", order_type: "LIMIT", leverage: "10" };
    const { events } = await imported(line({ ...change, position: "OPEN" }));
    expect(events[0]?.event).toMatchObject({ kind: "linear", settle: "USDT" });
    expect(events[1]?.event).toMatchObject({ intent: "entry", reduce_only: false, leverage: 10 });
    expect(events[1]?.event).not.toHaveProperty("is_maker");
    const closing = await fillOf({ ...change, position: "PositionAction.CLOSE", order_type: "MARKET" });
    expect(closing).toMatchObject({ intent: "exit", reduce_only: true, is_maker: false });
  });

  test("is paper on a paper venue", async () => {
    expect(await fillOf({ market: "kucoin_paper_trade" })).toMatchObject({ mode: "paper" });
  });

  test("counts both when two orders, or two markets, have a trade of one number", async () => {
    const { events } = await imported(
      line(),
      line({ order_id: "order-2" }),
      line({ order_id: "o3", symbol: "X-USDT" }),
    );
    const ids = events.flatMap(({ event }) => (event.type === "fill" ? [event.fill_id] : []));
    expect(new Set(ids).size).toBe(3);
  });

  test("reads the older generation without trade ids, leverage, position and age", async () => {
    const header =
      "id,config_file_path,strategy,market,symbol,timestamp,order_id,trade_type,order_type,price,amount,trade_fee";
    const row =
      'x,conf_old.yml,arbitrage,some_venue,ABC-BTC,1600000000000,o-1,SELL,LIMIT,0.001,3,"{""percent"": 0.001, ""flat_fees"": []}"';
    const { events, invalid } = await importText(hummingbotTrades, inChunks(`${header}\n${row}\n${row}\n`));
    expect(invalid).toEqual([]);
    const fills = events.flatMap(({ event }) => (event.type === "fill" ? [event] : []));
    expect(fills).toMatchObject([{ side: "sell", fee: "0.000003", fee_currency: "BTC" }, {}]);
    expect(new Set(fills.map(({ fill_id }) => fill_id)).size).toBe(2);
  });

  test.each([
    ["the fee is no literal", { trade_fee: "__import__('os').getcwd()" }, "trade_fee is not what Hummingbot writes"],
    [
      "a flat fee has no token",
      { trade_fee: "{'flat_fees': [{'amount': '1'}]}" },
      "a flat fee without token and amount",
    ],
    ["the fee is no number", { trade_fee: "{'percent': 'much'}" }, "a fee is not a decimal"],
    ["the side is none", { trade_type: "RANGE" }, "trade_type is neither BUY nor SELL"],
    ["the price is no decimal", { price: "dear" }, "price is not a decimal"],
    ["the time is none", { timestamp: "yesterday" }, "timestamp is not a time"],
    ["the symbol is none", { symbol: "ABCUSDT", base_asset: "", quote_asset: "" }, "symbol is not BASE-QUOTE"],
  ])("refuses the row alone when %s", async (_, change, reason) => {
    const { refused, events } = await imported(line(change), line({ order_id: "good" }));
    expect(refused.map(({ line: at, refused: why }) => [at, why])).toEqual([[2, reason]]);
    expect(events.filter(({ event }) => event.type === "fill")).toHaveLength(1);
  });
});

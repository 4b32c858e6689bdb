import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ensure } from "../../src/base/assert.ts";
import { canonicalDecimal, type Decimal, decimal, decimalToNumber, multiply, ZERO } from "../../src/domain/decimal.ts";
import { book, FLAT, type Position } from "../../src/domain/ledger/average-cost.ts";
import { performanceAnswer } from "../../src/protocol/api-money.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { importDesk } from "./desk.ts";
import { rawRows, rawText, sumOf } from "./raw-rows.ts";

const HBOT = "data/hbot-paper/fills.csv";
const FREQTRADE = "data/freqtrade/tooyipjee_live_binance_trades_orders.json.gz";
const WALLET = "data/polymarket-wallet/activity.jsonl.gz";
const HUMMINGBOT = "data/hummingbot-trades";
const HUMMINGBOT_FILES = [
  "trades_conf_hedge_3.csv",
  "trades_conf_pure_mm_7.csv",
  "trades_conf_xemm_1.csv",
  "trades_conf_pure_mm_1_EDG-USDT.csv.gz",
] as const;
const SECONDS_60 = 60_000;

const positionsShape = z.object({
  positions: z.array(z.object({ symbol: z.string(), currency: z.string(), size: z.string(), entry_price: z.string() })),
});

type Row = Readonly<Record<string, string>>;

const { importAll, read } = importDesk();

/** What the hub says was made, by currency, and what the money in what is still held is. */
async function totals() {
  const { rows } = performanceAnswer.parse(await read("/api/v1/performance?mode=all&window=all"));
  const { positions } = positionsShape.parse(await read("/api/v1/positions?mode=all"));
  const held = (currency: string): number =>
    sumOf(
      positions
        .filter((each) => each.currency === currency)
        .map((each) => Number(each.size) * Number(each.entry_price)),
    );
  return {
    of: (currency: string) =>
      ensure(
        rows.find((row) => row.currency === currency),
        currency,
      ),
    held,
    positions,
  };
}

/** What came in less what went out, by the columns of a file. */
const cashOf = (rows: readonly { readonly side: string; readonly value: number }[]): number =>
  sumOf(rows.map(({ side, value }) => (side.toLowerCase() === "sell" ? value : -value)));

requireTestData(HUMMINGBOT)("the totals of Hummingbot's recordings", () => {
  test.each(HUMMINGBOT_FILES)(
    "%s: what was made and what is held are the cash of its own columns",
    async (file) => {
      await importAll(testData(`${HUMMINGBOT}/${file}`));
      const rows = rawRows(testData(`${HUMMINGBOT}/${file}`));
      const { of, held, positions } = await totals();
      const quotes = new Set(rows.map((row) => ensure(row["quote_asset"], "quote_asset")));
      expect(quotes.size).toBeGreaterThan(0);
      for (const quote of quotes) {
        const own = rows.filter((row) => row["quote_asset"] === quote);
        const valued = own.map((row) => ({
          side: row["trade_type"] ?? "",
          value: Number(row["price"]) * Number(row["amount"]),
        }));
        const { realized, volume, fills } = of(quote);
        const turnover = sumOf(valued.map(({ value }) => value));
        expect([fills, volume / turnover]).toEqual([own.length, expect.closeTo(1, 10)]);
        expect((Number(realized) - held(quote) - cashOf(valued)) / turnover).toBeCloseTo(0, 10);
      }
      for (const { symbol, size } of positions) {
        const own = rows.filter((row) => (row["symbol"] ?? `${row["base_asset"]}-${row["quote_asset"]}`) === symbol);
        expect(own.length).toBeGreaterThan(0);
        const signed = own.map((row) => (row["trade_type"] === "BUY" ? 1 : -1) * Number(row["amount"]));
        expect(sumOf(signed) / Number(size)).toBeCloseTo(1, 9);
      }
    },
    SECONDS_60,
  );
});

const freqtradeShape = z.object({
  trades: z.array(
    z.looseObject({
      id: z.number(),
      amount: z.number(),
      open_rate: z.number(),
      close_rate: z.number(),
      fee_open: z.number(),
      fee_close: z.number(),
      fee_open_cost: z.number(),
      fee_open_currency: z.string(),
      fee_close_cost: z.number(),
      close_profit_abs: z.number(),
    }),
  ),
  orders: z.array(z.looseObject({ ft_trade_id: z.number(), side: z.string(), cost: z.number(), filled: z.number() })),
});

requireTestData(FREQTRADE)("the totals of freqtrade's recording", () => {
  test("are those of its columns but for coins it counts as sold and fees it counts in BTC, to the last satoshi a trade", async () => {
    await importAll(testData(FREQTRADE));
    const { trades, orders } = freqtradeShape.parse(JSON.parse(rawText(testData(FREQTRADE))));
    const { of, held } = await totals();
    const { realized, fees, net } = of("BTC");
    const valued = orders.map(({ side, cost }) => ({ side, value: cost }));
    expect(Number(realized)).toBeCloseTo(cashOf(valued) + held("BTC"), 12);
    expect(Number(fees)).toBeCloseTo(sumOf(trades.map((trade) => trade.fee_close_cost)), 12);
    for (const [coin, own] of Map.groupBy(trades, (trade) => trade.fee_open_currency))
      expect(Number(of(coin).fees)).toBeCloseTo(sumOf(own.map((trade) => trade.fee_open_cost)), 9);
    // freqtrade's profit is of `amount`, which is neither what was bought nor what was sold, and takes both fees in BTC.
    const bridge = trades.map((trade) => {
      const size = (side: string) =>
        sumOf(orders.filter((o) => o.ft_trade_id === trade.id && o.side === side).map((o) => o.filled));
      const unsold = (trade.amount - size("sell")) * trade.close_rate;
      const unbought = (size("buy") - trade.amount) * trade.open_rate;
      const feesInBtc = trade.amount * (trade.open_rate * trade.fee_open + trade.close_rate * trade.fee_close);
      return unsold + unbought - feesInBtc + trade.fee_close_cost;
    });
    const explained = Number(net) - held("BTC") + sumOf(bridge);
    const theirs = sumOf(trades.map((trade) => trade.close_profit_abs));
    expect(Math.abs(explained - theirs)).toBeLessThan(trades.length * 1e-8);
  });
});

requireTestData(WALLET)("the totals of a Polymarket wallet", () => {
  test("are its cash: sales and redemptions less purchases are what was made, was paid besides, and is held", async () => {
    await importAll(testData(WALLET));
    const rows = rawText(testData(WALLET))
      .trim()
      .split("\n")
      .map((line) =>
        z.looseObject({ type: z.string(), side: z.string().nullish(), usdcSize: z.number() }).parse(JSON.parse(line)),
      );
    const trades = rows.filter(({ type }) => type === "TRADE");
    const paid = sumOf(rows.filter(({ type }) => type === "REDEEM").map(({ usdcSize }) => usdcSize));
    const cash = cashOf(trades.map(({ side, usdcSize }) => ({ side: side ?? "", value: usdcSize }))) + paid;
    const { of, held } = await totals();
    const { realized, adjustments } = of("USDC");
    // The file has six digits of a dollar and prices of as many: half a millionth a trade.
    expect(Math.abs(Number(realized) + adjustments - held("USDC") - cash)).toBeLessThan(trades.length * 5e-7);
  });
});

requireTestData(HBOT)("the totals of hbot's paper trading", () => {
  const rows = rawRows(testData(HBOT));
  /** The bot went on otherwise from here on: other lots, and a position that no fill of the file explains. */
  const breaks = ["2026-02-24T16:00", "2026-02-24T18:41"].map((time) =>
    rows.findIndex((row) => (row["ts"] ?? "") >= time),
  );
  const stretches = [rows.slice(0, breaks[0]), rows.slice(breaks[0], breaks[1]), rows.slice(breaks[1])];

  test("are net of the fee of each sale, and at one average between purchases, as average cost has it", () => {
    let average: number | undefined;
    let sales = 0;
    for (const row of rows) {
      if (row["side"] === "buy") average = undefined;
      else {
        average ??= averageOf(row);
        expect(averageOf(row)).toBeCloseTo(average, 6);
        sales++;
      }
    }
    expect(sales).toBe(393);
  });

  test("are ours fill by fill from what the bot held when the file began: 0.02 BTC", () => {
    const [first = []] = stretches;
    const [opening, realised] = openingOf(first, decimal("0.02"));
    const differences = booked(first, opening)
      .filter(({ row }) => row["side"] === "sell")
      .map(({ realized, row }) => realized - feeOf(row) - Number(row["realized_pnl_quote"]));
    expect(realised).toBe(302);
    expect(Math.max(...differences.map(Math.abs))).toBeLessThan(1e-8);
  });

  test("are ours in all but for positions that the file does not tell, and the fees of sales", async () => {
    await importAll(testData(HBOT));
    const { of } = await totals();
    const ours = sumOf(booked(rows, FLAT).map(({ realized }) => realized));
    expect(Number(of("USDT").realized)).toBeCloseTo(ours, 9);
    const held = [decimal("0.02"), decimal("0.0138"), decimal("1")];
    const explained = stretches.flatMap((stretch, index) => {
      const [opening] = openingOf(stretch, ensure(held[index], "a position"));
      return booked(stretch, opening).filter(({ row }) => row["side"] === "sell");
    });
    const theirs = sumOf(rows.map((row) => row["realized_pnl_quote"]));
    expect(sumOf(explained.map(({ realized, row }) => realized - feeOf(row)))).toBeCloseTo(theirs, 6);
    // Theirs is nearer to ours by the fees, and further by what was held: 13.61 + 2.66 = 16.28 against 15.56.
    expect(ours - theirs).toBeCloseTo(1.9457, 3);
  });
});

const feeOf = (row: Row): number => Number(row["fee_quote"]);

/** The average cost that a sale was held against: its realised profit is after its fee. */
const averageOf = (row: Row): number =>
  Number(row["price"]) - (Number(row["realized_pnl_quote"]) + feeOf(row)) / Number(row["amount_base"]);

const exact = (row: Row, name: string): Decimal => decimal(ensure(canonicalDecimal(row[name] ?? ""), name));

/** A position of a size whose average makes the first sale what the file says, and how many sales there are. */
function openingOf(rows: readonly Row[], size: Decimal): [Position, number] {
  const sales = rows.filter((row) => row["side"] === "sell");
  const first = ensure(sales[0], "a sale");
  const bought = rows.slice(0, rows.indexOf(first));
  const cost = sumOf(bought.map((row) => Number(row["price"]) * Number(row["amount_base"])));
  const quantity = decimalToNumber(size) + sumOf(bought.map((row) => row["amount_base"]));
  const paid = ensure(canonicalDecimal((averageOf(first) * quantity - cost).toFixed(12)), "a cost");
  return [{ quantity: size, paid: decimal(paid), rest: ZERO }, sales.length];
}

/** What the ledger makes of fills from a position on. */
function booked(rows: readonly Row[], opening: Position): { readonly row: Row; readonly realized: number }[] {
  let position = opening;
  return rows.map((row) => {
    const size = exact(row, "amount_base");
    const side = row["side"] === "buy" ? "buy" : "sell";
    const done = book(position, { side, size, value: multiply(size, exact(row, "price")) });
    position = done.position;
    return { row, realized: decimalToNumber(done.realized) };
  });
}

describe("the arithmetic of these tests", () => {
  test("sells against the average of what was bought", () => {
    const row = (side: string, price: string, more: object = {}): Row => ({
      side,
      price,
      amount_base: "1",
      fee_quote: "0",
      ...more,
    });
    const rows = [row("buy", "10"), row("buy", "20"), row("sell", "18", { realized_pnl_quote: "3" })];
    expect(booked(rows, FLAT).map(({ realized }) => realized)).toEqual([0, 0, 3]);
    expect(openingOf(rows, decimal("2"))[0].paid).toEqual(decimal("30"));
  });
});

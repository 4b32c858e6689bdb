import { expect, test } from "vitest";
import { z } from "zod";
import { requireTestData, testData } from "../support/test-data.ts";
import { importDesk } from "./desk.ts";
import { rawText, sumOf, volumeOf } from "./raw-rows.ts";

const FOLDER = "data/freqtrade";
const JSON_FILE = "tooyipjee_live_binance_trades_orders.json.gz";
const DATABASE = "tooyipjee_live_binance_tradesv3.sqlite.gz";
const TOLD = { "order.placed": 50, fill: 50, "position.opened": 25, "position.closed": 25, instrument: 4 };
const EVENTS = 154;

const rawShape = z.object({
  trades: z.array(
    z.looseObject({
      close_profit_abs: z.number(),
      fee_open_cost: z.number(),
      fee_close_cost: z.number(),
      amount: z.number(),
    }),
  ),
  orders: z.array(z.looseObject({ order_id: z.string(), cost: z.number(), order_type: z.string() })),
});

requireTestData(FOLDER)("freqtrade's recordings", () => {
  const { importAll, stored } = importDesk();
  const path = (file: string) => testData(`${FOLDER}/${file}`);
  const raw = () => rawShape.parse(JSON.parse(rawText(path(JSON_FILE))));

  test.each([JSON_FILE, DATABASE])(
    "%s: 25 trades and 50 orders, each once however often it is imported",
    async (file) => {
      const first = await importAll(path(file));
      expect(first).toMatchObject({
        complete: true,
        rows_read: 75,
        refused: { total: 0 },
        left_out: [],
        bots: ["freqtrade"],
      });
      const told = Object.entries(first.events).map(([type, count]) => [type, count.told]);
      expect(Object.fromEntries(told)).toEqual(TOLD);
      expect(first.outcomes).toMatchObject({ accepted: EVENTS, duplicates: 0, merged: 0, contradictions: 0 });
      const again = await importAll(path(file));
      expect(again.outcomes).toMatchObject({ accepted: 0, duplicates: EVENTS, merged: 0, contradictions: 0 });
      expect([(await stored("fill")).length, (await stored("position.closed")).length]).toEqual([50, 25]);
    },
  );

  test("has the profits, fees, volumes and ids that the raw file has", async () => {
    await importAll(path(JSON_FILE));
    const { trades, orders } = raw();
    const [fills, closed] = [await stored("fill"), await stored("position.closed")];
    expect(sumOf(closed.map((position) => position["realized_pnl"]))).toBeCloseTo(
      sumOf(trades.map((trade) => trade.close_profit_abs)),
      15,
    );
    const charged = sumOf(trades.flatMap((trade) => [trade.fee_open_cost, trade.fee_close_cost]));
    expect(sumOf(fills.map((fill) => fill["fee"])) / charged).toBeCloseTo(1, 12);
    const volume = sumOf(orders.map((order) => order.cost));
    expect(volumeOf(fills) / volume).toBeCloseTo(1, 10);
    expect(fills.map((fill) => fill["fill_id"]).sort()).toEqual(orders.map((order) => order.order_id).sort());
    expect(fills.filter((fill) => fill["is_maker"] === false)).toHaveLength(
      orders.filter((order) => order.order_type === "market").length,
    );
    const sold = await stored("position.opened");
    expect(sumOf(sold.map((position) => position["size"]))).toBeCloseTo(sumOf(trades.map((trade) => trade.amount)), 6);
  });

  test("counts everything once when the JSON and the database are both imported", async () => {
    await importAll(path(JSON_FILE));
    const { outcomes } = await importAll(path(DATABASE));
    expect(outcomes).toMatchObject({ accepted: 0, duplicates: EVENTS, merged: 0, contradictions: 0 });
    expect(await stored("fill")).toHaveLength(50);
  });

  test("has its profit net: the sum of the fills less fees, each within the rounding of freqtrade's eight decimals", async () => {
    await importAll(path(JSON_FILE));
    const closed = await stored("position.closed");
    for (const position of closed) {
      const gross = Number(position["size"]) * (Number(position["exit_price"]) - Number(position["entry_price"]));
      expect(gross - Number(position["fees"])).toBeCloseTo(Number(position["realized_pnl"]), 7);
    }
    expect(closed).toHaveLength(25);
  });
});

import { describe, expect, test } from "vitest";
import { importText, inChunks } from "../../../test/imports/items-of.ts";
import { tradesCsv } from "./trades-csv.ts";

const HEADER = "exit_time,symbol,side,entry_price,exit_price,qty,net_pnl,fees,entry_time,exchange,id,exit_reason";
const ROW = "2026-05-04 10:00:00,ABCUSDT,LONG,100,110.50,0.5,5.20,0.05,1777881600,some,7,take_profit";
const trades = (...rows: string[]) => importText(tradesCsv, inChunks(`${[HEADER, ...rows].join("\n")}\n`));

describe("tradesCsv", () => {
  test("tells that a position was opened and closed", async () => {
    const { events, invalid, rows } = await trades(ROW);
    expect([rows, invalid]).toEqual([1, []]);
    expect(events.map(({ event }) => event)).toMatchObject([
      { type: "position.opened", bot: "default", ts: "2026-05-04T08:00:00.000Z", entry_price: "100", venue: "some" },
      {
        type: "position.closed",
        mode: "live",
        ts: "2026-05-04T10:00:00.000Z",
        symbol: "ABCUSDT",
        side: "long",
        size: "0.5",
        entry_price: "100",
        exit_price: "110.5",
        realized_pnl: "5.2",
        fees: "0.05",
        opened_at: "2026-05-04T08:00:00.000Z",
        reason: "take_profit",
        trade_id: "7",
      },
    ]);
  });

  test("makes up no opening when the file does not say when it was", async () => {
    const { events, leftOut } = await trades(ROW.replace("1777881600", ""));
    expect(events.map(({ event }) => event.type)).toEqual(["position.closed"]);
    expect(events[0]?.event).not.toHaveProperty("opened_at");
    expect(leftOut).toEqual(["the opening of a position: the file has no entry time"]);
  });

  test("says that a PnL is gross when the file does", async () => {
    const text = `${HEADER.replace("net_pnl", "Gross PnL")}\n${ROW}\n`;
    const { events } = await importText(tradesCsv, inChunks(text));
    expect(events.at(-1)?.event).toMatchObject({ realized_pnl: "5.2", realized_pnl_is_gross: true });
  });

  test("takes sell for a short, and a size below 0 for its amount", async () => {
    const { events } = await trades(ROW.replace("LONG", "sell").replace(",0.5,", ",-0.5,"));
    expect(events.at(-1)?.event).toMatchObject({ side: "short", size: "0.5" });
  });

  test("tells rows apart that a restarted bot numbered alike, counts the same row twice, and says it the same again", async () => {
    const ids = async (...rows: string[]) =>
      (await trades(...rows)).events.flatMap(({ event }) =>
        event.type === "position.closed" ? [event.position_id] : [],
      );
    const found = await ids(ROW, ROW.replace("110.50", "111"), ROW);
    expect(new Set(found).size).toBe(3);
    expect(await ids(ROW, ROW.replace("110.50", "111"), ROW)).toEqual(found);
  });

  test.each([
    ["the side is none", ROW.replace("LONG", "flat"), "the side is none of long, short, buy, sell"],
    ["the time is that of no calendar", ROW.replace("2026-05-04 10", "05/04/2026 10"), "exit_time is not a time"],
    ["the price has a currency sign", ROW.replace(",100,", ",$100,"), "entry_price is not a decimal"],
    ["a field is missing", ROW.replace(",take_profit", ""), "expected 12 fields"],
  ])("refuses the row alone when %s", async (_, row, reason) => {
    const { refused, events } = await trades(row, ROW);
    expect(refused.map(({ line, refused: why }) => [line, why])).toEqual([[2, reason]]);
    expect(events).toHaveLength(2);
  });

  test("tells every row of a long file", async () => {
    const rows = Array.from({ length: 30_000 }, (_, index) => ROW.replace("110.50", String(100 + index)));
    const { rows: read, events } = await trades(...rows);
    expect([read, events.length]).toEqual([30_000, 60_000]);
  });
});

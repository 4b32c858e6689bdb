import { describe, expect, test } from "vitest";
import { importText, inChunks } from "../../test/imports/items-of.ts";
import { columnChoices } from "./aliased-table.ts";
import { tradesCsv } from "./formats/trades-csv.ts";
import { ordersCsv } from "./formats/orders-csv.ts";

const ROW = "2026-05-04T00:00:00Z,ABC,long,1,2,3";
const HEADER = "time,symbol,side,entry_price,exit_price,size";

const trades = (text: string, columns?: string) => {
  const choices = columnChoices(columns);
  return importText(tradesCsv, inChunks(text), choices.ok ? { columns: choices.value } : {});
};

describe("columns by their usual names", () => {
  test.each([
    ["Time,SYMBOL,Side,Entry Price,exitPrice,Qty", true],
    ["date,pair,direction,entry,exit,quantity", true],
    ["timestamp,market,side,entry_price,exit_price,amount", true],
    ["time,symbol,side,entry_price,exit_price", false],
    ['"time","symbol","side","entry_price","exit_price","size"', true],
  ])("knows %j as trades.csv: %s", (header, isKnown) => {
    expect(tradesCsv.detect(`${header}\n${ROW}\n`)).toBe(isKnown);
  });

  test("knows an orders.csv, and takes neither for the other", () => {
    const orders = "orderId,clientOrderId,pair,side,type,price,origQty,status,time\n";
    expect([ordersCsv.detect(orders), tradesCsv.detect(orders)]).toEqual([true, false]);
    expect(ordersCsv.detect(`${HEADER}\n`)).toBe(false);
  });

  test("refuses a file in which two columns could be one field, and says what to pass", async () => {
    const text = `${HEADER},pnl,net_pnl\n${ROW},1,2\n`;
    await expect(trades(text)).rejects.toThrow('pnl and net_pnl could each be pnl: say which with --columns "pnl=pnl"');
    const { events } = await trades(text, "pnl=net_pnl");
    expect(events.at(-1)?.event).toMatchObject({ realized_pnl: "2" });
  });

  test("refuses two columns of the same name, unless one is written as it is passed", async () => {
    const text = `${HEADER},Fee,fee\n${ROW},1,2\n`;
    await expect(trades(text)).rejects.toThrow("Fee and fee could each be fee");
    const { events } = await trades(text, "fee=fee");
    expect(events.at(-1)?.event).toMatchObject({ fees: "2" });
  });

  test("prefers the column of the closing to one of any time", async () => {
    const { events } = await trades(`${HEADER},Exit Time\n${ROW},2026-05-05T00:00:00Z\n`);
    expect(events.at(-1)?.event).toMatchObject({ ts: "2026-05-05T00:00:00.000Z" });
  });

  test("takes a column, and a value for every row, from --columns", async () => {
    const text = `${HEADER.replace("size", "lots")}\n${ROW}\n`;
    await expect(trades(text)).rejects.toThrow('no column for size: pass --columns "size=…"; the file has time,');
    const { events } = await trades(text, "size = lots, venue='my venue', side='short'");
    expect(events.at(-1)?.event).toMatchObject({ size: "3", venue: "my venue", side: "short" });
  });

  test.each([
    ["size=volume", "no column volume; the file has time,"],
    ["order_id=time", "no field order_id; there are symbol,"],
  ])("refuses a file for --columns %s", async (columns, message) => {
    await expect(trades(`${HEADER}\n${ROW}\n`, columns)).rejects.toThrow(message);
  });
});

describe("columnChoices", () => {
  test.each(["", "size", "=x", "size=", "size=a,"])("says what is wrong with %j", (text) => {
    expect(columnChoices(text)).toMatchObject({ ok: false, error: expect.stringContaining("ours=theirs") });
  });

  test.each([
    [undefined, /^--columns: no field volume; there are symbol, .*exit_time.*, order_id,/],
    ["trades-csv", /^--columns: no field volume; there are symbol, (?!.*order_id)/],
    ["orders-csv", /^--columns: no field volume; there are symbol, (?!.*exit_time)/],
  ])("names the fields that there are when one is none, in files of format %s", (format, error) => {
    expect(columnChoices("volume=size", format)).toMatchObject({ ok: false, error: expect.stringMatching(error) });
  });

  test("chooses nothing when nothing is given", () => {
    expect(columnChoices(undefined)).toEqual({ ok: true, value: new Map() });
  });
});

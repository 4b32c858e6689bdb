import { describe, expect, test } from "vitest";
import { naturalKey } from "../../protocol/natural-key.ts";
import { importText, inChunks } from "../../../test/imports/items-of.ts";
import { binanceIncome } from "./binance-income.ts";

const row = (tranId: string, changes = ""): string =>
  `{"symbol":"XYZUSDT","incomeType":"FUNDING_FEE","income":"-0.08550000","asset":"USDT","time":1777890000000,"tranId":${tranId}${changes}}`;
const read = (text: string) => importText(binanceIncome, inChunks(text));

describe("binanceIncome", () => {
  test.each([
    ["a line", `${row("1234567890123456789")}\n`],
    ["an array", `[${row("1234567890123456789")}]`],
    ["an array over several lines", `[\n ${row("1234567890123456789")}\n]\n`],
    ["an object around an array", `{\n "blocks": [{"rows": [${row("1234567890123456789")}]}]\n}`],
    ["a text inside an object", JSON.stringify({ rows_raw: `[${row("1234567890123456789")}]` })],
  ])("keeps all 19 digits of a transaction id in %s", async (_, text) => {
    const { events, invalid, refused } = await read(text);
    expect([invalid, refused]).toEqual([[], []]);
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        type: "income",
        bot: "binance-futures",
        ts: "2026-05-04T10:20:00.000Z",
        venue: "binance-futures",
        symbol: "XYZUSDT",
        income_type: "FUNDING_FEE",
        amount: "-0.0855",
        currency: "USDT",
        transaction_id: "1234567890123456789",
      },
    ]);
  });

  test("tells ids apart whose difference a double cannot hold", async () => {
    const { events } = await read(`${row("1234567890123456788")}\n${row("1234567890123456789")}\n`);
    expect(new Set(events.map(({ event }) => event.id)).size).toBe(2);
    expect(new Set(events.map(({ event }) => naturalKey(event))).size).toBe(2);
  });

  test("takes a transfer without a symbol, and an id of one kind beside the same id of another", async () => {
    const transfer =
      '{"symbol":"","incomeType":"TRANSFER","income":"5","asset":"USDT","time":1,"tranId":7,"tradeId":""}';
    const { events, invalid } = await read(`${transfer}\n${row("7", ',"tradeId":"42"')}\n`);
    expect(invalid).toEqual([]);
    expect(events[0]?.event).not.toHaveProperty("symbol");
    expect(events[1]?.event).toMatchObject({ trade_id: "42" });
    expect(new Set(events.map(({ event }) => naturalKey(event))).size).toBe(2);
  });

  test.each([
    ["no income row", '{"symbol":"XYZUSDT"}', "no income row"],
    ["no amount", row("7").replace('"-0.08550000"', "null"), "no income"],
    ["an amount that is none", row("7").replace('"-0.08550000"', '"much"'), "income is not a decimal"],
    ["an id that lost its digits", row("1.2345678901234568e18"), "tranId is not an exact integer"],
    ["half a line", '{"symbol":}', "not JSON"],
  ])("refuses the row with a reason when it has %s", async (_, text, reason) => {
    const { refused } = await read(`${text}\n${row("8")}\n`);
    expect(refused.map(({ line, refused: why }) => [line, why])).toEqual([[1, reason]]);
  });
});

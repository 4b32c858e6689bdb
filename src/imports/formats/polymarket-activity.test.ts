import { describe, expect, test } from "vitest";
import { importText, inChunks } from "../../../test/imports/items-of.ts";
import type { ImportOptions } from "../format.ts";
import { polymarketActivity } from "./polymarket-activity.ts";

const TOKEN = "11111111112222222222333333333344444444445555555555666666666677777777778888888";
const BUY = {
  timestamp: 1_777_890_000,
  type: "TRADE",
  side: "BUY",
  size: 10.5,
  usdcSize: 4.2,
  price: 0.4,
  outcome: "Up",
  outcomeIndex: 0,
  slug: "coin-up-or-down",
  eventSlug: "coin-event",
  conditionId: "0xc1",
  asset: TOKEN,
  transactionHash: "0xt1",
};
const BUY_DOWN = { ...BUY, outcome: "Down", asset: "22", size: 3, usdcSize: 1.8, price: 0.6, transactionHash: "0xt2" };
const REDEEM = {
  ...BUY,
  timestamp: 1_777_890_900,
  type: "REDEEM",
  side: "",
  size: 10.5,
  usdcSize: 10.5,
  price: 0,
  outcome: "",
  outcomeIndex: 999,
  asset: "",
  transactionHash: "0xt3",
};

const lines = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const read = (text: string, options: Partial<ImportOptions> = {}) =>
  importText(polymarketActivity, inChunks(text), options);
const ofType = ({ events }: Awaited<ReturnType<typeof read>>, type: string) =>
  events.flatMap(({ event }) => (event.type === type ? [event] : []));

describe("polymarketActivity", () => {
  test("tells a trade as a fill of a binary contract, whose token keeps all its digits", async () => {
    const { events, invalid, refused } = await read(lines(BUY));
    expect([invalid, refused]).toEqual([[], []]);
    expect(events.map(({ event }) => event)).toMatchObject([
      {
        type: "instrument",
        bot: "polymarket-wallet",
        mode: "live",
        venue: "polymarket",
        symbol: "coin-up-or-down-UP",
        kind: "binary",
        quote: "USDC",
        payout: "1",
        outcome: "up",
        event_id: "coin-event",
        title: "coin-up-or-down",
        token_id: TOKEN,
      },
      { type: "fill", symbol: "coin-up-or-down-UP", side: "buy", price: "0.4", size: "10.5", usdc_size: "4.2" },
    ]);
  });

  test("counts two fills when one transaction matched two orders alike, and the same two when read as an array", async () => {
    const ids = async (text: string) => ofType(await read(text), "fill").map(({ id }) => id);
    const streamed = await ids(lines(BUY, BUY));
    expect(new Set(streamed).size).toBe(2);
    expect(await ids(JSON.stringify([BUY, BUY]))).toEqual(streamed);
    expect(await ids(JSON.stringify([BUY, BUY], null, 2))).toEqual(streamed);
  });

  test.each([
    ["oldest first", [BUY, BUY_DOWN, REDEEM]],
    ["newest first", [REDEEM, BUY_DOWN, BUY]],
  ])("settles the market when the payment is what the wallet holds of one outcome, %s", async (_, rows) => {
    const imported = await read(lines(...rows));
    expect(imported.invalid).toEqual([]);
    expect(ofType(imported, "income")).toEqual([]);
    const settled = ofType(imported, "settlement");
    expect(settled).toMatchObject([
      { outcome: "up", ts: "2026-05-04T10:35:00.000Z" },
      { outcome: "up", ts: "2026-05-04T10:35:00.000Z" },
    ]);
    const payouts = settled.flatMap((event) =>
      event.type === "settlement" ? [[event.symbol, event.payout_per_unit] as const] : [],
    );
    expect(Object.fromEntries(payouts)).toEqual({ "coin-up-or-down-UP": "1", "coin-up-or-down-DOWN": "0" });
  });

  test("settles when the payment comes in parts, and after a sale", async () => {
    const sale = { ...BUY, side: "SELL", size: 0.5, transactionHash: "0xt9" };
    const [first, second] = [
      { ...REDEEM, usdcSize: 4 },
      { ...REDEEM, usdcSize: 6, transactionHash: "0xt4" },
    ];
    const imported = await read(lines(BUY, BUY_DOWN, sale, first, second));
    expect(ofType(imported, "settlement")).toHaveLength(2);
    expect(imported.leftOut).toEqual(["a further redemption of a market that is told as settled"]);
  });

  test.each([
    ["the file has no trade of the market", [REDEEM]],
    ["the payment is of more than the trades explain", [BUY, { ...REDEEM, usdcSize: 11 }]],
    ["both outcomes are held alike", [BUY, { ...BUY_DOWN, size: 10.5 }, REDEEM]],
  ])("tells the payment as income when %s", async (_, rows) => {
    const imported = await read(lines(...rows));
    expect(imported.invalid).toEqual([]);
    expect(ofType(imported, "settlement")).toEqual([]);
    expect(ofType(imported, "income")).toMatchObject([
      { income_type: "REDEEM", symbol: "coin-up-or-down", currency: "USDC", venue: "polymarket" },
    ]);
  });

  test("leaves out a redemption that paid nothing", async () => {
    const { events, leftOut } = await read(lines({ ...REDEEM, size: 0, usdcSize: 0 }));
    expect([events, leftOut]).toEqual([[], ["a redemption that paid nothing"]]);
  });

  test("refuses what moves all outcomes at once, and then infers no winner of that market", async () => {
    const imported = await read(lines(BUY, { ...REDEEM, type: "SPLIT", transactionHash: "0xt5" }, REDEEM));
    expect(imported.refused).toMatchObject([
      { line: 2, refused: "it moves all outcomes of a market at once, and the row has no price of any" },
    ]);
    expect(ofType(imported, "settlement")).toEqual([]);
    expect(ofType(imported, "income")).toHaveLength(1);
  });

  test("tells a reward as income", async () => {
    const imported = await read(lines({ ...REDEEM, type: "REWARD", usdcSize: 1.25, conditionId: "" }));
    expect(imported.invalid).toEqual([]);
    expect(ofType(imported, "income")).toMatchObject([{ income_type: "REWARD", amount: "1.25" }]);
  });

  test.each([
    ["the type is unknown", { ...BUY, type: "GIFT" }, "the type has no mapping"],
    ["the side is none", { ...BUY, side: "HOLD" }, "side is neither buy nor sell"],
    ["there is no price", { ...BUY, price: null }, "no price"],
    ["the time is none", { ...BUY, timestamp: "soon" }, "timestamp is not a time"],
  ])("refuses the row alone when %s", async (_, row, reason) => {
    const { refused, events } = await read(lines(row, BUY));
    expect(refused.map(({ line, refused: why }) => [line, why])).toEqual([[1, reason]]);
    expect(events.filter(({ event }) => event.type === "fill")).toHaveLength(1);
  });

  test("names the contract by its token when the row has no words for it, and the wallet as the account", async () => {
    const imported = await read(lines({ ...BUY, slug: undefined, proxyWallet: "0xw" }), { bot: "mine", mode: "paper" });
    expect(ofType(imported, "fill")).toMatchObject([{ bot: "mine", mode: "paper", account: "0xw", symbol: TOKEN }]);
  });
});

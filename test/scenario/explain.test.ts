import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import type { ExplainedRow } from "../../src/protocol/api-money.ts";
import { HandDrivenHub } from "../support/hand-driven-hub.ts";
import { waitUntil } from "../support/wait-until.ts";

const START = Date.UTC(2026, 1, 24, 12) * 1000;
const HOUR = 3_600;

let desk: HandDrivenHub;

beforeEach(async () => {
  desk = new HandDrivenHub(START);
  await desk.start();
});

afterEach(async () => {
  await desk.stop();
  desk.remove();
  expect(desk.problems).toEqual([]);
});

const moment = (seconds: number) => micros(START + seconds * 1e6);

/** Tells events of one moment. */
async function tell(seconds: number, ...events: Record<string, unknown>[]): Promise<void> {
  desk.now = moment(seconds);
  const ts = new Date(desk.now / 1000).toISOString();
  const done = await desk.hub?.ingest.submit(events.map((value) => ({ value: { bot: "perp", ts, ...value } })));
  if (done?.ok !== true || done.value.items.some(({ kind }) => kind === "rejected"))
    throw new Error(JSON.stringify(done));
}

/** Marks are kept in their own time: here the one of this price is on the disk before anybody asks. */
async function keepMark(price: number): Promise<void> {
  await waitUntil(`the mark of ${price} is kept`, async () => {
    await desk.time.advance(300);
    const samples = (await desk.store?.latestSamples()) ?? [];
    return samples.some(({ type, body }) => type === "mark" && body.includes(`"price":"${price}"`));
  });
}

async function explained(from: number, to?: number): Promise<ExplainedRow | undefined> {
  const answer = await desk.hub?.query.explain({ from: moment(from), ...(to === undefined ? {} : { to: moment(to) }) });
  return answer?.rows[0];
}

const instrument = { type: "instrument", venue: "v", symbol: "ETH", kind: "linear", quote: "USDT" };
const fill = (id: string, side: string, size: number, price: number, fee: number) => ({
  type: "fill",
  fill_id: id,
  venue: "v",
  symbol: "ETH",
  side,
  size,
  price,
  fee,
});
const mark = (price: number) => ({ type: "mark", venue: "v", symbol: "ETH", price });
const equity = (value: number) => ({
  type: "balance",
  venue: "v",
  balances: [],
  equity: value,
  equity_currency: "USDT",
});
const income = (id: string, income_type: string, amount: number) => ({
  type: "income",
  income_type,
  amount,
  currency: "USDT",
  venue: "v",
  transaction_id: id,
});

/**
 * A morning of a perpetuals bot. At 12:00 it has 10,000 and buys 2 at 2,000 for a fee of 2; at 13:00 the mark is 2,050:
 * 10,000 − 2 + 100 = 10,098. By 14:00 it has sold 1 at 2,080 (profit 80, fee 1), paid 3 of funding, and been sent 500;
 * the other one is worth 2,040: 10,000 − 3 + 80 + 40 − 3 + 500 = 10,614.
 */
async function morning(lastEquity: number): Promise<void> {
  await tell(0, instrument, equity(10_000), fill("1", "buy", 2, 2_000, 2));
  await tell(HOUR, mark(2_050), equity(10_098));
  await keepMark(2_050);
  await tell(HOUR + 60, fill("2", "sell", 1, 2_080, 1));
  await tell(HOUR + 120, income("a", "FUNDING_FEE", -3), income("b", "TRANSFER", 500));
  await tell(2 * HOUR, mark(2_040), equity(lastEquity));
  await keepMark(2_040);
}

describe("Why equity changed", () => {
  test("is told term by term, and nothing is left when all of it is known", async () => {
    await morning(10_614);
    // 10,614 − 10,098 = 516 = 80 realised + (40 − 100) − 1 − 3 + 500
    expect(await explained(HOUR)).toMatchObject({
      bot: "perp",
      currency: "USDT",
      realized: 80,
      unrealized: -60,
      fees: 1,
      funding: -3,
      transfers: 500,
      explained: 516,
      equity_from: { equity: 10_098 },
      equity_to: { equity: 10_614 },
      equity_change: 516,
      residual: 0,
    });
  });

  test("shows what no term explains as the residual", async () => {
    await morning(10_600);
    expect(await explained(HOUR)).toMatchObject({ explained: 516, equity_change: 502, residual: -14 });
  });

  test("is the same for two moments of the past as it was when the second was now", async () => {
    await morning(10_614);
    const then = await explained(HOUR);
    await tell(3 * HOUR, fill("3", "sell", 1, 1_900, 5), equity(9_000));
    expect(await explained(HOUR, 2 * HOUR + 1)).toEqual(then);
  });

  test("has no residual without equity from outside, and says so", async () => {
    await tell(0, instrument, fill("1", "buy", 1, 100, 0));
    await tell(60, fill("2", "sell", 1, 110, 0));
    expect(await explained(30)).toMatchObject({
      realized: 10,
      equity_change: null,
      residual: null,
      residual_reason: "no external equity",
    });
  });

  test("is not known where the value of what is held is not, and says why", async () => {
    await tell(0, instrument, equity(1_000), fill("1", "buy", 1, 100, 0));
    await tell(60, equity(1_010));
    expect(await explained(30)).toMatchObject({
      explained: null,
      reason: "no mark and no book of ETH",
      equity_change: 10,
      residual: null,
    });
  });
});

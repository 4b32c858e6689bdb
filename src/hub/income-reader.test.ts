import { afterEach, beforeEach, expect, test } from "vitest";
import { AccountBench } from "../../test/support/account-bench.ts";
import { HandMadeAccount } from "../../test/support/hand-made-account.ts";
import { micros } from "../base/time.ts";
import type { VenueIncome } from "../domain/venue-account.ts";

let bench: AccountBench;

beforeEach(async () => {
  bench = new AccountBench();
  await bench.send({ type: "bot.started", status: "running", mode: "live" });
});

afterEach(() => {
  bench.accounts?.stop();
  expect(bench.problems).toEqual([]);
});

const DAY = 86_400;
const row = (day: number, id: string, amount: string): VenueIncome => ({
  ...{ type: "COMMISSION", amount, currency: "USDT", symbol: "ETHUSDT", transactionId: id, tradeId: `t${id}` },
  at: micros(Date.UTC(2026, 1, 24 + day) * 1000 + 3_600_000_000),
});
const paying = () =>
  new HandMadeAccount(() => bench.now, { readsIncome: true, symbols: new Map([["ETHUSDT", "ETH-USDT"]]) });

test("income is read each hour of what is new, from two days before today on, and told of the account's first bot", async () => {
  bench.read(new HandMadeAccount(() => bench.now));
  await bench.pass(60);
  expect(bench.venue.incomeRanges).toEqual([]);
  const account = paying();
  account.income = [row(-3, "1", "-0.1"), row(-2, "2", "-0.2"), row(0, "3", "-0.3")];
  bench.read(account);
  await bench.pass(60);
  expect(bench.logged("income")).toMatchObject([
    {
      ...{ bot: "mm", mode: "live", origin: "import", venue: "binance", income_type: "COMMISSION", amount: "-0.2" },
      ...{
        currency: "USDT",
        symbol: "ETH-USDT",
        transaction_id: "2",
        trade_id: "t2",
        ts: "2026-02-22T01:00:00.000Z",
      },
    },
  ]);
  await bench.pass(2 * 3_600);
  expect(account.incomeRanges).toHaveLength(3);
  // The newest are read once more, and count once by their ids.
  const ids = bench.logged("income").map((event) => ("transaction_id" in event ? event.transaction_id : undefined));
  expect([...new Set(ids)]).toEqual(["2", "3"]);
  const [first, second] = account.incomeRanges;
  expect((second?.fromMs ?? 0) - (first?.toMs ?? 0)).toBe(-1_800_000);
});

test("income goes on at a start from the last day that is known, and as far back as venues keep it", async () => {
  const start = async (): Promise<string> => {
    const account = paying();
    account.income = [row(0, "1", "-0.1")];
    bench.read(account);
    await bench.pass(10);
    return new Date(account.incomeRanges[0]?.fromMs ?? 0).toISOString();
  };
  bench.jump(3_600 * 2);
  expect(await start()).toBe("2026-02-22T00:00:00.000Z");
  bench.jump(10 * DAY);
  expect(await start()).toBe("2026-02-24T00:00:00.000Z");
  bench.jump(100 * DAY);
  expect(await start()).toBe("2026-03-18T00:00:00.000Z");
});

test("income that could not be read is asked for again, and nothing of it is left out", async () => {
  const account = paying();
  account.income = [row(0, "3", "-0.3")];
  bench.read(account);
  await bench.pass(1);
  account.trouble = "HTTP 503";
  await bench.pass(2 * 3_600);
  expect(bench.logged("income")).toEqual([]);
  expect(bench.notices).toContain("income of mm at binance: HTTP 503");
  account.trouble = undefined;
  await bench.pass(600);
  expect(bench.logged("income")).toMatchObject([{ transaction_id: "3" }]);
  expect(bench.shown().accounts).toMatchObject([{ problem: null }]);
});

test("income is held against fees without anybody sending it", async () => {
  const account = paying();
  account.income = [0, 1, 2].map((day) => row(day, String(day), "-0.3"));
  bench.read(account);
  await bench.send({ type: "instrument", venue: "binance", symbol: "ETH-USDT", kind: "linear", quote: "USDT" });
  for (const [id, fee] of ["0.3", "0.25", "0.3"].entries()) {
    bench.jump(3_600);
    const ids = { fill_id: `f${id}`, venue: "binance", symbol: "ETH-USDT" };
    await bench.send({ type: "fill", ...ids, side: "buy", size: 1, price: 9, fee });
    bench.jump(DAY - 3_600);
    await bench.pass(10);
  }
  bench.jump(3_600);
  await bench.pass(180);
  const told = bench.logged("reconciliation").filter((event) => "kind" in event && event.kind === "fees");
  expect(told).toMatchObject([
    { date: "2026-02-25", ours: "0.25", theirs: "0.3", difference: "0.05", of_bots: ["mm"] },
  ]);
});

test("income waits while a proof is waited for", async () => {
  const account = paying();
  account.orders = [{ orderId: "7", symbol: "ETHUSDT", side: "buy", size: "1" }];
  bench.read(account);
  await bench.pass(1);
  await bench.send({
    ...{ type: "command.issued", bot: "deskwatch", command_id: "h", action: "halt", target: { bot: "mm" } },
    ...{ by: "ann", via: "api", reason: "test", bots: ["mm"] },
  });
  await bench.send({ type: "command.acknowledged", bot: "mm", command_id: "h" });
  await bench.pass(300);
  expect(account.incomeRanges).toEqual([]);
  await bench.pass(400);
  expect(account.incomeRanges).toHaveLength(1);
});

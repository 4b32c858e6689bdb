import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import type { AttributionRow } from "../../src/protocol/api-attribution.ts";
import { HandDrivenHub } from "../support/hand-driven-hub.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { rawRows, sumOf } from "./raw-rows.ts";

const HBOT = "data/hbot-paper/fills.csv";
const INCOME = "data/binance-futures/income_samples.json";
const NOW = Date.UTC(2026, 11, 31) * 1000;

const desk = new HandDrivenHub(NOW);

beforeAll(() => desk.start());

afterAll(async () => {
  await desk.stop();
  desk.remove();
  expect(desk.problems).toEqual([]);
});

async function tell(events: readonly Record<string, unknown>[]): Promise<void> {
  const done = await desk.hub?.ingest.submit(events.map((value) => ({ value })));
  if (done?.ok !== true || done.value.items.some(({ kind }) => kind === "rejected"))
    throw new Error(JSON.stringify(done));
}

async function row(bot: string): Promise<AttributionRow> {
  const [first] = (await desk.hub?.query.attribution({ bot, mode: "paper", from: micros(0) }))?.rows ?? [];
  if (first === undefined) throw new Error("no row");
  return first;
}

type Row = Readonly<Record<string, string>>;

const signOf = (side: string | undefined): number => (side === "buy" ? 1 : -1);
const numberOf = (each: Row, name: string): number => Number(each[name]);

/** The recorded fills as events, with the mid of their rows under a name. */
const fillsOf = (rows: readonly Row[], bot: string, mid: "mid" | "arrival_mid") =>
  rows.map((each, index) => ({
    type: "fill",
    bot,
    mode: "paper",
    ts: each["ts"],
    fill_id: `${index}`,
    venue: each["exchange"],
    symbol: each["trading_pair"],
    side: each["side"],
    price: each["price"],
    size: each["amount_base"],
    fee: each["fee_quote"],
    is_maker: each["is_maker"] === "True",
    [mid]: each["mid_ref"],
  }));

requireTestData(HBOT)("What a recorded paper run made", () => {
  const rows = (): Row[] => rawRows(testData(HBOT));
  const instrument = (bot: string) => ({
    ...{ type: "instrument", bot, mode: "paper", ts: "2026-02-24T00:00:00Z", kind: "spot", quote: "USDT" },
    ...{ venue: rows()[0]?.["exchange"], symbol: rows()[0]?.["trading_pair"] },
  });

  test("is parted by the mids of its own columns, and the parts are what it made", async () => {
    const all = rows();
    await tell([instrument("hbot"), ...fillsOf(all, "hbot", "arrival_mid")]);
    const found = await row("hbot");
    const slippage = all.map(
      (each) =>
        signOf(each["side"]) * (numberOf(each, "price") - numberOf(each, "mid_ref")) * numberOf(each, "amount_base"),
    );
    const moved = sumOf(all.map((each) => numberOf(each, "mid_ref") * numberOf(each, "amount_base")));
    expect(found.memo).toMatchObject({ fills: all.length, fills_without_arrival_mid: 0 });
    expect((found.memo.slippage ?? 0) / sumOf(slippage)).toBeCloseTo(1, 9);
    expect(found.memo.slippage_bps).toBeCloseTo((sumOf(slippage) / moved) * 10_000, 6);
    expect(found.fees).toBeCloseTo(sumOf(all.map((each) => numberOf(each, "fee_quote"))), 9);
    const { net, signal, execution, cost } = found;
    expect((signal ?? 0) + (execution ?? 0) + (cost ?? 0)).toBeCloseTo(net ?? Number.NaN, 9);
    expect(found.residual).toBe(0);
    const performance = desk.hub?.query.performance({ bot: "hbot", mode: "paper", window: "all" });
    expect(performance?.rows[0]?.net).toBeCloseTo(net ?? Number.NaN, 9);
  });

  test("is not parted at all by mids that are of the fills and not of the decisions", async () => {
    const all = rows();
    await tell([instrument("as-told"), ...fillsOf(all, "as-told", "mid")]);
    const found = await row("as-told");
    expect(found).toMatchObject({ signal: 0, execution: 0 });
    expect(found.residual_reasons).toEqual([
      `${all.length} of ${all.length} fills without a mid at arrival (${all[0]?.["trading_pair"]})`,
    ]);
    expect((found.residual ?? 0) + (found.cost ?? 0)).toBeCloseTo(found.net ?? Number.NaN, 9);
    const told = await desk.hub?.query.diagnosis({ bot: "as-told", mode: "paper", from: micros(0) });
    expect(told?.findings.map(({ code }) => code)).not.toContain("losing_to_execution");
    const statistics = await desk.hub?.query.statistics({
      ...{ bot: "as-told", mode: "paper", confidence: 0.95, rollingDays: 30 },
    });
    expect(statistics?.statistics.find(({ name }) => name === "sharpe")).toMatchObject({
      value: null,
      reason: "needs 20 days, has 0",
    });
  });
});

requireTestData(INCOME)("Income rows of a real account", () => {
  test("are the cost of their instruments, whatever the size of their ids", async () => {
    const text = readFileSync(testData(INCOME), "utf8").replaceAll('\\"', '"');
    const rows = [...text.matchAll(/\{[^{}]*"incomeType"[^{}]*\}/g)].map(([each]) => ({
      type: /"incomeType": ?"(\w+)"/.exec(each)?.[1] ?? "",
      symbol: /"symbol": ?"(\w*)"/.exec(each)?.[1] ?? "",
      amount: /"income": ?"([-\d.]+)"/.exec(each)?.[1] ?? "",
      id: /"tranId": ?(\d+)/.exec(each)?.[1] ?? "",
      time: /"time": ?(\d+)/.exec(each)?.[1] ?? "",
    }));
    expect(rows.length).toBeGreaterThan(2);
    await tell(
      rows.map(({ type, symbol, amount, id, time }) => ({
        ...{ type: "income", bot: "perp", mode: "paper", ts: Number(time), venue: "binance", currency: "USDT" },
        ...{ income_type: type, amount, transaction_id: id },
        ...(symbol === "" ? {} : { symbol }),
      })),
    );
    const of = (type: string): number =>
      sumOf(rows.filter((each) => each.type === type).map(({ amount }) => Number(amount)));
    const found = await row("perp");
    expect(found.funding).toBeCloseTo(of("FUNDING_FEE"), 12);
    expect(found.fees).toBeCloseTo(-of("COMMISSION"), 12);
    expect(found.cost).toBeCloseTo(of("FUNDING_FEE") + of("COMMISSION"), 12);
    expect(found).toMatchObject({ signal: 0, execution: 0, residual: 0, residual_reasons: [] });
    for (const { type, symbol, amount } of rows.filter((each) => each.type === "FUNDING_FEE"))
      expect([type, found.by_asset.find((asset) => asset.symbol === symbol)?.funding]).toEqual([type, Number(amount)]);
  });
});

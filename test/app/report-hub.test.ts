import { describe, expect, test } from "vitest";
import { registerReport } from "../../src/app/commands/report.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { typed } from "../support/typed-command.ts";

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2026, 2, 1);
const iso = (day: number, hour = 0): string => new Date(FIRST_MS + day * DAY_MS + hour * 3_600_000).toISOString();

const equityOf = (day: number, value: number, bot = "maker") => ({
  type: "balance",
  bot,
  ts: iso(day, 20),
  venue: "v",
  balances: [],
  equity: value,
  equity_currency: "USD",
  id: `equity-${bot}-${day}`,
});

const transfer = (day: number, amount: number) => ({
  type: "income",
  bot: "maker",
  ts: iso(day, 12),
  venue: "v",
  income_type: "TRANSFER",
  amount,
  currency: "USD",
  transaction_id: `t${day}`,
});

interface Told {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly reasons: Readonly<Record<string, string>>;
  readonly performance: readonly object[];
  readonly attribution: readonly object[];
  readonly findings: readonly object[];
}

const reported = async (url: string, ...args: readonly string[]): Promise<Told> => {
  const ran = await typed([registerReport], ["report", "--url", url, "--mode", "live", "--json", ...args]);
  expect(ran).toMatchObject({ code: 0, err: "" });
  return JSON.parse(ran.out) as Told;
};

const SPAN = (days: number): string[] => ["--from", iso(1), "--to", iso(days)];

describe("deskwatch report on what a hub knows", () => {
  test("makes daily returns of the equity, with what came in taken out", async () => {
    const { url } = await scratchHub();
    // 1000 → 1010 is 1 %; → 1515 after a deposit of 500 is (1515 − 500) ÷ 1010 − 1; → 1363.5 is −10 %.
    await sendTo(url, [
      equityOf(0, 1_000),
      equityOf(1, 1_010),
      transfer(2, 500),
      equityOf(2, 1_515),
      equityOf(3, 1_363.5),
    ]);
    const { metrics } = await reported(url, "--bot", "maker", ...SPAN(4));
    const growth = 1.01 * (1_015 / 1_010) * 0.9;
    expect(metrics["n"]).toBe(3);
    expect(metrics["total_return"]).toBeCloseTo(growth - 1, 12);
    expect(metrics["max_drawdown_pct"]).toBeCloseTo(-0.1, 12);
    expect(metrics["periods_per_year"]).toBe(365);
  });

  test("takes a deposit out that was withdrawn again later", async () => {
    const { url } = await scratchHub();
    await sendTo(url, [equityOf(0, 100), transfer(1, 50), equityOf(1, 150), transfer(2, -50), equityOf(2, 100)]);
    const { metrics } = await reported(url, "--bot", "maker", ...SPAN(3));
    expect([metrics["n"], metrics["total_return"], metrics["max_drawdown_pct"]]).toEqual([2, 0, 0]);
  });

  test("says how many days it needs for what is likely, and tells what happened", async () => {
    const { url } = await scratchHub();
    await sendTo(url, [equityOf(0, 100), equityOf(1, 110), equityOf(2, 99)]);
    const { metrics, reasons } = await reported(url, "--bot", "maker", ...SPAN(3));
    for (const name of ["sharpe_annual", "cagr", "var_hist_95", "psr_vs_0", "calmar"]) {
      expect(metrics[name]).toBeNull();
      expect(reasons[name]).toBe("needs 20 days, has 2");
    }
    expect(metrics["best_period"]).toBeCloseTo(0.1, 12);
  });

  test("has every ratio from twenty days on, and what trading made beside", async () => {
    const { url } = await scratchHub();
    const days = Array.from({ length: 26 }, (_, day) => equityOf(day, 1_000 * (1 + day / 200 + Math.sin(day) / 100)));
    const fill = { type: "fill", bot: "maker", venue: "v", symbol: "BTC-USD", size: 1, fee: 0.5 };
    const instrument = {
      type: "instrument",
      bot: "maker",
      ts: iso(0),
      venue: "v",
      symbol: "BTC-USD",
      kind: "linear",
      quote: "USD",
    };
    await sendTo(url, [
      instrument,
      ...days,
      { ...fill, fill_id: "1", ts: iso(3, 1), side: "buy", price: 100, arrival_mid: 99 },
      { ...fill, fill_id: "2", ts: iso(3, 2), side: "sell", price: 110, arrival_mid: 111 },
    ]);
    const told = await reported(url, ...SPAN(26));
    expect(told.metrics["n"]).toBe(25);
    expect(Number.isFinite(told.metrics["sharpe_annual"])).toBe(true);
    expect(told.performance).toMatchObject([{ bot: "maker", realized: 10, fees: 1, net: 9 }]);
    // 12 from mid to mid, 1 of slippage at each end, and the fees.
    expect(told.attribution).toMatchObject([{ net: 9, signal: 12, execution: -2, cost: -1, residual: 0 }]);
    expect(told.findings).toEqual([]);
    const page = await typed([registerReport], ["report", "--url", url, "--mode", "live", "--html", ...SPAN(26)]);
    expect(page.out).toContain("<h1>Performance</h1>");
    expect(page.out).toContain("maker, live, in USD");
    expect(page.out).toContain("Why: maker, live, in USD");
  });

  test("says which days have no return, and why there is none at all", async () => {
    const { url } = await scratchHub();
    await sendTo(url, [{ type: "heartbeat", bot: "maker", ts: iso(0) }, equityOf(3, 100), equityOf(4, 101)]);
    const ran = await typed([registerReport], ["report", "--url", url, "--mode", "live", ...SPAN(5)]);
    expect(ran.out).toContain("3 of 4 days have no return: no equity is known at both their ends");
    const none = await typed([registerReport], ["report", "--url", url, "--mode", "paper", ...SPAN(5)]);
    expect(none.code).toBe(0);
    expect(none.out).toContain("no equity at the end");
    const short = await typed([registerReport], ["report", "--url", url, "--from", iso(2, 1), "--to", iso(3, 1)]);
    expect(short).toMatchObject({ code: 1, err: "deskwatch: the span has no whole UTC day: name an earlier --from\n" });
  });

  test("does not know a bot that never spoke", async () => {
    const { url } = await scratchHub();
    const ran = await typed([registerReport], ["report", "--url", url, "--bot", "nobody"]);
    expect(ran).toMatchObject({ code: 1, out: "", err: "deskwatch: No bot called nobody has spoken here.\n" });
  });
});

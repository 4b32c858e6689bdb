import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { registerReport } from "../../src/app/commands/report.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { type Ran, typed } from "../support/typed-command.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2025, 10, 3);

async function fileOf(lines: readonly string[], name = "input.csv"): Promise<string> {
  const path = join(scratchDirectory(), name);
  await writeFile(path, name.endsWith(".gz") ? gzipSync(lines.join("\n")) : `${lines.join("\n")}\n`);
  return path;
}

const report = (...args: readonly string[]): Promise<Ran> => typed([registerReport], ["report", ...args]);

function dailyReturns(count: number): string[] {
  const random = seededRandom(4);
  const row = (_: unknown, index: number) =>
    `${START_MS + index * DAY_MS},${((random.next() + random.next() - 0.98) / 40).toFixed(8)}`;
  return ["ts_ms,r", ...Array.from({ length: count }, row)];
}

describe("deskwatch report", () => {
  test("prints a table of what returns tell, days being 365 a year", async () => {
    const { code, out, err } = await report("--returns", await fileOf(dailyReturns(120)), "--resamples", "200");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("120 returns, 365 a year");
    expect(out).toMatch(/Sharpe +−?[\d.]+ +\[−?[\d.]+, −?[\d.]+\]/);
    expect(out).toContain("Deepest drawdowns");
  });

  test("reads a compressed file, and times in words", async () => {
    const lines = ["Time,R", "2025-03-01T00:00:00Z,0.01", "2025-03-02,-0.02", "2025-03-03 00:00:00,0.005"];
    const { code, out } = await report("--returns", await fileOf(lines, "r.csv.gz"), "--json");
    expect(code).toBe(0);
    const { metrics } = JSON.parse(out) as { metrics: Record<string, unknown> };
    expect(metrics["n"]).toBe(3);
    expect(metrics["total_return"]).toBeCloseTo(1.01 * 0.98 * 1.005 - 1, 14);
    expect(metrics["max_drawdown_pct"]).toBeCloseTo(-0.02, 14);
  });

  test("does not guess how many periods a year has", async () => {
    const minutes = ["ts_ms,r", ...Array.from({ length: 9 }, (_, index) => `${START_MS + index * 60_000},0.0001`)];
    const { code, out, err } = await report("--returns", await fileOf(minutes));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("--periods-per-year 525600");
    const untimed = await report("--returns", await fileOf(["r", "0.01", "0.02"]));
    expect(untimed.err).toContain("--periods-per-year 365");
  });

  test("says null and why where a number is not known", async () => {
    const path = await fileOf(["r", "0.01", "0.02"]);
    const { out } = await report("--returns", path, "--periods-per-year", "365", "--json");
    const { metrics, reasons } = JSON.parse(out) as Record<"metrics" | "reasons", Record<string, unknown>>;
    expect(metrics["sortino_annual"]).toBeNull();
    expect(reasons["sortino_annual"]).toBe("no return is below the target");
    expect(metrics["psr_vs_0"]).toBeNull();
    expect(reasons["psr_vs_0"]).toBe("needs 3 returns, has 2");
    expect(out).not.toMatch(/NaN|:Infinity/);
  });

  test("gives the same intervals for the same seed, and others for another", async () => {
    const path = await fileOf(dailyReturns(60));
    const intervalsFor = async (seed: string) =>
      (
        JSON.parse((await report("--returns", path, "--json", "--seed", seed, "--resamples", "100")).out) as {
          intervals: Record<string, unknown>;
        }
      ).intervals["sharpe_annual"];
    expect(await intervalsFor("5")).toEqual(await intervalsFor("5"));
    expect(await intervalsFor("5")).not.toEqual(await intervalsFor("6"));
  });

  test("makes returns of an equity", async () => {
    const equity = [
      "ts_ms,equity",
      ...[100, 110, 99, 121].map((value, index) => `${START_MS + index * DAY_MS},${value}`),
    ];
    const { out } = await report("--equity", await fileOf(equity), "--json");
    const { metrics } = JSON.parse(out) as { metrics: Record<string, number> };
    expect(metrics["total_return"]).toBeCloseTo(0.21, 12);
    expect(metrics["max_drawdown_abs"]).toBeCloseTo(-11, 9);
    expect(metrics["max_drawdown_pct"]).toBeCloseTo(-0.1, 12);
    expect(metrics["max_drawdown_duration_seconds"]).toBe((2 * DAY_MS) / 1000);
  });

  test("reads a bot's own trades", async () => {
    const trades = [
      "trade_id,symbol,direction,entry_time,exit_time,entry_price,exit_price,size,pnl",
      "1,BTC-USD,long,2025-01-01T10:00:00Z,2025-01-01T11:00:00Z,100,103,1,3",
      "2,BTC-USD,long,2025-01-01T10:30:00Z,2025-01-01T12:00:00Z,100,98,1,-2",
      "3,BTC-USD,short,2025-01-02T10:00:00Z,2025-01-02T10:00:00Z,100,100,1,0",
    ];
    const { out } = await report("--trades", await fileOf(trades), "--json");
    const { metrics } = JSON.parse(out) as { metrics: Record<string, unknown> };
    expect(metrics).toMatchObject({
      net_profit: 1,
      profit_factor: 1.5,
      counts: { total: 3, wins: 1, losses: 1, breakeven: 1 },
    });
    // 10:00 to 12:00 of the 24 hours from the first opening to the last closing.
    expect(metrics["time_in_market_pct"]).toBeCloseTo((100 * 2) / 24, 9);
  });

  test("values what is held at the mark only, and fees only where they are told", async () => {
    const path = await fileOf(["i,side,qty,price", "0,buy,2,10", "1,sell,1,13"]);
    const { out } = await report("--fills", path, "--json");
    const { totals, reasons } = JSON.parse(out) as Record<"totals" | "reasons", Record<string, unknown>>;
    expect(totals).toMatchObject({
      realized_gross_ac: 3,
      unrealized_ac: null,
      fees: null,
      total_pnl_net: null,
      end_position: 1,
    });
    expect(reasons).toMatchObject({
      unrealized_ac: "no mark: say the price with --mark",
      fees: "the file has no column fee",
    });
    const marked = JSON.parse((await report("--fills", path, "--mark", "12.5", "--json")).out) as typeof totals;
    expect(marked["totals"]).toMatchObject({ unrealized_ac: 2.5, total_pnl_gross: 5.5, total_pnl_net: null });
  });

  test("puts fills and quotes in order of time, and knows nothing after the last quote", async () => {
    const quotes = await fileOf(["ts_ms,bid,ask", "2000,101,103", "1000,99,101", "6500,105,107"]);
    const fills = await fileOf(
      ["id,ts_ms,side,price,qty,liquidity,fee", "b,1500,buy,99,2,maker,-0.1", "a,900,sell,101,1,taker,0.2"],
      "fills.csv",
    );
    const { code, out } = await report("--fills", fills, "--quotes", quotes, "--json");
    expect(code).toBe(0);
    const { fills_out } = JSON.parse(out) as { fills_out: Record<string, never>[] };
    // Bought at 99 with the mid at 100; a second later the mid is 102, five seconds later 106; then nothing is known.
    expect(fills_out[1]).toMatchObject({
      id: "b",
      mid0: 100,
      spread_capture_price: 1,
      markout: {
        "1s": { price: 3, bps: 300, net_pnl: 6.1, drift_bps: 200 },
        "5s": { price: 7 },
        "30s": { price: null },
      },
    });
    expect(fills_out[0]).toMatchObject({ id: "a", mid0: null, spread_capture_bps: null });
  });
});

describe("bad input", () => {
  const BAD = [
    "ts_ms,r",
    `${START_MS},0.01`,
    `${START_MS + DAY_MS},Infinity`,
    `${START_MS + 2 * DAY_MS},-1.5`,
    "soon,0.01",
    "1,2,3",
  ];

  test("ends the report, each row with its line and why", async () => {
    const { code, out, err } = await report("--returns", await fileOf(BAD));
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("4 rows are not sound");
    expect(err).toContain("line 3: r is no finite number: Infinity");
    expect(err).toContain("line 4: a return below −1 (-1.5)");
    expect(err).toContain("line 5: ts_ms is no time: soon");
    expect(err).toContain("line 6: has 3 cells, the header 2");
  });

  test("is left out when that is asked for, counted and told", async () => {
    const { code, out, err } = await report("--returns", await fileOf(BAD), "--skip-bad-rows", "--json");
    expect(code).toBe(0);
    expect(err.trim().split("\n")).toHaveLength(4);
    expect(JSON.parse(out)).toMatchObject({ n_used: 1, n_refused: 4 });
  });

  test.each([
    ["--fills", ["side,qty,price,fee", "hold,1,2,0"], "side is neither buy nor sell"],
    ["--fills", ["side,qty,price,fee", "buy,0,2,0"], "the quantity is not above 0"],
    ["--fills", ["side,qty,price,fee", "buy,1,x,0"], "price is no number: x"],
    ["--trades", ["close_ts_ms,pnl_net", "1735689600000,NaN"], "pnl_net is no finite number: NaN"],
    ["--trades", ["open_ts_ms,close_ts_ms,pnl_net", "1735689600001,1735689600000,1"], "closed before it was opened"],
    ["--trades", ["close_ts_ms,pnl_gross", "1735689600000,1"], "a gross profit without a fee"],
    ["--equity", ["ts_ms,equity", "1735689600000,-1"], "an equity below 0"],
    ["--trials", ["a,b", "0.1,"], "b is empty"],
    ["--trades", ["close_ts_ms,pnl_net", "99999999999999999,5"], "close_ts_ms is no time"],
    ["--trades", ["close_ts_ms,pnl_net", "1735689600000,1e300"], "pnl_net is too large"],
    ["--fills", ["side,qty,price,fee", "buy,1,10000000000000000,0"], "price is too large"],
  ])("%s refuses %j", async (flag, lines, reason) => {
    const { code, err } = await report(flag, await fileOf(lines));
    expect(code).toBe(1);
    expect(err).toContain(`line 2: ${reason}`);
  });

  test.each([
    [["--returns", "/nowhere/x.csv"], 1, "cannot be read"],
    [["--returns", "a", "--trades", "b"], 2, "name one file only"],
    [["--returns", "a", "--bot", "maker-1"], 2, "a file is taken whole"],
    [["--bot", "no bot"], 2, "a bot's name is"],
    [["--from", "soon"], 2, "--from is no time: soon"],
    [["--url", "http://127.0.0.1:1"], 1, "cannot be reached"],
    [["--returns", "a", "--quotes", "b"], 2, "--quotes goes with --fills"],
    [["--returns", "a", "--periods-per-year", "0"], 2, "above 0"],
    [["--returns", "a", "--rolling", "1"], 2, "whole number from 2"],
    [["--fills", "a", "--mark", "high"], 2, "--mark is no price"],
  ])("%j ends with its code", async (args, code, message) => {
    const ran = await report(...args);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(message);
  });

  test("returns too small for their squares count as 0", async () => {
    const path = await fileOf(["r", "1e-200", "2e-200", "3e-200"]);
    const { code, out } = await report("--returns", path, "--periods-per-year", "365", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ metrics: { sharpe_annual: null, vol_annual: 0, total_return: 0 } });
  });

  test("returns that compound beyond any number are not reported on", async () => {
    const path = await fileOf(["r", ...Array.from({ length: 40 }, () => "1e14")]);
    const { code, err } = await report("--returns", path, "--periods-per-year", "365");
    expect(code).toBe(1);
    expect(err).toContain("are they prices, or percent?");
  });

  test("a file without the columns says which it lacks", async () => {
    const { code, err } = await report("--returns", await fileOf(["date,close", "2025-01-01,3"]));
    expect(code).toBe(1);
    expect(err).toContain("no column r or return or returns; the file has date, close");
    expect((await report("--returns", await fileOf([]))).code).toBe(1);
  });
});

describe("the page", () => {
  test("stands alone, with its pictures, and shows nothing of the input as markup", async () => {
    const path = await fileOf(dailyReturns(400), "a<script>alert(1)<&'\".csv");
    const page = join(scratchDirectory(), "page.html");
    const { code, out } = await report("--returns", path, "--html", page, "--resamples", "100");
    expect({ code, out }).toEqual({ code: 0, out: `written to ${page}\n` });
    const html = readFileSync(page, "utf8");
    expect(html).not.toMatch(/<script|https?:\/\/(?!www\.w3)|src=|@import|url\(/);
    expect(html).toContain("a&lt;script&gt;alert(1)&lt;&amp;&#39;&quot;.csv");
    expect(html.match(/<svg /g)).toHaveLength(6);
    expect(html).toContain("Monthly returns");
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  test.each([1, 2, 3, 25])("draws %i returns too", async (count) => {
    const { code, out } = await report("--returns", await fileOf(dailyReturns(count)), "--html", "--resamples", "100");
    expect(code).toBe(0);
    expect(out).toContain("</html>");
    expect(out).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("is not written over what cannot be written", async () => {
    const path = await fileOf(dailyReturns(5));
    const { code, err } = await report("--returns", path, "--html", join(path, "no", "page.html"));
    expect(code).toBe(1);
    expect(err).toContain("cannot write");
  });
});

test("--csv prints one figure a row", async () => {
  const { out } = await report("--returns", await fileOf(dailyReturns(40)), "--csv", "--resamples", "100");
  const [head, ...rows] = out.trim().split("\n");
  expect(head).toBe("name,value,unit,low,high,n,reason");
  expect(rows.find((row) => row.startsWith("sharpe_annual,"))).toMatch(
    /^sharpe_annual,-?[\d.e-]+,ratio,-?[\d.e-]+,-?[\d.e-]+,40,$/,
  );
  expect(rows.every((row) => row.split(",").length >= 7)).toBe(true);
});

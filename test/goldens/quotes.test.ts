import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { readQuality } from "../../src/engine/quality/read.ts";
import { wilsonInterval } from "../../src/metrics/inference/wilson.ts";
import { growthOf, readPath } from "../../src/metrics/returns/equity-path.ts";
import { annualized, sharpe } from "../../src/metrics/returns/ratios.ts";
import { ReturnReading } from "../../src/metrics/returns/reading.ts";
import { at, FoldedDesk } from "../support/folded-desk.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { columnsOf, expectGolden, expectNear, numbersOf } from "./golden.ts";

interface Quotes {
  readonly terminal: number;
  readonly hits: number;
  readonly hit_rate: number;
  readonly hit_rate_wilson95: readonly [number, number];
  readonly realised_fill_factor: number;
}

const json = <T>(path: string): T => JSON.parse(readFileSync(testData("goldens", path), "utf8")) as T;

/** The quotes that ended, told one after the other; of one intent where it is named. */
function toldQuotes(intent?: string): FoldedDesk {
  const columns = columnsOf("goldens/misc/quotes_orders.csv");
  const of = (name: string, index: number): string => columns[name]?.[index] ?? "";
  const desk = new FoldedDesk();
  for (const index of (columns["id"] ?? []).keys()) {
    const outcome = of("status", index);
    if (outcome === "open" || (intent !== undefined && of("intent", index) !== intent)) continue;
    desk.fact(index, {
      type: "quote.ended",
      quote_id: of("id", index),
      venue: "v",
      symbol: "A",
      side: of("side", index),
      intent: of("intent", index),
      size: of("qty", index),
      filled_size: of("filled_qty", index),
      eligible_size: of("eligible_qty", index),
      outcome,
    });
  }
  return desk;
}

requireTestData("goldens/misc/quotes_orders.json")("Quotes as the reference counts them", () => {
  test.each(["all", "maker", "taker"] as const)(
    "%s: hits of what ended, and what was filled of what could be",
    (whose) => {
      const { results } = json<{ results: Record<string, Quotes> }>("misc/quotes_orders.json");
      const golden = results[whose];
      if (golden === undefined) throw new Error(`no ${whose}`);
      const { state } = toldQuotes(whose === "all" ? undefined : whose);
      const told = readQuality(state, { bot: "mm", mode: "live" }, { window: "all", asOf: at(10_000) });
      const rate = { all: told.hitRate, maker: told.hitRateMaker, taker: told.hitRateTaker }[whose];
      expect(rate.n).toBe(golden.terminal);
      expectGolden({ ...rate, value: Number(rate.value) / 100 }, golden.hit_rate, "rel 1e-12");
      expectGolden(told.fillFactor, golden.realised_fill_factor, "rel 1e-12");
      const interval = wilsonInterval(golden.hits, golden.terminal, 0.95);
      if ("reason" in interval) throw new Error(interval.reason);
      expectNear(interval.low, golden.hit_rate_wilson95[0], "abs 1e-10");
      expectNear(interval.high, golden.hit_rate_wilson95[1], "abs 1e-10");
    },
  );
});

requireTestData("goldens/misc/hft_equity_30s.json")("An equity of every 30 seconds", () => {
  test("has the profit and the largest fall of the reference", () => {
    const golden = json<Record<string, number>>("misc/hft_equity_30s.json");
    const fees = numbersOf("goldens/misc/hft_equity_30s.csv", "fee");
    const equity = numbersOf("goldens/misc/hft_equity_30s.csv", "equity_wo_fee").map(
      (value, index) => value - (fees[index] ?? 0),
    );
    expectNear((equity.at(-1) ?? 0) - (equity[0] ?? 0), golden["pnl"] ?? null);
    // The fall in money is told of a path that begins above 0: an account of a million around it.
    const path = readPath(equity.map((value) => value + 1e6));
    expectNear(-path.deepestFall, golden["max_drawdown_abs"] ?? null, "rel 1e-9");
    const steps = equity.slice(1).map((value, index) => (value - (equity[index] ?? 0)) / 1e6);
    const reading = new ReturnReading(steps, (86_400 / 30) * 365);
    expect(growthOf(steps).length).toBe(equity.length);
    expectGolden(annualized(sharpe(reading), reading), golden["sharpe_365"] ?? null, "rel 1e-9");
  });
});

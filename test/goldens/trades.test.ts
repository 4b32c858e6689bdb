import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { concentration } from "../../src/metrics/concentration.ts";
import { Inventory } from "../../src/metrics/inventory.ts";
import type { Measure } from "../../src/metrics/measure.ts";
import { timeInMarketPct } from "../../src/metrics/time-in-market.ts";
import { TradeStatistics } from "../../src/metrics/trade-statistics.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const json = <T>(path: string): T => JSON.parse(readFileSync(testData("goldens", path), "utf8")) as T;

function csv(path: string): Record<string, string>[] {
  const [header = "", ...lines] = readFileSync(testData("goldens", path), "utf8").trim().split("\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, index) => [names[index] ?? "", cell])));
}

const near = (actual: Measure | number, expected: number | string | null, what: string): void => {
  const value = typeof actual === "number" ? actual : actual.value;
  if (expected === null) return expect(value, what).toBeUndefined();
  if (expected === "Infinity") return expect(value, what).toBe("unbounded");
  const wanted = Number(expected);
  expect(Math.abs(Number(value) - wanted), `${what}: ${value} instead of ${wanted}`).toBeLessThanOrEqual(
    Math.max(1e-8 * Math.abs(wanted), 1e-12),
  );
};

const statisticsOf = (profits: readonly number[]): TradeStatistics => {
  const statistics = new TradeStatistics();
  for (const profit of profits) statistics.add(profit);
  return statistics;
};

interface Valued {
  readonly value: number | string | null;
}

interface TradesGolden {
  readonly counts: {
    readonly total: number;
    readonly wins: number;
    readonly losses: number;
    readonly breakeven: number;
  };
  readonly max_consecutive: { readonly wins: number };
  readonly [name: string]: unknown;
}

const tradeSets = ["seeded_1k", "seeded_losing_300", "seeded_100k", "real_freqtrade_StrategyTestV3"].filter((name) =>
  existsSync(testData("goldens/trades", `${name}.json`)),
);

requireTestData(
  "goldens/trades",
  "goldens/edge_cases",
  "goldens/misc",
)("Statistics of trades as the references have them", () => {
  test.each(tradeSets)("%s", (name) => {
    const golden = json<TradesGolden>(`trades/${name}.json`);
    const statistics = statisticsOf(csv(`trades/${name}.csv`).map((row) => Number(row["pnl_net"])));
    const wanted = (metric: string) => (golden[metric] as Valued).value;
    expect([statistics.trades, statistics.wins, statistics.losses, statistics.evens]).toEqual([
      golden.counts.total,
      golden.counts.wins,
      golden.counts.losses,
      golden.counts.breakeven,
    ]);
    near(statistics.winRate, wanted("win_rate"), "win rate");
    near(statistics.grossProfit, wanted("gross_profit"), "gross profit");
    near(statistics.grossLoss, wanted("gross_loss"), "gross loss");
    near(statistics.netProfit, wanted("net_profit"), "net profit");
    near(statistics.profitFactor, wanted("profit_factor"), "profit factor");
    near(statistics.expectancy, wanted("expectancy"), "expectancy");
    near(statistics.averageWin, wanted("avg_win"), "average win");
    near(statistics.averageLoss, wanted("avg_loss"), "average loss");
    near(statistics.payoff, wanted("payoff_ratio"), "payoff");
    near(statistics.largestWin, wanted("largest_win"), "largest win");
    near(statistics.largestLoss, wanted("largest_loss"), "largest loss");
  });

  describe("Edge cases say a number, unbounded, or a reason", () => {
    interface EdgeCase {
      readonly pnl: readonly number[];
      readonly recommended: Readonly<Record<"profit_factor" | "expectancy" | "win_rate", number | string | null>>;
    }
    const cases = existsSync(testData("goldens/edge_cases"))
      ? Object.entries(json<{ trades: Record<string, EdgeCase> }>("edge_cases/edge_cases.json").trades)
      : [];
    test.each(cases)("%s", (_, { pnl, recommended }) => {
      if (JSON.stringify(recommended).includes("REJECT")) {
        expect(() => statisticsOf(pnl.map(Number))).toThrow(RangeError);
        return;
      }
      const statistics = statisticsOf(pnl);
      near(statistics.profitFactor, recommended.profit_factor, "profit factor");
      near(statistics.expectancy, recommended.expectancy, "expectancy");
      near(statistics.winRate, recommended.win_rate, "win rate");
    });
  });

  test("Concentration", () => {
    const { cases } = json<{
      cases: { exposures: number[]; hhi: number; effective_n: number; hhi_normalized: number | null }[];
    }>("misc/herfindahl.json");
    for (const each of cases) {
      const found = concentration(each.exposures);
      near(found.herfindahl, each.hhi, "herfindahl");
      near(found.effectiveCount, each.effective_n, "effective n");
      near(found.normalized, each.hhi_normalized, "normalised");
    }
    expect(concentration([]).herfindahl).toMatchObject({ value: undefined, reason: "no exposure" });
  });

  test("Time in market", () => {
    const { cases } = json<{
      cases: {
        name: string;
        intervals_s: [number, number][];
        window_s: [number, number];
        time_in_market_pct: number;
      }[];
    }>("misc/time_in_market.json");
    for (const { name, intervals_s, window_s, time_in_market_pct } of cases) {
      const intervals = intervals_s.toSorted(([a], [b]) => a - b);
      near(timeInMarketPct(intervals, window_s), time_in_market_pct, name);
    }
  });

  test("Inventory weighted by time", () => {
    const golden = json<Record<string, Valued> & { readonly window_ms: [number, number] }>("misc/inventory.json");
    const inventory = new Inventory();
    for (const row of csv("misc/inventory.csv"))
      inventory.hold(
        Number(row["ts_ms"]),
        Number(row["position_after"]),
        Number(row["price"]),
        Number(row["fill_qty"]),
      );
    const [, end] = golden.window_ms;
    near(inventory.average(end), golden["time_weighted_abs_inventory"]?.value ?? null, "average");
    near(inventory.averageSigned(end), golden["time_weighted_signed_inventory"]?.value ?? null, "signed");
    near(inventory.averageValue(end), golden["time_weighted_abs_inventory_value"]?.value ?? null, "value");
    near(inventory.max, golden["max_abs_inventory"]?.value ?? null, "max");
    near(inventory.maxValue, golden["max_position_value"]?.value ?? null, "max value");
    near(inventory.turnover(end), golden["inventory_turnover"]?.value ?? null, "turnover");
  });
});

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { concentration } from "../../src/metrics/concentration.ts";
import {
  averageInventory,
  averageInventoryValue,
  averageSignedInventory,
  emptyInventory,
  hold,
  inventoryTurnover,
  maxInventory,
  maxInventoryValue,
} from "../../src/metrics/inventory.ts";
import type { Measure } from "../../src/metrics/measure.ts";
import { sumOf } from "../../src/metrics/sum.ts";
import { timeInMarketPct } from "../../src/metrics/time-in-market.ts";
import { rollingProfitFactor } from "../../src/metrics/profit-factor-window.ts";
import * as statistics from "../../src/metrics/trade-statistics.ts";
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

const tallyOf = (profits: readonly number[]): statistics.TradeTally => {
  const tally = statistics.emptyTally();
  for (const profit of profits) statistics.countTrade(tally, profit);
  return tally;
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
    const tally = tallyOf(csv(`trades/${name}.csv`).map((row) => Number(row["pnl_net"])));
    const wanted = (metric: string) => (golden[metric] as Valued).value;
    expect([statistics.tradesOf(tally), tally.wins, tally.losses, tally.evens]).toEqual([
      golden.counts.total,
      golden.counts.wins,
      golden.counts.losses,
      golden.counts.breakeven,
    ]);
    near(statistics.winRate(tally), wanted("win_rate"), "win rate");
    near(sumOf(tally.won), wanted("gross_profit"), "gross profit");
    near(sumOf(tally.lost), wanted("gross_loss"), "gross loss");
    near(statistics.netProfit(tally), wanted("net_profit"), "net profit");
    near(statistics.profitFactor(tally), wanted("profit_factor"), "profit factor");
    near(statistics.expectancy(tally), wanted("expectancy"), "expectancy");
    near(statistics.averageWin(tally), wanted("avg_win"), "average win");
    near(statistics.averageLoss(tally), wanted("avg_loss"), "average loss");
    near(statistics.payoff(tally), wanted("payoff_ratio"), "payoff");
    near(statistics.largestWin(tally), wanted("largest_win"), "largest win");
    near(statistics.largestLoss(tally), wanted("largest_loss"), "largest loss");
  });

  test.each(tradeSets)("%s: the profit factor of the last 7 and 30 days, at each close", (name) => {
    interface Rolling {
      readonly profit_factor_rolling?: {
        readonly rows: readonly {
          readonly i: number;
          readonly pf_7d: number | string | null;
          readonly n_7d: number;
          readonly pf_30d: number | string | null;
          readonly n_30d: number;
        }[];
      };
    }
    const expected = json<Rolling>(`trades/${name}.json`).profit_factor_rolling?.rows ?? [];
    const trades = csv(`trades/${name}.csv`)
      .map((row) => ({ closedAt: Number(row["close_ts_ms"]), netPnl: Number(row["pnl_net"]) }))
      .toSorted((a, b) => a.closedAt - b.closedAt);
    const week = rollingProfitFactor(trades, 7 * 86_400_000);
    const month = rollingProfitFactor(trades, 30 * 86_400_000);
    for (const { i, pf_7d, n_7d, pf_30d, n_30d } of expected) {
      near(week[i] ?? Number.NaN, pf_7d, `7 days at ${i}`);
      near(month[i] ?? Number.NaN, pf_30d, `30 days at ${i}`);
      expect([week[i]?.n, month[i]?.n]).toEqual([n_7d, n_30d]);
    }
    expect(expected.length).toBeGreaterThan(100);
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
        expect(() => tallyOf(pnl.map(Number))).toThrow(RangeError);
        return;
      }
      const tally = tallyOf(pnl);
      near(statistics.profitFactor(tally), recommended.profit_factor, "profit factor");
      near(statistics.expectancy(tally), recommended.expectancy, "expectancy");
      near(statistics.winRate(tally), recommended.win_rate, "win rate");
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
    const inventory = emptyInventory();
    for (const row of csv("misc/inventory.csv"))
      hold(inventory, {
        at: Number(row["ts_ms"]),
        quantity: Number(row["position_after"]),
        price: Number(row["price"]),
        tradedSize: Number(row["fill_qty"]),
      });
    const [, end] = golden.window_ms;
    near(averageInventory(inventory, end), golden["time_weighted_abs_inventory"]?.value ?? null, "average");
    near(averageSignedInventory(inventory, end), golden["time_weighted_signed_inventory"]?.value ?? null, "signed");
    near(averageInventoryValue(inventory, end), golden["time_weighted_abs_inventory_value"]?.value ?? null, "value");
    near(maxInventory(inventory), golden["max_abs_inventory"]?.value ?? null, "max");
    near(maxInventoryValue(inventory), golden["max_position_value"]?.value ?? null, "max value");
    near(inventoryTurnover(inventory, end), golden["inventory_turnover"]?.value ?? null, "turnover");
  });
});

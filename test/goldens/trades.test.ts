import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { median } from "../../src/metrics/median.ts";
import type { Measure } from "../../src/metrics/measure.ts";
import { sumOf } from "../../src/metrics/sum.ts";
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

const MS_PER_DAY = 86_400_000;

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
  readonly max_consecutive: { readonly wins: number; readonly losses_or_breakeven: number };
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
  describe.each(tradeSets)("%s over time", (name) => {
    const trades = csv(`trades/${name}.csv`).map((row) => ({
      closedAt: Number(row["close_ts_ms"]),
      openedAt: Number(row["open_ts_ms"]),
      pnl: Number(row["pnl_net"]),
      ratio: Number(row["profit_ratio"] ?? row["pnl_net"]),
    }));
    const golden = json<TradesGolden>(`trades/${name}.json`);
    /** Trades closed in (from, to]. */
    const within = (from: number, to: number): statistics.TradeTally =>
      tallyOf(trades.filter(({ closedAt }) => closedAt > from && closedAt <= to).map(({ pnl }) => pnl));

    test("Streaks, and the median holding time", () => {
      // The reference goes by the ratio, and takes what broke even for a loss; ours ends no streak by it.
      const streaks = tallyOf(trades.map(({ ratio }) => (ratio > 0 ? 1 : -1)));
      near(streaks.longestWins, golden.max_consecutive.wins, "wins in a row");
      near(streaks.longestLosses, golden.max_consecutive.losses_or_breakeven, "losses in a row");
      const hours = trades.map(({ openedAt, closedAt }) => (closedAt - openedAt) / 3_600_000);
      const seconds = (golden["holding_time_seconds"] as { readonly median: number }).median;
      near(median(hours), seconds / 3_600, "median holding time");
    });

    test("Profit factor of the trades that closed within 7 and 30 days", () => {
      const { rows } = golden["profit_factor_rolling"] as {
        readonly rows: readonly Readonly<Record<"t" | "pf_7d" | "n_7d" | "pf_30d" | "n_30d", number>>[];
      };
      const some = rows.filter((_, index) => index % Math.ceil(rows.length / 50) === 0);
      expect(some.length).toBeGreaterThan(20);
      for (const row of some)
        for (const days of [7, 30] as const) {
          const tally = within(row.t - days * MS_PER_DAY, row.t);
          expect(statistics.tradesOf(tally), `trades of ${days} days at ${row.t}`).toBe(row[`n_${days}d`]);
          near(statistics.profitFactor(tally), row[`pf_${days}d`], `profit factor of ${days} days at ${row.t}`);
        }
    });

    test("Profit factor of each UTC day", () => {
      const days = golden["profit_factor_by_utc_day"] as readonly (readonly [string, number | string | null])[];
      for (const [date, expected] of days) {
        const from = Date.parse(date);
        near(statistics.profitFactor(within(from - 1, from + MS_PER_DAY - 1)), expected, date);
      }
    });
  });

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
});

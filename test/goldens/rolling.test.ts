import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Rolling, rollingOf } from "../../src/metrics/rolling/rolling.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { expectNear, type GoldenValue, numbersOf } from "./golden.ts";

interface Golden {
  readonly input: string;
  readonly periods_per_year: number;
  readonly tol: string;
  readonly windows: Readonly<Record<string, Readonly<Record<string, readonly GoldenValue[]>>>>;
}

const COLUMNS: Readonly<Record<string, Exclude<keyof Rolling, "window">>> = {
  mean: "mean",
  vol_annual: "volatilityAnnual",
  sharpe_annual: "sharpeAnnual",
  sortino_annual: "sortinoAnnual",
  max_drawdown_pct: "maxDrawdown",
  var_hist_95: "valueAtRisk",
  cvar_hist_95: "shortfall",
};

const folder = testData("goldens/rolling");
const cases = (existsSync(folder) ? readdirSync(folder) : []).flatMap((file) => {
  const golden = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as Golden;
  return Object.entries(golden.windows).map(([window, wanted]) => ({ file, golden, window: Number(window), wanted }));
});

requireTestData("goldens/rolling", "goldens/returns")("Rolling statistics as the references have them", () => {
  describe.each(cases)("$file over $window periods", ({ golden, window, wanted }) => {
    const returns = numbersOf(`goldens/rolling/${golden.input}`, "r");
    const rolling = rollingOf(returns, { window, periodsPerYear: golden.periods_per_year, confidence: 0.95 });
    const indexes = (wanted["index"] ?? []).map(Number);

    test.each(Object.entries(COLUMNS))("%s", (name, column) => {
      const values = wanted[name] ?? [];
      expect(values).toHaveLength(indexes.length);
      for (const [place, index] of indexes.entries()) expectNear(rolling[column][index], values[place] ?? null, golden.tol);
    });

    test("nothing is told before the window is full", () => {
      for (const column of Object.values(COLUMNS))
        expect(rolling[column].subarray(0, window - 1).every((value) => Number.isNaN(value))).toBe(true);
    });
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ReturnReading } from "../../src/metrics/returns/reading.ts";
import { returnStatistics } from "../../src/metrics/returns/statistics.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { expectGolden, numbersOf } from "./golden.ts";

interface Golden {
  readonly periods_per_year: number;
  readonly metrics: Readonly<Record<string, { readonly value: number | boolean | null; readonly tol?: string }>>;
}

const folder = testData("goldens/returns");
const names = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith(".json") && file !== "INDEX.json")
      .map((file) => file.slice(0, -5))
  : [];

const STATISTICS = returnStatistics({ riskFree: 0.02, target: 0.0002, benchmarks: [0.05, 0.002] });

requireTestData("goldens/returns")("Statistics of returns as the references have them", () => {
  describe.each(names)("%s", (name) => {
    const golden = JSON.parse(readFileSync(`${folder}/${name}.json`, "utf8")) as Golden;
    const reading = new ReturnReading(numbersOf(`goldens/returns/${name}.csv`, "r"), golden.periods_per_year);
    const wanted = Object.entries(golden.metrics).filter(([metric]) => metric !== "n" && metric !== "periods_per_year");

    const isBelowZero = Number(golden.metrics["sharpe_per_period"]?.value) <= 0;

    test.each(wanted)("%s", (metric, { value, tol }) => {
      const statistic = STATISTICS.find((each) => each.name === metric);
      expect(statistic, "a statistic of this name").toBeDefined();
      // No track record shows that a ratio is above 0 whose sample is not; the reference squares its sign away.
      const hasNone = isBelowZero && metric.startsWith("min_track_record");
      expectGolden(statistic?.read(reading), hasNone ? null : value, tol);
    });

    test("counts every return", () => {
      expect(reading.n).toBe(golden.metrics["n"]?.value);
    });
  });
});

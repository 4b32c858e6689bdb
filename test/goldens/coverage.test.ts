import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { requireTestData, testData } from "../support/test-data.ts";

/** Which test holds us to which golden values: a folder that is read whole, or one file. */
const HELD: Readonly<Record<string, string>> = {
  "bootstrap/": "inference.test.ts",
  "drawdown/": "drawdown.test.ts",
  "edge_cases/": "report.test.ts",
  "ledger/": "ledger.test.ts",
  "misc/herfindahl.json": "inventory.test.ts",
  "misc/hft_equity_30s.json": "quotes.test.ts",
  "misc/hit_rate_wilson.json": "inference.test.ts",
  "misc/inventory.json": "inventory.test.ts",
  "misc/quotes_orders.json": "quotes.test.ts",
  "misc/real_pyfolio_turnover_concentration.json": "inventory.test.ts",
  "misc/time_in_market.json": "inventory.test.ts",
  "microstructure/": "microstructure.test.ts",
  "positions/": "positions.test.ts",
  "psr_dsr/": "inference.test.ts",
  "returns/": "returns.test.ts",
  "rolling/": "rolling.test.ts",
  "trades/": "trades.test.ts",
};

requireTestData("goldens")("Every golden value", () => {
  test("has a test that reads it", () => {
    const files = readdirSync(testData("goldens"), { recursive: true })
      .map(String)
      .filter((path) => path.endsWith(".json"));
    expect(files.length).toBeGreaterThan(50);
    const bare = files.filter((path) => HELD[path] === undefined && HELD[`${path.split("/")[0]}/`] === undefined);
    expect(bare, "golden values that no test reads").toEqual([]);
  });

  test.each(Object.entries(HELD))("%s is read by %s", (golden, file) => {
    const name = golden.endsWith("/") ? golden.slice(0, -1) : basename(golden, ".json");
    expect(readFileSync(join(import.meta.dirname, file), "utf8")).toContain(name);
  });
});

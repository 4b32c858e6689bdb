import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readPath } from "../../src/metrics/returns/equity-path.ts";
import { drawdownStatistics } from "../../src/metrics/returns/drawdown-statistics.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { expectGolden, expectNear, numbersOf } from "./golden.ts";

interface Golden {
  readonly input: string;
  readonly deepest: { readonly depth: number; readonly ffn_end: string };
  readonly pyfolio_top10: readonly Readonly<Record<string, number | string>>[];
  readonly max_drawdown_abs: { readonly low_date: string; readonly high_date: string };
  readonly [name: string]: unknown;
}

const NAMES = [
  "max_drawdown_pct",
  "max_drawdown_abs",
  "max_drawdown_duration_seconds",
  "avg_drawdown_duration_seconds",
  "avg_drawdown_pct",
  "current_drawdown_pct",
  "n_drawdown_spells",
] as const;

const folder = testData("goldens/drawdown");
const files = (existsSync(folder) ? readdirSync(folder) : []).filter((file) => file.endsWith(".json"));

requireTestData("goldens/drawdown")("Drawdowns as the references have them", () => {
  describe.each(files)("%s", (file) => {
    const golden = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as Golden;
    const at = numbersOf(`goldens/drawdown/${golden.input}`, "ts_ms");
    const path = readPath(numbersOf(`goldens/drawdown/${golden.input}`, "equity"));
    const statistics = drawdownStatistics(path, at);

    test.each(NAMES)("%s", (name) => {
      const { value } = golden[name] as { value: number };
      const mean = name === "avg_drawdown_duration_seconds";
      expectGolden(statistics[name], value, mean ? "abs 1e-5" : "rel 1e-9");
    });

    test("the deepest spell begins, turns and ends when the references say", () => {
      const deepest = path.spells.toSorted((a, b) => a.depth - b.depth)[0];
      const iso = (index: number | undefined) => new Date(at[index ?? -1] ?? Number.NaN).toISOString().slice(0, 19);
      expectNear(deepest?.depth, golden.deepest.depth);
      expect(iso(deepest?.end)).toBe(golden.deepest.ffn_end);
      const [first] = golden.pyfolio_top10;
      expect([iso(deepest?.peak), iso(deepest?.trough)]).toEqual([first?.["Peak date"], first?.["Valley date"]]);
    });
  });
});

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Micros, micros } from "../../src/base/time.ts";
import { emptyBotState } from "../../src/engine/bot-state.ts";
import { notePresence, timeInMarketPct } from "../../src/engine/presence.ts";
import { concentration, effectiveNumber } from "../../src/metrics/concentration.ts";
import { averageLevel, emptyLevel, maxLevel, setLevel } from "../../src/metrics/level.ts";
import type { Measure } from "../../src/metrics/measure.ts";
import { requireTestData, testData } from "../support/test-data.ts";

const json = <T>(path: string): T => JSON.parse(readFileSync(testData("goldens", path), "utf8")) as T;

function csv(path: string): Record<string, string>[] {
  const [header = "", ...lines] = readFileSync(testData("goldens", path), "utf8").trim().split("\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, index) => [names[index] ?? "", cell])));
}

/** Within rel 1e-10 of what the references say; null is unknown. */
function near(actual: Measure | number | undefined, expected: number | null, what: string): void {
  const value = typeof actual === "object" ? actual.value : actual;
  if (expected === null) return expect(value, what).toBeUndefined();
  expect(Math.abs(Number(value) - expected), `${what}: ${value} instead of ${expected}`).toBeLessThanOrEqual(
    1e-10 * Math.max(1, Math.abs(expected)),
  );
}

interface Valued {
  readonly value: number;
}

requireTestData("goldens/misc")("What is held, as the references have it", () => {
  describe("inventory", () => {
    interface Golden {
      readonly window_ms: readonly [number, number];
      readonly time_weighted_abs_inventory: Valued;
      readonly time_weighted_signed_inventory: Valued;
      readonly time_weighted_abs_inventory_value: Valued;
      readonly max_abs_inventory: Valued;
      readonly max_position_value: Valued;
      readonly traded_value: Valued;
      readonly inventory_turnover: Valued;
    }
    const read = () => ({ golden: json<Golden>("misc/inventory.json"), rows: csv("misc/inventory.csv") });

    test("time-weighted position and its largest size", () => {
      const { golden, rows } = read();
      const [from, to] = golden.window_ms;
      const [size, signed] = [emptyLevel(from), emptyLevel(from)];
      for (const row of rows) {
        const position = Number(row["position_after"]);
        setLevel(size, Number(row["ts_ms"]), Math.abs(position));
        setLevel(signed, Number(row["ts_ms"]), position);
      }
      near(averageLevel(size, to), golden.time_weighted_abs_inventory.value, "absolute");
      near(averageLevel(signed, to), golden.time_weighted_signed_inventory.value, "signed");
      near(maxLevel(signed, to), golden.max_abs_inventory.value, "largest");
    });

    test("its value over time, and how often it was turned over", () => {
      const { golden, rows } = read();
      const [from, to] = golden.window_ms;
      const value = emptyLevel(from);
      let traded = 0;
      for (const row of rows) {
        const price = Number(row["price"]);
        setLevel(value, Number(row["ts_ms"]), Math.abs(Number(row["position_after"])) * price);
        traded += Math.abs(Number(row["fill_qty"])) * price;
      }
      const average = averageLevel(value, to);
      near(average, golden.time_weighted_abs_inventory_value.value, "average value");
      near(maxLevel(value, to), golden.max_position_value.value, "largest value");
      near(traded, golden.traded_value.value, "traded value");
      near(traded / Number(average), golden.inventory_turnover.value, "turnover");
    });
  });

  test("concentration of some exposures", () => {
    interface Case {
      readonly exposures: readonly number[];
      readonly hhi: number | null;
      readonly effective_n: number | null;
    }
    for (const { exposures, hhi, effective_n } of json<{ cases: Case[] }>("misc/herfindahl.json").cases) {
      near(concentration(exposures), hhi, `concentration of ${exposures.length}`);
      near(effectiveNumber(exposures), effective_n, `effective number of ${exposures.length}`);
    }
  });

  test("concentration of a real book, day by day", () => {
    const { hhi_excl_cash: expected } = json<{ hhi_excl_cash: number[] }>(
      "misc/real_pyfolio_turnover_concentration.json",
    );
    const rows = csv("misc/real_pyfolio_positions.csv");
    expect(rows.length).toBe(expected.length);
    rows.forEach(({ index: _, cash: __, ...held }, day) => {
      near(concentration(Object.values(held).map(Number)), expected[day] ?? null, `day ${day}`);
    });
  });

  describe("time in market is the union of what was open", () => {
    interface Case {
      readonly name: string;
      readonly intervals_s: readonly (readonly [number, number])[];
      readonly window_s: readonly [number, number];
      readonly time_in_market_pct: number;
    }
    /** A day long after 1970, so that what was open before it is too. */
    const DAY = 20_000;
    const at = (seconds: number): Micros => micros((DAY * 86_400 + seconds) * 1_000_000);

    test.each(testDataCases())("%s", (_, { intervals_s, window_s: [from, to], time_in_market_pct }) => {
      const state = { ...emptyBotState("mm"), startedAt: at(from) };
      const changes = intervals_s
        .filter(([open, close]) => close > open)
        .flatMap(([open, close]) => [
          { at: at(open), was: false, is: true },
          { at: at(close), was: true, is: false },
        ])
        .toSorted((a, b) => a.at - b.at || Number(b.is) - Number(a.is));
      for (const change of changes) {
        if (change.at > at(to)) break;
        notePresence(state, { mode: "live", ...change });
      }
      const read = timeInMarketPct(state, "live", "session", at(to));
      if (changes.length === 0) expect(read.value).toBeUndefined();
      else near(read, time_in_market_pct, "percent");
    });

    function testDataCases(): (readonly [string, Case])[] {
      if (!existsSync(testData("goldens/misc"))) return [];
      return json<{ cases: Case[] }>("misc/time_in_market.json").cases.map((each) => [each.name, each] as const);
    }
  });
});

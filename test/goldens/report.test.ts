import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { registerReport } from "../../src/app/commands/report.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { requireTestData, testData } from "../support/test-data.ts";
import { typed } from "../support/typed-command.ts";
import { expectNear, type GoldenValue } from "./golden.ts";

type Golden = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, GoldenValue>>;

const files = (folder: string): string[] =>
  existsSync(testData("goldens", folder))
    ? readdirSync(testData("goldens", folder)).filter((file) => file.endsWith(".json") && file !== "INDEX.json")
    : [];
const golden = (path: string): Golden => JSON.parse(readFileSync(testData("goldens", path), "utf8")) as Golden;
const csv = (path: string): string => testData("goldens", path.replace(/\.json$/, ".csv"));

async function reported(...args: readonly string[]): Promise<Golden> {
  const { code, out, err } = await typed([registerReport], ["report", ...args, "--resamples", "1000", "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Golden;
}

requireTestData("goldens/returns")("report --returns --json says what the references say", () => {
  test.each(files("returns"))("%s", async (file) => {
    const { periods_per_year, metrics } = golden(`returns/${file}`) as {
      periods_per_year: number;
      metrics: Readonly<Record<string, { value: GoldenValue; tol?: string }>>;
    };
    const said = await reported("--returns", csv(`returns/${file}`), "--periods-per-year", String(periods_per_year));
    const found = said["metrics"] as Values;
    const isBelowZero = Number(metrics["sharpe_per_period"]?.value) <= 0;
    for (const [name, { value, tol }] of Object.entries(metrics)) {
      if (typeof value === "boolean") expect(found[name]).toBe(value);
      else if (isBelowZero && name.startsWith("min_track_record")) expect(found[name]).toBeNull();
      else expectNear(found[name] as number, value, tol);
    }
  });
});

requireTestData("goldens/drawdown")("report --equity --json says what the references say", () => {
  test.each(files("drawdown"))("%s", async (file) => {
    const wanted = golden(`drawdown/${file}`);
    const said = await reported("--equity", testData("goldens/drawdown", String(wanted["input"])));
    const found = said["metrics"] as Values;
    for (const name of ["max_drawdown_pct", "max_drawdown_abs", "max_drawdown_duration_seconds", "n_drawdown_spells"])
      expectNear(Number(found[name]), (wanted[name] as { value: number }).value, "rel 1e-9");
  });
});

requireTestData("goldens/trades")("report --trades --json says what the references say", () => {
  test.each(files("trades"))("%s", async (file) => {
    const wanted = golden(`trades/${file}`);
    const capital = String(wanted["starting_capital"]);
    const said = await reported("--trades", csv(`trades/${file}`), "--starting-capital", capital);
    const found = said["metrics"] as Golden;
    const valued = Object.entries(wanted).filter(
      (entry): entry is [string, { value: GoldenValue }] =>
        typeof entry[1] === "object" && entry[1] !== null && "value" in entry[1] && !entry[0].startsWith("freqtrade_"),
    );
    expect(valued.length).toBeGreaterThan(8);
    for (const [name, { value }] of valued) expectNear(Number(found[name]), value, "rel 1e-8");
    const { total, wins, losses, breakeven } = wanted["counts"] as Values;
    expect(found["counts"]).toEqual({ total, wins, losses, breakeven });
    const holding = wanted["holding_time_seconds"] as Values;
    for (const name of ["avg", "median", "longest", "shortest"])
      expectNear(Number((found["holding_time_seconds"] as Values)[name]), holding[name] ?? null, "rel 1e-9");
    expectDays(found["daily"] as Golden, wanted["daily"] as Golden);
  });

  function expectDays(found: Golden, wanted: Golden): void {
    for (const [name, value] of Object.entries(wanted)) {
      if (!(name in found) || name === "pnl_by_day") continue;
      const expected = typeof value === "object" ? (value as { value: GoldenValue }).value : (value as GoldenValue);
      expectNear(Number(found[name]), expected, "rel 1e-8 (abs 1e-9)");
    }
    for (const [index, [day, pnl]] of (wanted["pnl_by_day"] as [string, number][]).entries()) {
      const own = (found["pnl_by_day"] as [string, number][])[index];
      expect(own?.[0]).toBe(day);
      expectNear(own?.[1], pnl, "rel 1e-9 (abs 1e-9)");
    }
  }
});

requireTestData("goldens/positions")("report --fills --json says what the references say", () => {
  const smallEnough = files("positions").filter((file) => !file.includes("100k"));
  test.each(smallEnough)("%s", async (file) => {
    const wanted = golden(`positions/${file}`) as {
      mark_price: number;
      totals: Values;
      per_fill: readonly Values[];
      closing_fills_ac_with_prorata_fees: { n: number; sum_pnl_net: number };
    };
    const said = await reported("--fills", csv(`positions/${file}`), "--mark", String(wanted.mark_price));
    const found = said["totals"] as Values;
    for (const name of Object.keys(found))
      expectNear(
        number(found[name]),
        orNone(wanted.totals[name], name.startsWith("end_avg_") && isFlat(found["end_position"])),
        TOLERANCE,
      );
    for (const own of said["per_fill"] as Values[]) {
      const reference = wanted.per_fill.find(({ i }) => i === own["i"]);
      for (const name of ["realized_ac", "realized_fifo", "position", "avg_entry_price_ac"])
        if (reference !== undefined && name in reference)
          expectNear(
            number(own[name]),
            orNone(reference[name], name.startsWith("avg_") && isFlat(own["position"])),
            PER_FILL,
          );
    }
    const closings = said["closing_fills_ac_with_prorata_fees"] as { n: number; sum_pnl_net: number };
    expect(closings.n).toBe(wanted.closing_fills_ac_with_prorata_fees.n);
    expectNear(closings.sum_pnl_net, wanted.closing_fills_ac_with_prorata_fees.sum_pnl_net, "rel 1e-9 (abs 1e-8)");
  });

  const TOLERANCE = "rel 1e-9 (abs 1e-9)";
  /** vectorbt takes what is nearly zero for zero. */
  const PER_FILL = "rel 1e-9 (abs 4e-9)";
  const isFlat = (position: GoldenValue | undefined): boolean => position === 0;
  /** Where nothing is held there is no average price; the references say 0. */
  const orNone = (value: GoldenValue | undefined, isNone: boolean): GoldenValue => (isNone ? null : (value ?? null));
  const number = (value: GoldenValue | undefined): number | undefined =>
    typeof value === "number" ? value : undefined;
});

requireTestData("goldens/microstructure")("report --fills --quotes --json says what the references say", () => {
  test.each(files("microstructure"))("%s", async (file) => {
    const base = file.replace(/\.json$/, "");
    const wanted = golden(`microstructure/${file}`);
    const path = (part: string) => testData("goldens/microstructure", `${base}_${part}.csv`);
    const said = await reported("--fills", path("fills"), "--quotes", path("quotes"));
    expectLike(said["aggregates"], wanted["aggregates"]);
    expectLike(said["fills_out"], wanted["fills_out"]);
  });

  function expectLike(found: unknown, wanted: unknown): void {
    if (typeof wanted !== "object" || wanted === null) {
      expectNear((found as number | null) ?? undefined, wanted as GoldenValue, "rel 1e-9, abs 1e-9");
      return;
    }
    for (const [name, value] of Object.entries(wanted))
      if (!name.startsWith("questdb_")) expectLike((found as Golden | null)?.[name], value);
  }
});

requireTestData("goldens/psr_dsr")("report --trials --json says what the references say", () => {
  test.each(["trials_20x500", "trials_50x1000"])("%s", async (name) => {
    const wanted = golden(`psr_dsr/${name}.json`);
    const said = await reported("--trials", testData("goldens/psr_dsr", `${name}.csv`));
    const found = said["metrics"] as Golden;
    expect(said["selected"]).toBe(wanted["selected"]);
    const valueIn = (each: string) => (wanted[each] as { value: number }).value;
    expectNear(Number(found["dsr"]), valueIn("dsr"), "abs 1e-9");
    expectNear(Number(found["psr_vs_0"]), valueIn("psr_vs_0"), "abs 1e-9");
    expectNear(Number(found["expected_max_sharpe_per_period"]), valueIn("expected_max_sharpe_per_period"));
    expectNear(Number(found["min_trl_p95_vs_0"]), valueIn("min_trl_p95_vs_0"), "rel 1e-7");
  });
});

interface EdgeCase {
  readonly returns: readonly (number | string)[];
  readonly recommended: "REJECT" | Readonly<Record<string, number | string | null>>;
}

/** How the edge cases call what the report calls otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  sharpe: "sharpe_annual",
  sortino: "sortino_annual",
  volatility: "vol_annual",
  max_drawdown: "max_drawdown_pct",
  profit_factor: "profit_factor_returns",
  win_rate: "win_rate_periods",
  var95: "var_hist_95",
  cvar95: "cvar_hist_95",
  psr: "psr_vs_0",
};

requireTestData("goldens/edge_cases")("report --returns at the edges says what is recommended", () => {
  const cases = existsSync(testData("goldens/edge_cases"))
    ? Object.entries(golden("edge_cases/edge_cases.json")["returns"] as Record<string, EdgeCase>)
    : [];
  describe.each(cases)("%s", (_, { returns, recommended }) => {
    const written = async (): Promise<string> => {
      const path = join(scratchDirectory(), "returns.csv");
      await writeFile(path, `r\n${returns.map(String).join("\n")}\n`);
      return path;
    };

    if (recommended === "REJECT")
      test("is refused, with the line and why", async () => {
        const args = ["report", "--returns", await written(), "--periods-per-year", "365"];
        const { code, out, err } = await typed([registerReport], args);
        expect({ code, out }).toEqual({ code: 1, out: "" });
        expect(err).toMatch(/line \d+: (?:r is no finite number|a return below −1)/);
      });
    else
      test.each(Object.entries(recommended))("%s", async (name, value) => {
        const said = await reported("--returns", await written(), "--periods-per-year", "365");
        const own = NAMES[name];
        const found = own === undefined ? said[name] : (said["metrics"] as Values)[own];
        if (value === null || value === "Infinity") expect(found).toBe(value);
        else expectNear(Number(found), value, "rel 1e-9 (abs 1e-12)");
      });
  });
});

import { describe, expect, test } from "vitest";
import { CATALOGUE } from "../metrics/catalogue.ts";
import type { CatalogueEntry, MetricSeries, SeriesPoint } from "../protocol/api-metrics.ts";
import { belowHigh, equityChart, metricChart, silentReason } from "./metric-chart.ts";
import { metricGroup, metricLines, metricWindowOf, sourceWords, sparkStrokes } from "./metric-list.ts";
import { metricShown, unitText } from "./metric-shown.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 14, 12, minute)).toISOString();

const series = (
  values: readonly (number | "unbounded" | null)[],
  changes: Partial<MetricSeries> = {},
): MetricSeries => ({
  ...{ name: "equity", bot: null, mode: "live", unit: "money", currency: "USD" },
  ...{ from: at(0), to: at(values.length), step_s: 60, says: "end", as_of: at(values.length), as_of_seq: 1 },
  points: values.map((value, index): SeriesPoint => {
    const reason = value === null ? { reason: index === 0 ? "no fill yet" : "no equity was reported" } : {};
    return { from: at(index), to: at(index + 1), value, n: 1, ...reason };
  }),
  ...changes,
});

describe("a series as a chart", () => {
  const form = { format: "number", sign: "≥ 0", unit: "ratio", title: "Factor" } as const;

  test("begins with its first known point, has gaps for what is not known, and no line to what has no bound", () => {
    const { times, lines, fromMs } = metricChart({ series: series([null, 1, null, "unbounded", 2]), form });
    expect(lines[0]?.values).toEqual([1, null, null, 2]);
    expect(times.map((ms) => new Date(ms).toISOString())).toEqual([at(2), at(3), at(4), at(5)]);
    expect(new Date(fromMs).toISOString()).toBe(at(1));
  });

  test("of nothing known has no points, and says what most of them give as a reason", () => {
    const silent = series([null, null, null]);
    expect(metricChart({ series: silent, form }).times).toEqual([]);
    expect(silentReason(silent)).toBe("no equity was reported");
    expect(silentReason(series([]))).toBe("nothing was told");
  });
});

describe("equity as a chart", () => {
  test("has the told drawdown of the same steps below", () => {
    const drawdown = series([0, 0.05, null], { name: "drawdown_pct" });
    const { lines } = equityChart({ equity: series([100, 95, 96]), drawdown, marks: [] });
    expect(lines.map(({ name, values }) => [name, values])).toEqual([
      ["equity", [100, 95, 96]],
      ["drawdown", [0, 0.05, null]],
    ]);
    expect(lines[1]?.shown(0.05).text).toBe("5.00");
    expect(lines[1]?.axis(0.05, 0.01)).toBe("5");
  });

  test("has the fall below its own high where no drawdown is told, and another name for it", () => {
    const { lines } = equityChart({ equity: series([100, 90, null, 110, 99]), marks: [] });
    expect(lines[1]?.label).toBe("Below its high here");
    const elsewhere = series([0.1]).points.map((point) => ({ ...point, to: "2030-01-01T00:00:00.000Z" }));
    const drawdown = { ...series([0.1]), points: elsewhere };
    const [, below] = equityChart({ equity: series([100, 90]), drawdown, marks: [] }).lines;
    expect([below?.label, below?.values]).toEqual(["Below its high here", [0, 0.1]]);
    expect(lines[1]?.values).toEqual([0, 0.1, null, 0, 0.1]);
    expect(belowHigh([-5, -6])).toEqual([null, null]);
  });
});

describe("a metric's value", () => {
  const entry = (name: string): CatalogueEntry => {
    const found = CATALOGUE.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no metric ${name}`);
    return {
      ...found,
      min_sample: found.minSample,
      windows: [...found.windows],
      scopes: [...found.scopes],
      prometheus: [],
    };
  };

  test.each([
    ["realized_pnl", 1234.5, "+1,234.50", "up", ""],
    ["fees", 12, "12.00", "neutral", ""],
    ["win_rate_pct", 57.53, "57.5", "neutral", "%"],
    ["maker_ratio", 0.9412, "94.12", "neutral", "%"],
    ["avg_entry_slippage_bps", 1.25, "+1.3", "neutral", "bps"],
    ["orders_placed_total", 12_345, "12.3K", "neutral", ""],
    ["order_book_stale", 1, "yes", "neutral", ""],
    ["tick_duration_seconds", 0.00123, "0.00123", "neutral", "s"],
  ])("%s of %d is %s", (name, value, text, tone, unit) => {
    expect(metricShown({ value, n: 3 }, entry(name))).toMatchObject({ text, tone });
    expect(unitText(entry(name))).toBe(unit);
  });

  test("that is not known has its reason, one without a bound its sign", () => {
    const factor = entry("profit_factor");
    expect(metricShown({ value: null, reason: "no trades", n: 0 }, factor)).toMatchObject({
      text: "—",
      reason: "no trades, n=0",
    });
    expect(metricShown({ value: "unbounded", n: 5 }, factor).text).toBe("∞");
    expect(unitText(entry("realized_pnl"), "USDT")).toBe("USDT");
  });

  test("says who says it, and where chance leaves it", () => {
    const said = {
      name: "x",
      bot: null,
      mode: "live",
      window: "all",
      unit: "percent",
      as_of: at(0),
      as_of_seq: 1,
    } as const;
    expect(sourceWords({ ...said, value: null, reason: "no trades", n: 0 })).toBe("no trades");
    expect(sourceWords({ ...said, value: 50, n: 9, ci: { low: 18.81234, high: 81.2, level: 0.95 } })).toBe(
      "18.81 to 81.2 at 95 %",
    );
    expect(sourceWords({ ...said, value: 1, n: 1, source: "reported" })).toBe("the bot says it");
  });

  describe("in a list", () => {
    const entries = ["equity", "realized_pnl", "margin_ratio", "fees", "win_rate_pct"].map(entry);
    const names = (scope: "desk" | "bot", search = "") =>
      metricLines(entries, { scope, window: undefined, search }).map((line) => line.entry.name);

    test("stands with those of its group, which begins once", () => {
      const lines = metricLines(entries, { scope: "bot", window: "7d", search: "" });
      expect(lines.map(({ entry: { name }, group, isFirst }) => [name, group, isFirst])).toEqual([
        ["realized_pnl", "PnL", true],
        ["fees", "PnL", false],
        ["win_rate_pct", "Trades", true],
        ["equity", "Risk", true],
        ["margin_ratio", "Risk", false],
      ]);
      expect(lines.map(({ window }) => window)).toEqual(["7d", "7d", "7d", "now", "now"]);
    });

    test("is found by its name, its words and its formula; of the desk only what is of a desk", () => {
      expect(names("desk")).not.toContain("margin_ratio");
      expect(names("bot", "MARGIN")).toEqual(["margin_ratio"]);
      expect(names("bot", "closed trades")).toEqual(["win_rate_pct"]);
      expect(names("bot", "zzz")).toEqual([]);
    });

    test("has a group whatever it is", () => {
      expect(metricGroup("something_else")).toBe("Others");
      const others = CATALOGUE.filter(({ name }) => metricGroup(name) === "Others").map(({ name }) => name);
      expect(others.length).toBeLessThan(CATALOGUE.length / 10);
    });

    test("is asked in the window that the address names, else in its usual one", () => {
      expect(metricWindowOf("30d")).toBe("30d");
      expect(metricWindowOf("1y")).toBe("usual");
    });
  });
});

describe("a small line", () => {
  test("fills its frame from the highest to the lowest, stroke by stroke between gaps", () => {
    expect(sparkStrokes([0, 10, null, 5])).toEqual([
      [
        { x: 0, y: 1 },
        { x: 1 / 3, y: 0 },
      ],
      [{ x: 1, y: 0.5 }],
    ]);
    expect(sparkStrokes([7, 7])).toEqual([
      [
        { x: 0, y: 0.5 },
        { x: 1, y: 0.5 },
      ],
    ]);
    expect(sparkStrokes([null])).toEqual([]);
  });
});

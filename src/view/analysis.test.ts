import { describe, expect, test } from "vitest";
import type { Difference } from "../protocol/api-compare.ts";
import type { MarkoutPoint } from "../protocol/api-execution.ts";
import type { DayReturn, StatisticView, TrendView } from "../protocol/api-statistics.ts";
import { analysisRangeOf, analysisStart } from "./analysis-range.ts";
import { compareRow } from "./compare-rows.ts";
import { markoutCurve, markoutRows } from "./markout-curve.ts";
import { statisticInterval, statisticShown, statisticUnitText } from "./metric-cards.ts";
import { binWords, drawdownChart, returnBins, rollingChart, trendShown } from "./return-course.ts";

const day = (date: string, value: number | null): DayReturn => ({ date, equity: null, flow: 0, return: value });

describe("drawdownChart", () => {
  test("begins at zero where the first day begins, and falls below the highest day before", () => {
    const chart = drawdownChart([day("2026-11-01", null), day("2026-11-02", 0.1), day("2026-11-03", -0.2)]);
    expect(chart.times.map((ms) => new Date(ms).toISOString().slice(0, 10))).toEqual([
      "2026-11-02",
      "2026-11-03",
      "2026-11-04",
    ]);
    // 1.1, then 0.88: 0.88 ÷ 1.1 − 1.
    expect(chart.lines[0]?.values.map((value) => Number(value?.toFixed(9)))).toEqual([0, 0, -0.2]);
    expect(chart.lines[0]?.shown(-0.2).text).toBe("−20.00");
  });

  test("has no point without a return, and a gap where one is missing", () => {
    expect(drawdownChart([day("2026-11-01", null)]).times).toEqual([]);
    const chart = drawdownChart([day("2026-11-01", 0.1), day("2026-11-02", null), day("2026-11-03", 0)]);
    expect(chart.lines[0]?.values).toEqual([0, 0, null, 0]);
  });
});

test("a rolling ratio has no unit, a rolling share is in percent", () => {
  const point = {
    ...{ date: "2026-11-01", sharpe: 1.5, sortino: null, volatility: 0.12, max_drawdown: 0, var_historical: 0 },
    cvar_historical: null,
  };
  const [sharpe] = rollingChart({ window_days: 30, points: [point] }, "sharpe").lines;
  expect([sharpe?.unit, sharpe?.shown(1.5).text]).toEqual(["", "1.50"]);
  const [volatility] = rollingChart({ window_days: 30, points: [point] }, "volatility").lines;
  expect([volatility?.unit, volatility?.shown(0.12).text]).toEqual(["%", "12.00"]);
});

describe("returnBins", () => {
  test("counts every return once, with zero at an edge", () => {
    const returns = [-0.012, -0.001, 0, 0.001, 0.004, 0.02].map((value, index) => day(`d${index}`, value));
    const bins = returnBins([...returns, day("gap", null)]);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(6);
    expect(bins.some(({ low }) => Math.abs(low) < 1e-12)).toBe(true);
    const below = bins.filter(({ high }) => high < 1e-9).reduce((sum, { count }) => sum + count, 0);
    expect(below).toBe(2);
    expect(Math.max(...bins.map(({ share }) => share))).toBe(1);
  });

  test("has one bar for returns that are all nothing, and none without returns", () => {
    expect(returnBins([day("a", 0), day("b", 0)]).map(({ count }) => count)).toEqual([2]);
    expect(returnBins([])).toEqual([]);
    expect(binWords({ low: -0.005, high: 0, count: 1, share: 1 })).toBe("−0.50 to 0.00 %: 1 day");
  });
});

test("a trend is told only where chance alone would hardly make one like it", () => {
  const trend: TrendView = {
    name: "r",
    test: "MK",
    n: 30,
    tau: 0.4,
    slope_per_day: -0.1,
    p: 0.0004,
    significant: true,
  };
  expect(trendShown(trend)).toMatchObject({ text: "▼ falls" });
  expect(trendShown(trend).full).toContain("p < 0.001");
  expect(trendShown({ ...trend, significant: false, p: 0.4 }).text).toBe("no trend");
  expect(trendShown({ ...trend, significant: null, reason: "needs 10, has 2" }).reason).toBe("needs 10, has 2");
});

describe("statistics", () => {
  const statistic: StatisticView = {
    ...{ name: "x", title: "X", group: "risk", unit: "fraction", sign: "", value: 0.0412, n: 60, formula: "" },
  };

  test("fractions and probabilities are percents, ratios are as they are", () => {
    expect([statisticShown(statistic).text, statisticUnitText(statistic)]).toEqual(["4.12", "%"]);
    expect(statisticShown({ ...statistic, unit: "ratio", value: 1.819 }).text).toBe("1.82");
    expect(statisticShown({ ...statistic, unit: "days", value: 12 }).text).toBe("12");
    expect(statisticShown({ ...statistic, value: "unbounded" }).text).toBe("∞");
    expect(statisticShown({ ...statistic, value: null, reason: "needs 20 days, has 6" }).reason).toContain("has 6");
    expect(statisticUnitText({ unit: "money" }, "USD")).toBe("USD");
  });

  test("an interval is in the unit of its number, or says why there is none", () => {
    const ci = { low: 0.01, high: "unbounded" as const, level: 0.95, method: "bootstrap" };
    expect(statisticInterval({ ...statistic, ci })).toEqual({ text: "[1.00, ∞]", how: "at 95 %, bootstrap" });
    expect(statisticInterval({ ...statistic, ci: { reason: "too few" } })?.how).toBe("no interval: too few");
    expect(statisticInterval(statistic)).toBeUndefined();
  });
});

describe("markouts", () => {
  const measure = { value: 1, n: 3 };
  const point = (horizon: number, mean: number | null): MarkoutPoint => ({
    ...{ horizon_s: horizon, n: 3, pending: 1, expired: 2, unmarked: 0 },
    mean_bps:
      mean === null
        ? { value: null, reason: "no marks", n: 0 }
        : { value: mean, n: 3, ci: { low: mean - 1, high: mean + 1, level: 0.95 } },
    ...{ median_bps: measure, weighted_bps: measure, mean_net_bps: measure, mean_drift_bps: measure },
    ...{ mean_price: measure, gross: measure, net: measure },
  });

  test("the curve holds zero and every interval within its frame", () => {
    const curve = markoutCurve({ curve: [point(1, 5), point(60, null), point(300, 8)] });
    expect(curve?.points.map(({ label, x }) => [label, x])).toEqual([
      ["1 s", 0],
      ["5 m", 1],
    ]);
    const ends = (curve?.points ?? []).flatMap(({ y, range }) => [y, range?.high ?? 0, range?.low ?? 0]);
    for (const end of [...ends, curve?.zero ?? -1]) expect(end >= 0 && end <= 1).toBe(true);
    expect(curve?.points[0]?.words).toBe("1 s after: +5.00 [+4.0, +6.0] bps, n=3");
  });

  test("there is no curve without a mean, and rows say what is not counted", () => {
    expect(markoutCurve({ curve: [point(1, null)] })).toBeUndefined();
    const [row] = markoutRows({ curve: [point(1, null)] });
    expect(row?.without).toBe("1 pending, 2 marks expired");
    expect(row?.mean.reason).toBe("no marks, n=0");
  });
});

describe("compareRow", () => {
  const row: Difference = {
    ...{ name: "x", title: "X", unit: "bps", better: "lower", difference: -1, p: 0.01, significant: true, test: "t" },
    ...{ a: { value: 3, n: 10 }, b: { value: 2, n: 12 } },
  };

  test("says better or worse by what is better, and nothing where chance makes it", () => {
    expect(compareRow(row).verdict.text).toBe("▲ better");
    expect(compareRow({ ...row, better: "higher" }).verdict.text).toBe("▼ worse");
    expect(compareRow({ ...row, better: null }).verdict.text).toBe("▼ lower");
    expect(compareRow({ ...row, significant: false }).verdict.text).toBe("as chance makes it");
    expect(compareRow({ ...row, significant: null, reason: "needs 20" }).verdict.reason).toBe("needs 20");
  });

  test("writes fractions of a day as percents, with the band", () => {
    const shown = compareRow({ ...row, unit: "fraction/day", band: { low: 1, high: 4, within: true } });
    expect([shown.a.text, shown.difference.text, shown.unit]).toEqual(["300.00", "−100.00", "% a day"]);
    expect(shown.band).toMatchObject({ text: "within", full: "chance alone leaves it from 100.00 to 400.00" });
  });
});

test("a range that is none is the usual one", () => {
  expect(analysisRangeOf("1h", "30d")).toBe("30d");
  expect(analysisStart("7d", 7 * 86_400_000)).toBe(0);
});

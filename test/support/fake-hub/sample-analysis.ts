import type { DiagnosisAnswer } from "../../../src/protocol/api-attribution.ts";
import type { CompareAnswer } from "../../../src/protocol/api-compare.ts";
import {
  type AssetsAnswer,
  type ExecutionAnswer,
  MARKOUT_HORIZONS_S,
  type MarkoutGroup,
  type MarkoutsAnswer,
} from "../../../src/protocol/api-execution.ts";
import type { WireMeasure } from "../../../src/protocol/api-money.ts";
import type { StatisticsAnswer, StatisticView } from "../../../src/protocol/api-statistics.ts";

/** What a hub makes of the past of the busy desk. */
export interface SampleAnalysis {
  readonly statistics: StatisticsAnswer;
  readonly diagnosis: DiagnosisAnswer;
  readonly markouts: MarkoutsAnswer;
  readonly execution: ExecutionAnswer;
  readonly assets: AssetsAnswer;
  readonly compare: CompareAnswer;
}

const DAY_MS = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const known = (value: number, n: number): WireMeasure => ({ value, n });
const unknown = (reason: string, n = 0): WireMeasure => ({ value: null, reason, n });
const ci = (low: number, high: number) => ({ low, high, level: 0.95 });

const spanOf = (nowMs: number) => ({ from: iso(nowMs - 7 * DAY_MS), to: iso(nowMs) });
const asOf = (nowMs: number) => ({ as_of: iso(nowMs), as_of_seq: 90_000 });

const statistic = (name: string, changes: Partial<StatisticView>): StatisticView => ({
  ...{
    name,
    title: name,
    group: "risk",
    unit: "ratio",
    sign: "> 0 is a gain",
    value: 1,
    n: 60,
    formula: `${name} of r`,
  },
  ...changes,
});

/** Returns of days that swing, with a fall in their middle. */
const returnOf = (day: number): number => Math.sin(day * 1.7) * 0.006 + (day > 25 && day < 31 ? -0.008 : 0.001);

function sampleStatistics(nowMs: number): StatisticsAnswer {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const dates = Array.from({ length: 60 }, (_, day) => iso(today - (60 - day) * DAY_MS).slice(0, 10));
  return {
    ...{ bot: null, mode: "live", currency: "USD", from: iso(today - 60 * DAY_MS), to: iso(today) },
    ...{
      days: 60,
      returns: 59,
      days_per_year: 365,
      min_days: 20,
      confidence: 0.95,
      trials: null,
      start_equity: 20_000,
    },
    statistics: [
      statistic("sharpe", { title: "Sharpe", value: 1.82, ci: { ...ci(0.4, 3.1), method: "bootstrap of blocks" } }),
      statistic("max_drawdown", { title: "Largest drawdown", unit: "fraction", value: 0.0412 }),
      statistic("calmar", { title: "Calmar", value: null, reason: "needs 365 days, has 59", n: 59 }),
      statistic("psr", {
        title: "Probability that Sharpe is above 0",
        group: "inference",
        unit: "probability",
        value: 0.971,
      }),
    ],
    rolling: {
      window_days: 30,
      points: dates.slice(30).map((date, index) => ({
        ...{ date, sharpe: 1 + index / 20, sortino: 1.4, volatility: 0.11, max_drawdown: 0.04 },
        ...{ var_historical: -0.012, cvar_historical: null },
      })),
    },
    trends: [
      { name: "return", test: "Mann–Kendall", n: 59, tau: 0.02, slope_per_day: 0.00001, p: 0.81, significant: false },
      { name: "sharpe", test: "Mann–Kendall", n: 30, tau: 0.9, slope_per_day: 0.05, p: 0.0002, significant: true },
    ],
    daily: dates.map((date, day) =>
      day === 0
        ? { date, equity: 20_000, flow: 0, return: null, reason: "no equity on the day before" }
        : { date, equity: 20_000, flow: 0, return: returnOf(day) },
    ),
    notes: ["Days are UTC days."],
    ...asOf(nowMs),
  };
}

function sampleGroup(key: string, fills: number, mean: number, changes: Partial<MarkoutGroup> = {}): MarkoutGroup {
  return {
    ...{ key, fills, currency: "USD" },
    spread_capture: {
      mean_bps: { ...known(2.3, fills), ci: ci(2, 2.6) },
      ...{ weighted_bps: known(2.2, fills), total: known(41.2, fills), pending: 0, expired: 0, unmarked: 0 },
    },
    adverse_drift_30s: { computed: known(-0.0003, fills), reported: unknown("no fill says its drift") },
    curve: MARKOUT_HORIZONS_S.map((horizon, index) => ({
      ...{ horizon_s: horizon, n: fills - index, pending: index, expired: 0, unmarked: 0 },
      mean_bps: { ...known(mean - index, fills - index), ci: ci(mean - index - 0.8, mean - index + 0.8) },
      median_bps: known(mean - index - 0.1, fills - index),
      weighted_bps: unknown("money of several currencies does not add up", fills),
      mean_net_bps: known(mean - index - 0.5, fills - index),
      mean_drift_bps: known(-index, fills - index),
      mean_price: unknown("several instruments"),
      ...{ gross: known(12, fills), net: known(9, fills) },
    })),
    ...changes,
  };
}

function sampleMarkouts(nowMs: number): MarkoutsAnswer {
  return {
    ...{ bot: null, mode: "live", by: "asset", marks: "the mid of the recorded marks", ...spanOf(nowMs) },
    all: sampleGroup("all", 721, 1.9),
    groups: [
      sampleGroup("binance:BTCUSDT", 612, 2.4),
      sampleGroup("kalshi:KXINFLATION-24DEC-B3.0", 109, -1.2, { label: "CPI ≥ 3.0 % Dec" }),
    ],
    ...asOf(nowMs),
  };
}

const assetRow = (venue: string, symbol: string, net: number): AssetsAnswer["rows"][number] => ({
  ...{ bot: null, mode: "live", venue, symbol, currency: "USD" },
  ...{ realized: net + 6, unrealized: 0, fees: 6, funding: 0, net, volume: 12_400, fills: 310, trades_closed: 148 },
  ...{ win_rate_pct: known(57.5, 148), maker_ratio: known(0.94, 310), orders_placed: 900 },
  ...{ fill_rate_pct: known(34.4, 900), hit_rate: unknown("no quotes reported"), entry_slippage_bps: known(0.4, 310) },
  ...{
    exit_slippage_bps: known(0.2, 120),
    avg_markout_in: known(0.0002, 290),
    avg_markout_out: unknown("no taker fill"),
  },
  spread_capture_bps: known(2.3, 310),
  markouts: MARKOUT_HORIZONS_S.map((horizon) => ({ horizon_s: horizon, mean_bps: known(net / 100, 310) })),
});

function sampleExecution(nowMs: number): ExecutionAnswer {
  const times = { p50: known(0.031, 900), p95: known(0.24, 900), p99: known(0.9, 900) };
  const hit = { ended: 3_687, hit: 715, hit_rate: { ...known(19.4, 3_687), ci: ci(18.2, 20.7) } };
  return {
    ...{ bot: null, mode: "live", ...spanOf(nowMs) },
    quotes: {
      ...{
        maker: hit,
        taker: { ended: 0, hit: 0, hit_rate: unknown("no taker quotes reported") },
        all: hit,
        rejected: 20,
      },
      fill_rate_qty_pct: known(12.2, 3_687),
      fill_factor: { realized: known(0.4, 895), reported: unknown("no calibration"), configured: known(0.45, 1) },
    },
    orders: {
      ...{
        placed: 900,
        filled: 310,
        partially_filled: 12,
        cancelled: 560,
        rejected: 8,
        expired: 6,
        open: 4,
        unknown: 0,
        complete: true,
      },
      ...{ placed_to_acknowledged_s: times, placed_to_filled_s: times, placed_to_cancelled_s: times },
      ...{ placed_to_expired_s: times, open_age_s: times },
    },
    unfilled: [
      { of: "order", outcome: "cancelled", reason: "the price moved away", count: 510 },
      { of: "order", outcome: "rejected", reason: "would have crossed", count: 8 },
    ],
    ...asOf(nowMs),
  };
}

function sampleDiagnosis(nowMs: number): DiagnosisAnswer {
  return {
    ...spanOf(nowMs),
    findings: [
      {
        ...{ code: "losing_to_execution", bot: "mm-btc", mode: "live", currency: "USDT", severity: "warning" },
        text: "losing to execution: fills 3.1 bps [2.4, 3.8] worse than the mid, n = 412",
        ...{ value: -3.1, unit: "bps", n: 412, threshold: "execution below 0 with its whole 95 % interval" },
      },
    ],
    unsaid: [{ code: "over_trading", bot: "arb-1", mode: "live", reason: "needs 30 fills, has 4" }],
    ...asOf(nowMs),
  };
}

function sampleCompare(nowMs: number): CompareAnswer {
  const difference = (
    name: string,
    changes: Partial<CompareAnswer["metrics"][number]>,
  ): CompareAnswer["metrics"][number] => ({
    ...{
      name,
      title: name,
      unit: "bps",
      better: "higher",
      a: { value: 1.1, n: 300 },
      b: { value: 2.4, n: 412 },
      difference: 1.3,
    },
    ...{ p: 0.004, significant: true, test: "difference of means", ci: ci(0.4, 2.2) },
    ...changes,
  });
  const span = (label: string, agoDays: number) => ({ label, from: iso(nowMs - agoDays * DAY_MS), to: null });
  return {
    ...{ bot: "mm-btc", by: "version", confidence: 0.95 },
    a: { label: "2.4.0", mode: "live", from: iso(nowMs - 14 * DAY_MS), to: iso(nowMs - 7 * DAY_MS), version: "2.4.0" },
    b: { label: "2.4.1", mode: "live", ...spanOf(nowMs), version: "2.4.1" },
    metrics: [
      difference("capture", { title: "Spread capture" }),
      difference("slippage", {
        title: "Slippage",
        better: "lower",
        difference: 0.9,
        band: { low: 0.2, high: 1.4, within: false },
      }),
      difference("win_rate", { title: "Win rate", unit: "percent", p: 0.4, significant: false }),
      difference("expectancy", {
        ...{ title: "Expectancy", unit: "money", difference: null, p: null, significant: null },
        ...{ a: { value: null, reason: "no trades", n: 0 }, reason: "needs 20 trades, has 0" },
      }),
    ],
    spans: [span("2.4.1", 7), span("2.4.0", 14), span("2.3.0", 60)],
    notes: [],
    ...asOf(nowMs),
  };
}

/** What a hub makes of the past of the busy desk. */
export const sampleAnalysis = (nowMs: number): SampleAnalysis => ({
  statistics: sampleStatistics(nowMs),
  diagnosis: sampleDiagnosis(nowMs),
  markouts: sampleMarkouts(nowMs),
  execution: sampleExecution(nowMs),
  assets: {
    ...spanOf(nowMs),
    rows: [assetRow("binance", "BTCUSDT", 210.4), assetRow("kalshi", "KXINFLATION-24DEC-B3.0", -26.5)],
    ...asOf(nowMs),
  },
  compare: sampleCompare(nowMs),
});

/** Where nothing was traded and no equity was told. */
export function noAnalysis(nowMs: number): SampleAnalysis {
  const { statistics, diagnosis, markouts, execution, assets, compare } = sampleAnalysis(nowMs);
  const nothing = statistics.statistics.map((each) => ({ ...each, value: null, reason: "needs 20 days, has 0", n: 0 }));
  const noRolling = { ...statistics.rolling, points: [], reason: "needs 30 days, has 0" };
  return {
    statistics: { ...statistics, statistics: nothing, returns: 0, daily: [], trends: [], rolling: noRolling },
    diagnosis: { ...diagnosis, findings: [], unsaid: [] },
    markouts: { ...markouts, all: { ...markouts.all, fills: 0, curve: [] }, groups: [] },
    execution: { ...execution, unfilled: [] },
    assets: { ...assets, rows: [] },
    compare,
  };
}

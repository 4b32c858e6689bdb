import { describe, expect, test } from "vitest";
import { inOrder } from "../../src/domain/ledger/kept-entries.ts";
import { FillHistory } from "../../src/engine/fill-history.ts";
import type { Ledger } from "../../src/engine/ledgers.ts";
import { historyOf, readMetricNamed } from "../../src/engine/read-metrics.ts";
import { readPerformance } from "../../src/engine/read-performance.ts";
import { markoutReading } from "../../src/hub/markout-metrics.ts";
import { CATALOGUE } from "../../src/metrics/catalogue.ts";
import type { MetricWindow } from "../../src/metrics/definition.ts";
import type { DailyReading, HistoryReading } from "../../src/metrics/scope-reading.ts";
import { DAYS_PER_YEAR, dailyStatistics, readDaily } from "../../src/metrics/returns/daily-statistics.ts";
import { ReturnReading } from "../../src/metrics/returns/reading.ts";
import type { MetricAnswer } from "../../src/protocol/api-metrics.ts";
import { at, type FoldedDesk } from "../support/folded-desk.ts";
import { metricsOver, seriesOf, seriesValue } from "./metrics-page.ts";
import { READ_AT_S, RISK, toldDesk, toldTable } from "./told-desk.ts";

type Answer = Omit<MetricAnswer, "as_of" | "as_of_seq">;

function ask(desk: FoldedDesk, name: string, window?: MetricWindow, bot: string | undefined = "mm"): Answer {
  const history = historyOf(name, { bot, mode: "live", window }) && historyAt(desk, bot);
  const markouts = markoutReading(
    { table: toldTable(), at: at(READ_AT_S) },
    { from: 0, to: Number.MAX_SAFE_INTEGER },
    desk.state.desk,
  );
  const answer = readMetricNamed(desk.state, at(READ_AT_S), name, {
    ...{ bot, mode: "live", window, history, markouts },
    daily: ofDays,
  });
  if (typeof answer === "string") throw new Error(`${name}: ${answer}`);
  return answer;
}

const DAYS = new ReturnReading(
  Float64Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 0.02 : -0.01)),
  DAYS_PER_YEAR,
);

/** What twenty days say. */
const ofDays: DailyReading = (name) => {
  const statistic = dailyStatistics({ confidence: 0.95, trials: undefined }).find((each) => each.name === name);
  if (statistic === undefined) throw new Error(`no ${name}`);
  return readDaily(statistic, DAYS);
};

/** What the few fills of the ledgers tell, all in USD. */
function historyAt(desk: FoldedDesk, bot: string): HistoryReading {
  const ledgers = desk.state.bots.get(bot)?.ledgers ?? new Map<string, Ledger>();
  const history = new FillHistory({
    from: undefined,
    makesMarkets: false,
    rateOf: () => 1,
    money: { currency: "USD" },
  });
  for (const [key, { holding }] of ledgers) for (const entry of inOrder(holding.waiting)) history.take(key, entry);
  return history.reading(at(READ_AT_S));
}

/** Each was timed once. */
const percentilesOf = (name: string, seconds: number) =>
  ["p50", "p95", "p99"].map((percentile) => [`${name}_${percentile}_seconds`, seconds] as const);

/** A sketch is exact to 2.2 %. */
const isSketched = (name: string): boolean => /_p\d\d_seconds$/.test(name);

/** By hand; see told-desk.ts for where the numbers come from. */
const BY_HAND: readonly (readonly [name: string, value: number])[] = [
  ["realized_pnl", 30 - 4],
  ["fees", 1 + 0.5 - 0.2],
  ["fees_paid_total", 1.5],
  ["rebates", 0.2],
  ["funding_received_total", 0.25],
  ["funding_paid_total", 0.1],
  ["net_funding", 0.15],
  ["realized_pnl_net", 26 - 1.3 + 0.15],
  ["unrealized_pnl", 2],
  ["pnl_gross", 28],
  ["pnl_net", 28 - 1.3 + 0.15],
  ["volume", 1000 + 1030 + 400 + 396 + 200],
  ["trades_closed_total", 2],
  ["win_rate_pct", 50],
  ["expectancy_per_trade", (28.5 - 3.8) / 2],
  ["profit_factor", 28.5 / 3.8],
  ["profit_factor_session", 28.5 / 3.8],
  ["profit_factor_7d", 28.5 / 3.8],
  ["profit_factor_30d", 28.5 / 3.8],
  ["payoff_ratio", 28.5 / 3.8],
  ["avg_win", 28.5],
  ["avg_loss", -3.8],
  // Since the first fill 3,000 s ago.
  ["trades_per_day", (2 * 86_400) / 3_000],
  ["trade_streak", -1],
  ["longest_win_streak", 1],
  ["longest_loss_streak", 1],
  ["largest_win", 28.5],
  ["largest_loss", -3.8],
  ["median_holding_time_hours", (600 + 300) / 2 / 3_600],
  // 1,000 for 600 s, 400 for 300 s, 200 for 1,200 s.
  ["inventory_avg", (1_000 * 600 + 400 * 300 + 200 * 1_200) / 3_000],
  ["inventory_net_avg", (1_000 * 600 + 400 * 300 + 200 * 1_200) / 3_000],
  ["inventory_max", 1_000],
  ["inventory_turnover", (1_000 + 1_030 + 400 + 396 + 200) / 320],
  ["exposure_concentration", 1],
  ["effective_positions", 1],
  ["avg_holding_time_hours", (600 + 300) / 2 / 3_600],
  // Open for 600 s and 300 s, and since 2,400 s: 2,100 s of the hour.
  ["time_in_market_pct", (100 * 2_100) / 3_600],
  ["orders_placed_total", 2],
  ["orders_filled_total", 1],
  ["fill_rate_pct", 50],
  ["fill_rate_qty_pct", 50],
  ["avg_entry_slippage_bps", (0.1 / 99.9) * 10_000],
  ["avg_exit_slippage_bps", 0],
  ["hit_rate", 100 / 3],
  ["hit_rate_maker", 50],
  ["hit_rate_taker", 0],
  ["fill_factor", 10 / 25],
  // (0.5 · 10 − 1) and (−0.05 · 4 + 0.2) of 1,400; (0.1 · 10 − 0.5) of 1,030.
  ["avg_markout_in", 4 / 1_400],
  ["avg_markout_out", 0.5 / 1_030],
  ["spread_capture_bps", ((0.2 / 100.2 - 0.05 / 99.95) / 2) * 10_000],
  ["fill_adverse_drift_30s", 0.0001],
  ["markout_1s_bps", (0.3 / 100.2) * 10_000],
  ["markout_5s_bps", (0.5 / 100.2) * 10_000],
  ["markout_30s_bps", (0.6 / 100.2) * 10_000],
  ["markout_1m_bps", (0.7 / 100.2) * 10_000],
  ["markout_5m_bps", (0.8 / 100.2) * 10_000],
  ["computed_adverse_drift_30s", 0.4 / 100.2],
  ["fills", 5],
  ["fills_total", 5],
  ["maker_ratio", 2 / 3],
  ["position_drift_pct", RISK.position_drift_pct],
  ["position_drift_at_venue", 0.5 / 2.5],
  ["margin_ratio", RISK.margin_ratio],
  ["funding_rate", RISK.funding_rate],
  ["daily_loss_pct", RISK.daily_loss_pct],
  ["daily_loss_limit", 0.03],
  ["daily_loss_used", RISK.daily_loss_pct / 0.03],
  ["drawdown_pct", RISK.drawdown_pct],
  ["drawdown_limit", 0.05],
  ["drawdown_used", RISK.drawdown_pct / 0.05],
  ["max_drawdown", 0.04],
  ["realized_pnl_today_quote", RISK.realized_pnl_today_quote],
  ["equity_quote", 960],
  ["equity", 960],
  ["base_pct", RISK.base_pct],
  ["adverse_drift_30s", RISK.adverse_drift_30s],
  ["order_book_stale", 1],
  ["risk_reasons_info", 2],
  ["exposure_gross", 200],
  ["exposure_net", 200],
  ["open_orders", 1],
  ["positions", 1],
  // Ten days of +2 %, each followed by one of −1 %: mean 0.5 %, 1.5 % from it each, and 1 % below 0 every other day.
  ["sharpe", (0.005 / (0.015 * Math.sqrt(20 / 19))) * Math.sqrt(365)],
  ["sortino", (0.005 / Math.sqrt(0.01 ** 2 / 2)) * Math.sqrt(365)],
  ["volatility", 0.015 * Math.sqrt(20 / 19) * Math.sqrt(365)],
  ["total_return", (1.02 * 0.99) ** 10 - 1],
  ["calmar", ((1.02 * 0.99) ** (365 / 2) - 1) / 0.01],
  ["var_historical", -0.01],
  ["cvar_historical", -0.01],
  // Without skewness and with a kurtosis of 1 the ratio has the error 1 ÷ √19: Φ(√(19 ÷ 20) ÷ 3 · √19) = Φ(1.41618).
  ["psr", 0.921638066],
  ["tick_duration_seconds", 0.02],
  ["tick_indicator_seconds", 0.005],
  ["tick_connector_io_seconds", 0.012],
  ["ws_reconnect_total", 1],
  ["avg_capture_bps", 4.5],
  ["realized_fill_factor", 0.35],
  ["configured_fill_factor", 0.4],
  ...percentilesOf("tick_duration", 0.02),
  ...percentilesOf("order_decided_to_sent", 0.04),
  ...percentilesOf("order_sent_to_acknowledged", 0.06),
  ...percentilesOf("order_acknowledged_to_filled", 1),
  ["approval_rate", 0.75],
  ["consecutive_losses", 2],
];

describe("the catalogue", () => {
  test.each(BY_HAND)("%s is what it is by hand", (name, value) => {
    const told = ask(toldDesk(), name).value;
    if (isSketched(name)) expect(Math.abs(Number(told) / value - 1), `${name} ${told}`).toBeLessThan(0.022);
    else expect(told).toBeCloseTo(value, 9);
  });

  test("has a number by hand for each metric, and each name once", () => {
    expect(BY_HAND.map(([name]) => name).toSorted()).toEqual(CATALOGUE.map(({ name }) => name).toSorted());
    const names = CATALOGUE.flatMap(({ prometheus }) => prometheus.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    for (const { name } of CATALOGUE) {
      const others = CATALOGUE.filter((other) => other.name !== name);
      expect(others.flatMap(({ prometheus }) => prometheus.map((exposed) => exposed.name))).not.toContain(name);
    }
  });

  test("offers on its page for Prometheus no window that it does not have", () => {
    for (const { windows, prometheus, reads } of CATALOGUE) {
      expect(prometheus.length > 0).toBe(reads === "fold");
      for (const { window } of prometheus) expect(windows).toContain(window);
    }
  });

  test("says whether the bot reported a number or the hub made it", () => {
    expect(ask(toldDesk(), "drawdown_pct")).toMatchObject({ value: 0.03, source: "reported" });
    const desk = toldDesk().fact(2_800, { type: "risk", equity_quote: 950 });
    expect(ask(desk, "drawdown_pct")).toMatchObject({ value: 0.05, source: "computed" });
    expect(ask(desk, "realized_pnl_today_quote")).toMatchObject({ value: 26, source: "computed" });
    expect(ask(desk, "base_pct")).toMatchObject({ value: null, reason: "the bot does not report base_pct" });
  });

  test("does not show the reported loss of a day that is over as today's", () => {
    const answer = readMetricNamed(toldDesk().state, at(86_400 + 60), "daily_loss_pct", { bot: "mm", mode: "live" });
    expect(answer).toMatchObject({ value: null, reason: "no equity was reported today" });
  });

  test("sums the desk through recorded rates, and says why where there is none", () => {
    const desk = toldDesk()
      .fact(2_900, { bot: "eu", type: "instrument", venue: "v", symbol: "E", kind: "spot", quote: "EUR" })
      .fact(2_901, { bot: "eu", type: "fill", fill_id: "e1", venue: "v", symbol: "E", side: "buy", size: 1, price: 10 })
      .fact(2_902, {
        bot: "eu",
        type: "fill",
        fill_id: "e2",
        venue: "v",
        symbol: "E",
        side: "sell",
        size: 1,
        price: 20,
      });
    expect(ask(desk, "realized_pnl", "all", "eu")).toMatchObject({ value: 10, currency: "EUR" });
    const whole = (name: string) => readMetricNamed(desk.state, at(READ_AT_S), name, { mode: "live", window: "all" });
    expect(whole("realized_pnl")).toMatchObject({ value: null, reason: "no recorded rate from EUR to USD" });
    expect(whole("win_rate_pct")).toMatchObject({ n: 3 });
    desk.fact(2_903, { type: "rate", currency: "EUR", per: "USD", price: "1.1" });
    expect(whole("realized_pnl")).toMatchObject({ value: 26 + 11, currency: "USD" });
    expect(whole("expectancy_per_trade")).toMatchObject({ currency: "USD", n: 3 });
  });

  test("adds no modes together, and takes a profit factor without losses as unbounded", () => {
    const fill = (id: string, side: string, price: number) => ({
      ...{ type: "fill", fill_id: id, mode: "paper", venue: "v", symbol: "A", side, size: 1, price },
    });
    const desk = toldDesk()
      .fact(2_900, fill("p1", "buy", 10))
      .fact(2_901, fill("p2", "sell", 15));
    const paper = (name: string) => readMetricNamed(desk.state, at(READ_AT_S), name, { bot: "mm", mode: "paper" });
    expect(paper("realized_pnl_net")).toMatchObject({ value: 5 });
    expect(paper("profit_factor_7d")).toMatchObject({ value: "unbounded", n: 1 });
    expect(ask(desk, "realized_pnl", "all").value).toBeCloseTo(26, 9);
    expect(ask(desk, "fills_total").value).toBe(5);
  });

  test("refuses a name and a window that it does not have, and takes the names of Prometheus", () => {
    const { state } = toldDesk();
    const read = (name: string, window?: MetricWindow) =>
      readMetricNamed(state, at(READ_AT_S), name, { bot: "mm", mode: "live", window });
    expect(read("nonsense")).toBe("no such metric");
    expect(read("equity", "7d")).toBe("no such window");
    expect(read("hbot_bot_equity_quote")).toMatchObject({ name: "equity_quote", value: 960 });
    expect(read("deskwatch_realized_pnl_today")).toMatchObject({ name: "realized_pnl", window: "today" });
  });
});

describe("one number", () => {
  const windows = ["session", "today", "7d", "30d", "all"] as const;

  test.each(windows)("in performance and in the catalogue, in the window %s", (window) => {
    const desk = toldDesk();
    const { total, rows } = readPerformance(desk.state, at(READ_AT_S), { bot: "mm", mode: "live", window });
    const [row] = rows;
    const value = (name: string) => ask(desk, name, window).value;
    expect(total).toMatchObject({
      realized: value("realized_pnl"),
      fees: value("fees"),
      funding: value("net_funding"),
      net: value("realized_pnl_net"),
      unrealized: ask(desk, "unrealized_pnl").value,
    });
    expect(row).toMatchObject({ fills: value("fills"), volume: value("volume") });
    expect(row?.maker_ratio.value).toBe(value("maker_ratio"));
    expect(row?.trades).toMatchObject({
      closed: value("trades_closed_total"),
      win_rate_pct: { value: value("win_rate_pct") },
      expectancy: { value: value("expectancy_per_trade") },
      profit_factor: { value: value("profit_factor") },
      payoff: { value: value("payoff_ratio") },
      avg_holding_hours: { value: value("avg_holding_time_hours") },
    });
  });

  test("on the page for Prometheus and in the API, for each name", async () => {
    const desk = toldDesk();
    const series = seriesOf(await metricsOver(desk.state, () => at(READ_AT_S)).text());
    for (const { name, prometheus } of CATALOGUE)
      for (const exposed of prometheus) {
        const shown = seriesValue(series, exposed.name, { bot: "mm", mode: "live" });
        const { value } = ask(desk, name, exposed.window);
        if (exposed.name !== "hbot_bot_risk_reasons_info")
          expect({ [exposed.name]: shown }).toEqual({ [exposed.name]: value });
      }
  });
});

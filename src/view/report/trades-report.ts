import { BatchedMean, meanOf } from "../../metrics/inference/batched-mean.ts";
import { correctedInterval, independentDraw, noInterval, resample } from "../../metrics/inference/bootstrap.ts";
import { STATISTIC_OF } from "../../metrics/inference/sampled-statistics.ts";
import { hitsInterval } from "../../metrics/inference/wilson.ts";
import { type Measure, measured, unknown } from "../../metrics/measure.ts";
import { quantileOf } from "../../metrics/returns/tail-risk.ts";
import { sumOf } from "../../metrics/sum.ts";
import * as statistics from "../../metrics/trade-statistics.ts";
import { fixed } from "../number-format.ts";
import { type DailyTrading, dailyTrading } from "./daily-trading.ts";
import { type Figure, type FigureUnit, figuresJson, measureJson, type Report } from "./report.ts";
import type { IntervalOptions } from "../../metrics/returns/return-intervals.ts";
import { tradeCharts } from "./trade-charts.ts";
import { timeInMarket, type TradeSeries } from "./trade-series.ts";

export interface TradesReportOptions {
  readonly intervals: IntervalOptions;
  /** Money at the start, for what is measured against it. */
  readonly startingCapital: number | undefined;
}

const DAY_MS = 86_400_000;

/** Everything on closed trades (metrics.md §3). */
export function tradesReport(series: TradeSeries, { intervals, startingCapital }: TradesReportOptions): Report {
  const tally = tallyOf(series.pnl);
  const daily = dailyTrading(series, startingCapital);
  const outcome = outcomeFigures(series, tally, intervals);
  const holding = holdingFigures(series);
  const windows = windowFigures(series);
  return {
    title: "Trades",
    about: aboutOf(series),
    groups: [
      { title: "Outcome", figures: outcome },
      { title: "Windows", figures: windows },
      { title: "Time", figures: holding },
      { title: "Days", figures: daily.figures },
    ],
    tables: [],
    charts: () => tradeCharts(series, daily),
    notes: [],
    json: tradesJson({ outcome, holding, windows, daily, tally }),
  };
}

function tallyOf(pnl: Float64Array): statistics.TradeTally {
  const tally = statistics.emptyTally();
  for (let index = 0; index < pnl.length; index++) statistics.countTrade(tally, pnl[index] as number);
  return tally;
}

function aboutOf({ closedAt, pnl, source }: TradeSeries): string[] {
  const day = (at: number | undefined): string => new Date(at ?? 0).toISOString().slice(0, 10);
  const span = closedAt.length === 0 ? [] : [`closed ${day(closedAt[0])} to ${day(closedAt.at(-1))} (UTC)`];
  return [source, ...span, `${fixed(pnl.length, 0)} trades`];
}

function outcomeFigures(
  { pnl, closedAt }: TradeSeries,
  tally: statistics.TradeTally,
  intervals: IntervalOptions,
): readonly Figure[] {
  const trades = statistics.tradesOf(tally);
  const sum = (value: number): Measure => (trades === 0 ? unknown("no trades") : measured(value, trades));
  const drawn = (name: keyof typeof STATISTIC_OF) => ({ interval: profitInterval(pnl, name, intervals) });
  const winning = statistics.winRate(tally);
  return [
    figure("net_profit", "Net profit", "money", sum(statistics.netProfit(tally))),
    {
      ...figure("win_rate", "Win rate, of all trades", "fraction", winning),
      interval: winInterval(pnl, closedAt, intervals),
    },
    { ...figure("profit_factor", "Profit factor", "ratio", statistics.profitFactor(tally)), ...drawn("profit_factor") },
    { ...figure("expectancy", "Expectancy of a trade", "money", statistics.expectancy(tally)), ...drawn("mean") },
    figure("expectancy_ratio", "Expectancy in mean losses", "ratio", expectancyRatio(tally)),
    figure("payoff_ratio", "Mean win to mean loss", "ratio", statistics.payoff(tally)),
    figure("avg_win", "Mean win", "money", statistics.averageWin(tally)),
    figure("avg_loss", "Mean loss", "money", statistics.averageLoss(tally)),
    figure("largest_win", "Largest win", "money", statistics.largestWin(tally)),
    figure("largest_loss", "Largest loss", "money", statistics.largestLoss(tally)),
    figure("gross_profit", "Sum of wins", "money", sum(sumOf(tally.won))),
    figure("gross_loss", "Sum of losses", "money", sum(sumOf(tally.lost))),
    figure("max_consecutive_wins", "Most wins in a row", "count", sum(tally.longestWins)),
    figure("max_consecutive_losses", "Most losses in a row", "count", sum(tally.longestLosses)),
    figure("max_drawdown_abs", "Largest fall of the sum of profits", "money", sum(largestFall(pnl))),
  ];
}

const figure = (name: string, title: string, unit: FigureUnit, measure: Measure): Figure => ({
  name,
  title,
  unit,
  measure,
});

/** Wilson's, of fewer trades where those that follow one another win and lose together. */
function winInterval(
  pnl: Float64Array,
  closedAt: Float64Array,
  { confidence }: Pick<IntervalOptions, "confidence">,
): NonNullable<Figure["interval"]> {
  const series = new BatchedMean();
  for (let index = 0; index < pnl.length; index++)
    series.add((pnl[index] as number) > 0 ? 1 : 0, closedAt[index] as number);
  const { n, mean, factor, freedom } = meanOf([series]);
  const interval = hitsInterval({ hits: Math.round(mean * n), n, factor, freedom }, confidence);
  const method = factor === 1 ? "Wilson" : `Wilson, ${n} trades worth ${fixed(n / factor, 0)} independent ones`;
  return "reason" in interval ? interval : { ...interval, confidence, method };
}

/** (1 + mean win ÷ |mean loss|) · win rate − 1. */
function expectancyRatio(tally: statistics.TradeTally): Measure {
  const payoff = statistics.payoff(tally);
  const rate = statistics.winRate(tally);
  if (typeof payoff.value !== "number" || typeof rate.value !== "number") return payoff;
  return measured((1 + payoff.value) * rate.value - 1, rate.n);
}

/** The sum of profits below its highest so far, the start at 0 included; ≤ 0. */
function largestFall(pnl: Float64Array): number {
  let [sum, peak, fall] = [0, 0, 0];
  for (let index = 0; index < pnl.length; index++) {
    sum += pnl[index] as number;
    peak = Math.max(peak, sum);
    fall = Math.min(fall, sum - peak);
  }
  return fall;
}

/** A jackknife reads all values once for each of them; beyond so many an interval would take seconds. */
const VALUES_MAX = 5_000;

function profitInterval(
  values: Float64Array,
  name: keyof typeof STATISTIC_OF,
  { random, resamples, confidence }: IntervalOptions,
): NonNullable<Figure["interval"]> {
  const statistic = STATISTIC_OF[name];
  if (values.length > VALUES_MAX) return { reason: `more than ${VALUES_MAX} trades` };
  const resampled = resample({ values, statistic, draw: independentDraw(random, values.length), resamples });
  const problem = noInterval(values.length, resampled);
  if (problem !== undefined) return { reason: problem };
  const found = correctedInterval({ values, statistic }, resampled, confidence);
  return "reason" in found
    ? found
    : { ...found, confidence, method: `bootstrap (BCa) of ${fixed(resamples, 0)} resamples` };
}

function windowFigures(series: TradeSeries): readonly Figure[] {
  return [7, 30].map((days) => {
    const tally = statistics.emptyTally();
    const end = series.closedAt.at(-1) ?? 0;
    for (let index = 0; index < series.pnl.length; index++)
      if ((series.closedAt[index] as number) > end - days * DAY_MS)
        statistics.countTrade(tally, series.pnl[index] as number);
    return figure(
      `profit_factor_${days}d`,
      `Profit factor of the last ${days} days`,
      "ratio",
      statistics.profitFactor(tally),
    );
  });
}

function holdingFigures(series: TradeSeries): readonly Figure[] {
  const { openedAt, closedAt } = series;
  const held = closedAt
    .map((at, index) => (at - (openedAt[index] as number)) / 1000)
    .filter((each) => !Number.isNaN(each));
  const of = (read: () => number): Measure =>
    held.length === 0 ? unknown("no trade says when it was opened") : measured(read(), held.length);
  const isWhole = held.length === closedAt.length;
  const market = isWhole ? timeInMarket(series) : { open: 0, whole: 0 };
  const share =
    market.whole > 0
      ? measured((100 * market.open) / market.whole, held.length)
      : unknown(isWhole ? "no time passed" : "not every trade says when it was opened");
  return [
    figure(
      "avg_holding_seconds",
      "Time held, mean",
      "seconds",
      of(() => held.reduce((sum, each) => sum + each, 0) / held.length),
    ),
    figure(
      "median_holding_seconds",
      "Time held, median",
      "seconds",
      of(() => quantileOf(held, 0.5)),
    ),
    figure(
      "longest_holding_seconds",
      "Time held, longest",
      "seconds",
      of(() => held.reduce((a, b) => Math.max(a, b), 0)),
    ),
    figure(
      "shortest_holding_seconds",
      "Time held, shortest",
      "seconds",
      of(() => held.reduce((a, b) => Math.min(a, b), Infinity)),
    ),
    figure("time_in_market_pct", "Time with a position, %", "ratio", share),
  ];
}

interface TradesJson {
  readonly outcome: readonly Figure[];
  readonly holding: readonly Figure[];
  readonly windows: readonly Figure[];
  readonly daily: DailyTrading;
  readonly tally: statistics.TradeTally;
}

function tradesJson({ outcome, holding, windows, daily, tally }: TradesJson): Record<string, unknown> {
  const of = (name: string) => {
    const found = [...outcome, ...holding].find((each) => each.name === name);
    return found === undefined ? null : measureJson(found.measure);
  };
  const { metrics, reasons, intervals } = figuresJson([...outcome, ...windows, ...holding, ...daily.figures]);
  return {
    report: "trades",
    metrics: {
      ...metrics,
      counts: { total: statistics.tradesOf(tally), wins: tally.wins, losses: tally.losses, breakeven: tally.evens },
      max_consecutive: { wins: of("max_consecutive_wins"), losses: of("max_consecutive_losses") },
      holding_time_seconds: {
        avg: of("avg_holding_seconds"),
        median: of("median_holding_seconds"),
        longest: of("longest_holding_seconds"),
        shortest: of("shortest_holding_seconds"),
      },
      daily: daily.json,
    },
    reasons,
    intervals,
  };
}

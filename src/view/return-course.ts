import type { DayReturn, StatisticsAnswer, TrendView } from "../protocol/api-statistics.ts";
import { axisNumber, type ChartLine, type ChartModel } from "./chart-model.ts";
import { fixed, signedFixed } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

const DAY_MS = 86_400_000;

/** A day stands at its end. */
const endOf = (date: string): number => Date.parse(date) + DAY_MS;

const percentShown = (ratio: number): Shown => plain(fixed(ratio * 100, 2));
const percentAxis = (value: number, apart: number): string => axisNumber(value * 100, apart * 100);

function dailyChart(dates: readonly string[], line: Omit<ChartLine, "axis" | "shown" | "unit">): ChartModel {
  const times = dates.map(endOf);
  return {
    times,
    marks: [],
    fromMs: (times[0] ?? 0) - DAY_MS,
    toMs: times.at(-1) ?? 0,
    lines: [{ ...line, unit: "%", shown: percentShown, axis: percentAxis }],
  };
}

/** How far each day ended below the highest before it, ≤ 0, from daily returns: what came in or went out is not in it. */
export function drawdownChart(daily: readonly DayReturn[]): ChartModel {
  const first = daily.findIndex((day) => day.return !== null);
  const known = first < 0 ? [] : daily.slice(first);
  let growth = 1;
  let high = 1;
  const values = known.map((day) => {
    if (day.return === null) return null;
    growth *= 1 + day.return;
    high = Math.max(high, growth);
    return high > 0 ? growth / high - 1 : null;
  });
  const chart = dailyChart(
    known.map(({ date }) => date),
    { name: "drawdown", label: "Drawdown", look: "line", values },
  );
  // It begins at its own height: where the first day began.
  return {
    ...chart,
    times: known.length === 0 ? [] : [chart.fromMs, ...chart.times],
    lines: chart.lines.map(fromZero),
  };
}

const fromZero = (line: ChartLine): ChartLine => ({
  ...line,
  values: line.values.length === 0 ? [] : [0, ...line.values],
});

/** What of the rolling windows can be drawn, in the order of its buttons. */
export const ROLLING = [
  { name: "sharpe", label: "Sharpe", isRatio: true },
  { name: "sortino", label: "Sortino", isRatio: true },
  { name: "volatility", label: "Volatility", isRatio: false },
  { name: "max_drawdown", label: "Drawdown", isRatio: false },
  { name: "var_historical", label: "VaR", isRatio: false },
  { name: "cvar_historical", label: "CVaR", isRatio: false },
] as const;

/** A statistic of rolling windows. */
export type RollingName = (typeof ROLLING)[number]["name"];

/** A statistic of the newest days, at each day. */
export function rollingChart({ points }: StatisticsAnswer["rolling"], name: RollingName): ChartModel {
  const { label, isRatio } = ROLLING.find((each) => each.name === name) ?? ROLLING[0];
  const chart = dailyChart(
    points.map(({ date }) => date),
    { name, label, look: "line", values: points.map((point) => point[name]) },
  );
  if (!isRatio) return chart;
  const ratio = { unit: "", shown: (value: number) => plain(fixed(value, 2)), axis: axisNumber };
  return { ...chart, lines: chart.lines.map((line) => ({ ...line, ...ratio })) };
}

/** A bar of the distribution of returns: from `low` to below `high`, ratios. */
export interface ReturnBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Of the highest bar, 0 to 1. */
  readonly share: number;
}

const BINS_MOST = 31;

/** How often daily returns lie where; zero is always the edge of a bar. Empty without a return. */
export function returnBins(daily: readonly DayReturn[]): readonly ReturnBin[] {
  const returns = daily.flatMap((day) => (day.return === null ? [] : [day.return]));
  if (returns.length === 0) return [];
  const [low, high] = [Math.min(0, ...returns), Math.max(0, ...returns)];
  const step = niceStep((high - low) / Math.min(BINS_MOST - 2, Math.max(5, Math.ceil(Math.sqrt(returns.length) * 2))));
  const from = Math.floor(low / step + 1e-9);
  const counts = new Array<number>(Math.floor(high / step + 1e-9) - from + 1).fill(0);
  for (const each of returns) {
    const place = Math.min(counts.length - 1, Math.max(0, Math.floor(each / step + 1e-9) - from));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  return counts.map((count, index) => ({
    low: (from + index) * step,
    high: (from + index + 1) * step,
    count,
    share: count / most,
  }));
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function niceStep(least: number): number {
  if (!(least > 0)) return 0.001;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((each) => each * power >= least * (1 - 1e-9)) ?? 10) * power;
}

/** A bin in words: `0.50 to 1.00 %: 4 days`. */
export const binWords = ({ low, high, count }: ReturnBin): string =>
  `${signedFixed(low * 100, 2)} to ${signedFixed(high * 100, 2)} %: ${count} ${count === 1 ? "day" : "days"}`;

/** Whether something rises or falls, in words, and how sure that is. */
export function trendShown({ significant, slope_per_day: slope, p, reason }: TrendView): Shown {
  if (significant === null || slope === null || p === null) return unknownValue(reason ?? "not known");
  if (!significant)
    return { text: "no trend", tone: "muted", full: `chance alone would make one like it (p ${probability(p)})` };
  const rises = slope > 0;
  const full = `p ${probability(p)}: so far from flat by chance alone that seldom`;
  return { text: rises ? "▲ rises" : "▼ falls", tone: "neutral", full };
}

/** A probability: `0.03`, `< 0.001`. */
export const probability = (p: number): string => (p < 0.001 ? "< 0.001" : fixed(p, 3));

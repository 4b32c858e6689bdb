import { type Measure, measured, unknown } from "../../metrics/measure.ts";
import { annualized, maxDrawdownRatio, sharpe, sortino, volatility } from "../../metrics/returns/ratios.ts";
import { ReturnReading } from "../../metrics/returns/reading.ts";
import { type Figure, type FigureUnit, measureJson } from "./report.ts";
import { dailyProfits, type TradeSeries } from "./trade-series.ts";

/** What trades made by UTC day; days without one count as 0. */
export interface DailyTrading {
  readonly firstDay: number;
  readonly profits: Float64Array;
  readonly figures: readonly Figure[];
  readonly json: Readonly<Record<string, unknown>>;
}

const DAYS_PER_YEAR = 365;
const DAY_MS = 86_400_000;
const NO_CAPITAL = "needs the money at the start: --starting-capital";

/** Ratios of days are of the equity at the start of each; they need the money that trading began with. */
export function dailyTrading(series: TradeSeries, capital: number | undefined): DailyTrading {
  const { firstDay, profits } = dailyProfits(series);
  const fixed =
    capital === undefined
      ? undefined
      : new ReturnReading(
          profits.map((each) => each / capital),
          DAYS_PER_YEAR,
        );
  const running = runningReturns(profits, capital);
  const of = (reading: ReturnReading | undefined, read: (reading: ReturnReading) => Measure): Measure =>
    reading === undefined ? unknown(capital === undefined ? NO_CAPITAL : "the equity fell to 0") : read(reading);
  const extreme = (pick: (...values: number[]) => number): Measure =>
    profits.length === 0
      ? unknown("no trades")
      : measured(
          profits.reduce((a, b) => pick(a, b)),
          profits.length,
        );
  const count = (isCounted: (profit: number) => boolean): Measure =>
    measured(profits.filter(isCounted).length, profits.length);
  const entries: readonly (readonly [string, string, FigureUnit, Measure])[] = [
    ["days", "Days, first to last closing", "count", measured(profits.length, profits.length)],
    ["winning_days", "Days with a profit", "count", count((profit) => profit > 0)],
    ["losing_days", "Days with a loss", "count", count((profit) => profit < 0)],
    ["flat_days", "Days with neither", "count", count((profit) => profit === 0)],
    ["best_day_abs", "Best day", "money", extreme(Math.max)],
    ["worst_day_abs", "Worst day", "money", extreme(Math.min)],
    [
      "sharpe_annual_running_equity",
      "Sharpe of days, on the equity of each",
      "ratio",
      of(running, (reading) => annualized(sharpe(reading), reading)),
    ],
    [
      "sharpe_annual_fixed_capital",
      "Sharpe of days, on the money at the start",
      "ratio",
      of(fixed, (reading) => annualized(sharpe(reading), reading)),
    ],
    [
      "sortino_annual_running_equity",
      "Sortino of days",
      "ratio",
      of(running, (reading) => annualized(sortino(reading), reading)),
    ],
    [
      "vol_annual_running_equity",
      "Volatility of days, a year",
      "fraction/year",
      of(running, (reading) => annualized(volatility(reading), reading)),
    ],
    ["max_drawdown_daily_equity", "Deepest drawdown of days", "fraction", of(running, maxDrawdownRatio)],
  ];
  const figures = entries.map(([name, title, unit, measure]) => ({ name, title, unit, measure }));
  return { firstDay, profits, figures, json: dailyJson({ firstDay, profits, figures }) };
}

function dailyJson({ firstDay, profits, figures }: Omit<DailyTrading, "json">): Readonly<Record<string, unknown>> {
  const day = (index: number): string => new Date(firstDay + index * DAY_MS).toISOString().slice(0, 10);
  return {
    ...Object.fromEntries(figures.map(({ name, measure }) => [name, measureJson(measure)])),
    pnl_by_day: Array.from(profits, (profit, index) => [day(index), profit]),
  };
}

/** Undefined where there is nothing to measure against. */
function runningReturns(profits: Float64Array, capital: number | undefined): ReturnReading | undefined {
  if (capital === undefined) return undefined;
  let equity = capital;
  const returns = new Float64Array(profits.length);
  for (let index = 0; index < profits.length; index++) {
    if (equity <= 0) return undefined;
    returns[index] = (profits[index] as number) / equity;
    equity += profits[index] as number;
  }
  return new ReturnReading(returns, DAYS_PER_YEAR);
}

import type { WireMeasure } from "../protocol/api-money.ts";
import type { BotSummary, DaySummary, SummaryDay, SummarySection } from "../protocol/api-summaries.ts";
import type { CatalogueEntry } from "../protocol/api-metrics.ts";
import { metricShown } from "./metric-shown.ts";
import { amount, count } from "./number-format.ts";
import { madeAmount } from "./performance-rows.ts";
import { type Shown, unknownValue } from "./shown.ts";

/** A figure of a summary, under the name that its files have for it. */
export interface SummaryFigure {
  readonly name: string;
  readonly label: string;
  readonly shown: Shown;
  readonly unit: string;
  /** The sample size of a statistic. */
  readonly n: number | undefined;
}

/** The figures of one bot, or of the desk, in the three groups of source document 3. */
export interface SummaryGroups {
  readonly costs: readonly SummaryFigure[];
  readonly trades: readonly SummaryFigure[];
  readonly execution: readonly SummaryFigure[];
}

/** All that a summary says of one bot, or of the desk. */
export function summaryGroups(section: SummarySection): SummaryGroups {
  const { trades, execution, currency } = section;
  return {
    costs: costFigures(section),
    trades: [
      counted("total_trades", "Trades", trades.total_trades),
      counted("wins", "Won", trades.wins),
      counted("losses", "Lost", trades.losses),
      counted("breakeven", "Even", trades.breakeven),
      statistic("win_rate_pct", "Win rate", trades.win_rate_pct, PERCENT),
      statistic("expectancy", "A trade", trades.expectancy, { ...MADE, unit: currency }),
      statistic("profit_factor", "Profit factor", trades.profit_factor, NUMBER),
      statistic("avg_holding_hours", "Held", trades.avg_holding_hours, HOURS),
      statistic("avg_entry_slippage_bps", "Entry slippage", trades.avg_entry_slippage_bps, BPS),
      statistic("avg_exit_slippage_bps", "Exit slippage", trades.avg_exit_slippage_bps, BPS),
    ],
    execution: [
      counted("orders_placed", "Entry orders", execution.orders_placed),
      counted("orders_filled", "of them filled", execution.orders_filled),
      statistic("fill_rate_pct", "Fill rate", execution.fill_rate_pct, PERCENT),
      statistic("time_in_market_pct", "Time in market", section.time_in_market_pct, PERCENT),
      statistic("avg_slippage_bps", "Slippage", section.avg_slippage_bps, BPS),
    ],
  };
}

interface Form {
  readonly format: CatalogueEntry["format"];
  readonly sign: string;
  readonly unit: string;
}

const PERCENT: Form = { format: "percent", sign: "≥ 0", unit: "%" };
const NUMBER: Form = { format: "number", sign: "≥ 0", unit: "" };
const HOURS: Form = { format: "hours", sign: "≥ 0", unit: "h" };
const BPS: Form = { format: "bps", sign: "> 0 is a cost", unit: "bps" };
const MADE: Form = { format: "money", sign: "> 0 is profit", unit: "" };

const counted = (name: string, label: string, value: number): SummaryFigure => ({
  ...{ name, label, unit: "", n: undefined },
  shown: count(value),
});

const statistic = (name: string, label: string, measure: WireMeasure, form: Form): SummaryFigure => ({
  ...{ name, label, unit: form.unit, n: measure.n },
  shown: metricShown(measure, form),
});

const COSTS = [
  ["fees_paid", "Fees paid", false],
  ["rebates", "Rebates", false],
  ["funding_received", "Funding received", false],
  ["funding_paid", "Funding paid", false],
  ["net_funding", "Net funding", true],
  ["total_costs", "Costs in all", false],
] as const;

const costFigures = ({ costs, currency }: SummarySection): SummaryFigure[] =>
  COSTS.map(([name, label, isSigned]) => {
    const value = costs[name];
    const known = (money: number): Shown => (isSigned ? { ...madeAmount(money), tone: "neutral" } : amount(money));
    return {
      ...{ name, label, unit: currency, n: undefined },
      shown: value === null ? unknownValue(costs.reason ?? "not known") : known(value),
    };
  });

/** A day in the list of days; without figures until they came. */
export interface DayLine {
  readonly date: string;
  /** How the day stands: it goes on, it is over, or facts of it came after its end. */
  readonly state: "so far" | "over" | "restated";
  /** The desk's own. */
  readonly section: SummarySection | undefined;
  readonly bots: number | undefined;
}

/** The days as they are listed. */
export const dayLines = (days: readonly SummaryDay[], read: ReadonlyMap<string, DaySummary>): DayLine[] =>
  days.map(({ date, is_closed: isClosed }) => {
    const summary = read.get(date);
    const isOver = summary?.is_over ?? isClosed;
    return {
      date,
      state: summary?.restated === true ? "restated" : isOver ? "over" : "so far",
      section: summary?.desk,
      bots: summary?.bots.length,
    };
  });

/** The figure of this name among those of a section. */
export function figureOf(section: SummarySection, name: string): SummaryFigure | undefined {
  const { costs, trades, execution } = summaryGroups(section);
  return [...costs, ...trades, ...execution].find((figure) => figure.name === name);
}

/** What a section is of: the bot and its mode, or the desk. */
export const sectionKey = (section: SummarySection | BotSummary): string =>
  "bot" in section ? `${section.bot} ${section.mode}` : "desk";

import { type Measure, measured, unbounded, unknown } from "../../metrics/measure.ts";
import type { PerformanceRow } from "../../protocol/api-money.ts";
import type { Figure, FigureGroup, FigureUnit, Report } from "./report.ts";
import type { ReturnSeries } from "./return-series.ts";
import { type ReturnsReportOptions, returnsReport } from "./returns-report.ts";

/** Fewer days say nothing about risk. */
const DAYS_MIN = 20;

/** A report on what a hub knows of a bot or the desk: what trading made, and what the equity of its days tells. */
export function deskReport(
  { series, performance, notes }: DeskReturns,
  options: Omit<ReturnsReportOptions, "samples">,
): Report {
  const report = returnsReport(series, { ...options, samples: { min: DAYS_MIN, called: "days" } });
  return {
    ...report,
    title: "Performance",
    groups: [...report.groups, ...performance.map(groupOf)],
    notes: [...notes, ...report.notes],
    json: { ...report.json, report: "performance", performance },
  };
}

interface DeskReturns {
  readonly series: ReturnSeries;
  readonly performance: readonly PerformanceRow[];
  readonly notes: readonly string[];
}

type Told = PerformanceRow["trades"]["win_rate_pct"];

/** A measure of the API as one of a report. */
function measureOf({ value, reason }: Told, n: number, scale = 1): Measure {
  if (value === "unbounded") return unbounded(n);
  return value === null ? unknown(reason ?? "not known", n) : measured(value * scale, n);
}

function groupOf(row: PerformanceRow): FigureGroup {
  const { bot, mode, currency, trades, fills } = row;
  const money = (value: number | null, reason: string | undefined): Measure =>
    value === null ? unknown(reason ?? "not known", fills) : measured(value, fills);
  const entries: readonly (readonly [string, string, FigureUnit, Measure])[] = [
    ["realized", "Realised", "money", money(row.realized, row.reason)],
    ["fees", "Fees, rebates taken off", "amount", money(row.fees, row.reason)],
    ["funding", "Funding, received less paid", "money", money(row.funding, row.reason)],
    ["net", "Realised, after fees and funding", "money", money(row.net, row.reason)],
    ["unrealized", "Not realised", "money", money(row.unrealized, row.unrealized_reason)],
    ["volume", "Volume", "amount", measured(row.volume, fills)],
    ["fills", "Fills", "count", measured(fills, fills)],
    ["trades_closed", "Trades closed", "count", measured(trades.closed, trades.closed)],
    ["win_rate", "Win rate, of all trades", "fraction", measureOf(trades.win_rate_pct, trades.closed, 0.01)],
    ["profit_factor", "Profit factor", "ratio", measureOf(trades.profit_factor, trades.closed)],
    ["expectancy", "Expectancy of a trade", "money", measureOf(trades.expectancy, trades.closed)],
  ];
  const figures: Figure[] = entries.map(([name, title, unit, measure]) => ({
    name: `${bot}_${mode}_${currency}_${name}`,
    title,
    unit,
    measure,
  }));
  return { title: `${bot}, ${mode}, in ${currency}`, figures };
}

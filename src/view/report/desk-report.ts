import { type Measure, measured, unbounded, unknown } from "../../metrics/measure.ts";
import { DAYS_MIN } from "../../metrics/returns/daily-statistics.ts";
import type { AttributionRow, Finding } from "../../protocol/api-attribution.ts";
import type { PerformanceRow } from "../../protocol/api-money.ts";
import type { Figure, FigureGroup, FigureUnit, Report } from "./report.ts";
import type { ReturnSeries } from "./return-series.ts";
import { type ReturnsReportOptions, returnsReport } from "./returns-report.ts";

/**
 * A report on what a hub knows of a bot or the desk: what trading made and of what, what seems wrong, and what the equity
 * of its days tells.
 */
export function deskReport(
  { series, performance, attribution, findings, notes }: DeskReturns,
  options: Omit<ReturnsReportOptions, "samples">,
): Report {
  const report = returnsReport(series, { ...options, samples: { min: DAYS_MIN, called: "days" } });
  return {
    ...report,
    title: "Performance",
    groups: [...report.groups, ...performance.map(groupOf), ...attribution.map(whyGroup)],
    notes: [...findings.map(findingNote), ...notes, ...attribution.flatMap(residualNotes), ...report.notes],
    json: { ...report.json, report: "performance", performance, attribution, findings },
  };
}

interface DeskReturns {
  readonly series: ReturnSeries;
  readonly performance: readonly PerformanceRow[];
  readonly attribution: readonly AttributionRow[];
  readonly findings: readonly Finding[];
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

/** Where the net of a row came from. */
function whyGroup(row: AttributionRow): FigureGroup {
  const { bot, mode, currency, memo, open } = row;
  const reason = row.residual_reasons[0] ?? "not known";
  const money = (value: number | null, why = reason): Measure =>
    value === null ? unknown(why, memo.fills) : measured(value, memo.fills);
  const entries: readonly (readonly [string, string, FigureUnit, Measure])[] = [
    ["why_net", "Realised, after fees and funding", "money", money(row.net)],
    ["why_signal", "Signal: mid at entry to mid at exit", "money", money(row.signal)],
    ["why_execution", "Execution: slippage of both", "money", money(row.execution)],
    ["why_cost", "Cost: fees and funding", "money", money(row.cost)],
    ["why_residual", "What none of them explains", "money", money(row.residual)],
    ["why_open", "Change of what is not realised", "money", money(open.unrealized, open.reason)],
    [
      "why_slippage_bps",
      "Slippage of all fills with a mid at arrival",
      "bps",
      memo.slippage_bps === null ? unknown("no fill has a mid at arrival") : measured(memo.slippage_bps, memo.fills),
    ],
  ];
  const figures = entries.map(([name, title, unit, measure]) => ({
    name: `${bot}_${mode}_${currency}_${name}`,
    title,
    unit,
    measure,
  }));
  return { title: `Why: ${bot}, ${mode}, in ${currency}`, figures };
}

const residualNotes = ({ bot, residual, residual_reasons: reasons }: AttributionRow): string[] =>
  residual === 0 ? [] : reasons.map((reason) => `${bot}: not explained: ${reason}`);

/** What seems wrong, in words with its evidence. */
const findingNote = ({ bot, text }: Finding): string => `${bot}: ${text}`;

import type { BotSummary, DaySummary, SummarySection } from "../protocol/api-summaries.ts";

type Value = number | string | null;

/** The summary as its JSON file has it: with the win rate also under the name that source document 3 gives it. */
export const summaryJson = (summary: DaySummary | BotSummary): string =>
  `${JSON.stringify("bots" in summary ? withNamesOfDay(summary) : withNames(summary), null, 2)}\n`;

const withNamesOfDay = ({ desk, bots, ...day }: DaySummary) => ({
  ...day,
  desk: withNames(desk),
  bots: bots.map(withNames),
});

const withNames = <T extends SummarySection>(section: T) => ({
  ...section,
  trades: { ...section.trades, win_rate: section.trades.win_rate_pct },
});

/**
 * A section as the log line of source document 3: percentages and basis points with one decimal, money and factors with
 * two, `n/a` for what is unknown and `inf` for a profit factor without losses.
 */
export function summaryLine(date: string, section: SummarySection): string {
  const { trades, execution, costs } = section;
  return [
    `date=${date}`,
    `trades=${trades.total_trades}`,
    `win_rate=${fixed(trades.win_rate_pct.value, 1, "%")}`,
    `expectancy=${fixed(trades.expectancy.value, 2)}`,
    `profit_factor=${fixed(trades.profit_factor.value, 2)}`,
    `fill_rate=${fixed(execution.fill_rate_pct.value, 1, "%")}`,
    `avg_slippage_bps=${fixed(section.avg_slippage_bps.value, 1)}`,
    `fees=${fixed(costs.fees_paid, 2)}`,
    `net_funding=${fixed(costs.net_funding, 2)}`,
    `time_in_market=${fixed(section.time_in_market_pct.value, 1, "%")}`,
  ].join(" ");
}

function fixed(value: Value, digits: number, unit = ""): string {
  if (value === null) return "n/a";
  if (typeof value === "string") return "inf";
  const text = value.toFixed(digits);
  return `${/^-0\.0*$/.test(text) ? text.slice(1) : text}${unit}`;
}

const COLUMNS: readonly (readonly [name: string, of: (section: SummarySection) => Value])[] = [
  ["mode", ({ mode }) => mode],
  ["currency", ({ currency }) => currency],
  ["fees_paid", ({ costs }) => costs.fees_paid],
  ["rebates", ({ costs }) => costs.rebates],
  ["funding_received", ({ costs }) => costs.funding_received],
  ["funding_paid", ({ costs }) => costs.funding_paid],
  ["net_funding", ({ costs }) => costs.net_funding],
  ["total_costs", ({ costs }) => costs.total_costs],
  ["total_trades", ({ trades }) => trades.total_trades],
  ["wins", ({ trades }) => trades.wins],
  ["losses", ({ trades }) => trades.losses],
  ["breakeven", ({ trades }) => trades.breakeven],
  ["win_rate_pct", ({ trades }) => trades.win_rate_pct.value],
  ["win_rate", ({ trades }) => trades.win_rate_pct.value],
  ["expectancy", ({ trades }) => trades.expectancy.value],
  ["profit_factor", ({ trades }) => trades.profit_factor.value],
  ["avg_holding_hours", ({ trades }) => trades.avg_holding_hours.value],
  ["avg_entry_slippage_bps", ({ trades }) => trades.avg_entry_slippage_bps.value],
  ["avg_exit_slippage_bps", ({ trades }) => trades.avg_exit_slippage_bps.value],
  ["orders_placed", ({ execution }) => execution.orders_placed],
  ["orders_filled", ({ execution }) => execution.orders_filled],
  ["fill_rate_pct", ({ execution }) => execution.fill_rate_pct.value],
  ["time_in_market_pct", ({ time_in_market_pct }) => time_in_market_pct.value],
  ["avg_slippage_bps", ({ avg_slippage_bps }) => avg_slippage_bps.value],
];

/**
 * The summary as its CSV file has it: a row for the desk, whose `bot` is empty, and one for each bot and mode; an empty
 * cell for what is unknown. With `bots`, those rows alone.
 */
export function summaryCsv({ date, desk, bots }: DaySummary, only?: readonly BotSummary[]): string {
  const rows: readonly (readonly [bot: string, section: SummarySection])[] = [
    ...(only === undefined ? [["", desk] as const] : []),
    ...(only ?? bots).map((section) => [section.bot, section] as const),
  ];
  const lines = [
    ["date", "bot", ...COLUMNS.map(([name]) => name)],
    ...rows.map(([bot, section]) => [date, bot, ...COLUMNS.map(([, of]) => of(section))]),
  ];
  return lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

const FORMULA = /^[=+\-@\t\r]/;

/** Text that a spreadsheet would run as a formula gets an apostrophe in front. */
function cell(value: Value): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

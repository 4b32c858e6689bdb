import { utilization } from "../daily-loss.ts";
import { measured, unknown } from "../measure.ts";
import { type MetricDefinition, USUAL } from "../definition.ts";
import type { Reading, RiskField, ScopeReading } from "../scope-reading.ts";

const RISK = { ...USUAL, windows: ["now"], source: "document 1", scopes: ["bot"] } as const;
const RATIO = { ...RISK, unit: "ratio", format: "ratio_as_percent" } as const;

const BOTH = ["desk", "bot"] as const;
const OF_DESK = "of the desk, what a bot brings that joins is no profit";

/** What the bot said of itself in `risk`. */
const reported = (field: RiskField, { now }: ScopeReading): Reading => {
  const value = now.risk[field];
  return value === undefined
    ? unknown(`the bot does not report ${field}`)
    : { ...measured(value, 1), source: "reported" };
};

/** As `reportedOr`; where neither is known, it is the bot that could say it. */
const saidOr = (field: RiskField, reading: ScopeReading, computed: Reading): Reading =>
  computed.value === undefined ? reported(field, reading) : reportedOr(field, reading, computed);

/** The reported value where there is one, else the computed. */
const reportedOr = (field: RiskField, reading: ScopeReading, computed: Reading): Reading =>
  reading.now.risk[field] === undefined ? { ...computed, source: "computed" } : reported(field, reading);

const dailyLossOf = (reading: ScopeReading): Reading => reportedOr("daily_loss_pct", reading, reading.now.dailyLoss);
const drawdownOf = (reading: ScopeReading): Reading => reportedOr("drawdown_pct", reading, reading.now.drawdown);

type Limited = "daily_loss_pct" | "drawdown_pct";

const LIMITED: Readonly<Record<Limited, { readonly title: string; readonly help: string }>> = {
  daily_loss_pct: { title: "Daily loss", help: "What a UTC day may lose" },
  drawdown_pct: { title: "Drawdown", help: "How far equity may fall below its peak" },
};

/** A gauge that only the bot can know. */
const said = (field: RiskField) => ({
  name: field,
  formula: "as the bot reports it",
  prometheus: [{ name: `hbot_bot_${field}`, window: "now" }] as const,
  read: (reading: ScopeReading) => reported(field, reading),
});

/** What can be lost, and what the bot says of its risk. */
export const RISK_METRICS: readonly MetricDefinition[] = [
  {
    ...RATIO,
    ...said("position_drift_pct"),
    title: "Position drift",
    help: "Local against exchange position; a ratio, 0.03 is 3 %",
    sign: "larger is worse",
    formula: "as the bot reports it, else position_drift_at_venue",
    read: (reading) => saidOr("position_drift_pct", reading, reading.now.venueDrift),
  },
  {
    ...RATIO,
    name: "position_drift_at_venue",
    title: "Position drift, at the venue",
    help: "Our ledger against the accounts that the hub reads at venues; a ratio, 0.03 is 3 %",
    sign: "larger is worse",
    formula: "largest of all instruments: |theirs − ours| ÷ max(|ours|, |theirs|), 0 where the difference is dust",
    source: "document 1",
    prometheus: [{ name: "deskwatch_position_drift_ratio", window: "now" }],
    read: ({ now }) => now.venueDrift,
  },
  {
    ...RATIO,
    ...said("margin_ratio"),
    title: "Margin ratio",
    help: "Distance from liquidation",
    sign: "larger is safer",
    format: "number",
    formula:
      "as the bot reports it, else of its account nearest to liquidation: 1 − maintenance margin ÷ margin balance",
    read: (reading) => saidOr("margin_ratio", reading, reading.now.venueMargin),
  },
  {
    ...RATIO,
    ...said("funding_rate"),
    title: "Funding rate",
    help: "Current 8 h funding rate",
    sign: "> 0 is paid by longs",
  },
  ...lossMetrics(),
  ...equityMetrics(),
  {
    ...RATIO,
    ...said("base_pct"),
    title: "Base allocation",
    help: "Part of the equity that is in the base asset; a ratio",
    sign: "as reported",
  },
  {
    ...RATIO,
    ...said("adverse_drift_30s"),
    title: "Adverse drift, 30 s",
    help: "Drift of the price in the 30 s after a fill, as the bot reports it",
    sign: "as reported",
    format: "number",
  },
  {
    ...RISK,
    ...said("order_book_stale"),
    title: "Order book stale",
    help: "1 while the bot says that its order book is stale, else 0",
    unit: "flag",
    sign: "1 is stale",
    format: "flag",
  },
  {
    ...RISK,
    name: "risk_reasons_info",
    title: "Risk reasons",
    help: "How many risk flags are active; for Prometheus one series for each, with its name as reason",
    unit: "count",
    sign: "≥ 0",
    minSample: 0,
    formula: "as the bot reports it",
    format: "integer",
    prometheus: [{ name: "hbot_bot_risk_reasons_info", window: "now" }],
    read: ({ now: { riskReasons } }) =>
      riskReasons === undefined
        ? unknown("the bot does not report risk_reasons")
        : { ...measured(riskReasons.length, riskReasons.length), source: "reported" },
  },
];

/** The limit of a loss, and how much of it is used. */
function limitMetrics(name: Limited, of: (reading: ScopeReading) => Reading): MetricDefinition[] {
  const stem = name.replace("_pct", "");
  const { title, help } = LIMITED[name];
  const limited = { ...RATIO, scopes: BOTH, source: "document 1; metrics.md §5" };
  return [
    {
      ...limited,
      name: `${stem}_limit`,
      title: `${title}, limit`,
      help: `${help}; a ratio, 0.05 is 5 %`,
      sign: "> 0",
      minSample: 0,
      formula: `limits.${name} of the configuration file, else that of document 1`,
      prometheus: [{ name: `deskwatch_${stem}_limit_ratio`, window: "now" }],
      read: ({ now }) => measured(now.limits[name], 1),
    },
    {
      ...limited,
      name: `${stem}_used`,
      title: `${title}, of its limit`,
      help: "How much of the limit is used: 1 is the limit itself, and from there on it is breached",
      sign: "≥ 0, larger is worse",
      formula: `${name} ÷ ${stem}_limit`,
      prometheus: [{ name: `deskwatch_${stem}_used_ratio`, window: "now" }],
      read: (reading) => {
        const { source, ...measure } = of(reading);
        return { ...utilization(measure, reading.now.limits[name]), ...(source === undefined ? {} : { source }) };
      },
    },
  ];
}

function lossMetrics(): MetricDefinition[] {
  return [
    {
      ...RATIO,
      name: "daily_loss_pct",
      title: "Daily loss",
      help: `Loss of the UTC day with what is not realised; a ratio, 0.03 is 3 %; ${OF_DESK}`,
      scopes: BOTH,
      sign: "≥ 0 is a loss",
      formula: "max(0, (equity at 00:00 UTC − equity) ÷ equity at 00:00 UTC)",
      source: "document 1; metrics.md §5",
      prometheus: [{ name: "hbot_bot_daily_loss_pct", window: "now" }],
      read: dailyLossOf,
    },
    ...limitMetrics("daily_loss_pct", dailyLossOf),
    {
      ...RATIO,
      name: "drawdown_pct",
      title: "Drawdown",
      help: `Below the highest equity now; a ratio, 0.05 is 5 %; ${OF_DESK}`,
      scopes: BOTH,
      sign: "≥ 0 is below the peak",
      formula: "(peak equity − equity) ÷ peak equity",
      source: "document 1; metrics.md §4",
      prometheus: [{ name: "hbot_bot_drawdown_pct", window: "now" }],
      read: drawdownOf,
    },
    ...limitMetrics("drawdown_pct", drawdownOf),
    {
      ...RATIO,
      name: "max_drawdown",
      title: "Largest drawdown",
      help: "Largest fall of the reported equity below its peak; a ratio",
      scopes: BOTH,
      sign: "≥ 0 is below the peak",
      formula: "max over time of (peak equity − equity) ÷ peak equity",
      source: "document 5; metrics.md §4",
      prometheus: [{ name: "deskwatch_max_drawdown_ratio", window: "now" }],
      read: ({ now }) => now.maxDrawdown,
    },
    {
      ...RISK,
      name: "realized_pnl_today_quote",
      title: "Realised PnL today",
      help: "Profit of the fills of the UTC day, not marked to market",
      unit: "quote",
      sign: "> 0 is profit",
      windows: ["today"],
      minSample: 0,
      formula: "realised PnL of today's ledger, before fees",
      format: "money",
      source: "document 1; metrics.md §2",
      prometheus: [{ name: "hbot_bot_realized_pnl_today_quote", window: "today" }],
      read: (reading) => reportedOr("realized_pnl_today_quote", reading, reading.span.realized),
    },
  ];
}

function equityMetrics(): MetricDefinition[] {
  return [
    {
      ...RISK,
      name: "equity_quote",
      title: "Equity, as the bot reports it",
      help: "Equity in the bot's quote currency",
      unit: "quote",
      sign: "> 0 is owned",
      formula: "as the bot reports it, else the equity of its account at the venue",
      format: "money",
      prometheus: [{ name: "hbot_bot_equity_quote", window: "now" }],
      read: (reading) => reportedOr("equity_quote", reading, reading.now.equity),
    },
    {
      ...RISK,
      name: "equity",
      title: "Equity",
      help: "The newest equity that the bots or their venues reported, summed",
      unit: "money",
      sign: "> 0 is owned",
      scopes: ["desk", "bot"],
      formula: "Σ reported equity, through recorded rates",
      format: "money",
      source: "metrics.md §0",
      prometheus: [{ name: "deskwatch_equity", window: "now" }],
      read: ({ now }) => now.equity,
    },
  ];
}

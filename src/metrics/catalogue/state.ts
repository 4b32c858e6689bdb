import type { Reading } from "../scope-reading.ts";
import { IN_PARTS, type MetricDefinition, USUAL } from "../definition.ts";

const NOW = { ...USUAL, windows: ["now"] } as const;
const TICK = {
  ...NOW,
  unit: "seconds",
  sign: "≥ 0",
  scopes: ["bot"],
  source: "document 1",
  format: "seconds",
} as const;
const CALIBRATION = { ...NOW, scopes: ["bot"], source: "document 1; metrics.md §11" } as const;
const STATS = { ...NOW, scopes: ["bot"], source: "document 4" } as const;
const EXPOSURE = {
  ...NOW,
  scopes: IN_PARTS,
  unit: "USD",
  format: "money",
  source: "document 2",
  minSample: 0,
} as const;

const CONCENTRATION = { ...NOW, scopes: IN_PARTS, unit: "ratio", format: "number", source: "metrics.md §5" } as const;

/** What is held and open now, and what bots tell of their own work. */
export const STATE_METRICS: readonly MetricDefinition[] = [
  {
    ...EXPOSURE,
    name: "exposure_gross",
    title: "Gross exposure",
    help: "Money in the market at average cost, whatever its side",
    sign: "≥ 0",
    formula: "Σ |position · average cost|",
    prometheus: [{ name: "deskwatch_exposure_gross_usd", window: "now" }],
    read: ({ now }) => now.exposureGross,
  },
  {
    ...EXPOSURE,
    name: "exposure_net",
    title: "Net exposure",
    help: "Money in the market at average cost, shorts taken off",
    sign: "> 0 is long",
    formula: "Σ position · average cost",
    prometheus: [{ name: "deskwatch_exposure_net_usd", window: "now" }],
    read: ({ now }) => now.exposureNet,
  },
  {
    ...CONCENTRATION,
    name: "exposure_concentration",
    title: "Concentration",
    help: "How much of the exposure is in few instruments (Herfindahl): 1 where it is all in one",
    formula: "Σ (|exposure of an instrument| ÷ Σ |exposure|)²",
    sign: "0–1, larger is more concentrated",
    prometheus: [{ name: "deskwatch_exposure_concentration_ratio", window: "now" }],
    read: ({ now }) => now.concentration,
  },
  {
    ...CONCENTRATION,
    name: "effective_positions",
    title: "Effective positions",
    help: "Positions of equal size that would be as concentrated",
    formula: "1 ÷ concentration",
    sign: "≥ 1",
    prometheus: [{ name: "deskwatch_effective_positions", window: "now" }],
    read: ({ now }) => now.effectivePositions,
  },
  {
    ...NOW,
    name: "open_orders",
    title: "Open orders",
    help: "Orders that rest, as far as the bot told them",
    unit: "count",
    sign: "≥ 0",
    minSample: 0,
    formula: "count of orders placed and not ended",
    source: "metrics.md §0",
    format: "integer",
    prometheus: [{ name: "deskwatch_open_orders", window: "now" }],
    read: ({ now }) => now.openOrders,
  },
  {
    ...NOW,
    name: "positions",
    scopes: IN_PARTS,
    title: "Positions",
    help: "Instruments and pairs that are held",
    unit: "count",
    sign: "≥ 0",
    minSample: 0,
    formula: "count of ledgers that are not flat, and of pairs",
    source: "metrics.md §2",
    format: "integer",
    prometheus: [{ name: "deskwatch_positions", window: "now" }],
    read: ({ now }) => now.positions,
  },
  ...tickMetrics(),
  {
    ...NOW,
    name: "ws_reconnect_total",
    title: "Reconnects",
    help: "How often the bot said that a feed was reconnecting",
    unit: "count",
    sign: "≥ 0",
    kind: "counter",
    windows: ["all"],
    minSample: 0,
    formula:
      "hbot_bot_ws_reconnect_total as the bot reports it, else the count of feed events of the kind reconnecting",
    source: "document 1",
    format: "integer",
    prometheus: [{ name: "hbot_bot_ws_reconnect_total", window: "all" }],
    read: ({ now }) => now.reconnects,
  },
  {
    ...CALIBRATION,
    name: "avg_capture_bps",
    title: "Spread capture",
    help: "Average bps captured per fill: of the bot's newest edge report, else of all fills that say the mid",
    unit: "bps",
    sign: "> 0 is good",
    formula: "avg_capture_bps of edge_report.json, else spread_capture_bps of all time",
    format: "bps",
    prometheus: [{ name: "hbot_bot_avg_capture_bps", window: "now" }],
    read: ({ now, quality }) => reportedElse(now.avgCaptureBps, quality.spreadCaptureBps),
  },
  {
    ...CALIBRATION,
    name: "realized_fill_factor",
    title: "Fill factor, realised",
    help: "Realised fill factor of the bot's newest calibration, else of all quotes that say what traded at their price",
    unit: "ratio",
    sign: "≥ 0",
    formula: "realized_fill_factor of fill_factor_calibration.json, else fill_factor of all time",
    format: "number",
    prometheus: [{ name: "hbot_bot_realized_fill_factor", window: "now" }],
    read: ({ now, quality }) => reportedElse(now.realizedFillFactor, quality.fillFactor),
  },
  {
    ...CALIBRATION,
    name: "configured_fill_factor",
    title: "Fill factor, configured",
    help: "Configured fill factor of the bot's newest calibration",
    unit: "ratio",
    sign: "≥ 0",
    formula: "configured_fill_factor of fill_factor_calibration.json",
    format: "number",
    prometheus: [{ name: "hbot_bot_configured_fill_factor", window: "now" }],
    read: ({ now }) => now.configuredFillFactor,
  },
  {
    ...STATS,
    name: "approval_rate",
    title: "Approval rate",
    help: "Part of the opportunities that the risk checks approved: as the bot reports it, else of those it told this session",
    unit: "ratio",
    sign: "0–1",
    formula: "risk_stats.approval_rate, else approved ÷ (approved + rejected)",
    format: "ratio_as_percent",
    prometheus: [{ name: "deskwatch_approval_rate_ratio", window: "now" }],
    read: ({ now }) => now.approvalRate,
  },
  {
    ...STATS,
    name: "consecutive_losses",
    title: "Consecutive losses",
    help: "Losses in a row, as the bot reports them",
    unit: "count",
    sign: "≥ 0, larger is worse",
    formula: "risk_stats.consecutive_losses",
    format: "integer",
    prometheus: [{ name: "deskwatch_consecutive_losses", window: "now" }],
    read: ({ now }) => now.consecutiveLosses,
  },
];

function tickMetrics(): MetricDefinition[] {
  return [
    {
      ...TICK,
      name: "tick_duration_seconds",
      title: "Tick duration",
      help: "Wall time of the last tick",
      formula: "duration_s of the newest tick",
      prometheus: [{ name: "hbot_bot_tick_duration_seconds", window: "now" }],
      read: ({ now }) => now.tickDurationS,
    },
    {
      ...TICK,
      name: "tick_indicator_seconds",
      title: "Tick: indicators",
      help: "Time of the last tick that went into indicators",
      formula: "indicator_s of the newest tick",
      prometheus: [{ name: "hbot_bot_tick_indicator_seconds", window: "now" }],
      read: ({ now }) => now.tickIndicatorS,
    },
    {
      ...TICK,
      name: "tick_connector_io_seconds",
      title: "Tick: connector I/O",
      help: "Time of the last tick that went into reading balances and books",
      formula: "connector_io_s of the newest tick",
      prometheus: [{ name: "hbot_bot_tick_connector_io_seconds", window: "now" }],
      read: ({ now }) => now.tickConnectorIoS,
    },
  ];
}

/** What the bot reports, else what the hub computes of its facts. */
function reportedElse(reported: Reading, computed: Reading): Reading {
  return reported.value !== undefined || computed.value === undefined ? reported : { ...computed, source: "computed" };
}

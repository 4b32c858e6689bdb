import { IN_PARTS, type MetricDefinition, type MetricWindow, USUAL } from "../definition.ts";

const FROM_SESSION = ["session", "today", "7d", "30d", "all"] as const satisfies readonly MetricWindow[];

const QUALITY = { ...USUAL, scopes: IN_PARTS, windows: FROM_SESSION, past: "log" } as const;
const QUOTES = {
  ...QUALITY,
  unit: "percent",
  sign: "0–100",
  format: "percent",
  source: "document 5; metrics.md §1",
} as const;
const ENDED = "Quotes that were filled at least in part, of those that ended filled, cancelled or expired";

const REFERENCE = {
  ...QUALITY,
  unit: "ratio",
  sign: "> 0 is good for us",
  formula:
    "Σ (s · (reference price − price) · size − fee) ÷ Σ price · size; of an inverse contract, in what it settles in, Σ (s · (1 ÷ price − 1 ÷ reference price) · size − fee) ÷ Σ size ÷ price",
  format: "ratio_as_percent",
  source: "document 5",
} as const;
const SAID = "against the reference price that the fill says, else the mid that it says; after fees";

/** How quotes and fills did, by what bots say of them. */
export const QUALITY_METRICS: readonly MetricDefinition[] = [
  {
    ...QUOTES,
    name: "hit_rate",
    title: "Hit rate",
    help: `${ENDED}; rejected ones do not count`,
    formula: "100 · quotes with a fill ÷ quotes that ended",
    prometheus: [{ name: "deskwatch_hit_rate", window: "session" }],
    read: ({ quality }) => quality.hitRate,
  },
  {
    ...QUOTES,
    name: "hit_rate_maker",
    title: "Hit rate, maker",
    help: `${ENDED}, of quotes that were to rest`,
    formula: "100 · maker quotes with a fill ÷ maker quotes that ended",
    prometheus: [{ name: "deskwatch_hit_rate_maker", window: "session" }],
    read: ({ quality }) => quality.hitRateMaker,
  },
  {
    ...QUOTES,
    name: "hit_rate_taker",
    title: "Hit rate, taker",
    help: `${ENDED}, of quotes that were to take`,
    formula: "100 · taker quotes with a fill ÷ taker quotes that ended",
    prometheus: [{ name: "deskwatch_hit_rate_taker", window: "session" }],
    read: ({ quality }) => quality.hitRateTaker,
  },
  {
    ...REFERENCE,
    name: "avg_markout_in",
    title: "Markout, maker",
    help: `What maker fills were worth ${SAID}`,
    prometheus: [{ name: "deskwatch_avg_markout_in_ratio", window: "session" }],
    read: ({ quality }) => quality.avgMarkoutIn,
  },
  {
    ...REFERENCE,
    name: "avg_markout_out",
    title: "Markout, taker",
    help: `What taker fills were worth ${SAID}`,
    prometheus: [{ name: "deskwatch_avg_markout_out_ratio", window: "session" }],
    read: ({ quality }) => quality.avgMarkoutOut,
  },
  {
    ...QUALITY,
    name: "spread_capture_bps",
    title: "Spread capture, from fills",
    help: "Mean distance of fills from the mid that they say, on our side of it",
    unit: "bps",
    sign: "> 0 is good for us",
    formula: "mean of s · (mid − price) ÷ mid · 10⁴",
    format: "bps",
    source: "metrics.md §1",
    prometheus: [{ name: "deskwatch_spread_capture_bps", window: "session" }],
    read: ({ quality }) => quality.spreadCaptureBps,
  },
  {
    ...QUALITY,
    name: "fill_factor",
    title: "Fill factor, from quotes",
    help: "Size filled of what traded at or through the price of quotes while they were live",
    unit: "ratio",
    sign: "≥ 0",
    formula: "Σ filled size ÷ Σ eligible size",
    format: "number",
    source: "metrics.md §1, §11",
    prometheus: [{ name: "deskwatch_fill_factor_ratio", window: "session" }],
    read: ({ quality }) => quality.fillFactor,
  },
  {
    ...QUALITY,
    name: "fill_adverse_drift_30s",
    title: "Adverse drift, as fills say",
    help: "Mean of the adverse drift that fills say of themselves, as they say it",
    unit: "ratio",
    sign: "as the bot has it",
    formula: "mean of adverse_drift_30s of fills",
    format: "ratio_as_percent",
    source: "document 1",
    prometheus: [{ name: "deskwatch_fill_adverse_drift_30s_ratio", window: "session" }],
    read: ({ quality }) => quality.reportedDrift,
  },
];

const MARKED = {
  ...USUAL,
  windows: ["session", "today", "7d", "30d", "all"],
  scopes: IN_PARTS,
  reads: "marks",
  past: "log",
  source: "metrics.md §1",
  prometheus: [],
} as const satisfies Partial<MetricDefinition>;

const markout = (name: string, after: string, horizonS: number): MetricDefinition => ({
  ...MARKED,
  name,
  title: `Markout, ${after}`,
  help: `Mean of what fills were worth ${after} later, against the recorded marks`,
  unit: "bps",
  sign: "> 0 is good for us",
  formula: "mean of s · (mark then − price) ÷ mid at the fill · 10⁴",
  format: "bps",
  read: ({ markouts }) => markouts.meanBps(horizonS),
});

/** What fills were worth a while later. */
export const MARKOUT_METRICS: readonly MetricDefinition[] = [
  markout("markout_1s_bps", "1 s", 1),
  markout("markout_5s_bps", "5 s", 5),
  markout("markout_30s_bps", "30 s", 30),
  markout("markout_1m_bps", "1 minute", 60),
  markout("markout_5m_bps", "5 minutes", 300),
  {
    ...MARKED,
    name: "computed_adverse_drift_30s",
    title: "Adverse drift, computed",
    help: "Mean way of the mark within 30 seconds after fills, towards us",
    unit: "ratio",
    sign: "< 0 is adverse",
    formula: "mean of s · (mark 30 s later − mid at the fill) ÷ mid at the fill",
    format: "ratio_as_percent",
    read: ({ markouts }) => markouts.drift30s,
  },
];

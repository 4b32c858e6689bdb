import { type MetricDefinition, type MetricWindow, USUAL } from "../definition.ts";

const WINDOWS = ["all", "today", "session", "7d", "30d"] as const satisfies readonly MetricWindow[];

/** Made from the fills that are stored, one after the other, when it is asked for: of one bot, and not for Prometheus. */
const HISTORY = { ...USUAL, windows: WINDOWS, scopes: ["bot"], reads: "fills", prometheus: [] } as const;
const STREAK = { ...HISTORY, unit: "count", format: "integer", source: "metrics.md §3; document 4" } as const;
const LARGEST = { ...HISTORY, unit: "money", format: "money", source: "metrics.md §3" } as const;
const INVENTORY = { ...HISTORY, unit: "money", format: "money", minSample: 0, source: "metrics.md §5" } as const;
const PRICED = "Each instrument is valued at the price of its newest fill";

/** What the fills of a bot tell one after the other. */
export const HISTORY_METRICS: readonly MetricDefinition[] = [
  {
    ...STREAK,
    name: "trade_streak",
    title: "Streak",
    help: "Wins in a row at the end of the window, or losses in a row; a trade that broke even ends neither",
    sign: "> 0 wins, < 0 losses",
    formula: "trades since the last of the other kind, by their net profit",
    read: ({ history }) => history.streak,
  },
  {
    ...STREAK,
    name: "longest_win_streak",
    title: "Longest winning streak",
    help: "Most wins in a row; a trade that broke even ends no streak",
    sign: "≥ 0, higher is better",
    formula: "max of wins in a row",
    read: ({ history }) => history.longestWins,
  },
  {
    ...STREAK,
    name: "longest_loss_streak",
    title: "Longest losing streak",
    help: "Most losses in a row; a trade that broke even ends no streak",
    sign: "≥ 0, larger is worse",
    formula: "max of losses in a row",
    read: ({ history }) => history.longestLosses,
  },
  {
    ...LARGEST,
    name: "largest_win",
    title: "Largest win",
    help: "Largest net profit of a closed trade",
    sign: "≥ 0",
    formula: "max of net profit",
    read: ({ history }) => history.largestWin,
  },
  {
    ...LARGEST,
    name: "largest_loss",
    title: "Largest loss",
    help: "Largest net loss of a closed trade",
    sign: "≤ 0",
    formula: "min of net profit",
    read: ({ history }) => history.largestLoss,
  },
  {
    ...HISTORY,
    name: "median_holding_time_hours",
    title: "Holding time, median",
    help: "Median time from opening to closing of a trade",
    unit: "hours",
    sign: "≥ 0",
    formula: "median of closed − opened",
    format: "hours",
    source: "metrics.md §3",
    read: ({ history }) => history.medianHoldingHours,
  },
  {
    ...INVENTORY,
    name: "inventory_avg",
    title: "Inventory, average",
    help: `Mean over time of what is held, whatever its side. ${PRICED}`,
    sign: "≥ 0",
    formula: "∫ Σ |position · price| dt ÷ time",
    read: ({ history }) => history.inventoryAvg,
  },
  {
    ...INVENTORY,
    name: "inventory_net_avg",
    title: "Inventory, average net",
    help: `Mean over time of what is held, shorts taken off. ${PRICED}`,
    sign: "> 0 is long",
    formula: "∫ Σ position · price dt ÷ time",
    read: ({ history }) => history.inventoryNetAvg,
  },
  {
    ...INVENTORY,
    name: "inventory_max",
    title: "Inventory, largest",
    help: `Largest value of what was held at one time, whatever its side. ${PRICED}`,
    sign: "≥ 0",
    formula: "max over time of Σ |position · price|",
    read: ({ history }) => history.inventoryMax,
  },
  {
    ...INVENTORY,
    name: "inventory_turnover",
    title: "Inventory turnover",
    help: "How often the average inventory was traded, both sides counted",
    unit: "ratio",
    sign: "≥ 0",
    formula: "Σ |value of fills| ÷ average inventory",
    format: "number",
    read: ({ history }) => history.inventoryTurnover,
  },
];

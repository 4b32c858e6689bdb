import type { CatalogueEntry, MetricAnswer } from "../protocol/api-metrics.ts";

/** The groups in the order of the list; a metric is in the first that its name fits. */
const GROUPS = [
  { group: "Time and speed", fits: /^(tick|ws|decision|order_path|latency)_|latency|reconnect/ },
  {
    group: "Risk",
    fits: /drawdown|loss_pct|equity|margin|base_pct|^risk|funding_rate|stale|sharpe|sortino|var_|cvar|drift_pct/,
  },
  { group: "Inventory", fits: /inventory|position|exposure|time_in_market|open_orders|turnover/ },
  { group: "Trades", fits: /trade|win|profit_factor|payoff|holding|streak|consecutive|largest/ },
  { group: "Execution", fits: /order|fill|slippage|maker|capture|adverse|markout|hit_rate|approval|quote_/ },
  { group: "PnL", fits: /pnl|fees|rebates|funding|volume|return/ },
] as const;

/** What is measured, in a word. */
export type MetricGroup = (typeof GROUPS)[number]["group"] | "Others";

/** The group of a metric. */
export const metricGroup = (name: string): MetricGroup =>
  (name.includes("pnl") ? "PnL" : GROUPS.find(({ fits }) => fits.test(name))?.group) ?? "Others";

const ORDER: readonly MetricGroup[] = ["PnL", "Trades", "Execution", "Risk", "Inventory", "Time and speed", "Others"];

type Window = MetricAnswer["window"];

/** A metric as it is listed. */
export interface MetricLine {
  readonly entry: CatalogueEntry;
  readonly group: MetricGroup;
  /** Whether the line before it is of another group. */
  readonly isFirst: boolean;
  /** The window that it is asked in. */
  readonly window: Window;
}

/** A metric in a window, as one text, and back. */
export const metricKey = {
  of: ({ entry, window }: Pick<MetricLine, "entry" | "window">): string => `${entry.name} ${window}`,
  parts: (key: string): { readonly name: string; readonly window: string } => {
    const [name = "", window = ""] = key.split(" ");
    return { name, window };
  },
};

interface MetricChoice {
  readonly scope: "desk" | "bot";
  /** The usual one of each metric when absent. */
  readonly window: Window | undefined;
  readonly search: string;
}

/** The metrics of a scope that fit a search, group by group; each in the window asked for, else in its usual one. */
export function metricLines(entries: readonly CatalogueEntry[], { scope, window, search }: MetricChoice): MetricLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = entries.filter(
    (entry) => entry.scopes.includes(scope) && words.every((word) => textOf(entry).includes(word)),
  );
  return ORDER.flatMap((group) => fitting.filter(({ name }) => metricGroup(name) === group)).map(
    (entry, index, all) => ({
      entry,
      group: metricGroup(entry.name),
      isFirst: metricGroup(all[index - 1]?.name ?? "") !== metricGroup(entry.name) || index === 0,
      window: window !== undefined && entry.windows.includes(window) ? window : (entry.windows[0] ?? "all"),
    }),
  );
}

const textOf = ({ name, title, help, formula, prometheus }: CatalogueEntry): string =>
  [name, title, help, formula, metricGroup(name), ...prometheus.map((each) => each.name)].join(" ").toLowerCase();

/** The windows to choose from, the usual one of each metric first. */
export const METRIC_WINDOWS = [
  { window: "usual", label: "Usual", hint: "the usual window of each metric" },
  { window: "session", label: "Session", hint: "since each bot was last started" },
  { window: "today", label: "Today", hint: "since 00:00 UTC" },
  { window: "7d", label: "7 days", hint: "today and the 6 UTC days before" },
  { window: "30d", label: "30 days", hint: "today and the 29 UTC days before" },
  { window: "all", label: "All", hint: "since the first fact that is known" },
] as const;

/** The window that a text names, else each metric's usual one. */
export const metricWindowOf = (name: string | undefined): (typeof METRIC_WINDOWS)[number]["window"] =>
  METRIC_WINDOWS.find(({ window }) => window === name)?.window ?? "usual";

/** Why there is no value, in words; who says it and how sure it is where there is one. */
export function sourceWords({ value, reason, source, ci }: MetricAnswer): string {
  if (value === null) return reason ?? "not known";
  const interval = ci === undefined ? undefined : `${round(ci.low)} to ${round(ci.high)} at ${ci.level * 100} %`;
  const said = source === "reported" ? "the bot says it" : source === "computed" ? "the hub computes it" : undefined;
  return [interval, said].filter((part) => part !== undefined).join(", ");
}

const round = (value: number): string => String(Number(value.toPrecision(4)));

/** What the windows are called. */
export const WINDOW_WORDS: Record<Window, string> = {
  now: "now",
  session: "session",
  today: "today",
  "7d": "7 days",
  "30d": "30 days",
  all: "all",
};

/** A point of a path: parts of the width and of the height, from the upper left. */
interface SparkPoint {
  readonly x: number;
  readonly y: number;
}

/** The strokes of a small line over time: each from gap to gap. A line that never changes is in the middle. */
export function sparkStrokes(values: readonly (number | null)[]): SparkPoint[][] {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const last = Math.max(1, values.length - 1);
  const strokes: SparkPoint[][] = [];
  let stroke: SparkPoint[] = [];
  values.forEach((value, index) => {
    if (value === null) stroke = [];
    else {
      if (stroke.length === 0) strokes.push(stroke);
      stroke.push({ x: index / last, y: high === low ? 0.5 : (high - value) / (high - low) });
    }
  });
  return strokes;
}

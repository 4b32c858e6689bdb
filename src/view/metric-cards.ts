import type { CatalogueEntry, MetricAnswer } from "../protocol/api-metrics.ts";
import type { StatisticView } from "../protocol/api-statistics.ts";
import type { MetricLine } from "./metric-list.ts";
import { type MetricForm, numberShown } from "./metric-shown.ts";
import { amount, fixed, grouped } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

/** The metrics of source document 5's overview, group by group. */
const CARDS = {
  Execution: [
    ...["hit_rate", "fill_rate_pct", "fill_rate_qty_pct", "fill_factor", "maker_ratio", "spread_capture_bps"],
    ...["avg_markout_in", "avg_markout_out", "markout_30s_bps", "computed_adverse_drift_30s"],
    ...["avg_entry_slippage_bps", "avg_exit_slippage_bps"],
  ],
  PnL: [
    ...["realized_pnl_net", "unrealized_pnl", "fees", "net_funding", "volume"],
    ...["expectancy_per_trade", "profit_factor", "win_rate_pct", "payoff_ratio"],
  ],
  Risk: ["drawdown_pct", "daily_loss_pct", "margin_ratio", "exposure_gross", "exposure_concentration"],
  Inventory: [
    ...["inventory_avg", "inventory_net_avg", "inventory_max", "inventory_turnover"],
    ...["position_drift_pct", "base_pct", "exposure_net", "positions"],
  ],
  Time: [
    ...["trades_per_day", "avg_holding_time_hours", "time_in_market_pct", "tick_duration_p95_seconds"],
    ...["order_sent_to_acknowledged_p95_seconds", "order_acknowledged_to_filled_p95_seconds"],
  ],
} as const;

/** A group of the overview. */
export type CardGroup = keyof typeof CARDS;

/** The metrics of a scope as cards, each in the window asked for where it has that, else in its usual one. */
export function metricCards(
  entries: readonly CatalogueEntry[],
  { scope, window }: { readonly scope: "desk" | "bot"; readonly window: MetricAnswer["window"] },
): { readonly group: CardGroup; readonly lines: readonly Pick<MetricLine, "entry" | "window">[] }[] {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return Object.entries(CARDS).map(([group, names]) => ({
    group: group as CardGroup,
    lines: names.flatMap((name) => {
      const entry = byName.get(name);
      if (entry === undefined || !entry.scopes.includes(scope)) return [];
      return [{ entry, window: entry.windows.includes(window) ? window : (entry.windows[0] ?? "all") }];
    }),
  }));
}

/** Where chance alone leaves a metric: `[0.4, 3.1]`; undefined where that is not known. */
export function intervalText({ ci }: Pick<MetricAnswer, "ci">, form: MetricForm): string | undefined {
  if (ci === undefined) return undefined;
  const text = (value: number): string => numberShown(value, form).text;
  return `[${text(ci.low)}, ${text(ci.high)}]`;
}

type Bound = number | "unbounded";

/** A statistic of daily returns as it is written: its unit stands beside it, by `statisticUnitText`. */
export function statisticShown({ value, reason, unit, n }: StatisticView): Shown {
  if (value === null) return unknownValue(`${reason ?? "not known"}, n=${n}`);
  if (value === "unbounded") return plain("∞", `without a bound, n=${n}`);
  if (unit === "money") return amount(value);
  return plain(boundText(value, unit), grouped(String(value)));
}

const PERCENTS: ReadonlySet<StatisticView["unit"]> = new Set([
  "fraction",
  "fraction/day",
  "fraction/year",
  "probability",
]);

function boundText(value: Bound, unit: StatisticView["unit"]): string {
  if (value === "unbounded") return "∞";
  if (PERCENTS.has(unit)) return fixed(value * 100, 2);
  if (unit === "flag") return value === 0 ? "no" : "yes";
  return unit === "count" || unit === "days" ? fixed(value, Number.isInteger(value) ? 0 : 1) : fixed(value, 2);
}

const UNITS: Record<StatisticView["unit"], string> = {
  fraction: "%",
  "fraction/day": "% a day",
  "fraction/year": "% a year",
  ratio: "",
  probability: "%",
  days: "days",
  count: "",
  flag: "",
  money: "",
};

/** The unit beside a statistic; of money its currency. */
export const statisticUnitText = ({ unit }: Pick<StatisticView, "unit">, currency?: string): string =>
  unit === "money" ? (currency ?? "") : UNITS[unit];

/** Where a statistic lies: `[0.4, 3.1]`, and how that was made; the reason where it is not told. */
export function statisticInterval({
  ci,
  unit,
}: StatisticView): { readonly text: string; readonly how: string } | undefined {
  if (ci === undefined) return undefined;
  if ("reason" in ci) return { text: "", how: `no interval: ${ci.reason}` };
  const text = (bound: Bound): string => boundText(bound, unit);
  return { text: `[${text(ci.low)}, ${text(ci.high)}]`, how: `at ${fixed(ci.level * 100, 0)} %, ${ci.method}` };
}

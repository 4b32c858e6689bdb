import { DAILY_METRICS } from "./catalogue/daily.ts";
import { MARKOUT_METRICS, QUALITY_METRICS } from "./catalogue/execution-quality.ts";
import { HISTORY_METRICS } from "./catalogue/history.ts";
import { LATENCY_METRICS } from "./catalogue/latency.ts";
import { MONEY_METRICS } from "./catalogue/money.ts";
import { RISK_METRICS } from "./catalogue/risk.ts";
import { STATE_METRICS } from "./catalogue/state.ts";
import { EXECUTION_METRICS, TRADE_METRICS } from "./catalogue/trades.ts";
import type { MetricDefinition } from "./definition.ts";
import { unknown } from "./measure.ts";
import type { Reading, ScopeReading } from "./scope-reading.ts";

/** The one list of what is measured. Fold, Prometheus, API, screens, alert rules and the reference page all read it. */
export const CATALOGUE: readonly MetricDefinition[] = [
  ...MONEY_METRICS,
  ...TRADE_METRICS,
  ...HISTORY_METRICS,
  ...EXECUTION_METRICS,
  ...QUALITY_METRICS,
  ...MARKOUT_METRICS,
  ...LATENCY_METRICS,
  ...RISK_METRICS,
  ...DAILY_METRICS,
  ...STATE_METRICS,
];

const BY_NAME: ReadonlyMap<string, MetricDefinition> = new Map(
  CATALOGUE.flatMap((definition) => [
    ...definition.prometheus.map(({ name }) => [name, definition] as const),
    [definition.name, definition] as const,
  ]),
);

/** A metric by its name, or by one that it has for Prometheus; undefined when there is none. */
export const metricNamed = (name: string): MetricDefinition | undefined => BY_NAME.get(name);

/** What a metric says of a reading; nothing where there are fewer samples than it needs. */
export function readMetric({ read, minSample }: MetricDefinition, reading: ScopeReading): Reading {
  const value = read(reading);
  if (value.value === undefined || value.n >= minSample) return value;
  return unknown(`needs ${minSample}, has ${value.n}`, value.n);
}

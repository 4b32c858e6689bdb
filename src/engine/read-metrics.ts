import type { Micros } from "../base/time.ts";
import { CATALOGUE, metricNamed, readMetric } from "../metrics/catalogue.ts";
import type { MetricDefinition, MetricWindow } from "../metrics/definition.ts";
import { unknown } from "../metrics/measure.ts";
import { shareInterval } from "../metrics/share-interval.ts";
import type { HistoryReading, MarkoutReading, Reading } from "../metrics/scope-reading.ts";
import type { CatalogueEntry, MetricAnswer } from "../protocol/api-metrics.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import type { Mode } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { scopeReader } from "./read-scope.ts";

export interface MetricFilter {
  /** The whole desk when absent. */
  readonly bot?: string | undefined;
  readonly mode: Mode;
  /** The metric's usual one when absent. */
  readonly window?: MetricWindow | undefined;
  /** What the stored fills of the bot tell in the window, for a metric that is made of them. */
  readonly history?: HistoryReading | undefined;
  /** What its fills were worth later, for a metric of that. */
  readonly markouts?: MarkoutReading | undefined;
}

/** The catalogue as the wire has it. */
export const catalogueEntries = (): CatalogueEntry[] => CATALOGUE.map(entryOf);

const entryOf = (definition: MetricDefinition): CatalogueEntry => ({
  name: definition.name,
  title: definition.title,
  help: definition.help,
  unit: definition.unit,
  sign: definition.sign,
  kind: definition.kind,
  windows: [...definition.windows],
  scopes: [...definition.scopes],
  min_sample: definition.minSample,
  formula: definition.formula,
  source: definition.source,
  format: definition.format,
  prometheus: definition.prometheus.map(({ name, window }) => ({ name, window })),
});

/** Which history a metric is made of; undefined for one that is not, or cannot be asked like that. */
export function historyOf(
  name: string,
  { bot, mode, window }: MetricFilter,
): { readonly bot: string; readonly mode: Mode; readonly window: MoneyWindow } | undefined {
  const definition = metricNamed(name);
  if (definition?.reads !== "fills" || bot === undefined) return undefined;
  const chosen = window ?? definition.windows[0];
  return chosen === "now" || !definition.windows.includes(chosen) ? undefined : { bot, mode, window: chosen };
}

/** The window that a metric of stored marks is asked for; undefined for another, or one that cannot be asked like that. */
export function markoutWindowOf(name: string, { window }: Pick<MetricFilter, "window">): MoneyWindow | undefined {
  const definition = metricNamed(name);
  if (definition?.reads !== "marks") return undefined;
  const chosen = window ?? definition.windows[0];
  return chosen === "now" || !definition.windows.includes(chosen) ? undefined : chosen;
}

export type MetricRefusal = "no such metric" | "no such window";

/** The value of a metric by its own name, or by one it has for Prometheus; or why it cannot be asked like that. */
export function readMetricNamed(
  state: State,
  asOf: Micros,
  name: string,
  filter: MetricFilter,
): Omit<MetricAnswer, "as_of" | "as_of_seq"> | MetricRefusal {
  const definition = metricNamed(name);
  if (definition === undefined) return "no such metric";
  const alias = definition.prometheus.find((exposed) => exposed.name === name && name !== definition.name);
  const window = filter.window ?? alias?.window ?? definition.windows[0];
  if (!definition.windows.includes(window)) return "no such window";
  const { bot, mode, history, markouts } = filter;
  const reading: Reading = definition.scopes.includes(bot === undefined ? "desk" : "bot")
    ? readMetric(definition, scopeReader(state, asOf, { bot, mode }, { history, markouts })(window))
    : unknown("is of one bot: name it with bot");
  return {
    name: definition.name,
    bot: bot ?? null,
    mode,
    window,
    unit: definition.unit,
    ...(reading.currency === undefined ? {} : { currency: reading.currency }),
    ...wireMeasure(definition.name, reading),
    ...(reading.value === undefined || reading.source === undefined ? {} : { source: reading.source }),
  };
}

/** What a metric says, as the wire has it. */
export function wireMeasure(name: string, measure: Reading): Pick<MetricAnswer, "value" | "reason" | "n" | "ci"> {
  if (measure.value === undefined) return { value: null, reason: measure.reason, n: measure.n };
  const ci = measure.interval ?? shareInterval(name, measure);
  return { value: measure.value, n: measure.n, ...(ci === undefined ? {} : { ci }) };
}

import type { Micros } from "../base/time.ts";
import { CATALOGUE, metricNamed, readMetric } from "../metrics/catalogue.ts";
import type { MetricDefinition, MetricWindow } from "../metrics/definition.ts";
import { unknown } from "../metrics/measure.ts";
import { shareInterval } from "../metrics/share-interval.ts";
import type { DailyReading, HistoryReading, MarkoutReading, Reading } from "../metrics/scope-reading.ts";
import type { CatalogueEntry, MetricAnswer } from "../protocol/api-metrics.ts";
import type { MoneyWindow } from "../protocol/api-money.ts";
import type { Mode } from "./bot-state.ts";
import type { State } from "./fold.ts";
import { isPartial } from "./part.ts";
import { scopeReader } from "./read-scope.ts";
import { readPastMetric } from "./rollup/read-past.ts";

export interface MetricFilter {
  /** The whole desk when absent. */
  readonly bot?: string | undefined;
  readonly mode: Mode;
  /** The metric's usual one when absent. */
  readonly window?: MetricWindow | undefined;
  /** Of one venue, of one asset, or both; the rest as for the whole. */
  readonly venue?: string | undefined;
  readonly asset?: string | undefined;
  /** What the stored fills of the bot tell in the window, for a metric that is made of them. */
  readonly history?: HistoryReading | undefined;
  /** What its fills were worth later, for a metric of that. */
  readonly markouts?: MarkoutReading | undefined;
  /** What the days of its equity say, for a metric that is made of them. */
  readonly daily?: DailyReading | undefined;
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
  { bot, mode, window, venue, asset }: MetricFilter,
): { readonly bot: string; readonly mode: Mode; readonly window: MoneyWindow } | undefined {
  const definition = metricNamed(name);
  if (definition?.reads !== "fills" || bot === undefined || isPartial({ venue, asset })) return undefined;
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

/** The window that a metric of days is asked for; undefined for another, or one that cannot be asked like that. */
export function dailyWindowOf(name: string, { window, venue, asset }: MetricFilter): "all" | "30d" | undefined {
  const definition = metricNamed(name);
  if (definition?.reads !== "days" || isPartial({ venue, asset })) return undefined;
  const chosen = window ?? definition.windows[0];
  return chosen === "all" || chosen === "30d" ? chosen : undefined;
}

export type MetricRefusal = "no such metric" | "no such window";

/** The value of a metric by its own name, or by one it has for Prometheus; or why it cannot be asked like that. */
export function readMetricNamed(
  state: State,
  asOf: Micros,
  name: string,
  filter: MetricFilter,
): WireMetric | MetricRefusal {
  const asked = askedFor(name, filter.window);
  if (typeof asked === "string") return asked;
  const { definition, window } = asked;
  const { bot, mode, history, markouts, daily } = filter;
  const reading: Reading = definition.scopes.includes(bot === undefined ? "desk" : "bot")
    ? readMetric(definition, scopeReader(state, asOf, { bot, mode }, { history, markouts, daily })(window))
    : unknown("is of one bot: name it with bot");
  return answerOf(asked, filter, reading);
}

/** The same of a part of what was traded, from the state that `pastState` makes of it for the window. */
export function readPartMetric(past: State, asOf: Micros, asked: AskedMetric, filter: MetricFilter): WireMetric {
  const { bot, mode } = filter;
  const part = { venue: filter.venue, asset: filter.asset };
  return answerOf(asked, filter, readPastMetric(asked.definition, past, { asOf, scope: { bot, mode, part } }));
}

/** A metric and the window that it is read in. */
export interface AskedMetric {
  readonly definition: MetricDefinition;
  readonly window: MetricWindow;
}

/** What a name and a window ask for: the window of the name where none is said. */
export function askedFor(name: string, wanted: MetricWindow | undefined): AskedMetric | MetricRefusal {
  const definition = metricNamed(name);
  if (definition === undefined) return "no such metric";
  const alias = definition.prometheus.find((exposed) => exposed.name === name && name !== definition.name);
  const window = wanted ?? alias?.window ?? definition.windows[0];
  return definition.windows.includes(window) ? { definition, window } : "no such window";
}

type WireMetric = Omit<MetricAnswer, "as_of" | "as_of_seq">;

/** What a reading of a metric is on the wire. */
export function answerOf(
  { definition, window }: AskedMetric,
  { bot, mode, venue, asset }: MetricFilter,
  reading: Reading,
): WireMetric {
  return {
    name: definition.name,
    bot: bot ?? null,
    mode,
    ...(venue === undefined ? {} : { venue }),
    ...(asset === undefined ? {} : { asset }),
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

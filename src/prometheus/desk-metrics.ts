import { Counter, Gauge, type Registry } from "prom-client";
import { CATALOGUE, readMetric } from "../metrics/catalogue.ts";
import type { ExposedName, MetricDefinition, MetricWindow } from "../metrics/definition.ts";
import { type ReasonCode, reasonCode } from "../metrics/reason-code.ts";
import type { ScopeReading } from "../metrics/scope-reading.ts";
import { ExposureMetrics, type ScrapedExposure } from "./exposure-metrics.ts";
import { LabelTexts, ScrapedMetric } from "./scraped-metric.ts";

/** A bot in one mode, as it is read for one scrape. */
export interface ScrapedBot {
  readonly bot: string;
  readonly mode: string;
  readonly facts: number;
  readonly reading: (window: MetricWindow) => ScopeReading;
  /** Of all bots of its mode together. */
  readonly exposure: () => ScrapedExposure;
}

/** A gauge of a bot's own. */
export interface OwnMetric {
  readonly bot: string;
  readonly name: string;
  readonly value: number;
}

/** Where the desk's metrics come from; read anew for every scrape, all of it as of one moment. */
export interface DeskMetricsSource {
  readonly bots: () => readonly ScrapedBot[];
  readonly ownMetrics: () => readonly OwnMetric[];
}

const BOTS_MAX = 200;
const OWN_MAX = 500;
const LABELS = ["bot", "mode"] as const;
const RISK_REASONS = "hbot_bot_risk_reasons_info";

/** What one scrape has of the desk. */
interface DeskMetrics {
  /** Reads the desk once for all of it. */
  readonly collect: () => void;
  /** The catalogue by bot and mode as it was collected, which is not in the registry. */
  readonly text: () => string;
}

/** Adds what is known of the desk to a registry, and keeps the catalogue by bot and mode beside it. */
export function addDeskMetrics(registry: Registry, source: DeskMetricsSource): DeskMetrics {
  const series = CATALOGUE.flatMap((definition) =>
    definition.prometheus.map((exposed) => new Series(definition, exposed)),
  );
  const parts = {
    reasons: gauge(registry, RISK_REASONS, "Always 1; a risk flag that is active", [...LABELS, "reason"]),
    currency: gauge(registry, "deskwatch_money_currency_info", "Always 1; the currency that money of the bot is in", [
      ...LABELS,
      "currency",
    ]),
    absent: gauge(registry, "deskwatch_metric_absent", "Bots of which a metric has no value, and why", [
      "name",
      "reason",
    ]),
    own: gauge(registry, "deskwatch_bot_metric", "Gauges that bots report of their own", ["bot", "name"]),
    overflow: new Counter({
      name: "deskwatch_metric_overflow_total",
      help: `Bots beyond ${BOTS_MAX}, and own metrics of bots beyond ${OWN_MAX}, left out of scrapes`,
      labelNames: ["what"],
      registers: [registry],
    }),
  };
  const labels = new LabelTexts();
  const exposure = new ExposureMetrics(registry);
  parts.overflow.inc({ what: "bots" }, 0);
  parts.overflow.inc({ what: "own_metrics" }, 0);
  return {
    collect: () => {
      for (const each of series) each.clear();
      for (const each of [parts.reasons, parts.currency, parts.absent, parts.own]) each.reset();
      exposure.reset();
      const absences = new Absences();
      const bots = source.bots().toSorted((a, b) => b.facts - a.facts || (a.bot < b.bot ? -1 : 1));
      parts.overflow.inc({ what: "bots" }, Math.max(0, bots.length - BOTS_MAX));
      for (const [mode, read] of new Map(bots.map((bot) => [bot.mode, bot.exposure]))) exposure.put(mode, read());
      const shown = bots.slice(0, BOTS_MAX);
      labels.keep(shown);
      for (const bot of shown) {
        const own = labels.of(bot);
        for (const each of series) each.take(bot, own, absences);
        noteInfos(parts, bot);
      }
      absences.each((name, reason, count) => parts.absent.set({ name, reason }, count));
      const own = source.ownMetrics();
      parts.overflow.inc({ what: "own_metrics" }, Math.max(0, own.length - OWN_MAX));
      for (const { bot, name, value } of own.slice(0, OWN_MAX)) parts.own.set({ bot, name }, value);
    },
    text: () => series.flatMap((each) => each.text()).join("\n\n"),
  };
}

function noteInfos(
  { reasons, currency }: { readonly reasons: Gauge; readonly currency: Gauge },
  { bot, mode, reading }: ScrapedBot,
): void {
  const { now, span } = reading("all");
  for (const reason of now.riskReasons ?? []) reasons.set({ bot, mode, reason }, 1);
  if (span.realized.currency !== undefined) currency.set({ bot, mode, currency: span.realized.currency }, 1);
}

const gauge = (registry: Registry, name: string, help: string, labelNames: string[]): Gauge =>
  new Gauge({ name, help, labelNames, registers: [registry] });

/** One name of one metric. */
class Series {
  readonly #definition: MetricDefinition;
  readonly #exposed: ExposedName;
  readonly #metric: ScrapedMetric | undefined;

  constructor(definition: MetricDefinition, exposed: ExposedName) {
    this.#definition = definition;
    this.#exposed = exposed;
    const { name } = exposed;
    const options = { name, help: helpOf(definition, exposed), type: definition.kind };
    // Its series are made of the names of the flags, and not of how many there are.
    this.#metric = name === RISK_REASONS ? undefined : new ScrapedMetric(options);
  }

  clear(): void {
    this.#metric?.clear();
  }

  text(): string[] {
    return this.#metric === undefined ? [] : [this.#metric.text()];
  }

  take({ reading }: ScrapedBot, labels: string, absences: Absences): void {
    const { name, window } = this.#exposed;
    const told = readMetric(this.#definition, reading(window));
    if (told.value === undefined) absences.note(name, reasonCode(told.reason));
    else this.#metric?.put(labels, told.value === "unbounded" ? Number.POSITIVE_INFINITY : told.value);
  }
}

const helpOf = ({ help, unit, windows }: MetricDefinition, { window }: ExposedName): string =>
  windows.length > 1 ? `${help}; ${unit}, ${window}` : `${help}; ${unit}`;

/** Bots without a value, by metric and reason. */
class Absences {
  readonly #counts = new Map<string, Map<ReasonCode, number>>();

  note(name: string, reason: ReasonCode): void {
    const counts = this.#counts.get(name) ?? new Map<ReasonCode, number>();
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    this.#counts.set(name, counts);
  }

  each(take: (name: string, reason: ReasonCode, count: number) => void): void {
    for (const [name, counts] of this.#counts) for (const [reason, count] of counts) take(name, reason, count);
  }
}

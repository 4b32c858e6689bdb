import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { addDeskMetrics, type DeskMetricsSource } from "./desk-metrics.ts";

/** What became of an event, as `deskwatch_events_total` counts it. */
export type EventOutcome =
  | "accepted"
  | "duplicate"
  | "merged"
  | "contradiction"
  | "sampled"
  | "rejected"
  | "refused_full";

/** Where the hub's own metrics come from: plain numbers, read when Prometheus asks. */
export interface HubMetricsSource {
  readonly version: string;
  /** Events since the start, by outcome. */
  readonly events: () => Readonly<Record<EventOutcome, number>>;
  /** Facts that wait for the log, and how many may. */
  readonly queue: () => { readonly events: number; readonly limit: number };
  readonly store: () => { readonly kind: "sqlite" | "postgres"; readonly ok: boolean };
  /** `seq` of the last fact folded, facts folded in all, and bots known. */
  readonly fold: () => { readonly seq: number; readonly facts: number; readonly bots: number };
  readonly subscribers: () => number;
  /** Subscribers given up because they did not read. */
  readonly subscribersGivenUp: () => number;
  /** What bots do and make. */
  readonly desk: DeskMetricsSource;
}

export interface HubMetrics {
  readonly contentType: string;
  readonly text: () => Promise<string>;
  /** Notes one commit of the log. */
  readonly observeAppend: (append: { readonly seconds: number; readonly rows: number }) => void;
}

const APPEND_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const BATCH_BUCKETS = [1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000];

/** Of the library's own metrics: gauges that are named like counters, and those that are NaN on a quiet machine. */
const UNFIT = [
  "nodejs_active_handles_total",
  "nodejs_active_requests_total",
  "nodejs_active_resources_total",
  "nodejs_eventloop_lag_mean_seconds",
  "nodejs_eventloop_lag_stddev_seconds",
];

/** The hub's own health and the catalogue of every bot for Prometheus, in a registry of its own. */
export function createHubMetrics(source: HubMetricsSource): HubMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of UNFIT) registry.removeSingleMetric(name);
  addEvents(registry, source);
  addStore(registry, source);
  addFold(registry, source);
  const desk = addDeskMetrics(registry, source.desk);
  const seconds = new Histogram({
    name: "deskwatch_append_seconds",
    help: "Time from handing a batch to the log until it was synced to disk",
    buckets: APPEND_BUCKETS_S,
    registers: [registry],
  });
  const rows = new Histogram({
    name: "deskwatch_append_rows",
    help: "Facts handed to the log at once",
    buckets: BATCH_BUCKETS,
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    text: async () => {
      desk.collect();
      const own = desk.text();
      return `${await registry.metrics()}\n${own}\n`;
    },
    observeAppend: (append) => {
      seconds.observe(append.seconds);
      rows.observe(append.rows);
    },
  };
}

/** EVENTS.md: only an event that became a fact, or says one again, is of the class `fact`; what was refused has no class. */
const CLASS_OF: Readonly<Record<EventOutcome, "fact" | "sample" | "none">> = {
  accepted: "fact",
  duplicate: "fact",
  merged: "fact",
  contradiction: "fact",
  sampled: "sample",
  rejected: "none",
  refused_full: "none",
};

function addEvents(registry: Registry, source: HubMetricsSource): void {
  counter(registry, {
    name: "deskwatch_events_total",
    help: "Events since the start, by class and by what became of them (refused_full counts batches)",
    labelNames: ["class", "outcome"],
    read: (add) => {
      for (const [outcome, count] of Object.entries(source.events()))
        add(count, { class: CLASS_OF[outcome as EventOutcome], outcome });
    },
  });
  gauge(registry, "deskwatch_queue_events", "Facts that wait for the log", () => source.queue().events);
  gauge(
    registry,
    "deskwatch_queue_limit_events",
    "Facts that may wait before the hub says 429",
    () => source.queue().limit,
  );
}

function addStore(registry: Registry, source: HubMetricsSource): void {
  gauge(registry, "deskwatch_store_up", "1 while the store takes events, else 0", () => (source.store().ok ? 1 : 0));
  const info = new Gauge({
    name: "deskwatch_info",
    help: "Always 1; the labels say what runs",
    labelNames: ["version", "store"],
    registers: [registry],
  });
  info.set({ version: source.version, store: source.store().kind }, 1);
}

function addFold(registry: Registry, source: HubMetricsSource): void {
  gauge(registry, "deskwatch_fold_seq", "seq of the last fact that the fold has taken in", () => source.fold().seq);
  gauge(registry, "deskwatch_fold_facts", "Facts that the fold has taken in", () => source.fold().facts);
  gauge(registry, "deskwatch_bots", "Bots that have spoken", () => source.fold().bots);
  gauge(registry, "deskwatch_stream_subscribers", "Open streams", source.subscribers);
  counter(registry, {
    name: "deskwatch_stream_given_up_total",
    help: "Streams closed because their client did not read",
    labelNames: [],
    read: (add) => add(source.subscribersGivenUp(), {}),
  });
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

interface ReadCounter {
  readonly name: string;
  readonly help: string;
  readonly labelNames: string[];
  readonly read: (add: (count: number, labels: Record<string, string>) => void) => void;
}

/** A counter whose value the hub keeps already. */
function counter(registry: Registry, { name, help, labelNames, read }: ReadCounter): void {
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      read((count, labels) => this.inc(labels, count));
    },
  });
}

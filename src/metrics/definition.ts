import type { Reading, ScopeReading } from "./scope-reading.ts";

/** `today`, `7d` and `30d` are UTC days, today's included; a session begins with the bot's last `bot.started`; `now` has no past. */
export type MetricWindow = "now" | "session" | "today" | "7d" | "30d" | "all";

/**
 * `money`: USD where rates are recorded, else the one currency there is, which the answer names. `quote`: the bot's
 * quote currency. `percent`: 0–100. `ratio`: 0.03 is 3 %. `flag`: 1 or 0.
 */
export type MetricUnit =
  | "money"
  | "quote"
  | "USD"
  | "ratio"
  | "percent"
  | "bps"
  | "count"
  | "seconds"
  | "hours"
  | "flag";

export type MetricFormat =
  | "money"
  | "percent"
  | "ratio_as_percent"
  | "bps"
  | "number"
  | "integer"
  | "seconds"
  | "hours"
  | "flag";

type MetricScope = "desk" | "bot" | "venue" | "asset";

/** A name on the metrics page for Prometheus, and the window that it speaks of. */
export interface ExposedName {
  readonly name: string;
  readonly window: MetricWindow;
}

/** One metric, defined once for every screen, sink and rule. */
export interface MetricDefinition {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly unit: MetricUnit;
  /** What its sign means. */
  readonly sign: string;
  /** A counter never falls while facts are only added; what may fall is a gauge. */
  readonly kind: "gauge" | "counter";
  /** The usual one first. */
  readonly windows: readonly [MetricWindow, ...MetricWindow[]];
  /** `venue` and `asset`: of a part of what the desk or the bot traded. */
  readonly scopes: readonly MetricScope[];
  /** With fewer samples there is no value. */
  readonly minSample: number;
  readonly formula: string;
  /** Where the definition comes from. */
  readonly source: string;
  readonly format: MetricFormat;
  /** `fills`: made from the stored fills of a bot when it is asked for; `marks`: from stored fills and marks; `days`: from the equity of days. None of these is for Prometheus. */
  readonly reads: "fold" | "fills" | "marks" | "days";
  readonly prometheus: readonly ExposedName[];
  /** `log`: what it was over time is read from quotes, fills and marks of the log; else from rollups. */
  readonly past?: "log";
  readonly read: (reading: ScopeReading) => Reading;
}

/** What most metrics have in common. */
export const USUAL = {
  kind: "gauge",
  scopes: ["desk", "bot"],
  minSample: 1,
  reads: "fold",
} as const satisfies Partial<MetricDefinition>;

/** Of the desk or a bot, or of what it traded at a venue or of an asset. */
export const IN_PARTS = ["desk", "bot", "venue", "asset"] as const satisfies readonly MetricScope[];

export const SPANS = ["today", "session", "7d", "30d", "all"] as const satisfies readonly MetricWindow[];

/** The same name in other windows, by its ending. */
export const exposed = (name: string, ...windows: readonly MetricWindow[]): ExposedName[] =>
  windows.map((window) => ({ name: window === "now" || window === "all" ? name : `${name}_${window}`, window }));

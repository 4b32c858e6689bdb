import type { z } from "zod";
import type { Micros } from "../base/time.ts";
import type {
  botsAnswer,
  BotView,
  edgesAnswer,
  ExposureAnswer,
  HealthAnswer,
  rejectedAnswer,
} from "../protocol/api.ts";
import type { DeskAnswer, ImportView, SessionView } from "../protocol/api-sessions.ts";
import type { ReconciliationFilter } from "../engine/reconcile/read-reconciliation.ts";
import type { HaltRulesAnswer } from "../protocol/api-rules.ts";
import type { ReconciliationAnswer } from "../protocol/api-reconciliation.ts";
import type { OrderbookView, OrderStatus, PositionsAnswer } from "../protocol/api-trading.ts";
import type { ControlsFilter } from "../engine/control/read-controls.ts";
import type { PerformanceFilter } from "../engine/made.ts";
import type { Part } from "../engine/part.ts";
import type { MetricFilter, MetricRefusal } from "../engine/read-metrics.ts";
import type { CommandView, ControlsAnswer } from "../protocol/api-control.ts";
import type { CatalogueAnswer, MetricAnswer, MetricSeries } from "../protocol/api-metrics.ts";
import type { DaySummary, SummaryDay } from "../protocol/api-summaries.ts";
import type { ExplainAnswer, PerformanceAnswer } from "../protocol/api-money.ts";
import type { EdgeHistoryAnswer } from "../protocol/api-edges.ts";
import type { AnalysisQuery } from "./analysis/analysis-query.ts";
import type { ExecutionQuery } from "./execution-query.ts";
import type { ExplainFilter } from "./explain.ts";
import type { EdgeHistoryFilter, EdgeHistoryRefusal } from "./read-edge-history.ts";
import type { RangeFilter } from "./range-performance.ts";
import type { SeriesFilter, SeriesRefusal } from "./series.ts";
import type { ByTimeFilter, ByTimePage, EventFilter, EventPage } from "./ports.ts";

/** The moment that an answer speaks of. */
export interface AsOf {
  readonly as_of: string;
  readonly as_of_seq: number;
}

/**
 * Rows of one read as of one moment, page by page: however many pages are asked for, and whatever comes in meanwhile,
 * all of them speak of that moment.
 */
export interface Listing {
  readonly asOf: AsOf;
  /** The rows after a cursor (the `lastSeq` of the page before), from the beginning without one. */
  readonly page: (limit: number, cursor?: number) => Promise<EventPage>;
}

/** What orders are asked for; all that are given must hold. */
export interface OrderQuery {
  readonly bot?: string;
  readonly symbol?: string;
  readonly venue?: string;
  readonly mode?: string;
  readonly orderId?: string;
  readonly strategy?: string;
  readonly status?: OrderStatus;
  /** Bot's time of the placing, inclusive. */
  readonly from?: Micros;
  /** Bot's time of the placing, exclusive. */
  readonly to?: Micros;
}

export interface OpportunityQuery {
  readonly bot?: string;
  readonly mode?: string;
  /** What its latest statement says. */
  readonly action?: string;
  readonly eventId?: string;
  readonly pairId?: string;
  /** Bot's time of the latest statement, inclusive. */
  readonly from?: Micros;
  /** Bot's time of the latest statement, exclusive. */
  readonly to?: Micros;
}

export interface PositionQuery {
  readonly bot?: string;
  readonly venue?: string;
  readonly symbol?: string;
  readonly mode?: string;
}

export interface OrderbookQuery {
  readonly bot?: string;
  readonly venue?: string;
  readonly symbol?: string;
  readonly mode?: string;
  /** Levels of each side that are shown. */
  readonly levels: number;
  /** Only these instruments, by `venue\tsymbol`. */
  readonly keys?: readonly string[];
}

/** Sessions that were under way between `from` and `to`. */
export interface SessionQuery {
  readonly bot?: string;
  readonly mode?: string;
  readonly from?: Micros;
  readonly to?: Micros;
}

/** What a metric is asked for. Modes are never added together: there is no "all". */
export type MetricQuery = Omit<MetricFilter, "mode"> & { readonly mode?: MetricFilter["mode"] | undefined };

export type SeriesQuery = Omit<SeriesFilter, "mode"> & { readonly mode?: MetricFilter["mode"] | undefined };

/**
 * The only read path: page, terminal, chat, API and stream ask here, so at equal `as_of_seq` they show the same.
 * What is synchronous comes from the fold in memory; what is a promise or a listing comes from the store.
 * `mode` defaults to the store's own (live; demo in the demo store).
 */
export interface Query extends AnalysisQuery, ExecutionQuery {
  readonly asOf: () => AsOf;
  readonly desk: () => DeskAnswer;
  readonly bots: (mode?: string) => z.infer<typeof botsAnswer>;
  readonly bot: (bot: string) => BotView | undefined;
  readonly edges: (limit: number, mode?: string) => z.infer<typeof edgesAnswer>;
  /** How the edges of a pair, or of two markets, went; or why it cannot be asked like that. */
  readonly edgeHistory: (filter: EdgeHistoryFilter) => Promise<EdgeHistoryAnswer | EdgeHistoryRefusal>;
  readonly exposure: (mode?: string) => ExposureAnswer;
  readonly performance: (filter: PerformanceFilter) => PerformanceAnswer;
  /** The same of one bot, first in, first out: reads its stored fills one after the other; see `Histories`. */
  readonly fifoPerformance: (filter: PerformanceFilter & { readonly bot: string }) => Promise<PerformanceAnswer>;
  /** The same of what was traded at one venue or of one asset, from rollups and the facts at its edges. */
  readonly partPerformance: (filter: PerformanceFilter & Part) => Promise<PerformanceAnswer>;
  /** Every metric that there is. */
  readonly catalogue: () => CatalogueAnswer;
  /** One metric of a bot, or of the desk; or why it cannot be asked like that. Some are made from stored fills: see `Histories`. */
  readonly metric: (name: string, filter: MetricQuery) => Promise<MetricAnswer | MetricRefusal>;
  /** The same over time, from rollups and the facts at its edges; or why it cannot be asked like that. */
  readonly series: (name: string, filter: SeriesQuery) => Promise<MetricSeries | SeriesRefusal>;
  /** What trading made between two moments, from rollups and the facts at its edges. */
  readonly rangePerformance: (filter: RangeFilter) => Promise<PerformanceAnswer>;
  /** The summary of a UTC day, made from its facts; undefined for one that has not begun. */
  readonly summary: (date: string) => ({ readonly summary: DaySummary } & AsOf) | undefined;
  /** The days that have facts, newest first. */
  readonly summaries: (limit: number) => { readonly days: SummaryDay[] } & AsOf;
  /** Folds the log once more up to the beginning: seconds for millions of facts. */
  readonly explain: (filter: ExplainFilter) => Promise<ExplainAnswer>;
  /** Every position that is held, by bot, venue and symbol. */
  readonly positions: (filter?: PositionQuery) => PositionsAnswer;
  /** The rules that ask for commands by themselves, and what each reads now; none in a replay. */
  readonly haltRules: () => HaltRulesAnswer;
  /** What bots, ledger and venue say of the same things, what differs first. */
  readonly reconciliation: (filter?: ReconciliationFilter) => ReconciliationAnswer;
  /** The newest book of every instrument, by venue and symbol. */
  readonly orderbooks: (filter: OrderbookQuery) => { readonly orderbooks: OrderbookView[] } & AsOf;
  /** The newest book that `VENUE:SYMBOL` names, with all its levels; undefined when there is none. */
  readonly orderbook: (name: string) => OrderbookView | undefined;
  /** Newest first; every mode when none is named, as each session says its own. */
  readonly sessions: (filter?: SessionQuery) => { readonly sessions: SessionView[] } & AsOf;
  /** What holds the desk, its bots, strategies and venues, and the newest commands. */
  readonly controls: (filter: ControlsFilter) => ControlsAnswer;
  /** A command by its id; undefined where there is none, or where only the log still has it. */
  readonly command: (commandId: string) => CommandView | undefined;
  readonly health: () => HealthAnswer;
  readonly rejected: (limit: number) => Promise<z.infer<typeof rejectedAnswer>>;
  /** Newest first. */
  readonly imports: (limit: number) => Promise<{ readonly imports: ImportView[] } & AsOf>;
  /** In the order of the log. */
  readonly fills: (filter: EventFilter) => Promise<EventPage & AsOf>;
  /** In the order of time, newest first. */
  readonly fillsByTime: (filter: ByTimeFilter) => Promise<ByTimePage & AsOf>;
  readonly events: (filter: EventFilter) => Promise<EventPage & AsOf>;
  /** Newest first by the `seq` of the placing, the order of the log. */
  readonly orders: (filter: OrderQuery) => Listing;
  /** Newest first by the `seq` of the latest statement, with titles. */
  readonly opportunities: (filter: OpportunityQuery) => Listing;
}

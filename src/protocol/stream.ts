import type { BotView, EdgeView, ExposureAnswer, FillView, HealthAnswer, RejectedRow } from "./api.ts";
import type { ControlsAnswer } from "./api-control.ts";
import type { PerformanceAnswer } from "./api-money.ts";
import type { ImportView } from "./api-sessions.ts";
import type { OpportunityView, OrderbookView, PositionsAnswer } from "./api-trading.ts";
import type { WireEvent } from "./recorded.ts";

/**
 * Frames of `GET /api/v1/stream` (PROTOCOL.md). State topics send conflated deltas, at most 20 a second (`positions`,
 * `opportunities` and `imports` at most 2, `controls` 4, `performance` at most 1); fact topics (`fills`, `events`, `rejected`) send every fact in order.
 */
export interface TopicData {
  /** Whole list in a snapshot; only the bots that changed in a delta. */
  bots: BotView[];
  /** Live edges, best first, always the whole list. */
  edges: EdgeView[];
  /** The latest 100 in a snapshot, newest first; one in a fact. */
  fills: FillView[];
  exposure: ExposureAnswer;
  /** Of the store's own mode, always whole. */
  positions: PositionsAnswer;
  /** Of today (UTC), always whole: rows and equity of every mode, each with its own; the total of the store's own mode. */
  performance: PerformanceAnswer;
  /** Five levels of each side, of every mode. The 500 newest books in a snapshot; only those that changed in a delta. */
  orderbooks: OrderbookView[];
  /** The latest 50, newest first, always the whole list. */
  opportunities: OpportunityView[];
  /** The latest 20 reports, newest first, always the whole list. */
  imports: ImportView[];
  /** What holds the desk, bots, strategies and venues, and the newest 50 commands; always whole, at most 4 a second. */
  controls: ControlsAnswer;
  health: HealthAnswer;
  /** The latest 100 in a snapshot, newest first; one in a fact. */
  rejected: RejectedRow[];
  /** Every fact as it is appended; its snapshot is empty. For tails and replicas. */
  events: WireEvent[];
  /** `books:VENUE:SYMBOL`: one book with all its levels; null while there is none. */
  [book: `books:${string}`]: OrderbookView | null;
}

export type Topic = keyof TopicData;

/** The topic of one order book. */
export type BookTopic = Extract<Topic, `books:${string}`>;

export const BOOKS_PREFIX = "books:";

/** Every topic by name; besides these each order book is a topic of its own. */
export const topics = [
  "bots",
  "edges",
  "fills",
  "exposure",
  "positions",
  "performance",
  "orderbooks",
  "opportunities",
  "imports",
  "controls",
  "health",
  "rejected",
  "events",
] as const satisfies readonly Exclude<Topic, BookTopic>[];

export type ServerFrame =
  /** `replay`: the id of the replay whose stream this is; absent on the desk's own. */
  | { readonly op: "hello"; readonly version: string; readonly as_of_seq: number; readonly replay?: string }
  | { readonly op: "snapshot"; readonly topic: string; readonly data: unknown; readonly seq: number }
  | { readonly op: "delta"; readonly topic: string; readonly data: unknown; readonly seq: number }
  | { readonly op: "fact"; readonly topic: string; readonly data: unknown; readonly seq: number }
  | { readonly op: "gap"; readonly topic: string }
  | { readonly op: "error"; readonly message: string }
  | { readonly op: "ping" };

import type { BotView, EdgeView, ExposureAnswer, FillView, HealthAnswer, RejectedRow } from "./api.ts";
import type { WireEvent } from "./recorded.ts";

/**
 * Frames of `GET /api/v1/stream` (PROTOCOL.md). State topics (`bots`, `edges`, `exposure`, `health`, `books:…`) send
 * conflated deltas, at most 20 a second; fact topics (`fills`, `events`, `rejected`) send every fact in order.
 */
export interface TopicData {
  /** Whole list in a snapshot; only the bots that changed in a delta. */
  bots: BotView[];
  /** Live edges, best first, always the whole list. */
  edges: EdgeView[];
  /** The latest 100 in a snapshot, newest first; one in a fact. */
  fills: FillView[];
  exposure: ExposureAnswer;
  health: HealthAnswer;
  /** The latest 100 in a snapshot, newest first; one in a fact. */
  rejected: RejectedRow[];
  /** Every fact as it is appended; its snapshot is empty. For tails and replicas. */
  events: WireEvent[];
}

export type Topic = keyof TopicData;

export const topics = [
  "bots",
  "edges",
  "fills",
  "exposure",
  "health",
  "rejected",
  "events",
] as const satisfies readonly Topic[];

export type ServerFrame =
  | { readonly op: "hello"; readonly version: string; readonly as_of_seq: number }
  | { readonly op: "snapshot"; readonly topic: string; readonly data: unknown; readonly seq: number }
  | { readonly op: "delta"; readonly topic: string; readonly data: unknown; readonly seq: number }
  | { readonly op: "fact"; readonly topic: string; readonly data: unknown; readonly seq: number }
  | { readonly op: "gap"; readonly topic: string }
  | { readonly op: "error"; readonly message: string }
  | { readonly op: "ping" };

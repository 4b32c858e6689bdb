import type { BookLevel } from "../../domain/order-book.ts";

/** The whole book of a market: resting bids for each leg, in any order. A side without bids is empty. */
export interface KalshiSnapshot {
  readonly kind: "snapshot";
  readonly ticker: string;
  readonly yes: readonly BookLevel[];
  readonly no: readonly BookLevel[];
}

/** A signed change of the size at one level. */
export interface KalshiDelta {
  readonly kind: "delta";
  readonly ticker: string;
  readonly side: "yes" | "no";
  readonly price: string;
  readonly change: string;
  readonly atMs: number | undefined;
}

/** The top of a market, in prices of YES; undefined for a side without orders. */
export interface KalshiTicker {
  readonly kind: "ticker";
  readonly ticker: string;
  readonly last: string | undefined;
  readonly bid: string | undefined;
  readonly ask: string | undefined;
  readonly atMs: number | undefined;
}

/** A trade of anybody's. `side` is the taker's: yes for a buyer of YES or seller of NO. */
export interface KalshiTrade {
  readonly kind: "trade";
  readonly ticker: string;
  readonly tradeId: string | undefined;
  readonly yesPrice: string;
  readonly size: string;
  readonly side: "yes" | "no" | undefined;
  readonly atMs: number | undefined;
}

/** A fill of ours. `side` is the direction: yes for buying YES or selling NO; it never changes the price. */
export interface KalshiFill {
  readonly kind: "fill";
  readonly ticker: string;
  readonly fillId: string;
  readonly orderId: string | undefined;
  readonly side: "yes" | "no";
  readonly yesPrice: string;
  readonly size: string;
  /** Dollars, above zero when paid; undefined where the venue did not say. */
  readonly fee: string | undefined;
  readonly isTaker: boolean | undefined;
  readonly atMs: number | undefined;
}

/** A position of ours in contracts, above zero for YES. */
export interface KalshiPosition {
  readonly kind: "position";
  readonly ticker: string;
  readonly size: string;
}

/** Something about a market itself, told of every market of the venue. */
export interface KalshiLifecycle {
  readonly kind: "lifecycle";
  readonly ticker: string;
  readonly event: string;
}

export type KalshiMessage =
  | KalshiSnapshot
  | KalshiDelta
  | KalshiTicker
  | KalshiTrade
  | KalshiFill
  | KalshiPosition
  | KalshiLifecycle;

/** The readers of one generation of messages. Each gives undefined for what it cannot read. */
export interface KalshiGeneration {
  readonly snapshot: (msg: Json) => KalshiSnapshot | undefined;
  readonly delta: (msg: Json) => KalshiDelta | undefined;
  readonly ticker: (msg: Json) => KalshiTicker | undefined;
  readonly trade: (msg: Json) => KalshiTrade | undefined;
  readonly fill: (msg: Json) => KalshiFill | undefined;
  readonly position: (msg: Json) => KalshiPosition | undefined;
}

export type Json = Readonly<Record<string, unknown>>;

/** Oldest first: whole cents; cents beside fixed-point texts; fixed-point texts alone. */
export const GENERATIONS = ["G1", "G2", "G3"] as const;

export type GenerationName = (typeof GENERATIONS)[number];

import type { Micros } from "../../base/time.ts";
import type { DecimalText } from "../../domain/decimal.ts";
import type { OrderBook } from "../../domain/order-book.ts";

/** A market whose book a connector keeps. One object for as long as the connector lives. */
export interface WatchedMarket {
  readonly venue: string;
  readonly symbol: string;
  /** Fresh or stale; a stale one is not told to anybody. */
  readonly book: OrderBook;
  /** Whether the middle of the book is the market's mark. False where the venue tells a mark of its own. */
  readonly marksFromBook: boolean;
}

/** A mark that the venue tells. The newest of an instrument counts. */
export interface VenueMark {
  readonly venue: string;
  readonly symbol: string;
  readonly price: DecimalText;
  readonly bid?: DecimalText;
  readonly ask?: DecimalText;
}

/** A trade of anybody's. `side` is the taker's, in terms of `symbol`. */
export interface PublicTrade {
  readonly venue: string;
  readonly symbol: string;
  readonly tradeId: string | undefined;
  readonly side: "buy" | "sell" | undefined;
  readonly price: DecimalText;
  readonly size: DecimalText;
  /** The venue's time. */
  readonly venueAt: Micros | undefined;
  readonly receivedAt: Micros;
}

/** An event as the hub takes it (`src/protocol/events/`), but for `bot`, which is the process that tells it. */
export interface VenueEvent {
  readonly type:
    | "feed"
    | "instrument"
    | "fill"
    | "fill.voided"
    | "position.snapshot"
    | "balance"
    | "income"
    | "settlement"
    | "orders.snapshot"
    | "order.placed"
    | "order.cancelled"
    | "rate";
  /** The venue's time, ISO-8601; the time of telling when absent. */
  readonly ts?: string;
  readonly account?: string;
  readonly [field: string]: unknown;
}

/** Where a connector tells what it learns. Calls return at once and never throw. */
export interface VenueSink {
  /** The levels or the state of a market's book changed. Told for each frame: who listens conflates. */
  readonly bookChanged: (market: WatchedMarket) => void;
  /** A market is watched no longer; its book changes no more. */
  readonly unwatched?: (market: WatchedMarket) => void;
  readonly marked: (mark: VenueMark) => void;
  readonly traded: (trade: PublicTrade) => void;
  readonly tell: (event: VenueEvent) => void;
}

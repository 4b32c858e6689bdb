import { microsFromMs, type Micros } from "../../base/time.ts";
import { OrderBook } from "../../domain/order-book.ts";
import type { WatchedMarket } from "../core/sink.ts";
import type { KalshiDelta, KalshiSnapshot } from "./messages.ts";

/** What a contract pays, in dollars. */
const PAYOUT = "1";

/** One market and its book, in prices of YES. */
export class KalshiMarket implements WatchedMarket {
  readonly venue: string;
  readonly symbol: string;
  readonly book = new OrderBook({ payout: PAYOUT });
  readonly marksFromBook = true;
  /** Whether prices of the NO side come as prices of YES (`use_yes_price`). The payload does not say. */
  readonly #yesPrices: boolean;

  constructor({ venue, symbol, yesPrices }: { venue: string; symbol: string; yesPrices: boolean }) {
    this.venue = venue;
    this.symbol = symbol;
    this.#yesPrices = yesPrices;
  }

  snapshot({ yes, no }: KalshiSnapshot, receivedAt: Micros): void {
    const levels = this.#yesPrices ? { bids: yes, asks: no } : { bids: yes, noBids: no };
    this.book.snapshot(levels, { receivedAt });
  }

  delta({ side, price, change, atMs }: KalshiDelta, receivedAt: Micros): void {
    const times = { receivedAt, venueAt: atMs === undefined ? undefined : microsFromMs(atMs) };
    const leg = side === "yes" ? "bids" : this.#yesPrices ? "asks" : "noBids";
    this.book.addLevel(leg, [price, change], times);
  }

  /** Whether a snapshot makes sense only if its prices of the NO side are of the other kind than was asked for. */
  isOfOtherConvention({ yes, no }: KalshiSnapshot): boolean {
    if (yes.length === 0 || no.length === 0) return false;
    const bestYes = Math.max(...yes.map(([price]) => Number(price)));
    const asYes = Math.min(...no.map(([price]) => Number(price))) > bestYes;
    const asNo = 1 - Math.max(...no.map(([price]) => Number(price))) > bestYes;
    return this.#yesPrices ? !asYes && asNo : !asNo && asYes;
  }
}

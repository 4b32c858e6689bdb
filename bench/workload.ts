import { type Random, seededRandom } from "../src/base/random.ts";

interface PlacedOrder extends Record<string, unknown> {
  readonly bot: string;
  readonly order_id: string;
  readonly venue: string;
  readonly symbol: string;
  readonly side: string;
  readonly price: string;
  readonly size: number;
}

/** Orders that rest at once over all bots: older ones are left to themselves. */
const OPEN_MAX = 500;

/**
 * The canonical workload: what a desk of eight market makers and arbitrage bots sends, as facts. Orders are placed,
 * acknowledged, filled in part or cancelled; opportunities are seen and mostly refused. Every event has an id.
 */
export class Workload {
  readonly #random: Random;
  readonly #prefix: string;
  readonly #open: PlacedOrder[] = [];
  readonly #acknowledged = new WeakSet<PlacedOrder>();
  #count = 0;

  constructor(seed: number, prefix: string) {
    this.#random = seededRandom(seed);
    this.#prefix = prefix;
  }

  /** The next event as a JSON text. `tsMs` is its time. */
  next(tsMs: number): string {
    return JSON.stringify(this.nextEvent(tsMs));
  }

  nextEvent(tsMs: number): Record<string, unknown> {
    const n = this.#count++;
    const random = this.#random;
    const kind = random.below(20);
    const envelope = { id: `${this.#prefix}-${n}`, ts: new Date(tsMs).toISOString() };
    if (kind < 2) return { ...this.#opportunity(n), ...envelope };
    const open = this.#open;
    const last = open.at(-1);
    if (kind < 8 || last === undefined || (kind < 12 && this.#acknowledged.has(last))) {
      return { ...this.#place(n), ...envelope };
    }
    const order = kind < 12 ? last : (open[random.below(open.length)] ?? last);
    const { bot, order_id, venue, symbol, side, price, size } = order;
    const which = { bot, order_id, venue, symbol };
    if (kind < 12) {
      this.#acknowledged.add(order);
      return { type: "order.acknowledged", ...envelope, ...which };
    }
    open.splice(open.indexOf(order), 1);
    if (kind < 15) return { type: "order.cancelled", ...envelope, ...which, reason: "requoted" };
    const fee = { fee: "0.02", fee_currency: "USD", is_maker: random.below(4) > 0, mid: price };
    return { type: "fill", ...envelope, ...which, fill_id: `${this.#prefix}-f-${n}`, side, price, size, ...fee };
  }

  #place(n: number): PlacedOrder {
    const random = this.#random;
    const price = (40 + random.below(2_000) / 100).toFixed(2);
    const order: PlacedOrder = {
      type: "order.placed",
      bot: `bot-${random.below(8)}`,
      order_id: `${this.#prefix}-o-${n}`,
      venue: random.pick(["kalshi", "polymarket", "binance", "kraken"]),
      symbol: `MARKET-${random.below(40)}`,
      side: random.pick(["buy", "sell"]),
      price,
      size: 1 + random.below(100),
      order_type: "limit",
      intent: "entry",
      arrival_mid: price,
    };
    this.#open.push(order);
    if (this.#open.length > OPEN_MAX) this.#open.shift();
    return order;
  }

  #opportunity(n: number): Record<string, unknown> {
    const random = this.#random;
    return {
      type: "opportunity",
      bot: `bot-${random.below(8)}`,
      opportunity_id: `${this.#prefix}-p-${n}`,
      pair_id: `pair-${random.below(20)}`,
      action: "rejected",
      edge_bps: random.below(50),
      confidence: "low",
      reason: "edge_too_small",
    };
  }

  /** NDJSON of `size` events. */
  batch(size: number, tsMs: number): string {
    const lines: string[] = [];
    for (let index = 0; index < size; index++) lines.push(this.next(tsMs + index));
    return `${lines.join("\n")}\n`;
  }
}

import { type Random, seededRandom } from "../src/base/random.ts";

/**
 * The canonical workload: what a desk of eight market makers and arbitrage bots sends, as facts. Orders are placed,
 * acknowledged, filled in part or cancelled; opportunities are seen and mostly refused. Every event has an id.
 */
export class Workload {
  readonly #random: Random;
  readonly #prefix: string;
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
    const bot = `bot-${random.below(8)}`;
    const envelope = { bot, id: `${this.#prefix}-${n}`, ts: new Date(tsMs).toISOString() };
    const market = {
      venue: random.pick(["kalshi", "polymarket", "binance", "kraken"]),
      symbol: `MARKET-${random.below(40)}`,
    };
    const order = { order_id: `${this.#prefix}-o-${n}`, ...market };
    const side = random.pick(["buy", "sell"]);
    const price = (40 + random.below(2_000) / 100).toFixed(2);
    switch (random.below(20)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        return {
          type: "order.placed",
          ...envelope,
          ...order,
          side,
          price,
          size: 1 + random.below(100),
          order_type: "limit",
          intent: "entry",
          arrival_mid: price,
        };
      case 6:
      case 7:
      case 8:
      case 9:
        return { type: "order.acknowledged", ...envelope, ...order };
      case 10:
      case 11:
      case 12:
        return { type: "order.cancelled", ...envelope, ...order, reason: "requoted" };
      case 13:
      case 14:
        return {
          type: "opportunity",
          ...envelope,
          opportunity_id: `${this.#prefix}-p-${n}`,
          pair_id: `pair-${random.below(20)}`,
          action: "rejected",
          edge_bps: random.below(50),
          confidence: "low",
          reason: "edge_too_small",
        };
      default:
        return {
          type: "fill",
          ...envelope,
          fill_id: `${this.#prefix}-f-${n}`,
          ...order,
          side,
          price,
          size: 1 + random.below(100),
          fee: "0.02",
          fee_currency: "USD",
          is_maker: random.below(4) > 0,
          mid: price,
        };
    }
  }

  /** NDJSON of `size` events. */
  batch(size: number, tsMs: number): string {
    const lines: string[] = [];
    for (let index = 0; index < size; index++) lines.push(this.next(tsMs + index));
    return `${lines.join("\n")}\n`;
  }
}

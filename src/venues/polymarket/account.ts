import { putBounded } from "../../base/bounded-map.ts";
import { isoFromMicros, microsFromMs } from "../../base/time.ts";
import type { DecimalText } from "../../domain/decimal.ts";
import type { VenueContext } from "../core/ports.ts";
import { takerFee } from "./fees.ts";
import type { MarketInfo, Outcome } from "./market-info.ts";
import type { MakerOrder, UserMessage, UserOrder, UserTrade } from "./user-messages.ts";

/** Fills whose ids are remembered, so that none is told twice by stream and list. */
const FILLS_MAX = 20_000;
/** Messages that may wait for what REST says of their market. */
const WAITING_MAX = 1_000;

export interface AccountOptions {
  readonly context: VenueContext;
  /** How the account is called in events, so that fills that a bot reports too count once. */
  readonly account: string;
  /** Whether an order of another's trade is the account's. */
  readonly isOwn: (maker: MakerOrder) => boolean;
  /** What the venue says of a market, by its condition id. */
  readonly market: (condition: string) => Promise<MarketInfo | undefined>;
}

interface Fill {
  readonly fillId: string;
  readonly orderId: string | undefined;
  readonly token: string;
  readonly side: "buy" | "sell";
  readonly price: DecimalText;
  readonly size: DecimalText;
  readonly isMaker: boolean;
}

/**
 * Orders and fills of one account. A trade is told when it is matched, and voided when the chain fails it; being mined and
 * confirmed changes nothing. Messages are told in their order, each once what its market is called is known.
 */
export class PolymarketAccount {
  readonly #options: AccountOptions;
  readonly #told = new Map<string, "told" | "voided">();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isStopped = false;

  constructor(options: AccountOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Takes a message of the stream, or a trade of the list. */
  take(message: UserMessage): void {
    const { feed } = this.#options.context;
    if (message.kind === "malformed") return feed.malformed("user", message.reason);
    if (message.kind === "other") return;
    if (this.#waiting >= WAITING_MAX) return feed.error("user", "too many messages wait for their markets");
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      const info = await this.#options.market(message.market);
      this.#waiting--;
      if (this.#isStopped) return;
      if (message.kind === "order") this.#order(message, info);
      else this.#trade(message, info);
    });
  }

  #order(order: UserOrder, info: MarketInfo | undefined): void {
    const { context, account } = this.#options;
    const ids = { venue: context.venue, account, order_id: order.orderId, symbol: symbolOf(order.token, info) };
    const { side, price, size, timeInForce } = order;
    if (order.type === "CANCELLATION") {
      context.sink.tell({ type: "order.cancelled", ...ids, filled_size: order.matched, ...timed(order.at) });
    } else if (order.type === "PLACEMENT") {
      const more = timeInForce === undefined ? {} : { time_in_force: timeInForce };
      context.sink.tell({
        type: "order.placed",
        ...ids,
        side,
        price,
        size,
        order_type: "limit",
        ...more,
        ...timed(order.at),
      });
    }
  }

  #trade(trade: UserTrade, info: MarketInfo | undefined): void {
    for (const fill of this.#fillsOf(trade)) {
      const before = this.#told.get(fill.fillId);
      if (before === undefined) this.#tell(fill, trade, info);
      if (trade.status === "FAILED" && before !== "voided") this.#void(fill);
    }
  }

  /** The account's part of a trade: the taker's, or those of its orders that were met. */
  #fillsOf(trade: UserTrade): Fill[] {
    const { tradeId, takerOrderId, token, side, price, size } = trade;
    if (!trade.isMaker) return [{ fillId: tradeId, orderId: takerOrderId, token, side, price, size, isMaker: false }];
    return trade.makers.filter(this.#options.isOwn).map((maker) => ({
      fillId: `${tradeId}:${maker.orderId}`,
      orderId: maker.orderId,
      token: maker.token,
      side: maker.side ?? makerSide(trade, maker),
      price: maker.price,
      size: maker.size,
      isMaker: true,
    }));
  }

  #tell(fill: Fill, trade: UserTrade, info: MarketInfo | undefined): void {
    putBounded(this.#told, fill.fillId, "told", FILLS_MAX);
    const { context, account } = this.#options;
    const { fillId, orderId, side, price, size, isMaker } = fill;
    const fee = isMaker ? "0" : info?.fees === undefined ? undefined : takerFee(info.fees, price, size);
    context.sink.tell({
      type: "fill",
      venue: context.venue,
      account,
      fill_id: fillId,
      symbol: symbolOf(fill.token, info),
      side,
      price,
      size,
      is_maker: isMaker,
      ...(orderId === undefined ? {} : { order_id: orderId }),
      ...(fee === undefined ? {} : { fee, fee_currency: "USDC" }),
      ...(trade.transaction === undefined ? {} : { transaction_hash: trade.transaction }),
      ...timed(trade.at),
    });
  }

  #void({ fillId }: Fill): void {
    putBounded(this.#told, fillId, "voided", FILLS_MAX);
    const { context, account } = this.#options;
    const reason = "the trade failed on the chain";
    context.sink.tell({ type: "fill.voided", venue: context.venue, account, fill_id: fillId, reason });
  }
}

/** Orders of the two outcomes meet too: then both buy, or both sell. */
function makerSide({ token, side }: UserTrade, maker: MakerOrder): "buy" | "sell" {
  if (maker.token !== token) return side;
  return side === "buy" ? "sell" : "buy";
}

/** The name of an outcome; its token where nothing is known of the market. */
function symbolOf(token: string, info: MarketInfo | undefined): string {
  const outcomes: readonly Outcome[] = info === undefined ? [] : [info.first, info.second];
  return outcomes.find((outcome) => outcome.token === token)?.symbol ?? token;
}

const timed = (atMs: number | undefined): { readonly ts?: string } =>
  atMs === undefined ? {} : { ts: isoFromMicros(microsFromMs(atMs)) };

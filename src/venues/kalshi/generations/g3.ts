import type { KalshiGeneration } from "../messages.ts";
import { atMs, booleanAt, decimalAt, directionOf, quoted, sideOf, textAt, textLevels } from "./fields.ts";

/** Since spring 2026: dollars and sizes as decimal texts alone. */
export const g3: KalshiGeneration = {
  snapshot: (msg) => {
    const ticker = textAt(msg, "market_ticker");
    const [yes, no] = [textLevels(msg["yes_dollars_fp"]), textLevels(msg["no_dollars_fp"])];
    if (!ticker || !yes || !no) return undefined;
    return { kind: "snapshot", ticker, yes, no };
  },
  // Most of what arrives: the book checks price and change itself.
  delta: (msg) => {
    const { market_ticker: ticker, price_dollars: price, delta_fp: change } = msg;
    const side = sideOf(msg["side"]);
    if (typeof ticker !== "string" || typeof price !== "string" || typeof change !== "string" || !side)
      return undefined;
    return { kind: "delta", ticker, side, price, change, atMs: atMs(msg) };
  },
  ticker: (msg) => {
    const ticker = textAt(msg, "market_ticker");
    const [bid, ask] = [quoted(decimalAt(msg, "yes_bid_dollars")), quoted(decimalAt(msg, "yes_ask_dollars"))];
    if (!ticker) return undefined;
    return { kind: "ticker", ticker, last: decimalAt(msg, "price_dollars"), bid, ask, atMs: atMs(msg) };
  },
  trade: (msg) => {
    const [ticker, tradeId] = [textAt(msg, "market_ticker"), textAt(msg, "trade_id")];
    const [yesPrice, size] = [decimalAt(msg, "yes_price_dollars"), decimalAt(msg, "count_fp")];
    const taker = { outcome: msg["taker_outcome_side"], book: msg["taker_book_side"] };
    const side = directionOf({ ...taker, side: msg["taker_side"], action: "buy" });
    if (!ticker || !yesPrice || !size) return undefined;
    return { kind: "trade", ticker, tradeId, yesPrice, size, side, atMs: atMs(msg) };
  },
  fill: (msg) => {
    const [ticker, orderId] = [textAt(msg, "market_ticker") ?? textAt(msg, "ticker"), textAt(msg, "order_id")];
    const fillId = textAt(msg, "fill_id") ?? textAt(msg, "trade_id");
    const [yesPrice, size] = [decimalAt(msg, "yes_price_dollars"), decimalAt(msg, "count_fp")];
    const { outcome_side: outcome, book_side: book, side: held, action } = msg;
    const side = directionOf({ outcome, book, side: held, action });
    if (!ticker || !fillId || !yesPrice || !size || !side) return undefined;
    const [fee, isTaker] = [decimalAt(msg, "fee_cost"), booleanAt(msg, "is_taker")];
    return { kind: "fill", ticker, fillId, orderId, side, yesPrice, size, fee, isTaker, atMs: atMs(msg) };
  },
  position: (msg) => {
    const ticker = textAt(msg, "market_ticker") ?? textAt(msg, "ticker");
    const size = decimalAt(msg, "position_fp");
    if (!ticker || !size) return undefined;
    return { kind: "position", ticker, size };
  },
};

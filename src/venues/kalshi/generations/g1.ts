import type { KalshiGeneration } from "../messages.ts";
import { atMs, booleanAt, countedLevels, directionOf, quoted, scaledAt, sideOf, textAt } from "./fields.ts";

const CENTS = 2;
const WHOLE = 0;

/** Until late 2025: prices in whole cents, sizes in whole contracts. */
export const g1: KalshiGeneration = {
  snapshot: (msg) => {
    const ticker = textAt(msg, "market_ticker");
    const [yes, no] = [countedLevels(msg["yes"]), countedLevels(msg["no"])];
    if (!ticker || !yes || !no) return undefined;
    return { kind: "snapshot", ticker, yes, no };
  },
  delta: (msg) => {
    const [ticker, side] = [textAt(msg, "market_ticker"), sideOf(msg["side"])];
    const [price, change] = [scaledAt(msg, "price", CENTS), scaledAt(msg, "delta", WHOLE)];
    if (!ticker || !side || !price || !change) return undefined;
    return { kind: "delta", ticker, side, price, change, atMs: atMs(msg) };
  },
  ticker: (msg) => {
    const ticker = textAt(msg, "market_ticker");
    const [bid, ask] = [quoted(scaledAt(msg, "yes_bid", CENTS)), quoted(scaledAt(msg, "yes_ask", CENTS))];
    if (!ticker) return undefined;
    return { kind: "ticker", ticker, last: scaledAt(msg, "price", CENTS), bid, ask, atMs: atMs(msg) };
  },
  trade: (msg) => {
    const [ticker, tradeId] = [textAt(msg, "market_ticker"), textAt(msg, "trade_id")];
    const [yesPrice, size] = [scaledAt(msg, "yes_price", CENTS), scaledAt(msg, "count", WHOLE)];
    const side = sideOf(msg["taker_side"]);
    if (!ticker || !yesPrice || !size) return undefined;
    return { kind: "trade", ticker, tradeId, yesPrice, size, side, atMs: atMs(msg) };
  },
  fill: (msg) => {
    const [ticker, fillId, orderId] = [textAt(msg, "market_ticker"), textAt(msg, "trade_id"), textAt(msg, "order_id")];
    const [yesPrice, size] = [scaledAt(msg, "yes_price", CENTS), scaledAt(msg, "count", WHOLE)];
    const side = directionOf({ outcome: undefined, book: undefined, side: msg["side"], action: msg["action"] });
    if (!ticker || !fillId || !yesPrice || !size || !side) return undefined;
    const isTaker = booleanAt(msg, "is_taker");
    return { kind: "fill", ticker, fillId, orderId, side, yesPrice, size, fee: undefined, isTaker, atMs: atMs(msg) };
  },
  position: (msg) => {
    const [ticker, size] = [textAt(msg, "market_ticker"), scaledAt(msg, "position", WHOLE)];
    if (!ticker || !size) return undefined;
    return { kind: "position", ticker, size };
  },
};

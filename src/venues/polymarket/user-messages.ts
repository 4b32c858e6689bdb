import { canonicalDecimal, type DecimalText } from "../../domain/decimal.ts";
import { decimalAt, isRecord, type Json, malformed, msAt, sideAt, textAt } from "./wire.ts";

export interface UserOrder {
  readonly kind: "order";
  readonly type: "PLACEMENT" | "UPDATE" | "CANCELLATION";
  readonly orderId: string;
  readonly token: string;
  readonly market: string;
  readonly side: "buy" | "sell";
  readonly price: DecimalText;
  readonly size: DecimalText;
  readonly matched: DecimalText;
  /** GTC, GTD, FOK, FAK. */
  readonly timeInForce: string | undefined;
  readonly at: number | undefined;
}

export interface MakerOrder {
  readonly orderId: string;
  /** The key that the order was placed with. */
  readonly owner: string | undefined;
  readonly address: string | undefined;
  readonly token: string;
  readonly side: "buy" | "sell" | undefined;
  readonly price: DecimalText;
  readonly size: DecimalText;
}

export interface UserTrade {
  readonly kind: "trade";
  readonly tradeId: string;
  /** MATCHED, then MINED and CONFIRMED, or RETRYING and FAILED. */
  readonly status: string;
  readonly takerOrderId: string | undefined;
  readonly token: string;
  readonly market: string;
  /** The taker's. */
  readonly side: "buy" | "sell";
  readonly price: DecimalText;
  readonly size: DecimalText;
  readonly isMaker: boolean;
  readonly makers: readonly MakerOrder[];
  readonly transaction: string | undefined;
  readonly at: number | undefined;
}

export type UserMessage =
  | UserOrder
  | UserTrade
  | { readonly kind: "other"; readonly event: string }
  | { readonly kind: "malformed"; readonly reason: string };

/** Reads one event of the user channel, or a trade of `/data/trades`, which has no `event_type`. Never throws. */
export function parseUserMessage(event: unknown): UserMessage {
  if (!isRecord(event)) return malformed("not an object");
  const type = textAt(event, "event_type") ?? (event["maker_orders"] === undefined ? undefined : "trade");
  if (type === "order") return orderOf(event) ?? malformed("order with missing fields");
  if (type === "trade") return tradeOf(event) ?? malformed("trade with missing fields");
  return type === undefined ? malformed("no event_type") : { kind: "other", event: type };
}

function orderOf(event: Json): UserOrder | undefined {
  const type = textAt(event, "type")?.toUpperCase();
  if (type !== "PLACEMENT" && type !== "UPDATE" && type !== "CANCELLATION") return undefined;
  const [orderId, token, market, side] = [
    idAt(event, "id"),
    idAt(event, "asset_id"),
    textAt(event, "market"),
    sideAt(event),
  ];
  const [price, size] = [exactAt(event, "price"), exactAt(event, "original_size")];
  if (orderId === undefined || token === undefined || market === undefined || side === undefined) return undefined;
  if (price === undefined || size === undefined) return undefined;
  const matched = exactAt(event, "size_matched") ?? "0";
  const [timeInForce, at] = [textAt(event, "order_type"), msAt(event, "timestamp") ?? msAt(event, "created_at")];
  return { kind: "order", type, orderId, token, market, side, price, size, matched, timeInForce, at };
}

function tradeOf(event: Json): UserTrade | undefined {
  const [tradeId, token, market, side] = [
    idAt(event, "id"),
    idAt(event, "asset_id"),
    textAt(event, "market"),
    sideAt(event),
  ];
  const [price, size, status] = [exactAt(event, "price"), exactAt(event, "size"), textAt(event, "status")];
  if (tradeId === undefined || token === undefined || market === undefined || side === undefined) return undefined;
  if (price === undefined || size === undefined || status === undefined) return undefined;
  const list: unknown = event["maker_orders"] ?? [];
  const makers = Array.isArray(list) ? list.map(makerOf) : [undefined];
  const known = makers.filter((maker) => maker !== undefined);
  if (known.length < makers.length) return undefined;
  return {
    kind: "trade",
    tradeId,
    status: status.toUpperCase(),
    takerOrderId: idAt(event, "taker_order_id"),
    token,
    market,
    side,
    price,
    size,
    isMaker: textAt(event, "trader_side")?.toUpperCase() === "MAKER",
    makers: known,
    transaction: textAt(event, "transaction_hash"),
    at: msAt(event, "match_time") ?? msAt(event, "matchtime") ?? msAt(event, "timestamp"),
  };
}

function makerOf(value: unknown): MakerOrder | undefined {
  if (!isRecord(value)) return undefined;
  const [orderId, token] = [idAt(value, "order_id"), idAt(value, "asset_id")];
  const [price, size] = [exactAt(value, "price"), exactAt(value, "matched_amount")];
  if (orderId === undefined || token === undefined || price === undefined || size === undefined) return undefined;
  const [owner, address] = [textAt(value, "owner"), textAt(value, "maker_address")];
  return { orderId, owner, address, token, side: sideAt(value), price, size };
}

/** An id: a text, or a whole number that lost no digit. */
function idAt(value: Json, name: string): string | undefined {
  const found = value[name];
  return Number.isSafeInteger(found) ? String(found) : textAt(value, name);
}

function exactAt(value: Json, name: string): DecimalText | undefined {
  const text = decimalAt(value, name);
  return text === undefined ? undefined : canonicalDecimal(text);
}

import type { OrderView } from "../protocol/api-trading.ts";
import type { StateMark } from "./health-lines.ts";
import { exact, fixed } from "./number-format.ts";
import { plain, type Shown, unknownValue } from "./shown.ts";

export type OrderStatus = OrderView["status"];

const marks: Record<OrderStatus, StateMark> = {
  open: { sign: "○", word: "open", tone: "neutral" },
  partially_filled: { sign: "◐", word: "partly filled", tone: "neutral" },
  filled: { sign: "●", word: "filled", tone: "ok" },
  cancelled: { sign: "◌", word: "cancelled", tone: "muted" },
  rejected: { sign: "✕", word: "rejected", tone: "bad" },
  expired: { sign: "◌", word: "expired", tone: "muted" },
  unknown: { sign: "?", word: "unknown", tone: "stale" },
};

export const orderStatuses = Object.keys(marks) as readonly OrderStatus[];

/** An order as a row. */
export interface OrderRow {
  readonly market: Shown;
  readonly side: Shown;
  readonly kind: Shown;
  readonly price: Shown;
  readonly size: Shown;
  readonly filled: Shown;
  readonly status: StateMark;
  /** Why it stands as it does, in words; empty when nothing is to be said. */
  readonly detail: string;
  /** From the placing to the venue's acknowledgement. */
  readonly acknowledgedMs: Shown;
}

/** The cells of an order. */
export function orderRow(order: OrderView): OrderRow {
  return {
    market: plain(order.symbol, `${order.symbol} on ${order.venue}, order ${order.order_id}`),
    side: order.side === "buy" ? { text: "buy ▲", tone: "up" } : { text: "sell ▼", tone: "down" },
    kind:
      order.order_type === undefined ? unknownValue("the bot did not say") : plain(order.order_type.replace("_", " ")),
    price: exact(order.price, order.order_type === "market" ? "a market order has none" : "the bot did not report it"),
    size: exact(order.size, ""),
    filled: filled(order),
    status: marks[order.status],
    detail: detail(order),
    acknowledgedMs: acknowledged(order),
  };
}

function filled({ size, filled_size: done, avg_price: average }: OrderView): Shown {
  const share = Number(size) > 0 ? Number(done) / Number(size) : 0;
  const at = average === undefined ? "" : ` at ${exact(average, "").text} on average`;
  if (Number(done) === 0) return { text: "0 %", tone: "muted" };
  const percent = share >= 1 ? 100 : Math.max(1, Math.min(99, Math.floor(share * 100)));
  return plain(`${fixed(percent, 0)} %`, `${exact(done, "").text} of ${exact(size, "").text}${at}`);
}

function detail({ reason, status }: OrderView): string {
  if (reason !== undefined) return reason;
  return status === "unknown" ? "gone from the venue's list without saying how it ended" : "";
}

function acknowledged({ placed_at: placed, acknowledged_at: at }: OrderView): Shown {
  if (at === undefined) return unknownValue("no acknowledgement came");
  const ms = Date.parse(at) - Date.parse(placed);
  return Number.isFinite(ms) && ms >= 0 ? plain(fixed(ms, 0)) : unknownValue("its times contradict each other");
}

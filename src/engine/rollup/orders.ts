import { add, type Decimal, decimal } from "../../domain/decimal.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import { purposeAgainst, slippageBps, withSlippage } from "../activity.ts";
import type { FullFill } from "../ledgers.ts";
import type { PlacedOrder } from "../orders.ts";
import type { RolledOrders } from "./rolled.ts";

/** What was said of an order when it was placed, and whether a fill of it came before. */
export type KnownOrder = PlacedOrder;

/** An entry order was placed. */
export const withPlacedOrder = (orders: RolledOrders, { size }: EventOf<"order.placed">): RolledOrders => ({
  ...orders,
  ordersPlaced: orders.ordersPlaced + 1,
  sizePlaced: add(orders.sizePlaced, decimal(size)),
});

interface Met {
  readonly order: KnownOrder | undefined;
  /** What was held of the instrument before the fill, signed. */
  readonly held: Decimal;
}

/** A fill, with the order that it is of where that was placed here. One that is voided later stays counted. */
export function withFilledOrder(orders: RolledOrders, fill: FullFill, { order, held }: Met): RolledOrders {
  const bps = slippageBps(fill, order);
  const isEntryOrder = order !== undefined && order.purpose !== "exit";
  if (bps === undefined && !isEntryOrder) return orders;
  const purpose = order?.purpose ?? (fill.reduce_only === true ? "exit" : purposeAgainst(held, fill));
  return {
    ordersPlaced: orders.ordersPlaced,
    ordersFilled: orders.ordersFilled + (isEntryOrder && !order.isMet ? 1 : 0),
    sizePlaced: orders.sizePlaced,
    sizeFilled: isEntryOrder ? add(orders.sizeFilled, decimal(fill.size)) : orders.sizeFilled,
    entry: bps !== undefined && purpose === "entry" ? withSlippage(orders.entry, bps) : orders.entry,
    exit: bps !== undefined && purpose === "exit" ? withSlippage(orders.exit, bps) : orders.exit,
  };
}

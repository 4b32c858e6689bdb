import { putBounded } from "../../../base/bounded-map.ts";
import type { EventTypeName } from "../../../protocol/event-types.ts";

/** An order that rests, or whose answer is under way, as `orders.snapshot` has it. */
export type OpenOrder = {
  readonly order_id: string;
  readonly venue: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly price?: number;
  readonly size: number;
};

/** More than a bot has under way at once. */
const TAKEN_BACK_MAX = 1_000;

const ENDS: ReadonlySet<EventTypeName> = new Set(["order.cancelled", "order.rejected", "order.expired"]);

/** The orders of one bot that have not ended, by what it says of them. */
export class OpenOrders {
  readonly #open = new Map<string, OpenOrder>();
  /** Taken back while their answer was under way, which is no news any more: the newest, for no answer takes long. */
  readonly #takenBack = new Map<string, true>();

  get all(): readonly OpenOrder[] {
    return [...this.#open.values()];
  }

  note(type: EventTypeName, fields: Record<string, unknown>, completes: string | undefined): void {
    if (type === "order.placed") this.#open.set(String(fields["order_id"]), openOrder(fields));
    else if (ENDS.has(type)) this.#open.delete(String(fields["order_id"]));
    else if (completes !== undefined) this.#open.delete(completes);
  }

  takeBack(orderId: string): void {
    putBounded(this.#takenBack, orderId, true, TAKEN_BACK_MAX);
  }

  /** Whether what is said of it now came too late. */
  isTakenBack(orderId: unknown): boolean {
    return this.#takenBack.size > 0 && typeof orderId === "string" && this.#takenBack.has(orderId);
  }
}

function openOrder(fields: Record<string, unknown>): OpenOrder {
  const { order_id, venue, symbol, side, price, size } = fields;
  return {
    ...{ order_id: String(order_id), venue: String(venue), symbol: String(symbol) },
    ...{ side: side === "buy" ? "buy" : "sell", size: Number(size) },
    ...(price === undefined ? {} : { price: Number(price) }),
  };
}

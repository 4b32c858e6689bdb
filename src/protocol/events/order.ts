import { z } from "zod";
import { event } from "../define.ts";
import { readAtVenue } from "./account.ts";
import {
  decimal,
  nonNegativeDecimal,
  number,
  nonNegativeNumber,
  positiveDecimal,
  prose,
  reference,
  side,
  symbol,
  text,
  time,
  venue,
} from "../fields.ts";

export const orderPlaced = event("order.placed", {
  order_id: reference,
  venue,
  symbol,
  side,
  price: nonNegativeDecimal.optional(),
  size: positiveDecimal,
  order_type: z.enum(["limit", "market", "limit_maker"]).optional(),
  reduce_only: z.boolean().optional(),
  intent: z.enum(["entry", "exit"]).optional(),
  arrival_mid: nonNegativeDecimal.optional(),
  time_in_force: text(32).optional(),
  pair_id: text(256).optional(),
  decided_at: time.optional(),
  sent_at: time.optional(),
});

const orderUpdate = {
  order_id: reference,
  venue: venue.optional(),
  symbol: symbol.optional(),
  filled_size: nonNegativeDecimal.optional(),
  reason: prose(1024).optional(),
};

export const orderAcknowledged = event("order.acknowledged", orderUpdate);
export const orderCancelled = event("order.cancelled", orderUpdate);
export const orderRejected = event("order.rejected", orderUpdate);
export const orderExpired = event("order.expired", orderUpdate);

export const ordersSnapshot = event("orders.snapshot", {
  orders: z
    .array(
      z.looseObject({
        order_id: reference,
        venue,
        symbol,
        side,
        price: nonNegativeDecimal.optional(),
        size: positiveDecimal,
        filled_size: nonNegativeDecimal.optional(),
      }),
    )
    .max(10_000),
  source: z.enum(["bot", "venue"]).optional(),
  ...readAtVenue,
});

export const quote = event("quote", {
  quote_id: reference,
  venue,
  symbol,
  side,
  price: nonNegativeDecimal,
  size: positiveDecimal,
  intent: z.enum(["maker", "taker"]).optional(),
});

export const quoteEnded = event("quote.ended", {
  quote_id: reference,
  venue,
  symbol,
  side: side.optional(),
  price: nonNegativeDecimal.optional(),
  size: positiveDecimal.optional(),
  intent: z.enum(["maker", "taker"]).optional(),
  outcome: z.enum(["filled", "partially_filled", "cancelled", "expired", "rejected"]),
  filled_size: nonNegativeDecimal.optional(),
  eligible_size: nonNegativeDecimal.optional(),
});

const fillShape = {
  fill_id: reference,
  quote_id: reference.optional(),
  venue,
  symbol,
  side,
  price: nonNegativeDecimal,
  size: positiveDecimal,
  is_maker: z.boolean().optional(),
  fee: decimal.optional(),
  fee_currency: text(64).optional(),
  reference_price: nonNegativeDecimal.optional(),
  arrival_mid: nonNegativeDecimal.optional(),
  mid: nonNegativeDecimal.optional(),
  funding: decimal.optional(),
  pair_id: text(256).optional(),
  entry_edge_cents: number.optional(),
  realized_edge_cents: number.optional(),
  slippage_cents: number.optional(),
  fees_cents: number.optional(),
  size_usd: number.optional(),
  pnl_cents: number.optional(),
  expected_spread_bps: number.optional(),
  adverse_drift_30s: number.optional(),
  position_before: decimal.optional(),
  position_after: decimal.optional(),
  reduce_only: z.boolean().optional(),
};

export const fill = event("fill", { ...fillShape, order_id: reference.optional() });
export const orderFilled = event("order.filled", { ...fillShape, order_id: reference });

/** A `fill` as document 2 reports it: a pair trade in cents and USD, with neither price nor side. */
export const pairFill = event("fill", {
  fill_id: reference,
  pair_id: text(256).optional(),
  entry_edge_cents: number.optional(),
  realized_edge_cents: number.optional(),
  slippage_cents: number.optional(),
  fees_cents: number.optional(),
  size_usd: nonNegativeNumber.optional(),
  pnl_cents: number.optional(),
  price: z.undefined().optional(),
});

export const fillVoided = event("fill.voided", { fill_id: reference, venue, reason: prose(1024) });
export const correction = event("correction", {
  corrects: text(128).optional(),
  fill_id: reference.optional(),
  venue: venue.optional(),
  reason: prose(1024),
});

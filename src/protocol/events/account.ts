import { z } from "zod";
import { event } from "../define.ts";
import {
  currency,
  decimal,
  nonNegativeDecimal,
  number,
  positiveDecimal,
  prose,
  reference,
  symbol,
  text,
  time,
  venue,
} from "../fields.ts";

const position = {
  position_id: reference,
  venue,
  symbol,
  side: z.enum(["long", "short"]),
  size: positiveDecimal,
  entry_price: nonNegativeDecimal,
  exit_price: nonNegativeDecimal.optional(),
  realized_pnl: decimal.optional(),
  realized_pnl_is_gross: z.boolean().optional(),
  fees: decimal.optional(),
  opened_at: time.optional(),
  reason: prose(1024).optional(),
};

export const positionOpened = event("position.opened", position);
export const positionClosed = event("position.closed", position);

const readBy = {
  /** Told by the hub alone: it read this from the venue itself, so it is no sign of life of the bot. */
  read_by: z.literal("hub").optional(),
};

/** Of a whole list that the hub read at a venue: which one, who trades on the account, and what is dust. */
export const readAtVenue = {
  ...readBy,
  venue: venue.optional(),
  shared_by: z.array(text(64)).max(100).optional(),
  /** Money in the quote currency below which a difference is nothing. */
  dust: number.optional(),
};

export const positionSnapshot = event("position.snapshot", {
  positions: z
    .array(
      z.looseObject({
        venue,
        symbol,
        size: decimal,
        entry_price: nonNegativeDecimal.optional(),
        mark_price: nonNegativeDecimal.optional(),
        margin: decimal.optional(),
      }),
    )
    .max(10_000),
  source: z.enum(["bot", "venue"]).optional(),
  ...readAtVenue,
});

export const balance = event("balance", {
  venue,
  balances: z.array(z.looseObject({ currency, total: decimal, available: decimal.optional() })).max(1000),
  equity: decimal.optional(),
  equity_currency: currency.optional(),
  margin_ratio: number.optional(),
  source: z.enum(["bot", "venue"]).optional(),
  ...readBy,
});

export const adjustment = event("adjustment", { currency, amount: decimal, reason: prose(1024) });

export const income = event("income", {
  income_type: text(64),
  amount: decimal,
  currency,
  venue,
  symbol: symbol.optional(),
  transaction_id: reference.optional(),
});

export const settlement = event("settlement", {
  venue,
  symbol,
  outcome: text(256).optional(),
  payout_per_unit: decimal,
  settled_at: time.optional(),
});

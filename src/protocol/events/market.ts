import { z } from "zod";
import { event } from "../define.ts";
import {
  currency,
  decimal,
  nonNegativeDecimal,
  number,
  nonNegativeNumber,
  ratio,
  seconds,
  positiveDecimal,
  prose,
  symbol,
  text,
  time,
  venue,
} from "../fields.ts";
import { OPPORTUNITY_ACTIONS } from "../opportunity-actions.ts";

/** What can be said of an instrument, by an event or by the configuration file. */
export const instrumentFields = {
  venue,
  symbol,
  kind: z.enum(["spot", "linear", "inverse", "binary"]),
  base: currency.optional(),
  quote: currency.optional(),
  settle: currency.optional(),
  multiplier: positiveDecimal.optional(),
  payout: positiveDecimal.optional(),
  tick: positiveDecimal.optional(),
  category: text(128).optional(),
  event_id: text(256).optional(),
  outcome: text(256).optional(),
  expires_at: time.optional(),
  title: prose(512).optional(),
  maker_fee_rate: decimal.optional(),
  taker_fee_rate: decimal.optional(),
  fee_model: text(64).optional(),
};

export const instrument = event("instrument", instrumentFields);

export const rate = event("rate", { currency, per: currency, price: positiveDecimal });

export const pair = event("pair", {
  pair_id: text(256),
  legs: z
    .array(z.looseObject({ venue, symbol, means: prose(512).optional() }))
    .min(2)
    .max(16),
  approved_by: text(128).optional(),
  rules_hash: text(128).optional(),
  expires_at: time.optional(),
  title: prose(512).optional(),
});

export const mark = event("mark", {
  venue,
  symbol,
  price: nonNegativeDecimal,
  bid: nonNegativeDecimal.optional(),
  ask: nonNegativeDecimal.optional(),
});

const level = z.tuple([nonNegativeDecimal, nonNegativeDecimal]);

export const book = event("book", {
  venue,
  symbol,
  bids: z.array(level).max(5000),
  asks: z.array(level).max(5000),
  depth: number.optional(),
  venue_ts: time.optional(),
});

export const edge = event("edge", {
  pair_id: text(256),
  primary_market: text(256),
  hedge_market: text(256),
  net_edge_cents: number,
  confidence: ratio.optional(),
  expected_slippage_cents: number.optional(),
  leader: text(64).optional(),
  best_side: text(64).optional(),
  direction: text(128).optional(),
  size: nonNegativeDecimal.optional(),
  net_edge_bps: number.optional(),
  ttl_s: seconds.optional(),
});

export const opportunity = event("opportunity", {
  opportunity_id: text(128),
  event_id: text(256).optional(),
  pair_id: text(256).optional(),
  action: z.enum(OPPORTUNITY_ACTIONS),
  edge_bps: number.optional(),
  edge_cents: number.optional(),
  confidence: z.enum(["high", "medium", "low"]).optional(),
  reason: text(128).optional(),
  detail: prose(1024).optional(),
}).refine((value) => value.edge_bps !== undefined || value.edge_cents !== undefined, {
  path: ["edge_bps"],
  error: "expected edge_bps or edge_cents, found neither",
});

export const feed = event("feed", {
  venue,
  kind: z.enum([
    "connected",
    "disconnected",
    "reconnecting",
    "stale",
    "gap",
    "resynced",
    "latency",
    "request",
    "error",
  ]),
  latency_ms: nonNegativeNumber.optional(),
  channel: text(128).optional(),
  detail: prose(1024).optional(),
});

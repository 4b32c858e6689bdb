import type { BotAccount } from "./bot-account.ts";
import { between, delayMs, happens } from "./chance.ts";
import { type Instrument, midOf, notionalOf, priceOf, rounded, sizeOf } from "./instrument.ts";
import type { Top } from "./perpetual-market.ts";

/** One side of a market maker's quote, with the order that rests for it. */
export interface RestingQuote {
  readonly quoteId: string;
  readonly orderId: string;
  readonly side: "buy" | "sell";
  readonly ticks: number;
  readonly lots: number;
  /** It only reduces what is held. */
  readonly exit: boolean;
  readonly placedMs: number;
  readonly midHalfTicks: number;
  filledLots: number;
  /** What traded at or through the price while it was live. */
  eligibleLots: number;
}

export interface QuoteIntent {
  readonly side: "buy" | "sell";
  readonly ticks: number;
  readonly lots: number;
  readonly exit: boolean;
  readonly top: Top;
}

type Ended = "filled" | "partially_filled" | "cancelled" | "expired" | "rejected";

const ACK_MS = 32;

/** Says a quote and its order; undefined when the venue refuses the order. */
export function place(account: BotAccount, instrument: Instrument, intent: QuoteIntent): RestingQuote | undefined {
  const { desk, random } = account;
  const { side, ticks, lots, top, exit } = intent;
  const { venue, symbol } = instrument;
  const quote: RestingQuote = {
    ...{ quoteId: account.nextId("q"), orderId: account.nextId("o"), side, ticks, lots, exit },
    ...{ placedMs: desk.nowMs, midHalfTicks: top.bid + top.ask, filledLots: 0, eligibleLots: 0 },
  };
  const { quoteId, orderId } = quote;
  const said = { venue, symbol, side, price: priceOf(instrument, ticks), size: sizeOf(instrument, lots) };
  const decidedMs = desk.nowMs - delayMs(random, 2);
  account.counters["orders"] = (account.counters["orders"] ?? 0) + 1;
  account.tell("quote", { quote_id: quoteId, ...said, intent: "maker" });
  account.tell("order.placed", {
    order_id: orderId,
    ...said,
    order_type: "limit_maker",
    intent: exit ? "exit" : "entry",
    ...(exit ? { reduce_only: true } : {}),
    arrival_mid: midOf(instrument, quote.midHalfTicks),
    decided_at: new Date(decidedMs).toISOString(),
    sent_at: desk.now,
  });
  const refused = happens(random, 0.004);
  desk.after(delayMs(random, ACK_MS), () => {
    if (!refused) return account.tell("order.acknowledged", { order_id: orderId, venue, symbol });
    account.tell("order.rejected", { order_id: orderId, venue, symbol, reason: "post_only_would_cross" });
    account.tell("quote.ended", endedFields(instrument, quote, "rejected"));
  });
  return refused ? undefined : quote;
}

/** Takes a quote away that has not been filled up. */
export function withdraw(
  account: BotAccount,
  instrument: Instrument,
  quote: RestingQuote,
  reason: "good_till_time" | "requote" | "halted",
): void {
  const { venue, symbol } = instrument;
  const expired = reason === "good_till_time";
  const filled = quote.filledLots > 0;
  account.tell(expired ? "order.expired" : "order.cancelled", {
    order_id: quote.orderId,
    venue,
    symbol,
    filled_size: sizeOf(instrument, quote.filledLots),
    reason,
  });
  const outcome = filled ? "partially_filled" : expired ? "expired" : "cancelled";
  account.tell("quote.ended", endedFields(instrument, quote, outcome));
}

/** Somebody trades against the quote; the part that it gets, and the end of the quote when that was all. */
export function hit(account: BotAccount, instrument: Instrument, quote: RestingQuote, through: boolean): number {
  const { random } = account;
  const left = quote.lots - quote.filledLots;
  const whole = through || left === 1 || happens(random, 0.7);
  const lots = whole ? left : Math.max(1, Math.floor(left * between(random, 0.2, 0.8)));
  quote.filledLots += lots;
  quote.eligibleLots += lots + Math.floor(lots * between(random, 0.3, 2.2));
  const done = quote.filledLots === quote.lots;
  const signed = quote.side === "buy" ? lots : -lots;
  const spread = through ? 1 : Math.max(1, 2 * Math.abs(quote.midHalfTicks / 2 - quote.ticks));
  const bid = quote.side === "buy" ? quote.ticks : quote.ticks - Math.floor(spread);
  const ask = quote.side === "buy" ? quote.ticks + Math.floor(spread) : quote.ticks;
  account.tellMark(instrument, bid, ask);
  const expected = Math.abs(quote.midHalfTicks - 2 * quote.ticks) / quote.midHalfTicks;
  account.tellFill({
    instrument,
    orderId: quote.orderId,
    lots: signed,
    ticks: quote.ticks,
    fee: notionalOf(instrument, quote.ticks, lots) * (instrument.makerFeeRate ?? 0),
    isMaker: true,
    midHalfTicks: bid + ask,
    orderDone: done,
    more: {
      quote_id: quote.quoteId,
      arrival_mid: midOf(instrument, quote.midHalfTicks),
      expected_spread_bps: rounded(expected * 10_000, 3),
    },
  });
  if (done) account.tell("quote.ended", endedFields(instrument, quote, "filled"));
  return signed;
}

const endedFields = (instrument: Instrument, quote: RestingQuote, outcome: Ended): Record<string, unknown> => ({
  quote_id: quote.quoteId,
  venue: instrument.venue,
  symbol: instrument.symbol,
  side: quote.side,
  price: priceOf(instrument, quote.ticks),
  size: sizeOf(instrument, quote.lots),
  intent: "maker",
  outcome,
  filled_size: sizeOf(instrument, quote.filledLots),
  eligible_size: sizeOf(instrument, quote.eligibleLots),
});

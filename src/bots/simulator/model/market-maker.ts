import type { Random } from "../../../base/random.ts";
import type { BotAccount } from "./bot-account.ts";
import { between, delayMs, happens, likelihood } from "./chance.ts";
import { midOf, notionalOf, power, sizeOf } from "./instrument.ts";
import { mustClose } from "./leave.ts";
import type { PerpetualMarket, Top } from "./perpetual-market.ts";
import { hit, place, type QuoteIntent, type RestingQuote, withdraw } from "./quote.ts";

const CYCLE_MS = 4_000;
const BOOK_EVERY_MS = 4_000;
const BOOK_LEVELS = 8;
/** A quote that the market passes is caught when it comes so soon; over a longer interval it was taken away in time. */
const CAUGHT_S = 5;
const QUOTE_LIVES_MS = 600_000;
/** Orders of others that reach the best price of one side, per second on a calm market. */
const FLOW_PER_S = 0.008;

/** How one market is made. */
export interface MakerPlan {
  readonly market: PerpetualMarket;
  /** Of one quote, in lots. */
  readonly quoteLots: number;
  /** Beyond this position only the side that reduces it is quoted. */
  readonly limitLots: number;
}

/** Quotes both sides of one market, is hit by those who know more and those who do not, and minds its inventory. */
export class MarketMaker {
  readonly #account: BotAccount;
  readonly #plan: MakerPlan;
  readonly #random: Random;
  #bid: RestingQuote | undefined;
  #ask: RestingQuote | undefined;
  #lastMs: number;
  #bookMs = 0;

  constructor(account: BotAccount, plan: MakerPlan) {
    this.#account = account;
    this.#plan = plan;
    this.#random = account.desk.random(`${account.plan.bot} ${plan.market.instrument.symbol}`);
    this.#lastMs = account.desk.nowMs;
    account.onOrders(() => this.#obey());
  }

  /** Quotes that may not stand any more are taken away, and what is to be closed is closed at the market. */
  #obey(): void {
    const account = this.#account;
    const { instrument } = this.#plan.market;
    for (const quote of [this.#bid, this.#ask]) {
      if (quote === undefined || account.mayTrade(instrument.venue, quote.exit)) continue;
      withdraw(account, instrument, quote, "halted");
      this.#forget(quote);
    }
    const held = account.ledger.lots(instrument);
    if (held !== 0 && mustClose(account.orders, instrument.venue))
      takeNow(account, this.#plan.market, { lots: -held, top: this.#plan.market.top(), reason: "reduce" });
  }

  begin(): void {
    const { desk } = this.#account;
    desk.after(delayMs(this.#random, 1_500), () => desk.every(CYCLE_MS, this.#random, () => this.#cycle()));
  }

  #cycle(): void {
    const { desk } = this.#account;
    const { market } = this.#plan;
    const seconds = (desk.nowMs - this.#lastMs) / 1000;
    this.#lastMs = desk.nowMs;
    market.advance(desk.nowMs);
    this.#trade(seconds);
    const top = market.top();
    this.#mindInventory(top);
    this.#requote(top);
    this.#tellMarket(this.#shown(top));
  }

  /** What the market did to the quotes: those that it went through are filled, others by chance. */
  #trade(seconds: number): void {
    const quotes = happens(this.#random, 0.5) ? [this.#bid, this.#ask] : [this.#ask, this.#bid];
    for (const quote of quotes) if (quote !== undefined) this.#meet(quote, seconds);
  }

  #meet(quote: RestingQuote, seconds: number): void {
    const { market } = this.#plan;
    const top = market.top();
    const buys = quote.side === "buy";
    const crossed = buys ? top.ask <= quote.ticks : top.bid >= quote.ticks;
    const through = crossed && happens(this.#random, Math.min(1, CAUGHT_S / seconds));
    const best = !crossed && (buys ? quote.ticks >= top.bid : quote.ticks <= top.ask);
    const reached = best && happens(this.#random, likelihood(FLOW_PER_S * market.underlying.flow, seconds));
    if (through || reached) this.#take(quote, through);
    else this.#passBy(quote, best, seconds);
  }

  /** Others trade at the price too, and not always with us. */
  #passBy(quote: RestingQuote, best: boolean, seconds: number): void {
    if (best && happens(this.#random, likelihood(FLOW_PER_S * 0.6, seconds)))
      quote.eligibleLots += Math.max(1, Math.floor(quote.lots * between(this.#random, 0.2, 1.5)));
  }

  #take(quote: RestingQuote, through: boolean): void {
    const { market } = this.#plan;
    const signed = hit(this.#account, market.instrument, quote, through);
    if (quote.filledLots === quote.lots) this.#forget(quote);
    const informed = market.underlying.regime === "burst" ? 0.5 : 0.28;
    if (!through && happens(this.#random, informed))
      market.underlying.push(-Math.sign(signed) * market.halfSpreadBps * between(this.#random, 0.3, 1.6));
  }

  #forget(quote: RestingQuote): void {
    if (this.#bid === quote) this.#bid = undefined;
    if (this.#ask === quote) this.#ask = undefined;
  }

  #requote(top: Top): void {
    const { market, limitLots, quoteLots } = this.#plan;
    const { instrument } = market;
    const held = this.#account.ledger.lots(instrument);
    const skew = Math.max(-1, Math.min(1, held / limitLots));
    const room = top.ask - top.bid;
    const inside = Math.floor((room - 1) / 2);
    // A long position makes the ask the eager side, and the bid the patient one.
    const bid = top.bid + Math.floor(inside * between(this.#random, 0, 0.5) * (1 - skew) * 0.6);
    const ask = top.ask - Math.floor(inside * between(this.#random, 0, 0.5) * (1 + skew) * 0.6);
    const lots = (side: number): number =>
      Math.max(1, Math.round(quoteLots * (1 - 0.6 * Math.max(0, skew * side)) * between(this.#random, 0.8, 1.2)));
    const [buys, sells] = [lots(1), lots(-1)];
    this.#bid = this.#renew(this.#bid, this.#allowed({ side: "buy", ticks: bid, lots: buys, top }), held < limitLots);
    this.#ask = this.#renew(
      this.#ask,
      this.#allowed({ side: "sell", ticks: ask, lots: sells, top }),
      held > -limitLots,
    );
  }

  /** The quote as it may be: whole, only as much as it reduces what is held, or none. */
  #allowed(intent: Omit<QuoteIntent, "exit">): QuoteIntent | undefined {
    const { venue } = this.#plan.market.instrument;
    if (this.#account.mayTrade(venue, false)) return { ...intent, exit: false };
    const held = this.#account.ledger.lots(this.#plan.market.instrument);
    const reduces = Math.max(0, intent.side === "buy" ? -held : held);
    if (reduces === 0 || !this.#account.mayTrade(venue, true)) return undefined;
    return { ...intent, lots: Math.min(intent.lots, reduces), exit: true };
  }

  /** The quote that stands from now on: the old one while its price is still near, else a new one. */
  #renew(old: RestingQuote | undefined, intent: QuoteIntent | undefined, wanted: boolean): RestingQuote | undefined {
    const { desk } = this.#account;
    const { instrument } = this.#plan.market;
    if (intent === undefined) {
      if (old !== undefined) withdraw(this.#account, instrument, old, "halted");
      return undefined;
    }
    const { top, side, ticks } = intent;
    if (old !== undefined) {
      const expired = desk.nowMs - old.placedMs > QUOTE_LIVES_MS;
      const away = Math.abs(old.ticks - ticks) > (top.ask - top.bid) * 0.25;
      const crosses = side === "buy" ? old.ticks >= top.ask : old.ticks <= top.bid;
      const fits = old.exit === intent.exit && (!intent.exit || old.lots - old.filledLots <= intent.lots);
      if (wanted && !expired && !away && !crosses && fits) return old;
      withdraw(this.#account, instrument, old, expired ? "good_till_time" : "requote");
    }
    return wanted ? place(this.#account, instrument, intent) : undefined;
  }

  /** Near the limit a part of the position is sold or bought back at the market. */
  #mindInventory(top: Top): void {
    const { market, limitLots } = this.#plan;
    const { instrument } = market;
    const held = this.#account.ledger.lots(instrument);
    if (Math.abs(held) < limitLots * 0.85 || !happens(this.#random, 0.3)) return;
    if (!this.#account.mayTrade(instrument.venue, true)) return;
    const lots = -Math.sign(held) * Math.max(1, Math.floor(Math.abs(held) * 0.4));
    const shown = this.#shown(top);
    takeNow(this.#account, market, { lots, top: shown, reason: "inventory" });
  }

  /** The book as everybody sees it: that of the others, and our own quotes in it. */
  #shown(top: Top): Top {
    const bid = Math.max(top.bid, this.#bid?.ticks ?? 0);
    const ask = Math.min(top.ask, this.#ask?.ticks ?? Number.POSITIVE_INFINITY);
    return bid < ask ? { bid, ask } : top;
  }

  #tellMarket(top: Top): void {
    const { desk } = this.#account;
    const { market } = this.#plan;
    this.#account.tellMark(market.instrument, top.bid, top.ask);
    if (desk.nowMs - this.#bookMs < desk.paced(BOOK_EVERY_MS * 0.7)) return;
    this.#bookMs = desk.nowMs;
    tellBook(this.#account, market, top);
  }
}

export function tellBook(account: BotAccount, market: PerpetualMarket, top: Top): void {
  const { venue, symbol } = market.instrument;
  const { bids, asks } = market.levels(top, BOOK_LEVELS);
  account.tell("book", { venue, symbol, bids, asks, depth: BOOK_LEVELS, venue_ts: account.desk.now });
}

export interface TakerOrder {
  /** Signed: buys > 0. */
  readonly lots: number;
  readonly top: Top;
  readonly reason: "inventory" | "entry" | "reduce";
}

/** Trades at the best price of the other side at once: an order, its acknowledgement, its fill. */
export function takeNow(account: BotAccount, { instrument }: PerpetualMarket, order: TakerOrder): void {
  const { desk, random } = account;
  const { lots, top, reason } = order;
  const orderId = account.nextId("o");
  const ticks = lots > 0 ? top.ask : top.bid;
  const { venue, symbol } = instrument;
  const arrivalMid = midOf(instrument, top.bid + top.ask);
  account.counters["orders"] = (account.counters["orders"] ?? 0) + 1;
  account.tellMark(instrument, top.bid, top.ask);
  account.tell("order.placed", {
    order_id: orderId,
    venue,
    symbol,
    side: lots > 0 ? "buy" : "sell",
    size: sizeOf(instrument, Math.abs(lots)),
    order_type: "market",
    intent: reason === "entry" ? "entry" : "exit",
    ...(reason === "entry" ? {} : { reduce_only: true }),
    arrival_mid: arrivalMid,
    decided_at: new Date(desk.nowMs - delayMs(random, 3)).toISOString(),
    sent_at: desk.now,
  });
  account.tell("order.acknowledged", { order_id: orderId, venue, symbol });
  account.tellFill({
    instrument,
    orderId,
    lots,
    ticks,
    fee: notionalOf(instrument, ticks, Math.abs(lots)) * (instrument.takerFeeRate ?? 0),
    isMaker: false,
    midHalfTicks: top.bid + top.ask,
    orderDone: true,
    more: { arrival_mid: arrivalMid, ...(reason === "entry" ? {} : { reduce_only: true }) },
  });
}

/** Lots that are worth about so much. */
export const lotsWorth = ({ instrument, underlying }: PerpetualMarket, amount: number): number =>
  Math.max(1, Math.round((amount / underlying.price) * power(instrument.lotDecimals)));

import type { Direction, WatchedPair } from "./arbitrage-bot.ts";
import type { BotAccount } from "./bot-account.ts";
import type { BinaryBook, BinaryVenue } from "./binary-event.ts";
import { takerFee } from "./binary-fees.ts";
import { between, delayMs, happens } from "./chance.ts";
import { midOf, priceOf, rounded } from "./instrument.ts";

export interface Execution {
  readonly account: BotAccount;
  readonly pair: WatchedPair;
  readonly edge: Direction;
  /** What every statement of the opportunity says. */
  readonly cited: Readonly<Record<string, unknown>>;
}

/** One order of a leg. */
interface LegOrder {
  readonly venue: BinaryVenue;
  /** Signed contracts: buys > 0. */
  readonly contracts: number;
  readonly cents: number;
  readonly timeInForce: "IOC" | "FOK";
  readonly exit: boolean;
  /** Signed; 0 when nothing of it is filled. */
  readonly filled: number;
  readonly reason?: string;
}

/** ms from sending to the answer, as a taker sees it. */
const ANSWER_MS: Readonly<Record<BinaryVenue, number>> = { polymarket: 560, kalshi: 110 };
const UNFILLED = 0.34;
const PARTIAL = 0.15;
const HEDGE_FAILS = 0.13;

/** Polymarket's leg first, for it fails more often; Kalshi's for as much as that got; what stays unhedged is unwound. */
export function execute(execution: Execution): void {
  const { account, pair, edge } = execution;
  const { random } = pair;
  const first = signedLeg(edge, "polymarket", contractsOf(edge));
  const none = happens(random, UNFILLED);
  const partly = !none && happens(random, PARTIAL);
  const filled = none ? 0 : partly ? Math.trunc(first.contracts * between(random, 0.2, 0.8)) : first.contracts;
  const order: LegOrder = { ...first, timeInForce: "IOC", exit: false, filled, reason: "no_liquidity_at_price" };
  send(execution, order, () => {
    if (filled === 0) return finish(execution, "rejected", "leg_failed");
    return hedge(execution, Math.abs(filled));
  });
  account.counters["attempts"] = (account.counters["attempts"] ?? 0) + 1;
}

const contractsOf = ({ size }: Direction): number => Math.max(1, Math.floor(size));

const signedLeg = (edge: Direction, venue: BinaryVenue, contracts: number) =>
  edge.buy === venue
    ? { venue, contracts, cents: edge.buyCents }
    : { venue, contracts: -contracts, cents: edge.sellCents };

function hedge(execution: Execution, contracts: number): void {
  const { pair, edge, account } = execution;
  // Told to enter nothing more in between: what was got is given back, if that much is allowed.
  if (!account.mayTrade("kalshi", false)) return unwind(execution, contracts);
  const leg = signedLeg(edge, "kalshi", contracts);
  const fails = happens(pair.random, HEDGE_FAILS);
  const order: LegOrder = {
    ...leg,
    timeInForce: "FOK",
    exit: false,
    filled: fails ? 0 : leg.contracts,
    reason: "fill_or_kill_insufficient_resting_volume",
  };
  send(execution, order, () => {
    if (fails) return unwind(execution, contracts);
    account.counters["consecutive_losses"] = 0;
    pair.event.settleApart();
    return finish(execution, "executed");
  });
}

/** Sells what was bought, or buys back what was sold, at the other side of the same book. */
function unwind(execution: Execution, contracts: number): void {
  const { account, pair, edge } = execution;
  if (!account.mayTrade("polymarket", true)) return finish(execution, "executed", "halted");
  const book = bookOf(pair, "polymarket");
  const bought = edge.buy === "polymarket";
  account.counters["unwinds"] = (account.counters["unwinds"] ?? 0) + 1;
  account.counters["consecutive_losses"] = (account.counters["consecutive_losses"] ?? 0) + 1;
  if (account.mayTrade("kalshi", false))
    account.tell("error", {
      code: "hedge_failed",
      message: `kalshi refused the hedge of ${contracts} contracts; unwinding polymarket`,
      severity: "medium",
    });
  const signed = bought ? -contracts : contracts;
  const order: LegOrder = {
    ...{ venue: "polymarket", contracts: signed, filled: signed, cents: bought ? book.bid : book.ask },
    ...{ timeInForce: "IOC", exit: true },
  };
  send(execution, order, () => finish(execution, "executed", "unwound"));
}

const bookOf = ({ books, event }: WatchedPair, venue: BinaryVenue): BinaryBook => books?.[venue] ?? event.book(venue);

function finish({ account, pair, cited }: Execution, action: "executed" | "rejected", reason?: string): void {
  pair.busy = false;
  account.tell("opportunity", { ...cited, action, ...(reason === undefined ? {} : { reason }) });
}

/** Places an order, and says what became of it when the venue has answered. */
function send(execution: Execution, order: LegOrder, then: () => void): void {
  const { account, pair } = execution;
  const { desk } = account;
  const { venue, contracts, cents, timeInForce, exit } = order;
  const instrument = pair.event.instruments[venue];
  const book = bookOf(pair, venue);
  const orderId = account.nextId("o");
  const decidedMs = desk.nowMs;
  const waitMs = delayMs(pair.random, 2);
  account.counters["orders"] = (account.counters["orders"] ?? 0) + 1;
  desk.after(waitMs, () => {
    if (!account.mayTrade(venue, exit)) return finish(execution, "rejected", account.orders.state);
    account.tell("order.placed", {
      ...{ order_id: orderId, venue, symbol: instrument.symbol, side: contracts > 0 ? "buy" : "sell" },
      ...{ price: priceOf(instrument, cents), size: Math.abs(contracts), order_type: "limit" },
      ...{ time_in_force: timeInForce, intent: exit ? "exit" : "entry", pair_id: pair.event.pairId },
      ...(exit ? { reduce_only: true } : {}),
      arrival_mid: midOf(instrument, book.bid + book.ask),
      decided_at: new Date(decidedMs).toISOString(),
      sent_at: desk.now,
    });
    const answerMs = delayMs(pair.random, ANSWER_MS[venue]);
    desk.after(Math.ceil(answerMs * 0.6), () =>
      account.tell("order.acknowledged", { order_id: orderId, venue, symbol: instrument.symbol }),
    );
    desk.after(answerMs + 1, () => {
      if (account.openOrders.isTakenBack(orderId)) return finish(execution, "rejected", "halted");
      answer(execution, order, { orderId, book });
      return then();
    });
    return undefined;
  });
}

/** Closes what is held of a pair at one venue, at the other side of its book, at once. */
export function closeOut(account: BotAccount, pair: WatchedPair, venue: BinaryVenue): void {
  const instrument = pair.event.instruments[venue];
  const held = account.ledger.lots(instrument);
  if (held === 0) return;
  const book = bookOf(pair, venue);
  const cents = held > 0 ? book.bid : book.ask;
  const orderId = account.nextId("o");
  const { symbol } = instrument;
  const size = Math.abs(held);
  const arrival_mid = midOf(instrument, book.bid + book.ask);
  account.tellMark(instrument, book.bid, book.ask);
  account.tell("order.placed", {
    ...{ order_id: orderId, venue, symbol, side: held > 0 ? "sell" : "buy", price: priceOf(instrument, cents), size },
    ...{ order_type: "limit", time_in_force: "IOC", intent: "exit", reduce_only: true },
    ...{ pair_id: pair.event.pairId, arrival_mid, sent_at: account.desk.now },
  });
  account.tell("order.acknowledged", { order_id: orderId, venue, symbol });
  account.tellFill({
    ...{ instrument, orderId, lots: -held, ticks: cents, isMaker: false, midHalfTicks: book.bid + book.ask },
    fee: takerFee({ venue, cents, contracts: size, feeHundredths: pair.event.question.feeHundredths }),
    orderDone: true,
    more: { pair_id: pair.event.pairId, arrival_mid, reduce_only: true },
  });
}

function answer(
  { account, pair, edge }: Execution,
  order: LegOrder,
  placed: { readonly orderId: string; readonly book: BinaryBook },
): void {
  const { venue, contracts, cents, filled, exit, reason, timeInForce } = order;
  const { orderId, book } = placed;
  const instrument = pair.event.instruments[venue];
  if (filled !== 0) {
    const { feeHundredths } = pair.event.question;
    account.tellMark(instrument, book.bid, book.ask);
    account.tellFill({
      ...{ instrument, orderId, lots: filled, ticks: cents, isMaker: false, midHalfTicks: book.bid + book.ask },
      fee: takerFee({ venue, cents, contracts: Math.abs(filled), feeHundredths }),
      orderDone: filled === contracts,
      more: {
        pair_id: pair.event.pairId,
        arrival_mid: midOf(instrument, book.bid + book.ask),
        entry_edge_cents: rounded(edge.netCents, 3),
        ...(exit ? { reduce_only: true } : {}),
      },
    });
  }
  if (filled === contracts) return;
  const killed = timeInForce === "FOK" ? "order.rejected" : "order.cancelled";
  const said = { order_id: orderId, venue, symbol: instrument.symbol, filled_size: Math.abs(filled) };
  account.tell(killed, { ...said, reason: reason ?? "unfilled" });
}

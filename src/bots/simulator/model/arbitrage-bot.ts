import type { Random } from "../../../base/random.ts";
import type { BotAccount } from "./bot-account.ts";
import { type BinaryBook, BinaryEvent, type BinaryVenue } from "./binary-event.ts";
import { takerFee } from "./binary-fees.ts";
import { between, delayMs, wholeBetween } from "./chance.ts";
import { QUESTIONS } from "./event-catalogue.ts";
import { closeOut, execute } from "./arbitrage-execution.ts";
import { FeedTrouble } from "./feed-trouble.ts";
import { priceOf, rounded } from "./instrument.ts";
import { mustClose } from "./leave.ts";

const PAIRS = 12;
const LOOK_MS = 3_600;
const TTL_S = 30;
/** An edge worth looking at, and one worth trading, in cents a contract after fees. */
const DETECT_CENTS = 0.4;
const TRADE_CENTS = 1;
const AGAIN_MS = 25_000;
const COOLDOWN_MS = 45_000;
const CONTRACTS_MAX = 300;
const STALE_MS = 5_000;

/** Buying YES on one venue and selling it on the other. */
export interface Direction {
  readonly buy: BinaryVenue;
  readonly sell: BinaryVenue;
  readonly buyCents: number;
  readonly sellCents: number;
  /** Contracts on offer at both best prices. */
  readonly size: number;
  /** After the taker fees of both legs and expected slippage. */
  readonly netCents: number;
  readonly slippageCents: number;
}

/** One pair that the bot watches. */
export interface WatchedPair {
  event: BinaryEvent;
  readonly random: Random;
  books: Readonly<Record<BinaryVenue, BinaryBook>> | undefined;
  seenMs: number;
  tradedMs: number;
  busy: boolean;
}

/** Watches the same questions on Kalshi and Polymarket, and trades both legs where they disagree enough. */
export class ArbitrageBot {
  readonly #account: BotAccount;
  readonly #feeds: FeedTrouble;
  readonly #open = new Set<string>();
  readonly #pairs: WatchedPair[] = [];
  #serial = 0;

  constructor(account: BotAccount) {
    this.#account = account;
    this.#feeds = new FeedTrouble(account);
    account.onOrders(() => {
      for (const pair of this.#pairs) this.#close(pair);
    });
  }

  /** Closes what it holds of a pair, when it is to. */
  #close(pair: WatchedPair): void {
    for (const venue of ["kalshi", "polymarket"] as const)
      if (!pair.busy && mustClose(this.#account.orders, venue)) closeOut(this.#account, pair, venue);
  }

  begin(): void {
    this.#feeds.begin();
    for (let index = 0; index < PAIRS; index++) {
      const random = this.#account.desk.random(`pair ${index}`);
      const pair: WatchedPair = {
        ...{ event: this.#nextEvent(), random, books: undefined },
        ...{ seenMs: 0, tradedMs: 0, busy: false },
      };
      this.#pairs.push(pair);
      this.#announce(pair);
      this.#account.desk.after(wholeBetween(random, 100, LOOK_MS), () =>
        this.#account.desk.every(LOOK_MS, random, () => this.#look(pair)),
      );
    }
  }

  #nextEvent(): BinaryEvent {
    const offset = this.#serial < PAIRS ? this.#serial : this.#account.random.below(QUESTIONS.length);
    for (let index = 0; ; index++) {
      const question = QUESTIONS[(offset + index) % QUESTIONS.length] ?? QUESTIONS[0];
      if (this.#open.has(question.code) && index < QUESTIONS.length) continue;
      this.#open.add(question.code);
      return new BinaryEvent(this.#account.desk, question, this.#serial++);
    }
  }

  #announce({ event }: WatchedPair): void {
    const { kalshi, polymarket } = event.instruments;
    this.#account.tellInstrument(kalshi);
    this.#account.tellInstrument(polymarket);
    this.#account.tell("pair", {
      pair_id: event.pairId,
      title: event.title,
      legs: [kalshi, polymarket].map(({ venue, symbol }) => ({ venue, symbol, means: "YES" })),
      approved_by: "rules",
      rules_hash: event.eventId,
      expires_at: new Date(event.expiresAtMs).toISOString(),
    });
  }

  #look(pair: WatchedPair): void {
    const { nowMs } = this.#account.desk;
    // While its orders are under way the bot holds on to the books that it decided by.
    if (pair.busy) return;
    if (nowMs >= pair.event.expiresAtMs) return this.#settle(pair);
    pair.event.advance(nowMs);
    const frozen = this.#feeds.frozenSince;
    const polymarket =
      frozen === undefined || pair.books === undefined ? this.#tellBook(pair, "polymarket") : undefined;
    const books = {
      kalshi: this.#tellBook(pair, "kalshi"),
      polymarket: polymarket ?? pair.books?.polymarket ?? pair.event.book("polymarket"),
    };
    pair.books = books;
    this.#tellMarks(pair, books);
    this.#close(pair);
    const best = this.#tellEdges(pair, books);
    if (best.netCents >= DETECT_CENTS && nowMs - pair.seenMs >= AGAIN_MS) this.#decide(pair, best);
  }

  #tellBook({ event }: WatchedPair, venue: BinaryVenue): BinaryBook {
    const book = event.book(venue);
    const { symbol } = event.instruments[venue];
    const wire = (levels: BinaryBook["bids"]) => levels.map(([cents, size]) => [cents / 100, size]);
    const fields = { venue, symbol, bids: wire(book.bids), asks: wire(book.asks), depth: book.bids.length };
    this.#account.messages++;
    this.#account.tell("book", { ...fields, venue_ts: this.#account.desk.now });
    return book;
  }

  /** What is held is valued at every look. */
  #tellMarks({ event }: WatchedPair, books: Readonly<Record<BinaryVenue, BinaryBook>>): void {
    for (const venue of ["kalshi", "polymarket"] as const) {
      const instrument = event.instruments[venue];
      if (this.#account.ledger.lots(instrument) === 0) continue;
      this.#account.tellMark(instrument, books[venue].bid, books[venue].ask);
    }
  }

  /** Both directions, the better one last: it is the one that stands. */
  #tellEdges(pair: WatchedPair, books: Readonly<Record<BinaryVenue, BinaryBook>>): Direction {
    const { feeHundredths } = pair.event.question;
    const one = direction(books, { buy: "kalshi", sell: "polymarket", feeHundredths });
    const other = direction(books, { buy: "polymarket", sell: "kalshi", feeHundredths });
    const [best, worse] = one.netCents >= other.netCents ? [one, other] : [other, one];
    for (const edge of [worse, best]) this.#tellEdge(pair, edge);
    return best;
  }

  #tellEdge({ event, random }: WatchedPair, edge: Direction): void {
    const { kalshi, polymarket } = event.instruments;
    this.#account.tell("edge", {
      pair_id: event.pairId,
      primary_market: kalshi.symbol,
      hedge_market: polymarket.symbol,
      net_edge_cents: rounded(edge.netCents, 3),
      net_edge_bps: rounded((edge.netCents / Math.max(1, edge.buyCents)) * 10_000, 1),
      confidence: rounded(Math.min(0.99, 0.55 + edge.size / 1_000 + between(random, 0, 0.1)), 2),
      expected_slippage_cents: edge.slippageCents,
      leader: edge.buy,
      best_side: edge.buy === "kalshi" ? "YES" : "NO",
      direction: `buy ${edge.buy}, sell ${edge.sell}`,
      size: edge.size,
      ttl_s: TTL_S,
    });
  }

  #decide(pair: WatchedPair, best: Direction): void {
    const account = this.#account;
    const { desk } = account;
    const { event } = pair;
    pair.seenMs = desk.nowMs;
    account.counters["opportunities"] = (account.counters["opportunities"] ?? 0) + 1;
    const cited = {
      opportunity_id: account.nextId("op"),
      ...{ event_id: event.eventId, pair_id: event.pairId },
      edge_cents: rounded(best.netCents, 3),
      edge_bps: rounded((best.netCents / best.buyCents) * 10_000, 1),
      confidence: best.netCents > 2 ? "high" : best.netCents > 1.3 ? "medium" : "low",
    };
    account.tell("opportunity", { ...cited, action: "detected", detail: `buy ${best.buy}, sell ${best.sell}` });
    const reason = this.#refusal(pair, best);
    pair.busy = true;
    desk.after(delayMs(pair.random, 6), () => {
      const verdict = reason === undefined ? "approved" : "refused";
      account.counters[verdict] = (account.counters[verdict] ?? 0) + 1;
      if (reason !== undefined) {
        pair.busy = false;
        return account.tell("opportunity", { ...cited, action: "rejected", ...reason });
      }
      pair.tradedMs = desk.nowMs;
      account.tell("opportunity", { ...cited, action: "approved" });
      return execute({ account, pair, edge: best, cited });
    });
  }

  /** Why an opportunity is let go; undefined when it is traded. */
  #refusal(pair: WatchedPair, best: Direction): { reason: string; detail?: string } | undefined {
    const { nowMs } = this.#account.desk;
    const held = (["kalshi", "polymarket"] as const).find((venue) => !this.#account.mayTrade(venue, false));
    if (held !== undefined) {
      const { state, venues } = this.#account.orders;
      return state === "running" ? { reason: String(venues[held]), detail: `${held} is held` } : { reason: state };
    }
    const ageMs = nowMs - (this.#feeds.frozenSince ?? nowMs);
    const lots = this.#account.ledger.lots(pair.event.instruments[best.buy]);
    if (ageMs > STALE_MS)
      return { reason: "stale_book", detail: `polymarket's book is ${Math.round(ageMs / 1000)} s old` };
    if (best.netCents < TRADE_CENTS) return { reason: "edge_too_small", detail: `below ${TRADE_CENTS} cent` };
    if (nowMs - pair.tradedMs < COOLDOWN_MS) return { reason: "cooldown" };
    if (lots + best.size > CONTRACTS_MAX) return { reason: "exposure_limit", detail: `${CONTRACTS_MAX} contracts` };
    return best.size < 5 ? { reason: "insufficient_depth" } : undefined;
  }

  /** The question is decided: both venues pay, and another takes its place. */
  #settle(pair: WatchedPair): void {
    const { event } = pair;
    const { desk, ledger } = this.#account;
    const yes = event.decide();
    for (const venue of ["kalshi", "polymarket"] as const) {
      const instrument = event.instruments[venue];
      this.#account.tell(
        "settlement",
        {
          ...{ venue, symbol: instrument.symbol, outcome: yes ? "YES" : "NO" },
          ...{ payout_per_unit: priceOf(instrument, yes ? 100 : 0), settled_at: desk.now },
        },
        { kind: "settlement", instrument, payoutTicks: yes ? 100 : 0 },
      );
      ledger.close(instrument);
    }
    this.#open.delete(event.question.code);
    Object.assign(pair, { event: this.#nextEvent(), books: undefined, seenMs: 0, tradedMs: 0 });
    this.#announce(pair);
  }
}

const TRADE_CONTRACTS_MAX = 30;
const SLIPPAGE_CENTS = 0.1;

function direction(
  books: Readonly<Record<BinaryVenue, BinaryBook>>,
  of: { readonly buy: BinaryVenue; readonly sell: BinaryVenue; readonly feeHundredths: number },
): Direction {
  const { buy, sell, feeHundredths } = of;
  const [bought, sold] = [books[buy], books[sell]];
  const size = Math.min(bought.askSize, sold.bidSize, TRADE_CONTRACTS_MAX);
  // What 100 contracts cost in dollars, one costs in cents.
  const fee = (venue: BinaryVenue, cents: number): number => takerFee({ venue, cents, contracts: 100, feeHundredths });
  const fees = fee(buy, bought.ask) + fee(sell, sold.bid);
  const netCents = sold.bid - bought.ask - fees - SLIPPAGE_CENTS;
  return {
    ...{ buy, sell, buyCents: bought.ask, sellCents: sold.bid },
    ...{ size, netCents, slippageCents: SLIPPAGE_CENTS },
  };
}

import { isoFromMicros, type Micros } from "../../base/time.ts";
import { decimalText } from "../../domain/decimal.ts";
import type { Timers } from "../../venues/core/ports.ts";
import type { VenueEvent, VenueMark, VenueSink, WatchedMarket } from "../../venues/core/sink.ts";

/** An event but for the bot that tells it. */
export interface ToldEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface MarketTellerOptions {
  readonly now: () => Micros;
  readonly timers: Timers;
  readonly report: (event: ToldEvent) => void;
  /** A book and a mark of a market are told at most this often. */
  readonly everyMs: number;
  /** Levels of each side that are told. */
  readonly levels: number;
  /** What was told is still on its way: books and marks wait, and the newest of each is told once it is not. */
  readonly isBehind?: (() => boolean) | undefined;
}

/** What a teller has done. */
export interface TellerCounts {
  /** Frames that changed a book. */
  changes: number;
  books: number;
  marks: number;
  trades: number;
  events: number;
}

/** A book that did not change is told again so often while it is right: silence would look like a feed that died. */
const CONFIRM_MICROS = 2_000_000;
const MICROS_PER_MS = 1_000;

interface Told {
  readonly market: WatchedMarket;
  at: number;
  isChanged: boolean;
  /** Best bid and ask as they were told last. */
  top: string;
}

/**
 * Tells what connectors learn as events. A change of a quiet market is told at once; of a busy one the newest book is told
 * when its turn comes. Only a fresh book is told, so one that is in doubt falls silent and is shown as old.
 */
export class MarketTeller implements VenueSink {
  readonly counts: TellerCounts = { changes: 0, books: 0, marks: 0, trades: 0, events: 0 };
  readonly #options: MarketTellerOptions;
  readonly #markets = new Map<WatchedMarket, Told>();
  readonly #marks = new Map<string, { at: number; waiting: VenueMark | undefined }>();
  #cancel: () => void = () => undefined;
  #isBehind = false;

  constructor(options: MarketTellerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#cancel = this.#options.timers.after(() => {
      this.#turn();
      this.start();
    }, this.#options.everyMs / 2);
  }

  /** Tells the newest of what is still waiting for its turn, and ends. */
  stop(): void {
    this.#cancel();
    for (const told of this.#markets.values()) if (told.isChanged) this.#tellBook(told);
    for (const told of this.#marks.values()) this.#tellMark(told);
  }

  /** Tells no more of any market until it is heard of again: its connector is gone. */
  forget(): void {
    this.#markets.clear();
    this.#marks.clear();
  }

  bookChanged(market: WatchedMarket): void {
    this.counts.changes++;
    let told = this.#markets.get(market);
    if (told === undefined) {
      told = { market, at: Number.NEGATIVE_INFINITY, isChanged: true, top: "" };
      this.#markets.set(market, told);
    }
    told.isChanged = true;
    if (this.#isDue(told.at)) this.#tellBook(told);
  }

  unwatched(market: WatchedMarket): void {
    this.#markets.delete(market);
    this.#marks.delete(`${market.venue}\t${market.symbol}`);
  }

  marked(mark: VenueMark): void {
    const key = `${mark.venue}\t${mark.symbol}`;
    const told = this.#marks.get(key) ?? { at: Number.NEGATIVE_INFINITY, waiting: undefined };
    this.#marks.set(key, told);
    told.waiting = mark;
    if (this.#isDue(told.at)) this.#tellMark(told);
  }

  traded(): void {
    this.counts.trades++;
  }

  tell(event: VenueEvent): void {
    this.counts.events++;
    this.#options.report(event);
  }

  #isDue(at: number): boolean {
    return !this.#isBehind && this.#options.now() - at >= this.#options.everyMs * MICROS_PER_MS;
  }

  #turn(): void {
    this.#isBehind = this.#options.isBehind?.() === true;
    if (this.#isBehind) return;
    const now = this.#options.now();
    for (const told of this.#markets.values()) {
      if ((told.isChanged && this.#isDue(told.at)) || now - told.at >= CONFIRM_MICROS) this.#tellBook(told);
    }
    for (const told of this.#marks.values())
      if (told.waiting !== undefined && this.#isDue(told.at)) this.#tellMark(told);
  }

  #tellBook(told: Told): void {
    const { market, isChanged } = told;
    const { book, venue, symbol } = market;
    if (!book.isFresh) return;
    told.at = this.#options.now();
    told.isChanged = false;
    const { levels, report } = this.#options;
    this.counts.books++;
    report({
      type: "book",
      ts: isoFromMicros(isChanged ? (book.receivedAt ?? this.#options.now()) : this.#options.now()),
      venue,
      symbol,
      bids: book.top("bids", levels),
      asks: book.top("asks", levels),
      // An unchanged book is told for now: the venue's time of its last change says nothing of how late it is.
      ...(isChanged && book.venueAt !== undefined ? { venue_ts: isoFromMicros(book.venueAt) } : {}),
    });
    if (market.marksFromBook) this.#markBook(told, isChanged);
  }

  /** Most changes are below the top: they leave the mark as it is, and with a book that is confirmed the mark is too. */
  #markBook(told: Told, isChanged: boolean): void {
    const { book, venue, symbol } = told.market;
    const [{ mid }, bid, ask] = [book, book.best("bids"), book.best("asks")];
    if (mid === undefined || bid === undefined || ask === undefined) return;
    const top = `${bid[0]} ${ask[0]}`;
    if (isChanged && top === told.top) return;
    told.top = top;
    this.counts.marks++;
    this.#options.report({ type: "mark", venue, symbol, price: decimalText(mid), bid: bid[0], ask: ask[0] });
  }

  #tellMark(told: { at: number; waiting: VenueMark | undefined }): void {
    const mark = told.waiting;
    if (mark === undefined) return;
    told.at = this.#options.now();
    told.waiting = undefined;
    this.counts.marks++;
    this.#options.report({ type: "mark", ...mark });
  }
}
